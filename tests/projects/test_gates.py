"""Every condition of the GATES table: its sentence is said when and only when it should be."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.values import FieldPlan
from projects import decisions, gates, signing
from projects.models import (
    Confirmation,
    CreatedField,
    Engagement,
    Feed,
    Finding,
    LoadItem,
    Operation,
    Run,
    SignOff,
    Slice,
    Ticket,
)
from projects.stages import BY_NAME
from tests.factories import (
    ConnectionFactory,
    ObjectRowFactory,
    RunFactory,
    TechnicianMatchFactory,
    ready_to_load,
    reviewable,
    sign,
)
from tests.toy.registered import registered

pytestmark = pytest.mark.django_db
DECISIONS = {"confirm", "sign off", "edit mapping", "reference"}
Act = Callable[[Engagement], object]


@pytest.fixture
def engagement() -> Engagement:
    """Everything a load needs: nothing stands in the way of any stage but rollback and
    reconcile, which need a load."""
    return ready_to_load()


def operation(engagement: Engagement, stage: str, **changes: Any) -> Operation:
    """A landed write of a finished run of that stage."""
    run = RunFactory(engagement=engagement, stage=stage, connection=engagement.destination)
    piece = Slice.objects.create(run=run, object="Case", number=0)
    ticket = Ticket.objects.create(run=run, slice=piece, object="Case", verb="create")
    values = {"verb": "create", "status": Operation.Status.LANDED, "digest": "d"} | changes
    item = LoadItem.objects.filter(engagement=engagement).latest("pk")
    return Operation.objects.create(run=run, ticket=ticket, item=item, **values)


def update(rows: str, /, **values: object) -> Act:
    """Change all rows of one of the engagement's tables."""
    return lambda e: getattr(e, rows).update(**values)


def empty(rows: str) -> Act:
    return lambda e: getattr(e, rows).all().delete()


def set_on(**values: object) -> Act:
    return lambda e: Engagement.objects.filter(pk=e.pk).update(**values)


def load(**values: Any) -> Act:
    return lambda e: RunFactory(
        engagement=e, connection=e.destination, stage="load", plan=e.plans.get(), **values
    )


def both(*acts: Act) -> Act:
    return lambda e: [act(e) for act in acts]


def undone(stage: str) -> Act:
    return both(lambda e: operation(e, stage), update("load_items", state="undone"))


def becomes(invoices: str, items: str) -> Act:
    chosen = {"invoices": invoices, "invoice-items": items}
    return lambda e: [
        ObjectRowFactory(engagement=e, source_object=name, destination_objects=text)
        for name, text in chosen.items()
    ]


def undecide(count: int) -> Act:
    return lambda e: [
        TechnicianMatchFactory(engagement=e, name=f"T{n}", action="undecided", user_id="")
        for n in range(count)
    ]


def flag(action: str) -> Act:
    file = {"object": "attachments", "source_id": "7", "name": "tour.mp4", "why": "large"}
    return lambda e: e.flagged_files.create(**file, action=action)


def block(severity: str) -> Act:
    return lambda e: Finding.objects.create(
        engagement=e, code="missing field", severity=severity, subject="s", message="X is missing."
    )


def unsafe(role: str) -> Act:
    """A scan found a point to be confirmed in the account of that role."""

    def act(engagement: Engagement) -> None:
        engagement.findings.create(
            code="flow", severity="confirm", subject=f"{role} 1", message="A flow runs."
        )

    return act


def seen_to(engagement: Engagement) -> None:
    points = Confirmation.open_points(engagement)
    decisions.confirm_safety(engagement, points, "Dana Reyes", "anna")


def create_field(engagement: Engagement) -> None:
    run = RunFactory(engagement=engagement, stage="fields")
    plan = FieldPlan("Case", "Zone__c", "Zone", "Text")
    CreatedField.remember(run, engagement.destination, [plan])


def rehearsed(**differing: Any) -> Act:
    """There is a rehearsal whose fields are production's, but for one."""

    def act(engagement: Engagement) -> None:
        production = engagement.destination
        rehearsal = ConnectionFactory(engagement=engagement, destination=True, role="rehearsal")
        for field in production.schema_fields.all():
            field.pk, field.connection = None, rehearsal
            if field.name == "Priority":
                vars(field).update(differing)
            field.save()

    return act


# What is done, of which condition, and the sentence, or "" where nothing may be said.
TABLE: list[tuple[str, Act, str]] = [
    ("not closed", set_on(state="closed"), "The engagement is closed."),
    ("not closed", set_on(state="accepted"), ""),
    ("connected", update("connections", account_id=""), "Connect and check: source, destination."),
    ("connected", update("connections", problem="no"), "Connect and check: source, destination."),
    ("connected", lambda e: e.connections.filter(role="source").update(problem="no"),
     "Connect and check: source."),
    ("connected", lambda e: e.connections.filter(role="destination").update(account_id=""),
     "Connect and check: destination."),
    ("inventoried", lambda e: e.destination.schema_fields.all().delete(),
     "Take the inventory of both accounts first."),
    ("proposed", empty("mapping_rows"), "Let the mapping be proposed first."),
    ("extracted", empty("feeds"), "Extract the source first."),
    ("extracted", lambda e: Feed.objects.create(engagement=e, object="customers"),
     "Extract the source first."),
    ("extracted", update("feeds", reading="check"), "Extract the source first."),
    ("extracted", lambda e: Feed.objects.create(engagement=e, object="jobs", reading="check"), ""),
    ("scanned", lambda e: e.runs.filter(stage="scan").update(status="failed"),
     "Scan the extracted records first."),
    ("scanned", lambda e: RunFactory(engagement=e, stage="scan", status="failed"), ""),
    ("technicians decided", undecide(1),
     "Decide under Technician matches who owns the work of: T0."),
    ("technicians decided", undecide(6), "who owns the work of: T0, T1, T2, T3 and 2 more."),
    ("technicians decided", update("technician_matches", action="skip"), ""),
    ("files decided", flag("undecided"),
     "Decide under Flagged files what becomes of 1, such as attachments/7 tour.mp4."),
    ("files decided", flag("load"), ""),
    ("choices agree", becomes("Order", "Invoice_Item__c, Line_Item__c"),
     "invoice-items become Invoice_Item__c, which needs Invoice__c, but invoices become Order."),
    ("choices agree", becomes("Invoice__c", "Product2, OrderItem"),
     "invoice-items become Product2, which needs Order, but invoices become Invoice__c."),
    ("choices agree", becomes("Order", "Product2, PricebookEntry, OrderItem"), ""),
    ("fallback named", set_on(fallback_owner=""),
     "Technicians fall back to the fallback owner, but the engagement names none."),
    ("fallback named", both(set_on(fallback_owner=""), update("technician_matches", action="skip")),
     ""),
    ("no blocking findings", block("blocks"), "X is missing. (Findings lists all of them.)"),
    ("no blocking findings", block("note"), ""),
    ("trial confirmed", unsafe("destination"), "1 point(s) of safety are to be confirmed"),
    ("trial confirmed", both(rehearsed(), unsafe("rehearsal")), "first: A flow runs."),
    ("trial confirmed", both(rehearsed(), unsafe("destination")), ""),
    ("production confirmed", unsafe("destination"), "Under Safety on the engagement's page"),
    ("production confirmed", both(unsafe("destination"), seen_to), ""),
    ("production confirmed", unsafe("rehearsal"), ""),
    ("mapping confirmed", set_on(state="draft"), "Confirm the mapping first."),
    ("mapping confirmed", set_on(state="mapped"), ""),
    ("sampled", lambda e: e.runs.filter(stage="sample").update(status="failed"),
     "Load a sample first."),
    ("signed off", update("sign_offs", withdrawn_at=timezone.now()),
     "The client has not signed off a sample. Send them the review link."),
    ("signed off", lambda e: sign(e, decision="changes", comment="wrong owner"),
     "Rita asks for changes: wrong owner"),
    ("signed off", lambda e: sign(e, decision="changes"),
     "Rita asks for changes: no comment given"),
    ("signed off", lambda e: sign(e, decision="changes", withdrawn_at=timezone.now()), ""),
    ("signed off", lambda e: sign(e, decision="changes",
                                  given_at=timezone.now() - timedelta(days=1)), ""),
    ("sign off current", update("technician_matches", name="New"),
     "The sign-off of Rita is stale: 2 change(s) since, "
     "first technicians › 700 › name: Ana Diaz → New."),
    ("sign off current", update("mapping_rows", confirmed_by="staff"), ""),
    ("no live writing run", load(status="queued"), "load is queued."),
    ("no live writing run", load(status="paused"), "load is paused."),
    ("no live writing run", load(status="cancelling"), "load is cancelling."),
    ("no live writing run", load(status="failed"), ""),
    ("no live writing run",
     lambda e: RunFactory(engagement=e, stage="extract", writes=False, status="running"), ""),
    ("something to undo", lambda e: None, "There is nothing to roll back."),
    ("something to undo", lambda e: operation(e, "sample"), ""),
    ("something to undo", lambda e: operation(e, "load", status="failed"),
     "There is nothing to roll back."),
    ("something to undo", undone("load"),
     "There is nothing to roll back."),
    ("loaded", lambda e: None, "Nothing was loaded yet."),
    ("loaded", load(status="running"), ""),
    ("no live load", lambda e: operation(e, "load"),
     "Roll back the load before loading another sample."),
    ("no live load", lambda e: operation(e, "sample"), ""),
    ("no live load", undone("load"), ""),
    ("takes fields", lambda e: e.connections.filter(role="destination").update(kind="toy"),
     "Toy Harbor CRM cannot be given fields from here."),
    ("takes fields", lambda e: None, ""),
    ("fields of ours", lambda e: None, "We created no fields at Salesforce Harbor CRM."),
    ("fields of ours", create_field, ""),
    ("nothing of ours", lambda e: operation(e, "load"),
     "1 record(s) of ours are live at Salesforce Harbor CRM. Roll them back first."),
    ("nothing of ours", undone("load"), ""),
    ("production as rehearsed", rehearsed(), ""),
    ("production as rehearsed", rehearsed(length=80), "in Case.Priority (length 80 → 255)."),
    ("production as rehearsed", rehearsed(name="Other"), "Case.Priority (only there)"),
    ("load stands", load(status="succeeded"), "Load everything first"),
    ("load stands", lambda e: operation(e, "load"), ""),
    ("load stands", undone("load"), "Load everything first"),
    ("not extracted anew", lambda e: RunFactory(engagement=e, stage="extract", writes=False), ""),
    ("not extracted anew",
     both(load(), lambda e: RunFactory(engagement=e, stage="extract", writes=False)),
     "The source was extracted anew since the load. Load again"),
    ("not extracted anew",
     both(lambda e: RunFactory(engagement=e, stage="extract", writes=False), load()), ""),
    ("not extracted anew",
     both(lambda e: RunFactory(engagement=e, stage="extract", writes=False),
          load(status="failed")), "extracted anew"),
    ("nothing under way", lambda e: operation(e, "load", status="sending"),
     "What became of 1 writes of a load is not known."),
    ("nothing under way", lambda e: operation(e, "delta", status="sending"), ""),
]  # fmt: skip
CONDITIONS = {c.name: c for conditions in gates.GATES.values() for c in conditions}


@pytest.mark.parametrize(
    ("condition", "act", "said"), TABLE, ids=[f"{n}-{name}" for n, (name, _, _) in enumerate(TABLE)]
)
def test_a_condition_says_its_sentence_when_and_only_when_it_does_not_hold(
    engagement: Engagement, condition: str, act: Act, said: str
) -> None:
    act(engagement)
    fresh = Engagement.objects.get(pk=engagement.pk)
    with registered():
        refusal = CONDITIONS[condition].refusal(fresh)
        assert said in refusal
        assert bool(refusal) == bool(said)
        for action, conditions in gates.GATES.items():
            listed = CONDITIONS[condition] in conditions
            assert (refusal in gates.refusals(fresh, action)) == (listed and bool(refusal))


def test_the_table_above_knows_every_condition_and_each_is_refused_at_least_once() -> None:
    assert {name for name, _, said in TABLE if said} == set(CONDITIONS)


def test_a_ready_engagement_is_refused_nothing_but_what_needs_a_load(
    engagement: Engagement,
) -> None:
    refused = {a: r for a in gates.GATES if (r := gates.refusals(engagement, a))}
    assert refused == {
        "delta": ["Load everything first: this brings only what changed since."],
        "reconcile": ["Nothing was loaded yet."],
        "rollback": ["There is nothing to roll back."],
        "undo-fields": ["We created no fields at Salesforce Harbor CRM."],
    }


def test_a_new_engagement_is_told_all_that_is_missing_at_once() -> None:
    fresh = Engagement.objects.create(name="New", client_name="New")
    assert gates.refusals(fresh, "load") == [
        "Connect and check: source, destination.",
        "Extract the source first.",
        "Confirm the mapping first.",
        "The client has not signed off a sample. Send them the review link.",
    ]


def test_every_gate_is_of_a_stage_or_a_decision_and_every_stage_has_one() -> None:
    assert set(gates.GATES) == set(BY_NAME) | DECISIONS


def test_a_closed_engagement_is_refused_everything(engagement: Engagement) -> None:
    set_on(state="closed")(engagement)
    fresh = Engagement.objects.get(pk=engagement.pk)
    for action in gates.GATES:
        assert any("is closed" in said for said in gates.refusals(fresh, action)), action


def test_every_stage_that_writes_waits_for_a_live_writing_run() -> None:
    writing = {name for name, stage in BY_NAME.items() if stage.WRITES}
    assert "load" in writing
    for name in writing:
        assert CONDITIONS["no live writing run"] in gates.GATES[name], name


def test_once_loaded_a_sign_off_stands_for_what_is_only_added(engagement: Engagement) -> None:
    TechnicianMatchFactory(engagement=engagement, technician_id="900", action="skip", user_id="")
    assert signing.stale(engagement)
    operation(engagement, "load")
    assert gates.refusals(engagement, "delta") == []
    engagement.technician_matches.filter(technician_id="700").update(action="skip")
    assert signing.stale(engagement)
    (said,) = gates.refusals(engagement, "delta")
    assert "technicians › 700 › action: match → skip" in said


def test_an_action_that_nobody_knows_is_a_bug_not_a_permission(engagement: Engagement) -> None:
    with pytest.raises(KeyError):
        gates.refusals(engagement, "lode")


def test_putting_a_change_back_makes_a_stale_sign_off_valid_again(engagement: Engagement) -> None:
    matches = engagement.technician_matches.filter(technician_id="700")
    matches.update(user_id="005B")
    assert signing.stale(engagement)
    matches.update(user_id="005000000000001AAA")
    assert not signing.stale(engagement)


def test_the_newest_sign_off_that_is_not_withdrawn_counts(engagement: Engagement) -> None:
    first = signing.current_sign_off(engagement)
    second = sign(engagement, decision="changes")
    assert signing.current_sign_off(engagement) == second
    SignOff.objects.filter(pk=second.pk).update(withdrawn_at=timezone.now())
    assert signing.current_sign_off(engagement) == first


def test_a_live_run_of_another_engagement_stands_in_nobodys_way(engagement: Engagement) -> None:
    other = reviewable().engagement
    RunFactory(engagement=other, connection=other.destination, stage="load", status="running")
    assert gates.refusals(engagement, "load") == []
    assert Run.objects.filter(status="running").count() == 1


def test_every_sentence_tells_what_to_do_or_what_is_wrong() -> None:
    for _, _, said in TABLE:
        assert not re.search(r"\bNone\b|%s|\{", said)
