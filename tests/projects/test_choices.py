"""What a source object may become instead: chosen on a page or by a file, and what follows."""

import pytest
from django.core.exceptions import ValidationError

from projects import choices, rows
from projects.models import Engagement, ObjectRow, Plan
from projects.models.plan import missing_fields
from projects.presets import PRESETS, listed, preset, shapes_in
from tests.projects.admin import made
from tests.projects.test_exchange import exported, imported

pytestmark = pytest.mark.django_db
ITEMS = "Product2, PricebookEntry, OrderItem, Line_Item__c"
ORDERS = {"product", "list price", "order", "order item", "activation"}


@pytest.fixture
def engagement() -> Engagement:
    return made.proposed()


def chosen(engagement: Engagement, source: str, text: str) -> ObjectRow:
    row = engagement.object_rows.get(source_object=source)
    row.destination_objects = text
    rows.change(row, "anna")
    return row


def in_use(engagement: Engagement) -> set[str]:
    return {s.name for s in shapes_in(Plan.draft(engagement), preset(engagement.preset))}


@pytest.mark.parametrize("name", PRESETS)
def test_every_shape_makes_what_its_object_row_may_become(name: str) -> None:
    texts = {d.source: (d.destinations, *d.choices) for d in preset(name).OBJECTS}
    for shape in preset(name).SHAPES:
        found = [name for text in texts.get(shape.root, ()) for name in listed(text)]
        assert shape.root not in texts or shape.destination in found, shape.name


def test_the_other_choice_takes_other_shapes_and_proposes_their_rows(
    engagement: Engagement,
) -> None:
    before = in_use(engagement)
    assert not before & ORDERS
    assert not engagement.mapping_rows.filter(shape__in=ORDERS).exists()
    chosen(engagement, "invoices", "Order")
    chosen(engagement, "invoice-items", ITEMS)
    assert before - in_use(engagement) == {"invoice", "invoice item"}
    assert in_use(engagement) - before == ORDERS
    assert engagement.mapping_rows.filter(shape="order item").count() == 4
    assert choices.choices_agree(engagement) == ""


def test_half_a_choice_puts_what_needs_the_other_half_out_of_use(engagement: Engagement) -> None:
    chosen(engagement, "invoices", "Order")
    assert "invoice item" not in in_use(engagement)
    assert {"order", "line item"} <= in_use(engagement)
    assert "activation" not in in_use(engagement), "nothing to activate without its items"
    assert "invoice-items become Invoice_Item__c" in choices.choices_agree(engagement)


def test_fields_of_what_was_not_chosen_are_not_missing(engagement: Engagement) -> None:
    chosen(engagement, "invoices", "Order")
    engagement.destination.schema_fields.filter(object="Invoice__c").delete()
    assert not [n for n in missing_fields(Plan.draft(engagement)) if n.startswith("Invoice__c")]
    engagement.destination.schema_fields.filter(object="Order").delete()
    assert "Order.EffectiveDate" in missing_fields(Plan.draft(engagement))
    assert choices.not_chosen(engagement) >= {"Invoice__c", "Product2"} - {"Order"}


def test_what_the_preset_does_not_offer_is_refused(engagement: Engagement) -> None:
    with pytest.raises(ValidationError, match=r"It may become: Invoice__c \| Order"):
        chosen(engagement, "invoices", "Quote")
    with pytest.raises(ValidationError, match=r"jobs cannot become that\. It may become: Case"):
        chosen(engagement, "jobs", "Order")


def test_a_row_whose_text_is_not_of_today_can_still_be_left_out(engagement: Engagement) -> None:
    row = engagement.object_rows.get(source_object="jobs")
    ObjectRow.objects.filter(pk=row.pk).update(destination_objects="Case, Asset")
    row.refresh_from_db()
    row.status = "excluded"
    assert rows.change(row, "anna")


def test_a_file_may_choose_and_is_refused_by_row(engagement: Engagement) -> None:
    table = exported(engagement, "object-rows")
    (row,) = (r for r in table if r["source_object"] == "invoices")
    report = imported(engagement, "object-rows", [row | {"destination_objects": "Order"}])
    assert (report.changed, report.problems) == (1, ())
    assert engagement.mapping_rows.filter(shape="order").exists()
    report = imported(engagement, "object-rows", [row | {"destination_objects": "Quote"}])
    assert [problem.column for problem in report.problems] == ["destination_objects"]
