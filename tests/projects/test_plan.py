"""A plan is what people decided, and nothing else: same decisions, same digest."""

from collections.abc import Callable

import pytest

from projects.models import Engagement, Plan, SchemaField
from projects.models.plan import digest_of
from tests.factories import (
    MappingRowFactory,
    SchemaFieldFactory,
    TechnicianMatchFactory,
    ValueMapFactory,
    reviewable,
)

pytestmark = pytest.mark.django_db
Change = Callable[[Engagement], object]


@pytest.fixture
def engagement() -> Engagement:
    return reviewable().engagement


def digest(engagement: Engagement) -> str:
    return digest_of(Plan.draft(engagement))


def change(engagement: Engagement, rows: str, chosen: dict[str, str], **values: object) -> None:
    """Change exactly one row of the engagement's decisions."""
    assert getattr(engagement, rows).filter(**chosen).update(**values) == 1


def policy(name: str, value: object) -> Change:
    def set_it(engagement: Engagement) -> None:
        setattr(engagement, name, value)
        engagement.save()

    return set_it


def row(**values: object) -> Change:
    return lambda e: change(e, "mapping_rows", {"destination_field": "Site_Address__c"}, **values)


def match(**values: object) -> Change:
    return lambda e: change(e, "technician_matches", {"technician_id": "700"}, **values)


def object_row(**values: object) -> Change:
    return lambda e: change(e, "object_rows", {"source_object": "jobs"}, **values)


def schema(**values: object) -> Change:
    return lambda e: change(e.destination, "schema_fields", {"name": "Priority"}, **values)  # type: ignore[arg-type]


def add_value(engagement: Engagement) -> None:
    ValueMapFactory(
        mapping_row=engagement.mapping_rows.get(destination_field="Priority"),
        source_value="Emergency",
        destination_value="High",
    )


def change_value(engagement: Engagement) -> None:
    priorities = engagement.mapping_rows.get(destination_field="Priority")
    assert priorities.value_maps.filter(source_value="Low").update(destination_value="Medium")


DECISIONS: list[tuple[str, Change, str, str, str]] = [
    ("transform", row(transform="street"), "rows › job.Site_Address__c › transform", "address",
     "street"),
    ("argument", row(argument="; "), "rows › job.Site_Address__c › argument", "", "; "),
    ("source field", row(source_field="name"), "rows › job.Site_Address__c › path", "site.address",
     "site.name"),
    ("destination object", row(destination_object="Account"),
     "rows › job.Site_Address__c › object", "Case", "Account"),
    ("value changed", change_value, "rows › job.Priority › values › Low", "Low", "Medium"),
    ("value added", add_value, "rows › job.Priority › values › Emergency", "(none)", "High"),
    ("user", match(user_id="005B"), "technicians › 700 › user", "005000000000001AAA", "005B"),
    ("action", match(action="skip"), "technicians › 700 › action", "match", "skip"),
    ("object row", object_row(status="partial"), "objects › jobs › status", "full", "partial"),
    ("length", schema(length=40), "fields › Case.Priority › length", "255", "40"),
    ("type", schema(type="picklist"), "fields › Case.Priority › type", "string", "picklist"),
    ("picklist", schema(picklist=["High", "Low"]), "fields › Case.Priority › picklist", "",
     "High, Low"),
    ("required", schema(required=True), "fields › Case.Priority › required", "False", "True"),
    ("households", policy("households", "none"), "policies › households", "placeholder", "none"),
    ("children", policy("placeholder_children", 50), "policies › placeholder_children", "9000",
     "50"),
    ("fallback", policy("fallback_owner", "005C"), "policies › fallback_owner",
     "005000000000099AAA", "005C"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("decide", "what", "before", "after"),
    [case[1:] for case in DECISIONS],
    ids=[case[0] for case in DECISIONS],
)
def test_a_changed_decision_changes_the_digest_and_is_named(
    engagement: Engagement, decide: Change, what: str, before: str, after: str
) -> None:
    plan = Plan.freeze(engagement, "staff")
    decide(engagement)
    today = Plan.draft(engagement)
    assert digest_of(today) != plan.digest
    changes = plan.changes(today)
    assert (what, before, after) in {(c.what, c.before, c.after) for c in changes}
    places = {" › ".join(c.what.split(" › ")[:2]) for c in changes}
    assert places <= {" › ".join(what.split(" › ")[:2]), "fields › Case.Site_Address__c"}


ADDING = ("value added",)


@pytest.mark.parametrize("case", DECISIONS, ids=[case[0] for case in DECISIONS])
def test_a_plan_allows_what_is_added_to_it_and_nothing_that_is_changed(
    engagement: Engagement, case: tuple[str, Change, str, str, str]
) -> None:
    plan = Plan.freeze(engagement, "staff")
    assert plan.allows(Plan.draft(engagement))
    case[1](engagement)
    assert plan.allows(Plan.draft(engagement)) == (case[0] in ADDING)


def test_a_plan_allows_rows_technicians_and_destination_values_that_came_after_it(
    engagement: Engagement,
) -> None:
    status = SchemaField.objects.get(name="Priority")
    status.picklist = ["High", "Low"]
    status.save()
    plan = Plan.freeze(engagement, "staff")
    TechnicianMatchFactory(engagement=engagement, technician_id="900")
    MappingRowFactory(engagement=engagement, destination_field="Suite__c", source_field="unit")
    SchemaFieldFactory(connection=engagement.destination, name="Suite__c")
    status.picklist = ["High", "Low", "Urgent"]
    status.save()
    assert plan.allows(Plan.draft(engagement))
    later = Plan.freeze(engagement, "staff")
    engagement.technician_matches.filter(technician_id="900").delete()
    assert plan.allows(Plan.draft(engagement))
    assert not later.allows(Plan.draft(engagement))
    engagement.mapping_rows.filter(destination_field="Priority").delete()
    assert not plan.allows(Plan.draft(engagement))


def test_an_added_and_a_removed_row_are_named_with_all_they_hold(engagement: Engagement) -> None:
    plan = Plan.freeze(engagement, "staff")
    engagement.mapping_rows.filter(destination_field="Site_Address__c").delete()
    gone = {c.what: c for c in plan.changes(Plan.draft(engagement))}
    assert list(gone) == ["fields › Case.Site_Address__c", "rows › job.Site_Address__c"]
    assert {c.after for c in gone.values()} == {"(none)"}
    assert "transform address" in gone["rows › job.Site_Address__c"].before


def test_a_new_technician_changes_the_digest(engagement: Engagement) -> None:
    plan = Plan.freeze(engagement, "staff")
    TechnicianMatchFactory(engagement=engagement, technician_id="702", name="Cy")
    changes = plan.changes(Plan.draft(engagement))
    assert ["name Cy" in c.after for c in changes if c.what == "technicians › 702"] == [True]


def test_the_same_decisions_entered_in_another_order_give_the_same_digest(
    engagement: Engagement,
) -> None:
    before = digest(engagement)
    for row in reversed([*engagement.mapping_rows.all()]):
        values = [*row.value_maps.all()]
        row.delete()
        row.save()
        for value in reversed(values):
            ValueMapFactory(
                mapping_row=row,
                source_value=value.source_value,
                destination_value=value.destination_value,
            )
    for match in reversed([*engagement.technician_matches.all()]):
        match.delete()
        match.save()
    assert digest(engagement) == before


def test_two_engagements_that_decide_the_same_have_the_same_digest() -> None:
    assert digest(reviewable().engagement) == digest(reviewable().engagement)


def test_freezing_twice_gives_one_plan_and_putting_a_change_back_gives_the_old_one(
    engagement: Engagement,
) -> None:
    first = Plan.freeze(engagement, "staff")
    match(user_id="005B")(engagement)
    second = Plan.freeze(engagement, "staff")
    match(user_id="005000000000001AAA")(engagement)
    assert Plan.freeze(engagement, "somebody else") == first != second
    assert engagement.plans.count() == 2
    assert first.changes(Plan.draft(engagement)) == []


@pytest.mark.parametrize(
    "touch",
    [
        row(confirmed_by="Rita"),
        row(confidence="0.50"),
        row(reasons="because"),
        row(source_label="Where"),
        match(confirmed_by="Rita"),
        match(reason="because"),
        match(jobs=12),
        match(email="other@x.org"),
        schema(label="Urgency"),
        schema(custom=True),
        policy("sample_size", 300),
        policy("client_name", "Harbour"),
        policy("state", "draft"),
    ],
)
def test_what_decides_nothing_does_not_change_the_digest(
    engagement: Engagement, touch: Change
) -> None:
    before = digest(engagement)
    touch(engagement)
    assert digest(engagement) == before


def test_a_destination_field_that_no_row_touches_does_not_change_the_digest(
    engagement: Engagement,
) -> None:
    before = digest(engagement)
    SchemaFieldFactory(connection=engagement.destination, name="Their_Own__c")
    SchemaFieldFactory(connection=engagement.destination, object="Account", name="Priority")
    SchemaFieldFactory(connection=engagement.source, name="Site_Address__c")
    assert digest(engagement) == before


def test_a_row_that_goes_nowhere_is_no_part_of_the_plan(engagement: Engagement) -> None:
    before = digest(engagement)
    MappingRowFactory(engagement=engagement, destination_field="", source_field="campaignId")
    assert digest(engagement) == before


def test_the_order_in_which_the_vendor_lists_picklist_values_does_not_matter(
    engagement: Engagement,
) -> None:
    schema(picklist=["High", "Low"])(engagement)
    before = digest(engagement)
    schema(picklist=["Low", "High"])(engagement)
    assert digest(engagement) == before
    schema(picklist=["Low"])(engagement)
    assert digest(engagement) != before


def test_reading_the_same_schema_again_does_not_change_the_digest(engagement: Engagement) -> None:
    before = digest(engagement)
    fields = [*engagement.destination.schema_fields.all()]
    SchemaField.objects.all().delete()
    for field in reversed(fields):
        field.pk = None
        field.save()
    assert digest(engagement) == before


def test_a_plan_keeps_its_body_when_it_comes_back_from_the_database(
    engagement: Engagement,
) -> None:
    plan = Plan.freeze(engagement, "staff")
    kept = Plan.objects.get(pk=plan.pk)
    assert digest_of(kept.body) == kept.digest == plan.digest
