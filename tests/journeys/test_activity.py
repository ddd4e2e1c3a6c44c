"""Notes and calls in a whole move: what lands of them, whole, once, and back out again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from projects import queue, rows
from projects.models import Engagement, Run
from projects.stages import tallies
from tests import moves
from tests.faults.journey import go_on
from tests.journeys import vendors
from tests.journeys.vendors import TENANT, Row
from tests.practice import Practice

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MARKER = re.compile(r"\n\[ref (\S+)\]\Z")
WORDS = " ".join(f"Größe{n}" for n in range(1400))
OLDEST = "2024-06-01"
BY_CHOICE = {
    "appointments": "Appointment__c, Event, Case",
    "job-history": "Job_Milestone__c, Task",
    "job-timesheets": "Job_Milestone__c, Task",
}
BESIDE = ("customer-notes", "location-notes", "location-contacts")
LONG = f"<p>{WORDS}</p><img src='cid:1'><p>&lt;end&gt;</p>"


@dataclass(frozen=True)
class Landed:
    """The source, and the org's comments and tasks by our key."""

    source: dict[str, dict[int, Row]]
    comments: dict[str, Row]
    calls: dict[str, Row]
    steps: dict[str, Row]
    """The tasks that are no calls."""
    events: dict[str, Row]
    cases: dict[str, Row]
    people: dict[str, Row]
    companies: dict[str, Row]
    tally: dict[str, dict[str, int]]
    differences: list[str]
    sent_again: list[Row]
    findings: dict[str, int]
    by_night: list[str]
    """What a reconciliation found once old activities were archived."""
    is_as_before: bool
    went_on: bool
    sites: dict[str, Row]
    beside: list[tuple[str, str, Row]]
    """(object, its customer or site, record) of what is known of those beside their jobs."""

    def of(self, object: str) -> Iterator[tuple[str, Row]]:
        """Key and record of those that are to land."""
        for id, row in self.source[object].items():
            if row["active"]:
                yield f"{TENANT}/{object}/{id}", row


@pytest.fixture(scope="module")
def landed(
    small_contractor: Practice, valkey_url: str, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Landed]:
    small_contractor.reset()
    with django_db_blocker.unblock(), transaction.atomic():
        yield _move(small_contractor)
        transaction.set_rollback(True)


def _move(practice: Practice) -> Landed:
    for n, change in enumerate(
        ({"text": LONG}, {"isPinned": True}, {"active": False}, {"createdById": 1})
    ):
        practice.edit("servicetitan", op="update", object="job-notes", nth=n, set=change)
    practice.edit("servicetitan", op="update", object="calls", nth=0, set={"active": False})
    for n, visit in enumerate(({"start": None}, {"end": "2031-01-01T00:00:00Z"})):
        practice.edit("servicetitan", op="update", object="appointments", nth=n, set=visit)
    practice.clock(advance=3600)  # the feeds show what changed a quarter of an hour ago
    before = practice.state()["salesforce"]
    engagement = moves.mapped(practice, core=False, becomes=BY_CHOICE)
    row = engagement.mapping_rows.get(shape="history task", destination_field="ActivityDate")
    row.argument = OLDEST
    rows.change(row, moves.STAFF)
    moves.perform(engagement, "scan")
    findings = {f.subject: f.count for f in engagement.findings.all()}
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    went_on = _lose_answers(practice, engagement)
    practice.clear_faults()
    org = vendors.org(practice)
    comments = {_key(row): row for row in vendors.dump(practice, "CaseComment")}
    sites = {row["Source_Id__c"]: row for row in vendors.dump(practice, "Service_Location__c")}
    kept = engagement.source_records.filter(object__in=BESIDE)
    beside = list(kept.values_list("object", "parent_id", "data"))
    tally = tallies.source_tally(engagement)
    found = [str(line) for line in moves.perform(engagement, "reconcile").differences.all()]
    practice.clock(advance=86400)  # by then the org archived what is old
    by_night = [str(line) for line in moves.perform(engagement, "reconcile").differences.all()]
    tasks = {row["Source_Id__c"]: row for row in vendors.dump(practice, "Task")}
    events = {row["Source_Id__c"]: row for row in vendors.dump(practice, "Event")}
    calls = {key: row for key, row in tasks.items() if "/calls/" in key}
    steps = {key: row for key, row in tasks.items() if key not in calls}
    loaded = vendors.calls(practice)
    moves.perform(engagement, "load")
    again = vendors.writes(practice, since=loaded)
    moves.perform(engagement, "rollback")
    names = ("Case", "Contact", "Account")
    cases, people, companies = (vendors.by_key(org[name]) for name in names)
    return Landed(
        vendors.source(practice), comments, calls, steps, events, cases, people, companies, tally,
        found, again, findings, by_night, practice.state()["salesforce"] == before, went_on,
        sites, beside,
    )  # fmt: skip


def _lose_answers(practice: Practice, engagement: Engagement) -> bool:
    """A load whose creations of any kind arrive without our learning of it, every other time."""
    match = {"method": "POST", "path": "/composite/sobjects$"}
    practice.fault("reset", vendor="salesforce", match=match, when="after", every=2)
    run = queue.start(engagement, "load", moves.STAFF, here=True)
    paused = run.status == Run.Status.PAUSED
    return paused and go_on(run).status == Run.Status.SUCCEEDED


def _key(row: Row) -> str:
    found = MARKER.search(row["CommentBody"])
    assert found
    return found[1]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def test_every_note_and_call_lands_once_and_none_that_was_deleted(landed: Landed) -> None:
    assert landed.differences == []
    assert landed.sent_again == []
    notes = {key for key, _ in landed.of("job-notes")}
    assert notes == {key for key in landed.comments if key.count("/") == 2}
    assert landed.calls.keys() == {key for key, _ in landed.of("calls")}
    for name in ("job-notes", "calls", "employees"):
        assert tallies.adds_up(landed.tally[name])
    assert landed.tally["job-notes"]["left out"] > 0


def test_what_is_known_beside_jobs_stands_on_the_customer_s_or_the_site_s_record(
    landed: Landed,
) -> None:
    seen = dict.fromkeys(BESIDE, 0)
    for object, parent, row in landed.beside:
        kind = "customers" if object == "customer-notes" else "locations"
        key = f"{TENANT}/{kind}/{parent}"
        record = landed.companies.get(key) or landed.people.get(key) or landed.sites.get(key)
        if record is None:
            continue
        seen[object] += 1
        if object == "location-contacts":
            assert f"{row['type']}: {row['value']}" in record["Site_Contacts__c"]
        else:
            assert f"(user {row['createdById']}): " in record["Source_Notes__c"]
            assert row["createdOn"] in record["Source_Notes__c"]
    assert min(seen.values()) > 0
    for name in BESIDE:
        assert landed.tally[name]["carried"] >= seen[name]
        assert tallies.adds_up(landed.tally[name])


def test_a_note_has_its_case_time_author_and_text(landed: Landed) -> None:
    names = {
        row["userId"]: row["name"]
        for object in ("technicians", "employees")
        for row in landed.source[object].values()
    }
    for key, note in landed.of("job-notes"):
        comment = landed.comments[key]
        assert comment["ParentId"] == landed.cases[f"{TENANT}/jobs/{note['jobId']}"]["Id"]
        assert _moment(comment["CreatedDate"]) == _moment(note["createdOn"])
        first = comment["CommentBody"].removeprefix("(1 of 5)\n").partition("\n")[0]
        pinned = "Pinned. " if note["isPinned"] else ""
        name = names.get(note["createdById"], "")
        said = f"{pinned}By {name} (user {note['createdById']})"
        assert first == " ".join(said.split())
        if "<img" in note["text"] and note["text"] != LONG:
            assert f"[image: note-{note['id']}-1.png]" in comment["CommentBody"]


def test_a_matched_technician_is_the_author_of_a_note(landed: Landed) -> None:
    by_user = {row["userId"]: row for row in landed.source["technicians"].values()}
    authors = {
        comment["CreatedById"]
        for key, note in landed.of("job-notes")
        if note["createdById"] in by_user
        for comment in [landed.comments[key]]
    }
    assert len(authors) > 1


def test_a_long_note_lands_whole_in_several_comments(landed: Landed) -> None:
    (key,) = {key.rpartition("/")[0] for key in landed.comments if key.count("/") == 3}
    keys = [key, *(f"{key}/{n}" for n in range(2, 6))]
    assert all(each in landed.comments for each in keys)
    assert f"{key}/6" not in landed.comments
    bodies = [MARKER.sub("", landed.comments[each]["CommentBody"]) for each in keys]
    assert max(len(landed.comments[each]["CommentBody"].encode()) for each in keys) <= 4000
    pieces = []
    for n, body in enumerate(bodies, start=1):
        head, _, text = body.partition("\n")
        assert head == f"({n} of 5)"
        pieces.append(text)
    text = re.sub(r"\s+", " ", " ".join(pieces)).partition(") ")[2]
    assert text == f"{WORDS} [image: note-{key.rpartition('/')[2]}-1.bin] <end>"


def test_a_call_is_a_finished_task_of_its_case_or_customer(landed: Landed) -> None:
    strangers = 0
    for key, call in landed.of("calls"):
        task = landed.calls[key]
        assert (task["Status"], task["TaskSubtype"]) == ("Completed", "Call")
        assert task["CallType"] == call["direction"]
        hours, minutes, seconds = map(int, call["duration"].split(":"))
        assert task["CallDurationInSeconds"] == (hours * 60 + minutes) * 60 + seconds
        assert task["ActivityDate"] == call["createdOn"][:10]
        for name in ("CreatedDate", "Source_Created_Date__c"):
            assert _moment(task[name]) == _moment(call["createdOn"])
        assert task["Recording__c"] == call["recordingUrl"]
        assert (task["Caller__c"], task["Called__c"]) == (call["from"], call["to"])
        customer = f"{TENANT}/customers/{(call['customer'] or {}).get('id')}"
        if call["job"]:
            assert task["WhatId"] == landed.cases[f"{TENANT}/jobs/{call['job']['id']}"]["Id"]
        elif customer in landed.companies:
            assert task["WhatId"] == landed.companies[customer]["Id"]
        if customer in landed.people:
            assert task["WhoId"] == landed.people[customer]["Id"]
        strangers += task["WhatId"] is task["WhoId"] is None
    assert all(task["IsArchived"] for task in landed.calls.values())
    assert strangers < len(landed.calls) / 2


def test_an_appointment_is_an_event_of_its_case_and_contact_without_a_reminder(
    landed: Landed,
) -> None:
    visits = dict(landed.of("appointments"))
    jobs = landed.source["jobs"]
    assert len(visits.keys() - landed.events.keys()) == 2, "without a span, or too long a one"
    assert landed.events.keys() < visits.keys()
    strangers = 0
    for key, event in landed.events.items():
        visit, case = visits[key], landed.cases[f"{TENANT}/jobs/{visits[key]['jobId']}"]
        assert event["WhatId"] == case["Id"]
        for name, path in (("StartDateTime", "start"), ("EndDateTime", "end")):
            assert _moment(event[name]) == _moment(visit[path])
        assert event["IsReminderSet"] is False
        assert f"Status: {visit['status']}" in event["Description"]
        person = landed.people.get(f"{TENANT}/customers/{jobs[visit['jobId']]['customerId']}")
        assert event["WhoId"] == (person["Id"] if person else None) or strangers < len(visits) / 4
        strangers += person is None
    assert len({event["OwnerId"] for event in landed.events.values()}) > 1
    assert landed.tally["appointments"]["excepted"] == 2
    assert tallies.adds_up(landed.tally["appointments"])
    rules = [subject for subject in landed.findings if subject.endswith("does not land")]
    assert len([subject for subject in rules if subject.startswith("event › it ")]) == 2


def test_steps_of_a_job_are_finished_tasks_and_those_before_a_day_are_left_out(
    landed: Landed,
) -> None:
    old = f"history task › older than the archive rule: from before {OLDEST} › does not land"
    assert landed.findings[old] == landed.tally["job-history"]["excepted"] > 0
    assert all(tallies.adds_up(landed.tally[f"job-{name}"]) for name in ("history", "timesheets"))
    kinds = {key.split("/")[1] for key in landed.steps}
    assert kinds == {"job-history", "job-timesheets"}
    for key, step in landed.steps.items():
        assert step["Status"] == "Completed"
        assert step["ActivityDate"] == step["CreatedDate"][:10]
        assert f"Original time: {step['CreatedDate'][:16]}" in step["Description"]
        assert "job-timesheets" in key or step["ActivityDate"] >= OLDEST


def test_archived_activities_are_told_before_found_after_and_taken_back(landed: Landed) -> None:
    assert landed.by_night == []
    counted = {
        subject.partition(" › ")[0]: n
        for subject, n in landed.findings.items()
        if subject.endswith("archived at once")
    }
    assert counted["call"] == len(landed.calls)
    assert counted["event"] == sum(event["IsArchived"] for event in landed.events.values()) > 0


def test_a_lost_answer_doubles_nothing(landed: Landed) -> None:
    assert landed.went_on


def test_a_rollback_leaves_the_org_as_it_was(landed: Landed) -> None:
    assert landed.is_as_before
