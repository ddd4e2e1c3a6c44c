"""Parts, picks, lookups and paths of joined records."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.shapes import (
    Longer,
    Lookup,
    Part,
    Record,
    Shape,
    When,
    at,
    dirty,
    fill,
    join,
    key_of,
    lookups,
)

ACTIVE = When("active", (True,))


class Shelf:
    """Records by object; counts the queries."""

    def __init__(self, **objects: list[dict[str, Any]]) -> None:
        self.objects = objects
        self.asked: list[tuple[str, set[str]]] = []

    def by_id(self, object: str, ids: set[str]) -> Mapping[str, Record]:
        self.asked.append((object, ids))
        return {r["@id"]: r for r in self.objects.get(object, []) if r["@id"] in ids}

    def by_parent(self, object: str, ids: set[str]) -> Mapping[str, list[Record]]:
        self.asked.append((object, ids))
        found: dict[str, list[Record]] = {}
        for record in self.objects.get(object, []):
            if record["@parent"] in ids:
                found.setdefault(record["@parent"], []).append(record)
        return found

    def by_value(self, object: str, field: str, values: set[str]) -> Mapping[str, Record]:
        found = self.objects.get(object, [])
        return {str(r[field]): r for r in found if str(r.get(field)) in values}


def child(id: str, parent: str = "1", **data: Any) -> dict[str, Any]:
    return {"@id": id, "@parent": parent, **data}


def joined(part: Part, children: list[dict[str, Any]], **root: Any) -> Any:
    shape = Shape("s", "S", "Case", "jobs", "jobs/{@id}", parts=(part,))
    shelf = Shelf(**{part.object: children})
    return join(shape, [{"@id": "1", **root}], shelf)[0].record[part.name]


def test_a_part_by_parent_takes_only_the_roots_own_children() -> None:
    part = Part("all", "visits", "parent", pick="all")
    found = joined(part, [child("7"), child("8", parent="2"), child("9")])
    assert [c["@id"] for c in found] == ["7", "9"]


def test_a_part_by_parent_of_another_part_follows_that_part() -> None:
    shape = Shape(
        "s", "S", "Case", "jobs", "jobs/{@id}",
        parts=(
            Part("customer", "customers", "id", paths=("customerId",)),
            Part("person", "contacts", "parent", of="customer"),
        ),
    )  # fmt: skip
    shelf = Shelf(customers=[child("5", "")], contacts=[child("50", "5"), child("60", "1")])
    with_customer, without = join(shape, [{"@id": "1", "customerId": 5}, {"@id": "2"}], shelf)
    assert with_customer.record["person"]["@id"] == "50"
    assert (without.record["customer"], without.record["person"]) == (None, None)


def test_a_part_by_id_reads_the_first_path_that_has_a_value() -> None:
    part = Part("technician", "technicians", "id", paths=("done.by", "soldById", "bookedById"))
    people = [child("3", ""), child("4", "")]
    assert joined(part, people, done=None, soldById=3, bookedById=4)["@id"] == "3"
    assert joined(part, people, done={"by": 4}, soldById=3)["@id"] == "4"
    assert joined(part, people, soldById=0, bookedById=4)["@id"] == "4"
    assert joined(part, people) is None
    assert joined(part, people, soldById=99) is None


def test_a_part_by_ids_takes_each_listed_record_once() -> None:
    part = Part("tags", "tags", "ids", paths=("tagIds",), pick="all", order=("name",))
    tags = [child("1", "", name="vip"), child("2", "", name="gate"), child("3", "", name="dog")]
    found = joined(part, tags, tagIds=[1, 3, 1, 77])
    assert [t["name"] for t in found] == ["dog", "vip"]
    assert joined(part, tags, tagIds=[]) == []


def test_where_leaves_out_and_prefer_only_narrows_while_some_are_left() -> None:
    part = Part("phone", "c", "parent", where=(When("type", ("Phone",)),), prefer=(ACTIVE,))
    old = child("1", type="Phone", active=False)
    mail = child("0", type="Email", active=True)
    assert joined(part, [mail, old])["@id"] == "1"
    assert joined(part, [mail, old, child("2", type="Phone", active=True)])["@id"] == "2"
    assert joined(part, [mail]) is None


def test_order_picks_first_or_last_and_an_absent_value_comes_last() -> None:
    visits = [child("1", start=None), child("2", start="2026-02"), child("3", start="2026-01")]
    first = Part("v", "visits", "parent", order=("start",))
    last = Part("v", "visits", "parent", order=("start",), pick="last")
    assert joined(first, visits)["@id"] == "3"
    assert joined(last, visits)["@id"] == "1"
    assert joined(last, visits[1:])["@id"] == "2"


def test_equal_order_falls_back_to_the_id_as_a_number() -> None:
    part = Part("v", "visits", "parent", pick="all")
    assert [v["@id"] for v in joined(part, [child("10"), child("9")])] == ["9", "10"]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 99), st.sampled_from([None, "a", "b"]), st.booleans(), st.booleans()
        ),
        unique_by=lambda row: row[0],
    ),
    st.sampled_from(["first", "last", "all"]),
    st.randoms(use_true_random=False),
)
def test_shuffled_children_give_the_same_pick(rows: Any, pick: Any, random: Any) -> None:
    part = Part("v", "v", "parent", where=(When("kept", (True,)),), prefer=(ACTIVE,),
                order=("at",), pick=pick)  # fmt: skip
    children = [child(str(i), at=moment, kept=kept, active=on) for i, moment, kept, on in rows]
    shuffled = list(children)
    random.shuffle(shuffled)
    assert joined(part, shuffled) == joined(part, children)


def test_join_keeps_the_order_of_the_roots_and_leaves_out_what_is_out_of_scope() -> None:
    shape = Shape("s", "S", "Account", "customers", "c/{@id}",
                  where=(When("type", ("Commercial",)),))  # fmt: skip
    roots = [
        {"@id": "3", "type": "Commercial"},
        {"@id": "1", "type": "Residential"},
        {"@id": "2", "type": "Commercial"},
    ]
    assert [j.record["@id"] for j in join(shape, roots, Shelf())] == ["3", "2"]


def test_scope_may_look_at_a_part() -> None:
    shape = Shape("s", "S", "Contact", "customers", "c/{@id}",
                  where=(When("person", (None,), negate=True),),
                  parts=(Part("person", "contacts", "parent"),))  # fmt: skip
    found = join(shape, [{"@id": "1"}, {"@id": "2"}], Shelf(contacts=[child("9", "2")]))
    assert [j.record["@id"] for j in found] == ["2"]


def test_used_names_the_root_and_every_picked_record_and_no_other() -> None:
    shape = Shape("s", "S", "Case", "jobs", "jobs/{@id}",
                  parts=(Part("first", "visits", "parent"),
                         Part("tags", "tags", "ids", paths=("tagIds",), pick="all")))  # fmt: skip
    shelf = Shelf(visits=[child("7"), child("8")], tags=[child("1", ""), child("2", "")])
    (only,) = join(shape, [{"@id": "1", "tagIds": [1, 2]}], shelf)
    assert only.used == {("jobs", "1"), ("visits", "7"), ("tags", "1"), ("tags", "2")}


def test_a_part_of_many_roots_is_one_query() -> None:
    shape = Shape("s", "S", "Case", "jobs", "jobs/{@id}",
                  parts=(Part("first", "visits", "parent"),
                         Part("type", "types", "id", paths=("typeId",))))  # fmt: skip
    shelf = Shelf()
    join(shape, [{"@id": str(n), "typeId": n % 2} for n in range(1, 40)], shelf)
    assert [name for name, _ in shelf.asked] == ["visits", "types"]
    assert shelf.asked[1][1] == {"1"}


def test_joining_leaves_the_source_record_as_it_was() -> None:
    root = {"@id": "1", "name": "n"}
    shape = Shape("s", "S", "Case", "jobs", "j/{@id}", parts=(Part("v", "v", "parent"),))
    join(shape, [root], Shelf())
    assert root == {"@id": "1", "name": "n"}


LOOKUP_SHAPE = Shape(
    "job", "Job", "Case", "jobs", "jobs/{@id}",
    lookups=(
        Lookup("AccountId", "Account", "customers/{customer.@id}",
               (When("customer.type", ("Commercial",)),)),
        Lookup("AccountId", "Account", "placements/{placement.number}",
               (When("placement", (None,), negate=True),)),
        Lookup("ContactId", "Contact", "customers/{customer.@id}"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "account"),
    [("Commercial", "8450/customers/5"), ("Residential", "8450/placements/2")],
)
def test_of_several_lookups_for_a_field_the_first_that_holds_counts(
    kind: str, account: str
) -> None:
    record = {"customer": {"@id": "5", "type": kind}, "placement": {"number": 2}}
    assert lookups(LOOKUP_SHAPE, record, "8450") == {
        "AccountId": ("Account", account),
        "ContactId": ("Contact", "8450/customers/5"),
    }


def test_a_field_without_a_lookup_that_holds_is_left_out() -> None:
    record = {"customer": {"@id": "5", "type": "Residential"}, "placement": None}
    assert set(lookups(LOOKUP_SHAPE, record, "8450")) == {"ContactId"}


def test_the_key_names_tenant_object_and_id() -> None:
    assert key_of(LOOKUP_SHAPE, {"@id": "41870213"}, "8450") == "8450/jobs/41870213"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("customFields.77", "Gate 4"),
        ("customFields.78", None),
        ("customFields.79", None),
        ("visits.end", ["b"]),
        ("visits.who.name", ["Ana", "Bo"]),
        ("site.address.city", "Toledo"),
        ("site.nothing.city", None),
        ("total.city", None),
        ("empty.name", []),
        ("active", False),
    ],
)
def test_a_path_reads_records_lists_and_custom_fields(path: str, value: Any) -> None:
    record = {
        "customFields": [{"typeId": 77, "value": "Gate 4"}, {"typeId": 78, "value": None}],
        "visits": [{"who": {"name": "Ana"}, "end": None}, {"who": {"name": "Bo"}, "end": "b"}],
        "site": {"address": {"city": "Toledo"}, "nothing": None},
        "total": "12.50",
        "empty": [],
        "active": False,
    }
    assert at(record, path) == value


def test_an_absent_value_fills_in_as_nothing_and_a_zero_as_zero() -> None:
    assert fill("{a}-{b.c}-{d}", {"a": 0, "b": {"c": "x"}}) == "0-x-"


def test_a_condition_may_be_negated_and_sees_an_absent_value_as_none() -> None:
    merged = When("mergedToId", (None,), negate=True)
    assert merged.holds({"mergedToId": 4})
    assert not merged.holds({"mergedToId": None})
    assert not merged.holds({})
    assert When("type", ("A", "B")).holds({"type": "B"})


def test_words_after_a_question_mark_stand_for_a_value_that_says_yes() -> None:
    template = "{pinned?Pinned. }{name}"
    assert fill(template, {"pinned": True, "name": "x"}) == "Pinned. x"
    assert fill(template, {"pinned": False, "name": "x"}) == fill(template, {"name": "x"}) == "x"


def test_a_condition_on_length_counts_bytes() -> None:
    assert Longer("text", 3).holds({"text": "éé"})
    assert not Longer("text", 4).holds({"text": "éé"})
    assert not Longer("text", 0).holds({})


def test_a_part_by_value_is_the_record_that_holds_it() -> None:
    part = Part("writer", "users", "value", paths=("by",), match="userId")
    people = [child("7", userId=20), child("8", userId=30)]
    assert joined(part, people, by=30)["@id"] == "8"
    assert joined(part, people, by=40) is None


def test_parts_are_not_read_for_roots_that_are_out_of_scope_by_themselves() -> None:
    part = Part("site", "sites", "id", paths=("siteId",))
    shape = Shape("s", "S", "Case", "jobs", "jobs/{@id}", where=(ACTIVE,), parts=(part,))
    shelf = Shelf(sites=[child("5"), child("6")])
    roots = [child("1", active=True, siteId=5), child("2", active=False, siteId=6)]
    assert [j.record["@id"] for j in join(shape, roots, shelf)] == ["1"]
    assert shelf.asked == [("sites", {"5"})]


@pytest.mark.parametrize(
    ("start", "end"), [(1, "3"), (2, "3"), (3, "3"), (4, None), (6, None), (7, None), (9, None)]
)
def test_a_part_that_follows_is_the_last_successor_or_nobody(start: int, end: str | None) -> None:
    part = Part("customer", "customers", "id", paths=("customerId",), follow="into")
    chain = [(1, 2), (2, 3), (3, None), (4, 5), (5, 4), (6, 6), (7, 8)]
    customers = [child(str(id), "", into=into) for id, into in chain]
    found = joined(part, customers, customerId=start)
    assert (found and found["@id"]) == end


class Owners:
    """Who uses what, from the same records as a Shelf; `was` is an earlier parent."""

    def __init__(self, **objects: list[dict[str, Any]]) -> None:
        self.objects = objects

    def parents(self, object: str, ids: set[str]) -> set[str]:
        found = [r for r in self.objects.get(object, []) if r["@id"] in ids]
        return {p for r in found for p in (r["@parent"], r.get("was", ""))} - {""}

    def pointing(self, object: str, path: str, ids: set[str]) -> set[str]:
        return {
            r["@id"]
            for r in self.objects.get(object, [])
            if {str(v) for v in _listed(at(r, path))} & ids
        }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


SERVED = Shape(
    "job", "Job", "Case", "jobs", "jobs/{@id}",
    parts=(
        Part("customer", "customers", "id", paths=("customerId",)),
        Part("person", "contacts", "parent", of="customer"),
        Part("tags", "tags", "ids", paths=("tagIds",), pick="all"),
        Part("visits", "visits", "parent", pick="all"),
        Part("last", "visits", "parent", pick="last"),
        Part("work", "work", "parent", of="visits", pick="all"),
        Part("worker", "workers", "id", paths=("work.workerId", "soldById")),
        Part("zone", "zones", "id", paths=("worker.zoneId",)),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "roots"),
    [
        ({"jobs": {"2"}}, {"2"}),
        ({"customers": {"5"}}, {"1", "2"}),
        ({"contacts": {"50"}}, {"1", "2", "3"}),
        ({"tags": {"9"}}, {"3"}),
        ({"visits": {"20"}}, {"2"}),
        ({"work": {"30"}}, {"1"}),
        ({"workers": {"70"}}, {"1", "3"}),
        ({"zones": {"80"}}, {"1", "3"}),
        ({"zones": {"81"}, "skills": {"1"}}, set()),
        ({}, set()),
    ],
)
def test_a_shape_read_backwards_names_the_roots_that_a_change_may_touch(
    changed: dict[str, set[str]], roots: set[str]
) -> None:
    owners = Owners(
        jobs=[
            child("1", "", customerId=5),
            child("2", "", customerId=5),
            child("3", "", customerId=6, tagIds=[8, 9], soldById=70),
        ],
        customers=[child("5", ""), child("6", "")],
        contacts=[child("50", "5", was="6")],
        visits=[child("10", "1"), child("20", "2")],
        work=[child("30", "10", workerId=70)],
        workers=[child("70", "", zoneId=80)],
    )
    assert dirty(SERVED, changed, owners) == roots


RECORDS = st.fixed_dictionaries(
    {
        name: st.lists(
            st.fixed_dictionaries(
                {
                    "parent": st.integers(0, 3),
                    **{path: st.integers(0, 3) for path in ("customerId", "workerId", "zoneId")},
                    "soldById": st.sampled_from((0, 1, 2, None)),
                    "tagIds": st.lists(st.integers(0, 3), max_size=3),
                    "text": st.integers(0, 2),
                }
            ),
            max_size=4,
        )
        for name in ("jobs", "customers", "contacts", "tags", "visits", "work", "workers", "zones")
    }
)


@given(before=RECORDS, after=RECORDS)
def test_no_root_whose_joined_record_changes_is_passed_over(before: Any, after: Any) -> None:
    """Records are changed and added, never taken away, as a reading keeps what is gone."""
    old, new = _numbered(before), _numbered(before)
    for name, rows in _numbered(after).items():
        known = {r["@id"]: r for r in old[name]}
        new[name] = [*(r for r in old[name] if r["@id"] not in {x["@id"] for x in rows}), *rows]
        for row in new[name]:
            was = known.get(row["@id"])
            if was and was["@parent"] != row["@parent"]:
                row["was"] = was["@parent"]
    changed = {
        name: {
            r["@id"] for r in rows
            if {k: v for k, v in r.items() if k != "was"} not in old[name]
        }
        for name, rows in new.items()
    }  # fmt: skip
    stood, stands = _joined_all(old), _joined_all(new)
    touched = {id for id in stands if stood.get(id) != stands[id]}
    assert touched <= dirty(SERVED, changed, Owners(**new))


def _numbered(world: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [
            {"@id": str(n), "@parent": "" if name == "jobs" else str(row["parent"]), **row}
            for n, row in enumerate(rows)
        ]
        for name, rows in world.items()
    }


def _joined_all(world: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    plain = {
        name: [{k: v for k, v in r.items() if k != "was"} for r in rows]
        for name, rows in world.items()
    }
    found = join(SERVED, plain["jobs"], Shelf(**plain))
    return {j.record["@id"]: j.record for j in found}
