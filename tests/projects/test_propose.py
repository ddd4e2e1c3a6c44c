"""What is proposed from the preset and from like-named fields, and what people keep."""

import pytest

from projects.models import Engagement, MappingRow, ObjectRow
from projects.presets import PRESETS, chosen_shapes, preset
from projects.stages.propose import propose
from tests.factories import ConnectionFactory, EngagementFactory, SchemaFieldFactory

pytestmark = pytest.mark.django_db
PRESET = preset("servicetitan-salesforce")
CHOSEN = chosen_shapes({each.source: each.destinations for each in PRESET.OBJECTS}, PRESET)
NAMES = {shape.name for shape in CHOSEN}
DEFAULTS = [row for row in PRESET.ROWS if not row.there and row.shape in NAMES]


@pytest.fixture
def engagement() -> Engagement:
    made = EngagementFactory()
    ConnectionFactory(engagement=made)
    destination = ConnectionFactory(engagement=made, destination=True)
    for name in {shape.destination for shape in PRESET.SHAPES}:
        SchemaFieldFactory(connection=destination, object=name, name="Id", custom=False)
    return made


def row(engagement: Engagement, field: str, shape: str = "job") -> MappingRow:
    return engagement.mapping_rows.get(shape=shape, destination_field=field)


def rows(engagement: Engagement) -> list[tuple[str, str, str]]:
    found = engagement.mapping_rows.order_by("id")
    return [(r.shape, r.path, r.destination_field) for r in found]


def custom_field(engagement: Engagement, label: str, name: str = "customFields.77") -> None:
    SchemaFieldFactory(
        connection=engagement.source, object="jobs", name=name, label=label, custom=True
    )


def free_field(engagement: Engagement, name: str, **values: object) -> None:
    SchemaFieldFactory(connection=engagement.destination, name=name, **({"custom": True} | values))


def test_every_default_of_the_preset_becomes_a_row_that_nobody_confirmed(
    engagement: Engagement,
) -> None:
    propose(engagement)
    assert sorted(rows(engagement)) == sorted({(d.shape, d.path, d.field) for d in DEFAULTS})
    assert not engagement.mapping_rows.exclude(confirmed_by="").exists()
    assert engagement.object_rows.count() == len(PRESET.OBJECTS)


def test_nothing_is_proposed_for_an_object_that_the_destination_lacks(
    engagement: Engagement,
) -> None:
    engagement.destination.schema_fields.filter(object="Case").delete()
    propose(engagement)
    assert not engagement.mapping_rows.filter(destination_object="Case", reasons="preset").exists()
    assert engagement.mapping_rows.filter(destination_object="Account").exists()


def test_a_row_names_the_source_object_that_its_part_is_read_from(engagement: Engagement) -> None:
    propose(engagement)
    found = row(engagement, "Job_Type__c")
    assert (found.part, found.source_object, found.source_field) == ("jobType", "job-types", "name")
    found = row(engagement, "Source_Job_Number__c")
    assert (found.part, found.source_object, found.source_field) == ("", "jobs", "jobNumber")


def test_default_values_become_a_value_map(engagement: Engagement) -> None:
    propose(engagement)
    values = dict(row(engagement, "Priority").value_maps.values_list(
        "source_value", "destination_value"
    ))  # fmt: skip
    assert (values["Urgent"], values["Low"]) == ("High", "Low")


def test_proposing_again_changes_nothing(engagement: Engagement) -> None:
    custom_field(engagement, "Gate code")
    propose(engagement)
    before = rows(engagement)
    propose(engagement)
    assert rows(engagement) == before


def test_what_people_changed_stays_changed(engagement: Engagement) -> None:
    propose(engagement)
    engagement.object_rows.filter(source_object="jobs").update(status="partial")
    row(engagement, "Priority").value_maps.filter(source_value="Urgent").update(
        destination_value="Low"
    )
    MappingRow.objects.filter(pk=row(engagement, "Subject").pk).update(transform="copy")
    propose(engagement)
    assert engagement.object_rows.get(source_object="jobs").status == "partial"
    priorities = row(engagement, "Priority").value_maps
    assert priorities.get(source_value="Urgent").destination_value == "Low"
    assert row(engagement, "Subject").transform == "copy"


@pytest.mark.parametrize("elsewhere", ["", "Their_PO__c"])
def test_a_source_field_that_a_person_sent_elsewhere_or_nowhere_is_not_proposed_again(
    engagement: Engagement, elsewhere: str
) -> None:
    propose(engagement)
    moved = row(engagement, "Customer_PO__c")
    MappingRow.objects.filter(pk=moved.pk).update(destination_field=elsewhere)
    propose(engagement)
    assert not engagement.mapping_rows.filter(destination_field="Customer_PO__c").exists()
    assert len(rows(engagement)) == len({(d.shape, d.field) for d in DEFAULTS})


def test_of_two_defaults_of_one_source_field_the_moved_one_alone_stays_away(
    engagement: Engagement,
) -> None:
    propose(engagement)
    moved = row(engagement, "Source_Priority__c")
    MappingRow.objects.filter(pk=moved.pk).update(destination_field="")
    row(engagement, "Priority").delete()
    propose(engagement)
    assert row(engagement, "Priority").value_maps.exists()
    assert not engagement.mapping_rows.filter(destination_field="Source_Priority__c").exists()


def test_a_row_that_was_deleted_is_proposed_again(engagement: Engagement) -> None:
    propose(engagement)
    row(engagement, "Customer_PO__c").delete()
    propose(engagement)
    assert row(engagement, "Customer_PO__c").source_field == "customerPo"


def test_a_default_gives_way_to_a_row_that_already_feeds_its_field(engagement: Engagement) -> None:
    mine = MappingRow.objects.create(
        engagement=engagement, shape="job", source_object="jobs", source_field="other",
        destination_object="Case", destination_field="Customer_PO__c",
    )  # fmt: skip
    propose(engagement)
    assert row(engagement, "Customer_PO__c") == mine


def test_a_custom_field_goes_to_its_namesake(engagement: Engagement) -> None:
    custom_field(engagement, "Gate code")
    free_field(engagement, "Gate_Code__c", label="Gate Code")
    free_field(engagement, "Gate_Color__c", label="Gate Color")
    propose(engagement)
    found = row(engagement, "Gate_Code__c")
    assert (found.source_field, found.source_label) == ("customFields.77", "Gate code")
    assert (found.confidence, found.reasons) == (1, "custom field of the same name")


@pytest.mark.parametrize(
    "values", [{"custom": False}, {"createable": False}, {"object": "Account"}]
)
def test_a_namesake_that_is_not_ours_to_fill_is_not_proposed(
    engagement: Engagement, values: dict[str, object]
) -> None:
    custom_field(engagement, "Gate code")
    free_field(engagement, "Gate_Code__c", **values)
    propose(engagement)
    found = row(engagement, "")
    assert (found.source_field, found.confidence) == ("customFields.77", 0)
    assert found.reasons == "no field of that name"


def test_a_service_level_of_the_source_goes_before_the_arrival_window(
    engagement: Engagement,
) -> None:
    free_field(engagement, "SLA_Due__c", label="SLA Due", type="datetime")
    propose(engagement)
    assert row(engagement, "SLA_Due__c").path == "first.arrivalWindowEnd"
    engagement.mapping_rows.all().delete()
    custom_field(engagement, "SLA due")
    propose(engagement)
    found = row(engagement, "SLA_Due__c")
    assert (found.source_label, found.transform) == ("SLA due", "instant")


def test_two_custom_fields_never_share_a_destination_field(engagement: Engagement) -> None:
    custom_field(engagement, "Gate code")
    custom_field(engagement, "Code, gate", "customFields.78")
    free_field(engagement, "Gate_Code__c")
    propose(engagement)
    customs = engagement.mapping_rows.filter(source_field__startswith="customFields.")
    assert sorted(customs.values_list("destination_field", flat=True)) == ["", "Gate_Code__c"]


def test_a_namesake_that_the_preset_fills_already_is_left_alone(engagement: Engagement) -> None:
    custom_field(engagement, "Customer PO")
    free_field(engagement, "Customer_PO__c")
    propose(engagement)
    assert row(engagement, "Customer_PO__c").source_field == "customerPo"
    assert row(engagement, "").source_label == "Customer PO"


def test_where_the_account_keeps_states_by_code_the_code_is_proposed_in_place_of_the_text(
    engagement: Engagement,
) -> None:
    for name in ("ShippingStateCode", "ShippingCountryCode"):
        SchemaFieldFactory(connection=engagement.destination, object="Account", name=name)
    propose(engagement)
    made = {r.destination_field: r for r in engagement.mapping_rows.filter(shape="company")}
    assert not {"ShippingState", "ShippingCountry"} & made.keys()
    assert {"BillingState", "BillingCountry"} <= made.keys()
    assert made["ShippingStateCode"].value_maps.get(source_value="Ohio").destination_value == "OH"
    assert made["ShippingCountryCode"].argument == "US"


def test_where_the_account_has_currencies_its_own_is_the_constant_that_is_proposed(
    engagement: Engagement,
) -> None:
    SchemaFieldFactory(
        connection=engagement.destination,
        object="Case",
        name="CurrencyIsoCode",
        type="picklist",
        picklist=["CAD", "USD"],
    )
    propose(engagement)
    found = row(engagement, "CurrencyIsoCode")
    assert (found.path, found.argument) == ("businessUnit.currency", "CAD")


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_preset_proposes_fits_its_columns_on_a_database_that_counts(name: str) -> None:
    chosen = preset(name)
    columns = {f.name: f.max_length for m in (MappingRow, ObjectRow) for f in m._meta.fields}
    given = [("argument", row.argument) for row in chosen.ROWS]
    given += [("destination_field", row.field) for row in chosen.ROWS]
    given += [("destination_objects", each.destinations) for each in chosen.OBJECTS]
    given += [("cardinality", each.cardinality) for each in chosen.OBJECTS]
    assert [(c, text) for c, text in given if len(text) > (columns[c] or 0)] == []
