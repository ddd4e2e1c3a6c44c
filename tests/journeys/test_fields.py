"""Creating what the destination lacks, from an org that has none of our fields."""

import pytest

from projects import queue
from projects.models import Run
from tests import moves
from tests.practice import Practice

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(practice: Practice) -> Practice:
    """An org without the custom objects and the later fields of contacts and cases."""
    practice.limits("salesforce", custom_objects=False)
    practice.reset()
    return practice


def test_missing_fields_are_deployed_granted_and_then_mapped(bare: Practice) -> None:
    engagement = moves.connected(bare)
    moves.perform(engagement, "inventory")
    fields = engagement.destination.schema_fields
    assert not fields.filter(object="Appointment__c").exists()
    run = moves.perform(engagement, "fields")
    assert run.tally["fields"]["created"] > 50
    assert fields.filter(object="Appointment__c", name="Source_Id__c", unique=True).exists()
    assert engagement.audit_entries.filter(action="fields created").exists()
    moves.perform(engagement, "propose")
    assert engagement.mapping_rows.filter(destination_object="Appointment__c").exists()


def test_creating_twice_creates_nothing_more(practice: Practice) -> None:
    engagement = moves.inventoried(practice)
    before = len(practice.history())
    run = moves.perform(engagement, "fields")
    assert run.tally["fields"]["created"] == 0
    assert not any("deployRequest" in c["path"] for c in practice.history()[before:])


def test_an_org_that_refuses_our_user_the_deployment_is_named_and_left_as_it_was(
    bare: Practice,
) -> None:
    engagement = moves.connected(bare)
    moves.perform(engagement, "inventory")
    bare.edit("salesforce", op="user", set={"modify_metadata": False})
    run = queue.start(engagement, "fields", "staff", here=True)
    assert run.status == Run.Status.FAILED
    assert "Modify Metadata" in run.message
    assert not engagement.destination.schema_fields.filter(object="Appointment__c").exists()
