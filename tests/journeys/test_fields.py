"""Creating what the destination lacks, from an org that has none of our fields, checking it,
and taking it away again."""

import csv
import io
import re
from typing import Any

import openpyxl
import pytest

from projects import decisions, gates, manifest, queue
from projects.demo import story
from projects.models import CreatedField, Engagement, Run
from projects.stages.base import StageBlocked
from tests import moves
from tests.practice import Practice

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


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


def keys(practice: Practice) -> set[str]:
    """What the org's schema is, as any client is told."""
    return set(practice.state()["salesforce"])


def test_what_we_created_can_be_removed_again_and_nothing_else(bare: Practice) -> None:
    engagement = moves.connected(bare)
    moves.perform(engagement, "inventory")
    bare.edit("salesforce", op="field", action="add", object="Case", field="Theirs__c", type="Text")
    before = keys(bare)
    moves.perform(engagement, "fields")
    fields = engagement.destination.schema_fields
    assert keys(bare) > before
    created = CreatedField.there(engagement.destination).count()
    run = moves.perform(engagement, "undo-fields")
    assert run.tally["fields"]["removed"] == created > 50
    assert keys(bare) == before
    assert fields.filter(object="Case", name="Theirs__c").exists()
    assert not fields.filter(object="Case", name="Campaign__c").exists()
    assert engagement.audit_entries.filter(action="fields removed").exists()
    (said,) = gates.refusals(engagement, "undo-fields")
    assert "We created no fields" in said


def test_fields_are_not_removed_while_records_of_ours_are_there(bare: Practice) -> None:
    engagement = moves.connected(bare)
    for stage in ("inventory", "fields", "propose"):
        moves.perform(engagement, stage)
    story.keep_to_core(engagement)
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    story.decide_technicians(engagement)
    story.confirm_safety(engagement)
    decisions.confirm_mapping(engagement, moves.STAFF)
    moves.perform(engagement, "sample")
    with pytest.raises(StageBlocked, match="of ours are live"):
        queue.start(engagement, "undo-fields", "staff", here=True)
    moves.perform(engagement, "rollback")
    moves.perform(engagement, "undo-fields")


def test_a_worker_killed_after_the_deployment_leaves_the_fields_known_as_ours(
    bare: Practice,
) -> None:
    engagement = moves.connected(bare)
    moves.perform(engagement, "inventory")
    bare.fault("status", status=500, match={"path": "/PermissionSetAssignment"}, count=50)
    run = queue.start(engagement, "fields", "staff", here=True)
    assert run.status != Run.Status.SUCCEEDED
    assert CreatedField.there(engagement.destination).count() > 50
    bare.clear_faults()
    queue.cancel(run, "staff")
    run = moves.perform(engagement, "fields")
    assert engagement.destination.schema_fields.filter(object="Appointment__c").exists()
    moves.perform(engagement, "undo-fields")
    assert "Appointment__c" not in keys(bare)


def test_a_check_names_every_field_and_changes_nothing(bare: Practice) -> None:
    engagement = moves.connected(bare)
    moves.perform(engagement, "inventory")
    before = bare.state()["salesforce"]
    run = moves.perform(engagement, "check-fields")
    assert bare.state()["salesforce"] == before
    assert not CreatedField.objects.exists()
    said = run.slices.get().body["fields"]
    assert said["Case.Source_Id__c"] == "there"
    assert said["Appointment__c.Source_Id__c"] == "to be created"
    assert said["Line_Item__c.Opportunity__c"] == "missing"
    assert run.tally["fields"]["to be created"] > 50


def test_a_check_that_the_destination_refuses_says_what_it_said(bare: Practice) -> None:
    engagement = moves.connected(bare)
    moves.perform(engagement, "inventory")
    bare.edit("salesforce", op="user", set={"modify_metadata": False})
    run = queue.start(engagement, "check-fields", "staff", here=True)
    assert (run.status, run.exit_code) == (Run.Status.FAILED, 4)
    assert "Modify Metadata" in run.message


def test_a_field_hidden_from_us_is_told_apart_and_never_created_over(practice: Practice) -> None:
    engagement = moves.inventoried(practice)
    practice.edit("salesforce", op="field", action="hide", object="Case", field="Job_Type__c")
    run = moves.perform(engagement, "check-fields")
    hidden = "hidden by field-level security"
    assert run.slices.get().body["fields"]["Case.Job_Type__c"] == hidden
    assert moves.perform(engagement, "fields").tally["fields"]["created"] == 0


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([{"action": "length", "length": 100}], r"Case\.Job_Type__c is too short: .* 100.* 255"),
        (
            [{"action": "remove"}, {"action": "add", "type": "Checkbox", "length": 0}],
            r"Case\.Job_Type__c is wrong type: It is boolean, but Text of 255 is needed",
        ),
    ],
)
def test_a_sample_is_refused_over_a_field_that_cannot_hold_its_values(
    practice: Practice, edits: list[dict[str, Any]], said: str
) -> None:
    engagement = moves.mapped(practice)
    for edit in edits:
        practice.edit("salesforce", op="field", object="Case", field="Job_Type__c", **edit)
    before = practice.state()["salesforce"]
    run = queue.start(engagement, "sample", "staff", here=True)
    assert (run.status, run.exit_code) == (Run.Status.FAILED, 3)
    assert re.search(said, run.message), run.message
    assert practice.state()["salesforce"] == before
    moves.perform(engagement, "scan")
    assert re.search(said, engagement.findings.get(code="unfit field").message)


def test_the_manifest_leaves_as_a_sheet_with_a_name_a_status_and_its_source(
    bare: Practice,
) -> None:
    engagement = moves.connected(bare)
    with engagement.destination.open_destination() as destination:
        found = manifest.lines(engagement, destination, destination.describe())
    rows = list(csv.DictReader(io.StringIO(manifest.sheet(found, "csv").decode("utf-8-sig"))))
    by_name = {(row["object"], row["API name"]): row for row in rows}
    job = by_name["Case", "Campaign__c"]
    assert (job["type"], job["length"], job["status"]) == ("Text", "255", "to be created")
    total = by_name["Case", "Job_Total__c"]
    assert (total["precision"], total["status"]) == ("18,2", "there")
    assert total["source fields"].startswith("jobs › ")
    assert total["help text"] == f"From {total['source fields']}."
    book = openpyxl.load_workbook(io.BytesIO(manifest.sheet(found, "xlsx")))
    assert book.active.max_row == len(found) + 1


def test_more_custom_fields_than_agreed_are_a_finding(practice: Practice) -> None:
    engagement = moves.inventoried(practice)
    there = engagement.source.schema_fields.filter(custom=True).count()
    moves.perform(engagement, "extract")
    moves.perform(engagement, "scan")
    assert not engagement.findings.filter(code="many custom fields").exists()
    Engagement.objects.filter(pk=engagement.pk).update(custom_fields=there - 1)
    engagement.refresh_from_db()
    moves.perform(engagement, "scan")
    finding = engagement.findings.get(code="many custom fields")
    assert (finding.severity, finding.count, len(finding.records)) == ("note", there, there)
