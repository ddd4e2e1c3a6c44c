"""What hangs beside the jobs of the practice contractor agrees with them."""

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.practice.checksum import Checksum
from connectors.practice.servicetitan.records import Records
from connectors.practice.servicetitan.seed import rows

Tables = dict[str, list[dict[str, Any]]]
OLD = {
    "appointment-assignments": (1873, "eacb4ef7fd316ac3a44d7a90260ccf87"),
    "customers": (300, "d2275149dd8a15251949ab3794659eab"),
    "invoices": (1013, "f484fa5073b747da1e33c7800be82db7"),
    "jobs": (1000, "8c51658418b835ccf28df17fcb3d2879"),
    "locations": (483, "a97b2f71d5b6bef7b44ce7d7a1a7ec31"),
}


def drawn(directory: Path, customers: int, jobs: int) -> Records:
    records = Records(directory)
    records.refill((1, customers, jobs), rows(1, customers, jobs))
    return records


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    records = drawn(Path(tmp_path_factory.mktemp("tenant")), 1200, 3000)
    return {name: list(records.each(name)) for name in records.objects()}


def by_id(records: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {record["id"]: record for record in records}


@pytest.mark.parametrize("object", OLD)
def test_a_seed_still_draws_the_jobs_that_it_always_drew(tmp_path: Path, object: str) -> None:
    checksum = Checksum(frozenset())
    for record in drawn(tmp_path, 300, 1000).each(object):
        checksum.add(record)
    count, text = OLD[object]
    assert checksum.value() == {"count": count, "checksum": text}


def test_what_is_applied_to_an_invoice_is_what_it_no_longer_leaves_open(tables: Tables) -> None:
    applied: dict[int, Decimal] = defaultdict(Decimal)
    for payment in tables["payments"]:
        for part in payment["appliedTo"]:
            applied[part["appliedTo"]] += Decimal(part["appliedAmount"])
    for invoice in tables["invoices"]:
        open_ = Decimal(invoice["total"]) - applied.pop(invoice["id"], Decimal(0))
        assert open_ == Decimal(invoice["balance"]), invoice["id"]
    assert not applied


def test_a_payment_is_what_it_applies_and_what_it_leaves(tables: Tables) -> None:
    payments = tables["payments"]
    for payment in payments:
        parts = [Decimal(part["appliedAmount"]) for part in payment["appliedTo"]]
        assert sum(parts) + Decimal(payment["unappliedAmount"]) == Decimal(payment["total"])
    sizes = Counter(len(payment["appliedTo"]) for payment in payments)
    assert {0, 1, 2, 3} == sizes.keys()
    assert any(not payment["active"] for payment in payments)
    assert any(p["active"] and Decimal(p["unappliedAmount"]) for p in payments)
    assert {type(payment["typeId"]) for payment in payments} == {str}


def test_payments_are_of_the_customer_of_their_invoices(tables: Tables) -> None:
    invoices = by_id(tables["invoices"])
    deposits = Counter[int]()
    for payment in tables["payments"]:
        for part in payment["appliedTo"]:
            invoice = invoices[part["appliedTo"]]
            assert invoice["customer"] == payment["customer"]
            assert invoice["referenceNumber"] == part["appliedToReferenceNumber"]
            deposits[invoice["id"]] += 1
    assert 2 in deposits.values()
    assert any(invoices[id]["job"] is None for id in deposits)


def test_a_credit_is_paid_back_and_names_the_payment(tables: Tables) -> None:
    credits = {i["id"]: i["adjustmentToId"] for i in tables["invoices"] if i["adjustmentToId"]}
    payments = by_id(tables["payments"])
    named = 0
    for payment in payments.values():
        for part in payment["appliedTo"]:
            if part["appliedTo"] in credits:
                assert Decimal(payment["total"]) == Decimal("-50.00")
                if first := payments.get(payment["refundedPaymentId"]):
                    named += 1
                    paid = {each["appliedTo"] for each in first["appliedTo"]}
                    assert credits[part["appliedTo"]] in paid
    assert named


def test_milestones_are_in_order_and_of_somebody_assigned(tables: Tables) -> None:
    crews = {
        (crew["appointmentId"], crew["technicianId"], crew["jobId"])
        for crew in tables["appointment-assignments"]
        if crew["active"]
    }
    for sheet in tables["job-timesheets"]:
        assert (sheet["appointmentId"], sheet["technicianId"], sheet["jobId"]) in crews
        names = ("dispatchedOn", "arrivedOn", "canceledOn", "doneOn")
        times = [sheet[name] for name in names if sheet[name]]
        assert times == sorted(times)
        assert not (sheet["canceledOn"] and sheet["doneOn"])
    for name in names:
        assert any(sheet[name] for sheet in tables["job-timesheets"])
    assert any(s["doneOn"] and not s["arrivedOn"] for s in tables["job-timesheets"])


def test_splits_of_a_job_are_a_hundred_percent(tables: Tables) -> None:
    shares: dict[int, list[float]] = defaultdict(list)
    for split in tables["job-splits"]:
        shares[split["jobId"]].append(split["split"])
    assert {len(each) for each in shares.values()} >= {1, 2}
    assert {sum(each) for each in shares.values()} == {100.0}
    states = {job["id"]: job["jobStatus"] for job in tables["jobs"]}
    assert {states[job] for job in shares} == {"Completed"}


def test_history_begins_with_the_booking_and_ends_as_the_job_did(tables: Tables) -> None:
    kinds: dict[int, list[str]] = defaultdict(list)
    for row in tables["job-history"]:
        kinds[row["jobId"]] += (event["eventType"] for event in row["history"])
    for job in tables["jobs"]:
        assert "Job Booked" in kinds[job["id"]]
        assert ("Job Completed" in kinds[job["id"]]) == (job["jobStatus"] == "Completed")
    events = [event for row in tables["job-history"] for event in row["history"]]
    assert {event["usedSchedulingTool"] for event in events} == {"Manual", "SmartDispatch"}
    assert any(event["employeeId"] is None for event in events)


def test_every_canceled_job_has_a_reason(tables: Tables) -> None:
    canceled = {job["id"] for job in tables["jobs"] if job["jobStatus"] == "Canceled"}
    logs = tables["job-canceled-logs"]
    assert canceled == {log["jobId"] for log in logs if log["active"]}
    assert any(not log["active"] for log in logs)


def test_notes_are_plain_or_html_and_few_hold_a_picture(tables: Tables) -> None:
    notes = tables["job-notes"]
    texts = [note["text"] for note in notes]
    assert any("<div>" in text for text in texts)
    assert any("<" not in text for text in texts)
    pictures = sum("data:image/png;base64," in text for text in texts)
    assert 0 < pictures < len(texts) / 20
    assert any(note["isPinned"] for note in notes)
    users = {each["userId"] for name in ("employees", "technicians") for each in tables[name]}
    assert {note["createdById"] for note in notes} <= users


def test_calls_name_their_job_and_customer(tables: Tables) -> None:
    jobs = by_id(tables["jobs"])
    for call in tables["calls"]:
        if call["job"]:
            job = jobs[call["job"]["id"]]
            assert job["customerId"] == call["customer"]["id"]
            assert job["locationId"] == call["location"]["id"]
    assert {call["type"] for call in tables["calls"]} > {"Booked", "NotLead", None}
    assert any(call["customer"] is None for call in tables["calls"])


def test_contacts_of_a_location_repeat_those_of_the_customer_under_other_ids(
    tables: Tables,
) -> None:
    owner = {location["id"]: location["customerId"] for location in tables["locations"]}
    theirs = {(c["customerId"], c["value"]) for c in tables["customer-contacts"]}
    copies = [
        c for c in tables["location-contacts"] if (owner[c["locationId"]], c["value"]) in theirs
    ]
    assert len(tables["location-contacts"]) > len(copies) > 0
    ids = {contact["id"] for contact in tables["customer-contacts"]}
    assert not ids & {contact["id"] for contact in copies}


def test_forms_are_of_jobs_that_were_done_and_signed_or_refused(tables: Tables) -> None:
    states = {job["id"]: job["jobStatus"] for job in tables["jobs"]}
    refused = set()
    for form in tables["form-submissions"]:
        assert states[form["owners"][0]["id"]] == "Completed"
        fields = [each for unit in form["units"] for each in unit.get("units", ())]
        signatures = [each for each in fields if each["type"] == "Signature"]
        assert len(signatures) == (form["status"] == "Completed")
        for signature in signatures:
            assert bool(signature["attachments"]) != signature["isRefused"]
            refused.add(signature["isRefused"])
    assert refused == {True, False}
