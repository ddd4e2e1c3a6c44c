"""Notes and calls in a whole move: what lands of them, whole, once, and back out again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from projects import queue
from projects.models import Engagement, Run
from projects.stages import tallies
from tests import moves
from tests.faults.journey import go_on
from tests.journeys import vendors
from tests.journeys.vendors import TENANT, Row
from tests.practice import Practice

pytestmark = pytest.mark.django_db

MARKER = re.compile(r"\n\[ref (\S+)\]\Z")
WORDS = " ".join(f"Größe{n}" for n in range(1400))
BESIDE = ("customer-notes", "location-notes", "location-contacts")
LONG = f"<p>{WORDS}</p><img src='cid:1'><p>&lt;end&gt;</p>"


@dataclass(frozen=True)
class Landed:
    """The source, and the org's comments and tasks by our key."""

    source: dict[str, dict[int, Row]]
    comments: dict[str, Row]
    calls: dict[str, Row]
    cases: dict[str, Row]
    people: dict[str, Row]
    companies: dict[str, Row]
    tally: dict[str, dict[str, int]]
    differences: list[str]
    sent_again: list[Row]
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
    moved_contractor: Practice, valkey_url: str, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Landed]:
    moved_contractor.reset(customers=40, jobs=80)
    with django_db_blocker.unblock(), transaction.atomic():
        yield _move(moved_contractor)
        transaction.set_rollback(True)
    moved_contractor.reset(customers=90, jobs=170)


def _move(practice: Practice) -> Landed:
    for n, change in enumerate(
        ({"text": LONG}, {"isPinned": True}, {"active": False}, {"createdById": 1})
    ):
        practice.edit("servicetitan", op="update", object="job-notes", nth=n, set=change)
    practice.edit("servicetitan", op="update", object="calls", nth=0, set={"active": False})
    practice.clock(advance=3600)  # the feeds show what changed a quarter of an hour ago
    before = practice.state()["salesforce"]
    engagement = moves.mapped(practice, core=False)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    went_on = _lose_answers(practice, engagement)
    practice.clear_faults()
    org = vendors.org(practice)
    comments = {_key(row): row for row in vendors.dump(practice, "CaseComment")}
    tasks = {row["Source_Id__c"]: row for row in vendors.dump(practice, "Task")}
    sites = {row["Source_Id__c"]: row for row in vendors.dump(practice, "Service_Location__c")}
    kept = engagement.source_records.filter(object__in=BESIDE)
    beside = list(kept.values_list("object", "parent_id", "data"))
    tally = tallies.source_tally(engagement)
    found = moves.perform(engagement, "reconcile").differences.all()
    loaded = vendors.calls(practice)
    moves.perform(engagement, "load")
    again = vendors.writes(practice, since=loaded)
    moves.perform(engagement, "rollback")
    names = ("Case", "Contact", "Account")
    cases, people, companies = (vendors.by_key(org[name]) for name in names)
    return Landed(
        vendors.source(practice), comments, tasks, cases, people, companies, tally,
        [str(line) for line in found], again, practice.state()["salesforce"] == before, went_on,
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
    assert any(task["IsArchived"] for task in landed.calls.values())
    assert strangers < len(landed.calls) / 2


def test_a_lost_answer_doubles_nothing(landed: Landed) -> None:
    assert landed.went_on


def test_a_rollback_leaves_the_org_as_it_was(landed: Landed) -> None:
    assert landed.is_as_before
