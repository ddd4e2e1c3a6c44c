"""What only a person can settle: a field the org lacks, a status without map, a technician
without e-mail. Each is named before anything is sent; settled, the move goes on."""

from pathlib import Path

import pytest
import redis
from django.test import Client
from django.urls import reverse

from projects.models import Engagement, Run, TechnicianMatch, ValueMap
from tests import moves
from tests.badinput import seen
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

STATUS = "Waiting for parts"
FIELD = {"op": "field", "object": "Case", "field": "Job_Type__c"}
KEY = {"op": "field", "object": "Case", "field": "Source_Id__c"}
NO_KEY = ("Case has no field Source_Id__c", "create it as Text(80), External ID, Unique")
NO_FIELD = "Case.Job_Type__c is mapped, but the destination has no such field"
GONE = "Missing at the destination, or hidden from our user: Case.Job_Type__c."


def test_an_org_without_our_key_field_makes_no_engagement(
    practice: Practice, tmp_path: Path
) -> None:
    practice.edit("salesforce", **KEY, action="remove")
    answer = command("create", "--practice", seen.line(practice, tmp_path / "practice.json"))
    seen.one_sentence(answer, 3, "The destination (Salesforce)", *NO_KEY, "Nothing was created")
    assert not Engagement.objects.exists()
    seen.wrote_nothing(practice)


def test_the_check_button_names_the_key_field_that_is_missing(
    practice: Practice, site: Client
) -> None:
    engagement = moves.connected(practice)
    practice.edit("salesforce", **KEY, action="hide")
    path = f"/admin/projects/connection/{engagement.destination.pk}/check/"
    (said,) = seen.press(site, path)
    seen.says(said, *NO_KEY)
    (refused,) = seen.press(site, seen.address(engagement, "start/inventory/"))
    assert refused == "Connect and check: destination."
    assert not Run.objects.exists()
    practice.edit("salesforce", **KEY, action="show")
    (said,) = seen.press(site, path)
    assert said.startswith("Signed in: ")


@pytest.mark.parametrize("action", ["remove", "hide"])
def test_a_mapped_field_that_the_org_lacks_is_a_blocking_finding_until_it_is_there(
    practice: Practice, site: Client, live_redis: redis.Redis, action: str
) -> None:
    practice.edit("salesforce", **FIELD, action=action)
    engagement = moves.inventoried(practice)
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    moves.story.decide_technicians(engagement)
    moves.story.decide_files(engagement)
    moves.story.confirm_safety(engagement)
    _shut(site, engagement, NO_FIELD, "take the inventory again, and scan again")
    back = {"action": "show"} if action == "hide" else {"action": "add", "length": 255}
    practice.edit("salesforce", **FIELD, **back)
    for stage in ("inventory", "scan"):
        assert command("run", stage, "--here").code == 0
    _open(site, engagement, practice)


@pytest.mark.parametrize("by", ["page", "command"])
def test_a_field_removed_after_the_sign_off_ends_the_load_before_anything_is_sent(
    practice: Practice, site: Client, live_redis: redis.Redis, by: str
) -> None:
    engagement = moves.signed_off(practice)
    before = len(practice.history())
    practice.edit("salesforce", **FIELD, action="remove")
    if by == "command":
        answer = command("run", "load", "--here")
        assert answer.code == 3
        seen.says(answer.error, GONE, "Create the field", "Nothing was sent.")
    else:
        seen.worked(site, engagement, "load")
    run = engagement.runs.get(stage="load")
    assert (run.status, run.exit_code) == ("failed", 3)
    seen.says(seen.page(site, engagement), f"Run {run.pk} Failed", GONE, "Nothing was sent.")
    assert not run.operations.exists()
    seen.wrote_nothing(practice, before)


def test_a_status_without_map_is_named_and_stops_the_sample_until_it_is_mapped(
    practice: Practice, site: Client, live_redis: redis.Redis
) -> None:
    engagement = moves.inventoried(practice)
    job = practice.edit(
        "servicetitan", op="update", object="jobs", nth=3, set={"jobStatus": STATUS}
    )
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    moves.story.decide_technicians(engagement)
    moves.story.decide_files(engagement)
    moves.story.confirm_safety(engagement)
    said = f"jobStatus: no value map for “{STATUS}”. Add one under Value maps, and scan again."
    _shut(site, engagement, "1 record(s) of job", said, str(job["id"]))
    row = engagement.mapping_rows.get(source_field="jobStatus", transform="value_map")
    mapped = {"mapping_row": row.pk, "source_value": STATUS, "destination_value": "On Hold"}
    (said,) = seen.press(site, reverse("admin:projects_valuemap_add"), **mapped)
    seen.says(said, "was added successfully")
    assert ValueMap.objects.get(source_value=STATUS).confirmed_by == "anna"
    _shut(site, engagement, "and scan again")
    assert command("run", "scan", "--here").code == 0
    _open(site, engagement, practice)


def test_a_technician_without_e_mail_is_named_until_somebody_decides(
    practice: Practice, site: Client, live_redis: redis.Redis
) -> None:
    engagement = moves.inventoried(practice)
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    moves.story.decide_technicians(engagement)
    moves.story.decide_files(engagement)
    moves.story.confirm_safety(engagement)
    match = _one_with_work(engagement)
    practice.edit(
        "servicetitan",
        op="update",
        object="technicians",
        id=match.technician_id,
        set={"email": None},
    )
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    _shut(site, engagement, f"Technician matches who owns the work of: {match.name}.")
    listed = site.get(reverse("admin:projects_technicianmatch_changelist"))
    assert "has no e-mail at the source" in seen.text(listed.content)
    form = reverse("admin:projects_technicianmatch_change", args=[match.pk])
    decided = {"action": "fallback", "user_id": "", "user_name": "", "reason": "left the company"}
    (said,) = seen.press(site, form, **decided)
    seen.says(said, "was changed successfully")
    moves.perform(engagement, "scan")
    match.refresh_from_db()
    assert (match.action, match.confirmed_by) == ("fallback", "anna")
    _open(site, engagement, practice)


def _one_with_work(engagement: Engagement) -> TechnicianMatch:
    found = engagement.technician_matches.filter(action="match", jobs__gt=0).first()
    assert found is not None
    return found


def _shut(site: Client, engagement: Engagement, *words: str) -> None:
    """Confirming and sampling are refused with these words, by command and by button, and
    leave neither plan nor run."""
    for asked in (("confirm",), ("run", "sample", "--here"), ("run", "sample", "--wait")):
        seen.one_sentence(command(*asked), 3, *words)
    for button in ("confirm/", "start/sample/"):
        (said,) = seen.press(site, seen.address(engagement, button))
        seen.says(said, *words)
    seen.says(seen.page(site, engagement), *words)
    assert not engagement.plans.exists()
    assert not engagement.runs.filter(stage="sample").exists()


def _open(site: Client, engagement: Engagement, practice: Practice) -> None:
    """What was shut goes on: confirmed by the button, sampled by a worker."""
    (said,) = seen.press(site, seen.address(engagement, "confirm/"))
    seen.says(said, "The mapping is confirmed")
    seen.wrote_nothing(practice)
    seen.worked(site, engagement, "sample")
    assert engagement.runs.get(stage="sample").status == "succeeded"
