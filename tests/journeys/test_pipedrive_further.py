"""A move into Pipedrive after its load: what changed since arrives; a firewall stops all of it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from connectors.errors import Blocked
from connectors.practice.servicetitan.seed.notes import IMAGE as WHOLE
from projects import audit, queue, rows
from projects.models import Engagement, LoadItem, Run
from projects.presets.servicetitan_pipedrive.sold import SOLD
from projects.stages.base import StageBlocked
from tests import moves
from tests.faults.journey import go_on
from tests.journeys import vendors
from tests.journeys.test_pipedrive import company
from tests.journeys.vendors import TENANT
from tests.practice import Practice, start

BROKEN = '<img src="data:image/png;base64,iVBOR===">'
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def contractor() -> Iterator[Practice]:
    running = start(customers=20, jobs=30)
    yield running
    running.stop()


@pytest.fixture
def practice(contractor: Practice) -> Practice:
    contractor.reset()
    contractor.limits("pipedrive", burst=1_000_000)
    return contractor


def signed_off(practice: Practice) -> Engagement:
    engagement = moves.mapped(practice, "pipedrive", core=False)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    return engagement


def test_what_changed_and_came_since_the_load_arrives_and_what_others_changed_stays(
    practice: Practice,
) -> None:
    engagement = signed_off(practice)
    moves.perform(engagement, "load")
    loaded = company(practice)
    practice.clock(advance=3600)
    theirs, ours = sorted(vendors.source(practice)["jobs"])[:2]
    for job in (theirs, ours):
        _source(practice, "update", "jobs", id=job, set={"summary": "New", "customerPo": "PO 77"})
    edited = {"custom_fields": {"Description": "By hand"}}
    deal = loaded["deals"][f"{TENANT}/jobs/{theirs}"]["id"]
    practice.edit("pipedrive", op="update", object="deals", id=deal, set=edited)
    household = next(
        c["id"]
        for c in vendors.source(practice)["customers"].values()
        if c["type"] == "Residential"
    )
    fresh = {"name": "Nora Fresh", "mergedToId": None, "active": True}
    customer = _source(practice, "create", "customers", like=household, set=fresh)
    booked = {"customerId": customer["id"], "recallForId": None}
    job = _source(practice, "create", "jobs", like=ours, set=booked)
    run = moves.perform(engagement, "delta")
    after = company(practice)
    new = {name: after[name].keys() - loaded[name].keys() for name in after}
    assert new["persons"] == {f"{TENANT}/customers/{customer['id']}"}
    assert new["deals"] == {f"{TENANT}/jobs/{job['id']}"}
    person = after["persons"][f"{TENANT}/customers/{customer['id']}"]
    assert after["deals"][f"{TENANT}/jobs/{job['id']}"]["person_id"] == person["id"]
    found = [after["deals"][f"{TENANT}/jobs/{id}"] for id in (theirs, ours)]
    assert [(d["Description"], d["Customer PO"]) for d in found] == [
        ("By hand", "PO 77"),
        ("New", "PO 77"),
    ]
    assert (run.tally["deals"]["created"], run.tally["deals"]["conflict"]) == (1, 1)
    kept = engagement.load_items.get(apart=LoadItem.Apart.THEIRS)
    assert "left so: Description" in kept.reason
    assert all(d.explanation for d in moves.perform(engagement, "reconcile").differences.all())
    assert audit.verify(engagement) == []


def test_a_note_names_an_image_once_it_is_a_file_of_the_deal(practice: Practice) -> None:
    engagement = signed_off(practice)
    moves.perform(engagement, "load")
    noted = next(i for i, n in vendors.source(practice)["job-notes"].items() if n["active"])
    _source(practice, "update", "job-notes", id=noted, set={"text": f"See{WHOLE}{BROKEN}"})
    Engagement.objects.update(flag_over_mb=0)
    moves.perform(engagement, "delta")
    first, second = f"note-{noted}-1.png", f"note-{noted}-2.png"
    assert _images(practice, noted) == [f"{first}, not moved", f"{second}, not moved"]
    (asked,) = engagement.flagged_files.filter(source_id=f"{noted}-1")
    asked.action = asked.Action.LOAD
    rows.change(asked, moves.STAFF)
    moves.perform(engagement, "delta")
    files = practice.edit("pipedrive", op="dump", object="files")["records"]
    (file,) = (f for f in files if f"~note-images~{noted}-1" in f["name"])
    assert _images(practice, noted) == [f"{first}, file {file['id']}", f"{second}, not moved"]
    assert all(d.explanation for d in moves.perform(engagement, "reconcile").differences.all())


def test_what_was_sold_lands_on_the_deal_makes_its_value_and_goes_back_without_a_trace(
    practice: Practice,
) -> None:
    """Also of deals that were there before, and where the answer to every fifth write is lost."""
    _discount(practice)
    engagement = moves.mapped(practice, "pipedrive", False, {"invoice-items": SOLD})
    before, deals = practice.state()["pipedrive"], company(practice)["deals"]
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    lost = {"method": "POST", "path": "/products$"}
    practice.fault("reset", vendor="pipedrive", match=lost, when="after", every=5)
    run = queue.start(engagement, "load", moves.STAFF, here=True)
    while run.status == Run.Status.PAUSED:
        practice.clear_faults()
        run = go_on(run)
    assert run.status == Run.Status.SUCCEEDED, run.message
    _every_bill_is_whole_or_named(practice, engagement)
    sent = vendors.calls(practice)
    moves.perform(engagement, "load")
    assert not [c for c in practice.history(sent) if c["vendor"] == "pipedrive" and c["write"]]
    found = moves.perform(engagement, "reconcile").differences.all()
    assert [f"{d} {d.field} {d.expected} {d.found}" for d in found] == []
    practice.clock(advance=60)
    theirs, *_ = engagement.load_items.filter(object="deals", origin="created")
    edit: dict[str, Any] = {"title": "By hand"}
    practice.edit("pipedrive", op="update", object="deals", id=int(theirs.remote_id), set=edit)
    moves.perform(engagement, "rollback")
    kept = LoadItem.objects.filter(state="kept", object="deals")
    assert [(i.key, i.reason) for i in kept] == [
        (theirs.key, "Kept: title changed after our write.")
    ]
    left = {name for name, was in before.items() if practice.state()["pipedrive"][name] != was}
    assert left <= {"deals", "persons", "organizations"}, "one deal and its customer"
    worth = {key: deal["value"] for key, deal in company(practice)["deals"].items()}
    assert worth == {key: deal["value"] for key, deal in deals.items()} | {theirs.key: 0}
    assert not practice.edit("pipedrive", op="dump", object="dealProducts")["records"]
    assert audit.verify(engagement) == []


def _discount(practice: Practice) -> None:
    """Of one bill a line is a discount."""
    invoices = vendors.source(practice)["invoices"]
    id, invoice = next((i, v) for i, v in invoices.items() if len(v["items"] or ()) > 1)
    *others, last = invoice["items"]
    items = [*others, last | {"price": "-5.00", "quantity": "1.0", "total": "-5.00"}]
    _source(practice, "update", "invoices", id=id, set={"items": items})


def _every_bill_is_whole_or_named(practice: Practice, engagement: Engagement) -> None:
    """By the vendor's own sums: a deal has all lines of its job's bill or none."""
    deals, held = company(practice)["deals"], set[str]()
    lines = practice.edit("pipedrive", op="dump", object="dealProducts")["records"]
    items = engagement.source_records.filter(object="invoice-items", reading="load")
    billed: dict[int, set[str]] = {}
    for row in items:
        billed.setdefault(row.data["jobId"], set()).add(f"{TENANT}/invoice-items/{row.source_id}]")
    for job, marks in billed.items():
        deal = deals[f"{TENANT}/jobs/{job}"]
        mine = [line for line in lines if line["deal_id"] == deal["id"]]
        there = {mark for mark in marks for line in mine if line["comments"].endswith(mark)}
        assert there in (marks, set())
        total = vendors.source(practice)["jobs"][job]["total"]
        assert Decimal(str(deal["value"])) == Decimal(str(total))
        held |= set() if there else marks
    waiting = engagement.load_items.filter(object="deal products", state="held")
    assert {f"{i.key}]" for i in waiting if not i.key.endswith("/tax")} == held
    assert {"below 0 is taken" in item.reason for item in waiting} == {True}
    assert {True, False} == {mark in held for marks in billed.values() for mark in marks}


def test_deals_keep_the_time_of_their_job_where_the_account_takes_it(
    practice: Practice,
) -> None:
    practice.limits("pipedrive", deal_add_time=True)
    engagement = signed_off(practice)
    moves.perform(engagement, "load")
    calls = [c for c in practice.history() if c["vendor"] == "pipedrive"]
    refused = [(c["method"], c["path"]) for c in calls if c["status"] == 400]
    assert refused == [("POST", "/api/v2/deals")], "asked once for all runs"
    deals = company(practice)["deals"]
    jobs = vendors.source(practice)["jobs"]
    made = {id: deals[f"{TENANT}/jobs/{id}"]["add_time"] for id in jobs}
    adopted = engagement.load_items.filter(object="deals", origin="adopted")
    kept = jobs.keys() - {int(id) for id in adopted.values_list("source_id", flat=True)}
    assert kept
    assert {id: made[id][:19] for id in kept} == {id: jobs[id]["createdOn"][:19] for id in kept}
    assert not moves.perform(engagement, "reconcile").differences.exists()


def test_a_firewall_stops_every_run_on_the_account_until_staff_checked_it_again(
    practice: Practice, live_redis: object
) -> None:
    engagement = signed_off(practice)
    resting = Run.objects.create(engagement=engagement, stage="inventory", status="paused")
    rule = {"method": "POST", "path": "/api/v2/activities"}
    practice.fault("block", vendor="pipedrive", match=rule, seconds=600)
    run = queue.start(engagement, "load", moves.STAFF, here=True)
    assert (run.status, run.exit_code) == (Run.Status.FAILED, 4)
    assert "firewall" in run.message
    resting.refresh_from_db()
    assert (resting.status, resting.message) == (Run.Status.FAILED, run.message)
    sent = _calls(practice)
    with pytest.raises(StageBlocked, match="Connect and check"):
        queue.start(engagement, "load", moves.STAFF, here=True)
    engagement = Engagement.objects.get(pk=engagement.pk)
    with pytest.raises(Blocked):
        engagement.destination.check_account()
    assert _calls(practice) == sent + 1
    practice.fault("block", vendor="pipedrive", seconds=0)  # it is over
    engagement.destination.check_account()
    moves.perform(engagement, "load")
    assert not moves.perform(engagement, "reconcile").differences.exists()


def _source(practice: Practice, op: str, object: str, **command: Any) -> dict[str, Any]:
    """A dispatcher's edit."""
    return practice.edit("servicetitan", op=op, object=object, **command)  # type: ignore[no-any-return]


def _calls(practice: Practice) -> int:
    return sum(call["vendor"] == "pipedrive" for call in practice.history())


def _images(practice: Practice, note: int) -> list[str]:
    """What a note there says of its images."""
    notes = practice.edit("pipedrive", op="dump", object="notes")["records"]
    (found,) = (n["content"] for n in notes if f"/job-notes/{note}]" in n["content"])
    return re.findall(r"\[image: (.+?)\]", found)
