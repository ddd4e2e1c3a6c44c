"""The choice of what a source object becomes, on its page."""

import pytest
from django.test import Client

from tests.projects.admin import made

pytestmark = pytest.mark.django_db
PAGE = "/admin/projects/objectrow/{}/change/"


def test_the_page_of_an_object_row_offers_what_may_be_chosen(site: Client) -> None:
    engagement = made.proposed()
    row = engagement.object_rows.get(source_object="invoices")
    form = site.get(PAGE.format(row.pk)).context["adminform"].form
    offered = [value for value, _ in form.fields["destination_objects"].widget.choices]
    assert offered == ["Invoice__c", "Order"]
    values = {"destination_objects": "Order", "status": "full", "reason": ""}
    initial = {f"initial-{n}": str(form.initial[n]) for n in values}
    assert site.post(PAGE.format(row.pk), values | initial).status_code == 302
    row.refresh_from_db()
    assert row.destination_objects == "Order"
    other = engagement.object_rows.get(source_object="jobs")
    form = site.get(PAGE.format(other.pk)).context["adminform"].form
    assert "destination_objects" not in form.fields
