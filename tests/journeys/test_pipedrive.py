"""A whole move into Pipedrive, judged by what the practice company holds itself."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import pytest
from django.db import transaction

from projects import audit, queue
from projects.demo import plants
from projects.models import Engagement, LoadItem, Run
from projects.stages import tallies
from projects.stages.reconcile import unexplained
from tests import moves
from tests.journeys import vendors
from tests.journeys.vendors import TENANT, Row
from tests.practice import Practice
from tests.workers import Workers, until_held, until_over

pytestmark = pytest.mark.sqlite
MOVED = ("organizations", "persons", "deals", "activities", "notes")
BESIDE = ("customer-notes", "location-notes", "location-contacts")
STAGES = {
    "Completed": ("Completed", "won"),
    "Canceled": ("Canceled", "lost"),
    "Hold": ("On hold", "open"),
    "InProgress": ("In progress", "open"),
    "Dispatched": ("Dispatched", "open"),
    "Scheduled": ("Scheduled", "open"),
}


@dataclass(frozen=True)
class Moved:
    """What both vendors hold after the move, and what the product says of it."""

    source: dict[str, dict[int, Row]]
    company: dict[str, dict[str, Row]]
    tally: dict[str, dict[str, int]]
    differences: list[str]
    beside: list[tuple[str, str, Row]]
    """(object, its customer or site, record) of what is known of those beside their jobs."""
    files: list[Row] = field(default_factory=list)
    sent_again: list[Row] = field(default_factory=list)
    refused: list[tuple[str, str, int]] = field(default_factory=list)

    def deal(self, job: int) -> Row:
        return self.company["deals"][f"{TENANT}/jobs/{job}"]


def company(practice: Practice) -> dict[str, dict[str, Row]]:
    """Object → our key → record, its custom fields and options by their names."""
    return {name: _by_key(practice, name) for name in MOVED}


def wide(practice: Practice) -> Practice:
    practice.limits("pipedrive", burst=1_000_000)
    return practice


@pytest.fixture(scope="module")
def moved(
    moved_contractor: Practice, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Moved]:
    """One move for all tests here; of its rows nothing stays in the database."""
    moved_contractor.reset()
    with django_db_blocker.unblock(), transaction.atomic():
        yield _move(wide(moved_contractor))
        transaction.set_rollback(True)


def _move(practice: Practice) -> Moved:
    engagement = _signed_off(practice)
    moves.perform(engagement, "load")
    reconciled = moves.perform(engagement, "reconcile")
    loaded = vendors.calls(practice)
    moves.perform(engagement, "load")
    again = practice.history(loaded)
    return Moved(
        vendors.source(practice),
        company(practice),
        tallies.source_tally(engagement),
        [str(line) for line in reconciled.differences.all()],
        list(
            engagement.source_records.filter(object__in=BESIDE, reading="load").values_list(
                "object", "parent_id", "data"
            )
        ),
        practice.edit("pipedrive", op="dump", object="files")["records"],
        [call for call in again if call["vendor"] == "pipedrive" and call["write"]],
        [
            (call["method"], call["path"], call["status"])
            for call in practice.history()
            if call["vendor"] == "pipedrive" and call["status"] != 200
        ],
    )


def _signed_off(practice: Practice) -> Engagement:
    engagement = moves.mapped(wide(practice), "pipedrive", core=False)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    return engagement


def test_a_clean_move_is_reconciled_without_a_false_alarm_and_no_record_is_refused(
    moved: Moved,
) -> None:
    assert moved.differences == []
    assert moved.refused == [("POST", "/api/v2/deals", 400)], "the question, with no deal in it"
    assert moved.sent_again == []


def test_of_every_source_object_the_tally_adds_up(moved: Moved) -> None:
    assert {name for name, counts in moved.tally.items() if not tallies.adds_up(counts)} == set()


def test_every_customer_job_and_appointment_has_exactly_its_own_record(moved: Moved) -> None:
    customers = [c for c in moved.source["customers"].values() if c["mergedToId"] is None]
    companies = {f"{TENANT}/customers/{c['id']}" for c in customers if c["type"] == "Commercial"}
    households = {f"{TENANT}/customers/{c['id']}" for c in customers} - companies
    assert moved.company["organizations"].keys() == companies
    further = vendors.further(moved.source).keys()
    people = moved.company["persons"].keys()
    assert households | further <= people <= households | companies | further
    assert moved.company["deals"].keys() == {f"{TENANT}/jobs/{id}" for id in moved.source["jobs"]}
    visits = {key for key in moved.company["activities"] if "/appointments/" in key}
    assert visits == {f"{TENANT}/appointments/{id}" for id in moved.source["appointments"]}


def test_every_person_of_a_customer_is_a_person_with_all_that_reaches_them(moved: Moved) -> None:
    people, rows = moved.company["persons"], moved.source["customer-contacts"]
    several = Counter[int]()
    elsewhere = set()
    for key, theirs in vendors.further(moved.source).items():
        ((customer, ids),) = theirs.items()
        organization = moved.company["organizations"].get(f"{TENANT}/customers/{customer}")
        assert people[key]["org_id"] == (organization["id"] if organization else None)
        assert people[key]["name"] in rows[min(ids)]["memo"]
        assert _reached(people[key]) == {rows[id]["value"] for id in ids}
        several[customer] += 1
        elsewhere |= ids
    assert max(several.values()) > 1
    for customer in moved.source["customers"].values():
        if customer["mergedToId"] is None:
            own = [r for r in rows.values() if r["customerId"] == customer["id"]]
            person = people.get(f"{TENANT}/customers/{customer['id']}", {})
            wanted = {r["value"] for r in own if r["id"] not in elsewhere}
            assert _reached(person) == wanted


def test_every_deal_stands_where_its_job_stood(moved: Moved) -> None:
    seen = set()
    for id, job in moved.source["jobs"].items():
        deal, (stage, status) = moved.deal(id), STAGES[job["jobStatus"]]
        assert (deal["stage"], deal["status"]) == (f"Jobs / {stage}", status)
        assert deal["Source status"] == job["jobStatus"]
        assert deal["Source priority"] == job["priority"]
        assert deal["Source created"] == job["createdOn"][:10]
        assert _moment(deal["Source created at"]) == _moment(job["createdOn"])
        assert float(deal["value"]) == float(job["total"] or 0)
        if status == "won":
            assert _moment(deal["won_time"]) == _moment(job["completedOn"])
        seen.add(status)
    assert seen == {"won", "lost", "open"}


def test_every_deal_has_an_owner_who_is_active_and_names_its_technicians(moved: Moved) -> None:
    technicians = moved.source["technicians"]
    for id, job in moved.source["jobs"].items():
        deal = moved.deal(id)
        assert deal["owner"]["active_flag"]
        work = moved.source["appointment-assignments"].values()
        ids = {a["technicianId"] for a in work if a["jobId"] == id} or {job["soldById"]} - {None}
        names = {technicians[i]["name"] for i in ids}
        assert set((deal["Technician names"] or "").split("; ")) - {""} == names


def test_every_appointment_is_a_meeting_on_its_deal_at_its_time(moved: Moved) -> None:
    for id, appointment in moved.source["appointments"].items():
        activity = moved.company["activities"][f"{TENANT}/appointments/{id}"]
        assert activity["deal_id"] == moved.deal(appointment["jobId"])["id"]
        start, end = _moment(appointment["start"]), _moment(appointment["end"])
        begun = _moment(f"{activity['due_date']}T{activity['due_time'][:5]}:00Z")
        hours, minutes = activity["duration"].split(":")[:2]
        assert begun == start.replace(second=0)
        assert (end - start).total_seconds() // 60 == int(hours) * 60 + int(minutes)
        assert activity["done"] == (appointment["status"] in ("Done", "Canceled"))
        assert f"Status: {appointment['status']}" in activity["note"]


def test_every_note_and_call_stands_at_its_original_time(moved: Moved) -> None:
    notes, calls = moved.company["notes"], moved.company["activities"]
    kept = {id: note for id, note in moved.source["job-notes"].items() if note["active"]}
    assert {key for key in notes if "/job-notes/" in key} == {
        f"{TENANT}/job-notes/{id}" for id in kept
    }
    for id, written in kept.items():
        note = notes[f"{TENANT}/job-notes/{id}"]
        assert _moment(note["add_time"]) == _moment(written["createdOn"])
        assert f"user {written['createdById']}" in note["content"]
    said = {id: c for id, c in moved.source["calls"].items() if f"{TENANT}/calls/{id}" in calls}
    assert said
    for id, call in said.items():
        activity = calls[f"{TENANT}/calls/{id}"]
        assert (activity["type"], activity["done"]) == ("call", True)
        assert activity["due_date"] == call["createdOn"][:10]
        assert activity["due_time"][:5] == call["createdOn"][11:16]


def test_what_is_known_of_customers_and_sites_beside_their_jobs_stands_with_the_customer(
    moved: Moved,
) -> None:
    seen = dict.fromkeys(BESIDE, 0)
    for object, parent, row in moved.beside:
        site = moved.source["locations"].get(int(parent))
        key = f"{TENANT}/customers/{site['customerId'] if site else parent}"
        known = [moved.company[name].get(key) for name in ("organizations", "persons")]
        note = moved.company["notes"].get(f"{TENANT}/{object}/{row['id']}")
        if object == "location-contacts":
            said = [r["Sites"] for r in known if r and f"(#{parent})" in (r["Sites"] or "")]
            assert all(f"- {row['type']}: {row['value']}" in text for text in said)
            seen[object] += bool(said)
        elif note:
            company, person = (r and r["id"] for r in known)
            assert note["org_id"] == company
            assert note["person_id"] == (None if company else person)
            assert _moment(note["add_time"]) == _moment(row["createdOn"])
            assert f"(user {row['createdById']})" in note["content"]
            assert (f"(#{parent})" in note["content"]) == (object == "location-notes")
            seen[object] += 1
    assert min(seen.values()) > 0
    for name in BESIDE:
        assert (
            moved.tally[name].get("landed", 0) + moved.tally[name].get("carried", 0) == seen[name]
        )


def test_every_file_hangs_on_its_deal_under_its_name_and_our_key(moved: Moved) -> None:
    ours = [f for f in moved.files if f" [ref {TENANT}~" in f["name"]]
    landed = sum(moved.tally[name].get("landed", 0) for name in ("attachments", "note-images"))
    landed += moved.tally["form-signatures"].get("landed", 0)
    assert len({f["name"] for f in ours}) == len(ours) == landed > 20
    deals = {deal["id"] for deal in moved.company["deals"].values()}
    assert {f["deal_id"] for f in ours} <= deals


def test_every_image_in_a_note_is_a_file_of_its_deal_that_the_note_names(moved: Moved) -> None:
    files = {f["id"]: f for f in moved.files}
    seen = set()
    for id, written in moved.source["job-notes"].items():
        note = moved.company["notes"].get(f"{TENANT}/job-notes/{id}")
        named = re.findall(r"\[image: (.+?), file (\d+)\]", note["content"]) if note else []
        assert note is None or written["text"].count("<img") == len(named)
        for name, number in named:
            file = files[int(number)]
            assert file["deal_id"] == note["deal_id"]  # type: ignore[index]
            assert unmarked(file["name"]) == name == f"note-{id}-1.png"
            seen.add(id)
    assert seen


def test_what_happened_on_a_job_and_what_was_paid_are_lines_of_one_note_in_order(
    moved: Moved,
) -> None:
    told = _events(moved)
    assert len([line for lines in told.values() for line in lines]) > len(moved.source["jobs"])
    for id, job in moved.source["jobs"].items():
        note = moved.company["notes"][f"{TENANT}/jobs/{id}/history"]
        *lines, mark = html.unescape(note["content"]).split("<br>")
        assert mark == f"[ref {TENANT}/jobs/{id}/history]"
        assert note["deal_id"] == moved.deal(id)["id"]
        times = [line[:19] if line[19:23] == " UTC" else line[:10] for line in lines]
        assert times == sorted(times)
        booked = f"{_utc(job['createdOn'])} Job Booked"
        assert any(line.startswith(booked) for line in lines)
        missing = [e for e in told[id] if not any(line.startswith(e) for line in lines)]
        assert missing == []


def test_a_rollback_puts_back_what_was_there_and_a_second_load_lands_all_again(
    practice: Practice, db: None
) -> None:
    engagement = moves.mapped(wide(practice), "pipedrive", core=False)
    before = practice.state()["pipedrive"]
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    moves.perform(engagement, "load")
    loaded = practice.state()["pipedrive"]
    assert {name for name in before if before[name] != loaded[name]} >= set(MOVED)
    moves.perform(engagement, "rollback")
    assert practice.state()["pipedrive"] == before
    moves.perform(engagement, "load")
    assert practice.state()["pipedrive"] == loaded
    assert not moves.perform(engagement, "reconcile").differences.exists()
    assert audit.verify(engagement) == []


def test_what_somebody_edited_or_hung_a_record_under_is_kept_by_a_rollback(
    practice: Practice, db: None
) -> None:
    engagement = _signed_off(practice)
    moves.perform(engagement, "load")
    made = LoadItem.objects.filter(origin="created")
    activity = made.filter(object="activities")[0]
    deal = made.filter(object="deals").exclude(key__in=_deals_of(practice, activity))[0]
    practice.clock(advance=60)
    edits: dict[str, Any] = {"subject": "Changed by hand"}
    practice.edit(
        "pipedrive", op="update", object="activities", id=int(activity.remote_id), set=edits
    )
    note = {"content": "Theirs", "deal_id": int(deal.remote_id)}
    practice.edit("pipedrive", op="create", object="notes", values=note)
    moves.perform(engagement, "rollback")
    kept = {i.pk: i.reason for i in LoadItem.objects.filter(state="kept")}
    assert "changed after our write" in kept[activity.pk]
    assert "hangs under it" in kept[deal.pk]
    assert {i.object for i in LoadItem.objects.filter(pk__in=kept)} <= set(MOVED)
    assert len(kept) <= 2 + 2 * 3


def test_nine_planted_errors_are_named_and_nothing_else(practice: Practice, db: None) -> None:
    engagement = _signed_off(practice)
    moves.perform(engagement, "load")
    planted = plants.plant(engagement, practice["control"]["url"])
    reconciled = moves.perform(engagement, "reconcile")
    assert {(line.kind, line.key) for line in reconciled.differences.all()} == planted
    assert unexplained(reconciled.differences).count() == 9


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("strike", "when"), [("horse", "before"), ("both", "after")])
def test_a_load_killed_halfway_and_started_again_loses_nothing_and_doubles_nothing(
    practice: Practice, workers: Workers, strike: str, when: str
) -> None:
    engagement = _signed_off(practice)
    fault = practice.fault(
        "hold", vendor="pipedrive", at=9, when=when, match={"method": "POST", "path": "/api/v2/"}
    )
    run = queue.start(engagement, "load", moves.STAFF)
    until_held(practice, fault, run)
    workers.strike(strike)
    practice.release(fault)
    run = until_over(run)
    assert run.status == Run.Status.SUCCEEDED, run.message
    assert not moves.perform(engagement, "reconcile").differences.exists()
    found = company(practice)
    assert len(found["deals"]) == len(vendors.source(practice)["jobs"])
    assert audit.verify(engagement) == []


def test_a_used_up_day_pauses_the_load_until_a_look_finds_the_next_also_where_clocks_change(
    practice: Practice, db: None, live_redis: object
) -> None:
    engagement = _signed_off(practice)
    run: Run | None = None
    for eve, day in (("2027-03-27", "2027-03-28"), ("2027-10-30", "2027-10-31")):
        practice.clock(now=f"{eve}T23:00:00Z")
        practice.fault("daily", vendor="pipedrive", at=20, match={"method": "POST"})
        run = _gone_on(engagement, run)
        assert run.status == Run.Status.PAUSED
        assert "used up" in run.message
        assert run.resume_at is not None
        practice.clock(now=f"{eve}T23:59:00Z")
        assert _gone_on(engagement, run).status == Run.Status.PAUSED
        practice.clock(now=f"{day}T00:01:00Z")
    run = _gone_on(engagement, run)
    assert run.status == Run.Status.SUCCEEDED, run.message
    assert not moves.perform(engagement, "reconcile").differences.exists()


def _gone_on(engagement: Engagement, run: Run | None) -> Run:
    """The load, begun or resumed, once it rests or is over."""
    if run is None:
        return queue.start(engagement, "load", moves.STAFF, here=True)
    queue.resume(run, moves.STAFF)
    queue.perform(run.pk)
    run.refresh_from_db()
    return run


def _by_key(practice: Practice, name: str) -> dict[str, Row]:
    ids = practice.edit("pipedrive", op="ids", object=name, prefix=f"{TENANT}/")
    dump = practice.edit("pipedrive", op="dump", object=name)["records"]
    records = {row["id"]: row for row in dump}
    named = _names(practice)
    found = {}
    for key, id in ids.items():
        assert not isinstance(id, list), f"{key} is there more than once"
        found[key] = named(name, records[int(id)])
    return found


def _names(practice: Practice) -> Any:
    """What turns codes and ids of a record into names, read from the vendor's own API."""
    account = practice["pipedrive"]
    headers = {"x-api-token": account["token"]}
    with httpx.Client(base_url=account["url"], headers=headers) as client:

        def get(path: str) -> list[Row]:
            return list(json.loads(client.get(path).raise_for_status().text)["data"])

        fields = {
            name: {f["field_code"]: f["field_name"] for f in get(f"/api/v2/{kind}Fields?limit=500")}
            for name, kind in zip(MOVED[:3], ("organization", "person", "deal"), strict=True)
        }
        pipelines = {p["id"]: p["name"] for p in get("/api/v2/pipelines")}
        stages = {
            s["id"]: f"{pipelines[s['pipeline_id']]} / {s['name']}" for s in get("/api/v2/stages")
        }
        users = {u["id"]: u for u in get("/api/v1/users")}

    def named(object: str, record: Row) -> Row:
        custom = record.get("custom_fields") or {}
        codes = fields.get(object, {})
        return {
            **record,
            **{name: custom.get(code) for code, name in codes.items() if len(code) == 40},
            "stage": stages.get(record.get("stage_id", 0)),
            "owner": users.get(record.get("owner_id", 0)),
        }

    return named


def _deals_of(practice: Practice, activity: LoadItem) -> list[str]:
    """The deal of this activity and all of the same customer: kept for its sake."""
    source = vendors.source(practice)
    job = source["appointments"][int(activity.source_id)]["jobId"]
    customer = source["jobs"][job]["customerId"]
    return [f"{TENANT}/jobs/{i}" for i, j in source["jobs"].items() if j["customerId"] == customer]


def _events(moved: Moved) -> dict[int, list[str]]:
    """Job → how the lines of its history begin, but those of the source's own history."""
    told: dict[int, list[str]] = {id: [] for id in moved.source["jobs"]}
    job_of = {job["invoiceId"]: id for id, job in moved.source["jobs"].items()}
    for sheet in moved.source["job-timesheets"].values():
        worker = moved.source["technicians"][sheet["technicianId"]]
        for word in ("dispatched", "arrived", "done", "canceled"):
            if sheet["active"] and (moment := sheet[f"{word}On"]):
                said = f"Technician {word}: {worker['name']} ({worker['id']})"
                told[sheet["jobId"]].append(f"{_utc(moment)} {said}")
    for paid in moved.source["payments"].values():
        for part in paid["appliedTo"]:
            if part["appliedTo"] in job_of:
                said = f"Payment {paid['id']}: {part['appliedAmount']}, {paid['type']}"
                told[job_of[part["appliedTo"]]].append(f"{paid['date'][:10]} {said}")
    return told


def _utc(text: str) -> str:
    return f"{_moment(text):%Y-%m-%d %H:%M:%S} UTC"


def unmarked(name: str) -> str:
    """A file's name without our key."""
    return re.sub(r" \[ref [^\]]+\]", "", name)


def _reached(person: Row) -> set[str]:
    return {each["value"] for name in ("phones", "emails") for each in person.get(name) or ()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)
