"""Objects that the vendor gives inside others, or in one list a parent."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.errors import Refused
from connectors.practice.servicetitan.attachments import files_of
from connectors.servicetitan import reading
from connectors.servicetitan.source import ServiceTitan
from tests.practice import Practice

UNDER = {"customer-notes": "customers", "location-notes": "locations", "attachments": "jobs"}


def records(source: ServiceTitan, object: str, **how: Any) -> list[dict[str, Any]]:
    return [record for page in source.read(object, **how) for record in page.records]


def latest(source: ServiceTitan, object: str) -> dict[str, dict[str, Any]]:
    return {source.identity(object, record): record for record in records(source, object)}


def test_every_history_entry_is_a_record_of_its_job(source: ServiceTitan) -> None:
    found = latest(source, "job-history")
    assert {entry["jobId"] for entry in found.values()} == {
        job["id"] for job in records(source, "jobs")
    }
    assert "history" not in next(iter(found.values()))
    assert all(source.modified_at("job-history", entry) for entry in found.values())


def test_every_item_of_every_invoice_is_a_record(source: ServiceTitan) -> None:
    found = latest(source, "invoice-items")
    expected = {
        str(item["id"]): (invoice["id"], (invoice["job"] or {}).get("id"))
        for invoice in records(source, "invoices")
        for item in invoice["items"] or ()
    }
    assert {id: (item["invoiceId"], item["jobId"]) for id, item in found.items()} == expected


def test_every_application_of_every_payment_is_a_record(source: ServiceTitan) -> None:
    found = latest(source, "payment-applications")
    expected = {
        str(part["appliedId"]): (payment["id"], part["appliedTo"], part["appliedAmount"])
        for payment in records(source, "payments")
        for part in payment["appliedTo"]
    }
    named = {
        id: (part["paymentId"], part["invoiceId"], part["amount"]) for id, part in found.items()
    }
    assert named == expected
    assert len(found) > 1


def test_a_changed_payment_brings_its_applications_again(
    source: ServiceTitan, vendor: Practice
) -> None:
    pages = list(source.read("payment-applications"))
    part = next(record for page in pages for record in page.records)
    edit = {"op": "delete", "object": "payments", "id": part["paymentId"]}
    vendor.edit("servicetitan", **edit)
    again = records(source, "payment-applications", cursor=pages[-1].cursor)
    assert {(each["paymentId"], each["active"]) for each in again} == {(part["paymentId"], False)}


def test_a_nested_list_out_of_contract_is_refused(source: ServiceTitan, vendor: Practice) -> None:
    body = {"hasMore": False, "continueFrom": "x", "data": [{"jobId": 1, "history": {"id": 1}}]}
    vendor.fault("status", status=200, body=body, match={"path": "export/job-history"})
    with pytest.raises(Refused, match="history of a record of job-history is no list"):
        next(source.read("job-history"))


@pytest.mark.parametrize("object", ["customer-notes", "location-notes"])
def test_every_note_is_read_and_names_its_parent(
    source: ServiceTitan, vendor: Practice, object: str
) -> None:
    found = latest(source, object)
    assert len(found) == vendor.state()["servicetitan"][object]["count"] > 0
    field = {"customer-notes": "customerId", "location-notes": "locationId"}[object]
    parents = {parent["id"] for parent in records(source, UNDER[object])}
    assert {note[field] for note in found.values()} <= parents


def test_every_file_of_every_job_is_listed(source: ServiceTitan) -> None:
    expected = {
        (job["id"], file.id) for job in records(source, "jobs") for file in files_of(job["id"])
    }
    assert {(file["jobId"], file["id"]) for file in records(source, "attachments")} == expected


def test_parents_that_change_while_their_lists_are_read_hide_no_other(
    source: ServiceTitan, vendor: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every stop of the reading is followed by edits that move jobs to the end of their feed."""
    monkeypatch.setattr(reading, "PARENTS_A_PAGE", 15)
    expected = set(latest(source, "attachments"))
    jobs = sorted(job["id"] for job in records(source, "jobs"))
    read: set[str] = set()
    cursor, stops = None, 0
    while stops < 60:
        page = next(source.read("attachments", cursor=cursor))
        read |= {source.identity("attachments", record) for record in page.records}
        cursor, stops = page.cursor, stops + 1
        if page.last:
            break
        if stops < 8:
            for id in jobs[stops::30]:
                vendor.edit("servicetitan", op="update", object="jobs", id=id, set={})
    assert page.last
    assert read == expected


def test_a_parent_that_is_gone_since_its_feed_was_read_has_no_list(
    source: ServiceTitan, vendor: Practice
) -> None:
    notes = records(source, "customer-notes")
    gone = notes[0]["customerId"]
    vendor.fault("status", status=404, body={}, match={"path": f"customers/{gone}/notes"})
    left = records(source, "customer-notes")
    assert left == [note for note in notes if note["customerId"] != gone]


def test_ties_of_people_are_read_on_from_any_stop(
    source: ServiceTitan, vendor: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PARENTS_A_PAGE", 15)
    object, read, cursor, last = "contact-relationships", list[str](), None, False
    people = {person["id"] for person in records(source, "contacts")}
    while not last:
        page = next(source.read(object, cursor=cursor))
        read += [source.identity(object, record) for record in page.records]
        assert {record["contactId"] for record in page.records} <= people
        cursor, last = page.cursor, page.last
    assert len(read) == len(set(read)) == vendor.state()["servicetitan"][object]["count"]


@pytest.mark.parametrize("object", ["customer-notes", "location-notes"])
def test_since_is_asked_of_every_parent(
    source: ServiceTitan, vendor: Practice, object: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PARENTS_A_PAGE", 20)
    later = datetime.fromisoformat(vendor.clock(advance=7200)) - timedelta(seconds=1)
    note = vendor.edit(
        "servicetitan", op="update", object=object, nth=0, set={"text": "<p>New</p>"}
    )
    pages = list(source.read(object, since=later))
    assert len(pages) > 2
    assert [r["text"] for page in pages for r in page.records] == ["<p>New</p>"]
    resumed = records(source, object, cursor=pages[0].cursor)
    assert {r["id"] for r in resumed} <= {note["id"]}


def test_forms_name_the_job_that_they_belong_to(source: ServiceTitan) -> None:
    forms = records(source, "form-submissions")
    jobs = {job["id"] for job in records(source, "jobs")}
    assert {form["jobId"] for form in forms} <= jobs
    assert {form["locationId"] for form in forms} == {None}
    sections = [unit for form in forms for unit in form["units"] if unit["type"] == "Section"]
    kinds = {field["type"] for section in sections for field in section["units"]}
    assert "Signature" in kinds


def test_changed_forms_come_by_the_time_of_their_submission(
    source: ServiceTitan, vendor: Practice
) -> None:
    later = datetime.fromisoformat(vendor.clock(advance=7200)) - timedelta(seconds=1)
    form = vendor.edit("servicetitan", op="update", object="form-submissions", nth=0, set={})
    assert [r["id"] for r in records(source, "form-submissions", since=later)] == [form["id"]]


def test_the_business_hours_are_one_record(source: ServiceTitan) -> None:
    (page,) = source.read("business-hours")
    (hours,) = page.records
    assert page.last
    assert source.identity("business-hours", hours) == "1"
    assert source.modified_at("business-hours", hours) is None
    assert source.count("business-hours") == 1
