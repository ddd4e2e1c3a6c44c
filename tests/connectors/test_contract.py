"""What every destination promises, tested through `connectors.base` alone.

A new destination joins by one line in CASES; its practice vendor must be running. What to
write is taken from its own `describe`: required fields and parents, and texts that may be
updated. What it cannot do is data, too: no KEY_FIELDS entry, no unique key; a capability that
it lacks is not asked for.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
import stamina

from connectors.base import Destination
from connectors.capabilities import CreatesFields, HasLimits, HoldsFiles, TellsObstacles
from connectors.errors import NotAuthorised
from connectors.pipedrive.destination import Pipedrive
from connectors.salesforce.destination import Salesforce
from connectors.values import Chunk, FieldPlan, Row, Ticket, Verb
from tests import practice
from tests.connectors.bench import NASTY, PREFIX, TEXT_TYPES, Bench
from tests.toy.destination import Toy

CASES: dict[str, Any] = {"salesforce": Salesforce, "pipedrive": Pipedrive, "toy": Toy}
"""Name among the practice vendors → class."""
CAPABILITIES = (CreatesFields, HasLimits, HoldsFiles, TellsObstacles)
README = Path(__file__).resolve().parents[2] / "README.md"
WIDE = {"pipedrive": {"burst": 1_000_000}}
"""Limits that would only make these tests slow."""

MANY, LOAD = 450, 100_000

Make = Callable[..., Any]


def able(name: str) -> pytest.MarkDecorator:
    """Only destinations that have this name of a capability."""
    cases = [case for case, cls in CASES.items() if hasattr(cls, name)]
    return pytest.mark.parametrize("make", cases, indirect=True)


@pytest.fixture(scope="module")
def running() -> Iterator[practice.Practice]:
    started = practice.start(customers=20, jobs=20, seed=5, module="tests.toy")
    yield started
    started.stop()


@pytest.fixture(params=CASES)
def make(request: pytest.FixtureRequest, running: practice.Practice) -> Iterator[Make]:
    """Opens the destination of this case; a secret may be replaced by name."""
    running.reset()
    if request.param in WIDE:
        running.limits(request.param, **WIDE[request.param])
    cls, urls = CASES[request.param], running[request.param]
    opened: list[Destination] = []

    def _make(**secrets: str) -> Destination:
        own = {s.name: urls[s.name] for s in cls.SETTINGS if urls.get(s.name)}
        settings = {s.name: own[s.name] for s in cls.SETTINGS if not s.secret and s.name in own}
        kept = {s.name: own[s.name] for s in cls.SETTINGS if s.secret and s.name in own}
        opened.append(cls(settings, kept | secrets))
        return opened[-1]

    known = [s.name for s in cls.SETTINGS if s.secret and urls.get(s.name)]
    _make.secrets = known  # type: ignore[attr-defined]
    _make.values = [urls[n] for n in known]  # type: ignore[attr-defined]
    with stamina.set_testing(True, attempts=4, cap=True):
        yield _make
    for destination in opened:
        destination.close()


@pytest.fixture
def bench(make: Any) -> Bench:
    return Bench(make(), dict(zip(make.secrets, make.values, strict=False)))


@pytest.fixture(params=["first", "last"])
def object(request: pytest.FixtureRequest, bench: Bench) -> str:
    """The first and the last object of the writing order that are not files."""
    return bench.records()[0 if request.param == "first" else -1]


def test_check_says_who_we_are(bench: Bench) -> None:
    account = bench.destination.check()
    assert account.id
    assert account.name


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_is_there_whole_or_not_at_all(make: Any, capability: type) -> None:
    names = {n for n in (*vars(capability), *capability.__annotations__) if n[0] != "_"}
    there = {name for name in names if hasattr(make(), name)}
    assert there in (set(), names)
    assert isinstance(make(), capability) == bool(there)


def test_wrong_secrets_are_not_authorised_and_not_shown(make: Any) -> None:
    wrong = {name: f"wrong0{name}0secret" for name in make.secrets}
    destination = make(**wrong)
    with pytest.raises(NotAuthorised) as caught:
        destination.check()
    for secret in wrong.values():
        assert secret not in str(caught.value)
        assert secret not in repr(destination)


def test_no_secret_shows_in_its_representation(bench: Bench) -> None:
    assert bench.secrets
    for secret in bench.secrets.values():
        assert secret not in repr(bench.destination)


def test_a_destination_is_a_context_manager(make: Any) -> None:
    with make() as destination:
        assert destination.check().id


def test_every_object_it_writes_is_described_with_its_key_field(bench: Bench) -> None:
    specs = {spec.name: spec for spec in bench.destination.describe()}
    assert set(specs) >= set(bench.there()) >= {bench.destination.ORDER[0]}
    for name, field in bench.destination.KEY_FIELDS.items():
        if name not in specs:
            continue
        key = specs[name].field(field)
        assert key is not None
        assert key.createable
        assert key.length == 0 or key.length >= 80


def test_an_object_that_the_account_lacks_is_left_out(bench: Bench) -> None:
    first = bench.destination.ORDER[0]
    assert [s.name for s in bench.destination.describe([first, "NoSuchThing"])] == [first]


def test_parents_come_first_in_the_order(bench: Bench) -> None:
    order = bench.there()
    for place, name in enumerate(order):
        lookups = [f for f in bench.spec(name).fields if f.required and f.references]
        for field in lookups:
            assert not set(field.references) & set(order[place + 1 :])


def test_users_have_ids_names_and_addresses(bench: Bench) -> None:
    users = bench.destination.users()
    assert any(user.active for user in users)
    assert all(user.id and user.email for user in users)
    assert len({user.id for user in users}) == len(users)


def test_what_is_created_is_found_under_its_key_as_ours(bench: Bench, object: str) -> None:
    keys = [f"{PREFIX}{n}" for n in range(3)]
    assert not bench.find(object, keys)
    ids = bench.create(object, 3)
    found = bench.find(object, [*keys, f"{PREFIX}never"])
    assert {key: r.id for key, r in found.items()} == ids
    assert all(r.ours and not r.values for r in found.values())
    assert all(r.created_at.tzinfo and r.modified_at.tzinfo for r in found.values())


def test_a_key_that_is_there_is_refused_where_unique_and_else_found_twice(
    bench: Bench, object: str
) -> None:
    key = bench.spec(object).field(bench.destination.KEY_FIELDS.get(object, ""))
    (first,) = bench.create(object, 1).values()
    (again,) = bench.write("create", object, bench.rows(object, 1)).values()
    row = Row(f"{PREFIX}0", None, bench.under(object))
    found = [record.id for record in bench.destination.find(object, [row])]
    if key is not None and key.unique:
        assert (again.status, found) == ("exists", [first])
    else:
        assert again.status == "done"
        assert sorted(found) == sorted([first, str(again.id)])


def test_a_value_comes_back_as_it_was_sent_and_none_clears_it(bench: Bench, object: str) -> None:
    field = bench.writable(object).name
    ids = bench.create(object, 2, **{field: NASTY})
    for value in (None, "plain", NASTY):
        rows = [Row(key, id, {field: value}) for key, id in ids.items()]
        assert {o.status for o in bench.write("update", object, rows).values()} == {"done"}
        found = list(bench.destination.fetch(object, list(ids.values()), [field]))
        assert {r.key: r.values for r in found} == {key: {field: value} for key in ids}


def test_an_update_leaves_other_fields_alone(bench: Bench, object: str) -> None:
    field = bench.writable(object).name
    ids = bench.create(object, 2, **{field: "stays"})
    needed = [f.name for f in bench.spec(object).fields if f.required and f.type in TEXT_TYPES]
    rows = [Row(key, id, dict.fromkeys(needed, "renamed")) for key, id in ids.items()]
    bench.write("update", object, rows)
    found = bench.destination.fetch(object, list(ids.values()), [field])
    assert {r.values[field] for r in found} == {"stays"}


def test_a_deleted_record_is_nowhere_and_deleting_it_again_says_gone(
    bench: Bench, object: str
) -> None:
    ids = bench.create(object, 3)
    rows = [Row(key, id, {}) for key, id in ids.items()]
    assert {o.status for o in bench.write("delete", object, rows[:2]).values()} == {"done"}
    kept = {rows[2].key}
    assert set(bench.find(object, ids)) == kept
    assert {r.key for r in bench.destination.fetch(object, list(ids.values()), [])} == kept
    assert {r.key for r in bench.destination.sweep(object, PREFIX, [])} == kept
    again = bench.write("delete", object, rows)
    assert [again[row.key].status for row in rows] == ["gone", "gone", "done"]


def test_a_bad_record_is_an_outcome_and_spares_the_others(bench: Bench, object: str) -> None:
    short = min(
        (
            f
            for f in bench.spec(object).fields
            if f.type in TEXT_TYPES and f.createable and f.length and not f.unique
        ),
        key=lambda f: f.length,
    )
    rows = bench.rows(object, 5)
    rows[2] = Row(rows[2].key, None, {**rows[2].values, short.name: "x" * (2 * short.length)})
    outcomes = bench.write("create", object, rows)
    assert outcomes[rows[2].key].status == "failed"
    assert outcomes[rows[2].key].error
    assert [o.status for o in outcomes.values()].count("done") == 4
    assert set(bench.find(object, outcomes)) == set(outcomes) - {rows[2].key}


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_a_large_load_accounts_for_every_row(bench: Bench, verb: Verb) -> None:
    object = bench.destination.ORDER[0]
    rows = bench.rows(object, MANY)
    if verb != "create":
        ids = bench.create(object, MANY)
        rows = [Row(row.key, ids[row.key], row.values) for row in rows]
    outcomes = bench.write(verb, object, rows, LOAD)
    assert {o.status for o in outcomes.values()} == {"done"}
    swept = {r.key: r.id for r in bench.destination.sweep(object, PREFIX, [])}
    assert swept == ({} if verb == "delete" else {k: o.id for k, o in outcomes.items()})


def test_a_remote_job_is_told_before_it_works_and_any_process_collects_it(
    bench: Bench, make: Any
) -> None:
    object = bench.destination.ORDER[0]
    rows = bench.rows(object, min(MANY, bench.destination.chunk_size(object, "create", LOAD)))
    ticket = bench.submit(Chunk("create", object, tuple(rows)))
    assert [t.remote_id for t in bench.opened] == ([ticket.remote_id] if ticket.remote_id else [])
    if ticket.remote_id:
        other, ticket = make(), Ticket(ticket.verb, ticket.object, ticket.remote_id)
    else:
        other = bench.destination
    outcomes = bench.finish(other, ticket)
    assert {o.key for o in outcomes} == {row.key for row in rows}


def test_aborting_what_has_ended_is_harmless(bench: Bench) -> None:
    object = bench.destination.ORDER[0]
    for count in (1, min(MANY, bench.destination.chunk_size(object, "create", LOAD))):
        rows = bench.rows(object, count, first=count * MANY)
        ticket = bench.submit(Chunk("create", object, tuple(rows)))
        assert len(bench.finish(bench.destination, ticket)) == count
        bench.destination.abort(ticket)
        assert len(bench.find(object, [row.key for row in rows])) == count


def test_a_sweep_gives_the_records_of_its_prefix_only(bench: Bench, object: str) -> None:
    field = bench.writable(object).name
    ids = bench.create(object, 3, **{field: "swept"})
    other = [Row(f"7003/{r.key}", None, r.values) for r in bench.rows(object, 2)]
    bench.write("create", object, other)
    found = {r.key: (r.id, r.values) for r in bench.destination.sweep(object, PREFIX, [field])}
    assert found == {key: (id, {field: "swept"}) for key, id in ids.items()}


def test_nothing_asked_is_nothing_answered(bench: Bench, object: str) -> None:
    assert not list(bench.destination.find(object, []))
    assert not list(bench.destination.fetch(object, [], []))
    assert not list(bench.destination.children(object, []))


def test_what_a_delete_takes_along_is_stopped_by_or_cuts_loose_is_told_first(
    bench: Bench,
) -> None:
    parent, *others = bench.records()
    links = {
        name: field.name
        for name in others
        for field in bench.spec(name).fields
        if parent in field.references and field.createable
    }
    assert links
    parents = bench.create(parent, len(links))
    for (key, parent_id), (name, field) in zip(parents.items(), links.items(), strict=True):
        (child_id,) = bench.create(name, 1, **{field: parent_id}).values()
        found = list(bench.destination.children(parent, [parent_id]))
        assert [(c.object, c.id, c.parent_id, c.ours) for c in found] == [
            (name, child_id, parent_id, True)
        ]
        bench.write("delete", parent, [Row(key, parent_id, {})])


def test_a_chunk_never_holds_less_than_one_row_nor_more_than_there_are(bench: Bench) -> None:
    verbs: tuple[Verb, ...] = ("create", "update", "delete")
    for verb in verbs:
        for object in bench.destination.ORDER:
            assert bench.destination.chunk_size(object, verb, 1) >= 1
            assert 1 <= bench.destination.chunk_size(object, verb, 100_000) <= 100_000


@able("forecast")
def test_the_forecast_speaks_of_limits_that_the_allowance_knows(bench: Bench) -> None:
    left = {a.name: a for a in bench.destination.allowance()}
    assert all(0 <= a.left <= a.limit for a in left.values())
    few, many = (
        {f.name: f for f in bench.destination.forecast({bench.destination.ORDER[0]: count})}
        for count in (10, 100_000)
    )
    assert set(few) == set(many) <= set(left)
    assert any(many[name].needed > few[name].needed for name in few)
    assert all(f.needed >= 0 for f in many.values())


@able("manifest")
def test_every_planned_field_is_of_an_object_it_writes_and_named_once(bench: Bench) -> None:
    fields = bench.destination.FIELDS
    assert {f.object for f in fields} <= set(bench.destination.ORDER)
    assert len({(f.object, f.name.lower()) for f in fields}) == len(fields)
    assert bench.destination.manifest(fields) == list(fields)


@able("manifest")
def test_a_manifest_has_as_many_fields_as_were_asked_for_in_their_order(bench: Bench) -> None:
    object = bench.destination.ORDER[0]
    labels = ["Permit #", "Permit #", "漢字", "", "x" * 300, "2nd"]
    found = bench.destination.manifest([FieldPlan(object, n, n, "string") for n in labels])
    assert len({f.name.lower() for f in found}) == len(found) == len(labels)
    assert all(f.label for f in found)
    assert bench.destination.manifest(found) == found


@able("manifest")
def test_a_field_is_created_granted_written_and_taken_away_again(bench: Bench) -> None:
    destination, object = bench.destination, bench.destination.ORDER[0]
    wish = FieldPlan(object, "Permit #", "Permit #", "string", length=80)
    (plan,) = destination.missing(destination.manifest([wish]))
    package = destination.package([plan])
    assert bench.deployed(destination.deploy(package, check_only=True)) == []
    assert bench.spec(object).field(plan.name) is None
    for _ in range(2):
        assert bench.deployed(destination.deploy(package, check_only=False)) == []
        destination.grant()
    assert destination.missing([plan]) == []
    (id,) = bench.create(object, 1, **{plan.name: "P-1"}).values()
    (record,) = destination.fetch(object, [id], [plan.name])
    assert record.values == {plan.name: "P-1"}
    undo = destination.undo_package([plan])
    assert bench.deployed(destination.deploy(undo, check_only=False)) == []
    assert bench.spec(object).field(plan.name) is None


@able("obstacles")
def test_obstacles_have_a_code_a_severity_and_a_sentence(bench: Bench) -> None:
    found = bench.destination.obstacles()
    assert all(each.code and each.message.endswith(".") for each in found)
    assert {each.severity for each in found} <= {"blocks", "to confirm", "to know"}


def test_the_recipe_names_what_the_toy_writes_and_what_is_there() -> None:
    recipe = README.read_text().partition("**Add a destination.**")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([\w.]+)`", recipe))
    assert {name for name in vars(Toy) if name[0] != "_"} <= named
    assert {capability.__name__ for capability in CAPABILITIES} <= named
    for name in (n for n in named if n.startswith("connectors.")):
        assert resolve_name(name)
