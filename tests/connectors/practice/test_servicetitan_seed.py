"""The practice contractor looks like a real one, and is the same one every time."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.practice.servicetitan.records import Records
from connectors.practice.servicetitan.seed import rows
from tests.practice import Practice

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    records = Records(Path(tmp_path_factory.mktemp("tenant")))
    records.refill((1, 2000, 4000), rows(1, 2000, 4000))
    return {name: list(records.each(name)) for name in records.objects()}


def share(records: list[dict[str, Any]], wanted: Any) -> float:
    return sum(map(wanted, records)) / len(records)


def test_a_reset_gives_the_same_contractor_and_another_seed_another(practice: Practice) -> None:
    before = practice.state()["servicetitan"]
    practice.edit("servicetitan", op="update", object="jobs", nth=0, set={"summary": "Changed"})
    assert practice.state()["servicetitan"] != before
    practice.reset()
    assert practice.state()["servicetitan"] == before
    practice.reset(seed=2)
    other = practice.state()["servicetitan"]
    assert other["customers"]["count"] == 300
    assert other["customers"]["checksum"] != before["customers"]["checksum"]


def test_sizes_are_exactly_as_asked(tables: Tables, practice: Practice) -> None:
    assert (len(tables["customers"]), len(tables["jobs"])) == (2000, 4000)
    practice.reset(customers=20, jobs=7)
    counts = practice.state()["servicetitan"]
    assert (counts["customers"]["count"], counts["jobs"]["count"]) == (20, 7)


def test_every_reference_points_to_a_record(tables: Tables) -> None:
    ids = {name: {r.get("id") for r in records} for name, records in tables.items()}
    links = {
        ("job-notes", "jobId"): "jobs",
        ("job-history", "jobId"): "jobs",
        ("job-timesheets", "jobId"): "jobs",
        ("job-timesheets", "appointmentId"): "appointments",
        ("job-timesheets", "technicianId"): "technicians",
        ("job-splits", "jobId"): "jobs",
        ("job-splits", "technicianId"): "technicians",
        ("job-canceled-logs", "jobId"): "jobs",
        ("job-canceled-logs", "reasonId"): "cancel-reasons",
        ("location-contacts", "locationId"): "locations",
        ("payments", "refundedPaymentId"): "payments",
        ("technician-skills", "technicianId"): "technicians",
        ("jobs", "campaignId"): "campaigns",
        ("locations", "zoneId"): "zones",
        ("technicians", "mainZoneId"): "zones",
        ("customer-contacts", "customerId"): "customers",
        ("customers", "mergedToId"): "customers",
        ("locations", "customerId"): "customers",
        ("jobs", "customerId"): "customers",
        ("jobs", "locationId"): "locations",
        ("jobs", "jobTypeId"): "job-types",
        ("jobs", "businessUnitId"): "business-units",
        ("jobs", "invoiceId"): "invoices",
        ("jobs", "firstAppointmentId"): "appointments",
        ("jobs", "soldById"): "technicians",
        ("jobs", "recallForId"): "jobs",
        ("appointments", "jobId"): "jobs",
        ("appointment-assignments", "appointmentId"): "appointments",
        ("appointment-assignments", "technicianId"): "technicians",
    }
    for (name, field), target in links.items():
        pointed = {record[field] for record in tables[name]} - {None}
        assert pointed, f"no {name} has a {field}"
        assert pointed <= ids[target], f"{name}.{field}"


def test_customers_are_people_and_companies_and_not_always_typed_right(tables: Tables) -> None:
    customers = tables["customers"]
    assert 0.55 < share(customers, lambda c: c["type"] == "Residential") < 0.75
    assert 0.01 < share(customers, lambda c: c["mergedToId"] is not None) < 0.04
    assert 0.03 < share(customers, lambda c: not c["active"] and not c["mergedToId"]) < 0.08
    people = [c for c in customers if c["type"] == "Residential"]
    assert share(people, lambda c: ", " in c["name"]) > 0.4
    assert share(people, lambda c: "LLC" in c["name"]) > 0
    assert any(c["type"] is None for c in customers)
    assert any(not c["name"].isascii() for c in customers)
    survivors = {c["id"]: c for c in customers}
    chains = [c for c in customers if c["mergedToId"] and survivors[c["mergedToId"]]["mergedToId"]]
    assert chains


def test_customers_have_one_to_forty_locations_and_several_contact_rows(tables: Tables) -> None:
    places = Counter(location["customerId"] for location in tables["locations"])
    assert places.keys() == {customer["id"] for customer in tables["customers"]}
    assert 20 < max(places.values()) <= 40
    kinds = Counter(contact["type"] for contact in tables["customer-contacts"])
    assert kinds.keys() == {"Phone", "MobilePhone", "Email", "Fax"}
    emails = [c for c in tables["customer-contacts"] if c["type"] == "Email"]
    assert all(contact["phoneSettings"] is None for contact in emails)
    assert share(emails, lambda c: c["memo"] is not None) > 0.5


def test_customers_have_further_people_whom_memos_spell_in_several_ways(tables: Tables) -> None:
    people: dict[int, set[str]] = {}
    spelt: dict[str, set[str]] = {}
    for contact in tables["customer-contacts"]:
        if contact["id"] > 200_000_000:
            memo = contact["memo"].replace("Office - ", "").replace("(cell)", "").strip()
            people.setdefault(contact["customerId"], set()).add(memo.casefold())
            spelt.setdefault(f"{contact['customerId']} {memo}".casefold(), set()).add(memo)
    kinds = {customer["id"]: customer["type"] for customer in tables["customers"]}
    assert {kinds[id] for id, named in people.items() if len(named) == 2} >= {"Commercial"}
    assert "Residential" in {kinds[id] for id in people}
    assert any(len(ways) > 1 for ways in spelt.values())
    ties = Counter(tie["relatedEntityId"] in kinds for tie in tables["contact-relationships"])
    assert ties[True] > len(tables["contacts"])


def test_jobs_have_all_states_and_priorities_and_one_to_six_visits(tables: Tables) -> None:
    jobs = tables["jobs"]
    states = {"Scheduled", "Dispatched", "InProgress", "Hold", "Completed", "Canceled"}
    assert {job["jobStatus"] for job in jobs} == states
    assert {job["priority"] for job in jobs} == {"Low", "Normal", "High", "Urgent"}
    assert {job["appointmentCount"] for job in jobs} == {1, 2, 3, 4, 5, 6}
    visits = Counter(a["jobId"] for a in tables["appointments"] if a["active"])
    assert all(visits[job["id"]] == job["appointmentCount"] for job in jobs)
    assert all((job["completedOn"] is None) == (job["jobStatus"] != "Completed") for job in jobs)
    texts = [job["summary"] or "" for job in jobs]
    assert any("<li>" in text for text in texts)
    assert any("😡" in text for text in texts)
    assert max(map(len, texts)) > 5000


def test_custom_fields_are_filled_on_some_jobs_with_text_values(tables: Tables) -> None:
    values: dict[str, list[str | None]] = {}
    for job in tables["jobs"]:
        for each in job["customFields"]:
            values.setdefault(each["name"], []).append(each["value"])
    assert values.keys() == {field["name"] for field in tables["job-custom-fields"]}
    assert set(values["Dispatch Priority"]) == {str(n) for n in range(1, 9)}
    assert None in values["Warranty Code"]
    assert len(values["Permit Number"]) < len(tables["jobs"]) / 2


def test_visits_have_crews_and_traces_of_reassignment(tables: Tables) -> None:
    assignments = tables["appointment-assignments"]
    crews = Counter(a["appointmentId"] for a in assignments if a["active"])
    assert {1, 2, 3} == set(crews.values())
    assert 0.05 < share(assignments, lambda a: not a["active"]) < 0.25


def test_technicians_have_all_kinds_of_email_and_one_has_left(tables: Tables) -> None:
    technicians = tables["technicians"]
    emails = [technician["email"] for technician in technicians]
    assert len(technicians) >= 12
    assert None in emails
    assert any(email and email != email.lower() for email in emails)
    assert "dana.okafor@practice.example" in emails
    left = [technician["id"] for technician in technicians if not technician["active"]]
    assert len(left) == 1
    assert any(a["technicianId"] == left[0] for a in tables["appointment-assignments"])


def test_every_job_has_an_invoice_and_the_money_adds_up(tables: Tables) -> None:
    invoices = {invoice["id"]: invoice for invoice in tables["invoices"]}
    for job in tables["jobs"]:
        invoice = invoices[job["invoiceId"]]
        assert invoice["job"]["id"] == job["id"]
        if job["jobStatus"] != "Completed":
            assert (invoice["total"], invoice["items"], job["total"]) == ("0.00", None, None)
        else:
            assert Decimal(str(job["total"])) == Decimal(invoice["total"])
        lines = [item for item in invoice["items"] or () if item["isChargeable"]]
        assert sum(Decimal(item["total"]) for item in lines) == Decimal(invoice["subTotal"])
    assert any(invoice["adjustmentToId"] for invoice in invoices.values())
    assert any(invoice["job"] is None for invoice in invoices.values())


def test_a_customer_owes_what_its_invoices_leave_open(tables: Tables) -> None:
    owed: Counter[int] = Counter()
    for invoice in tables["invoices"]:
        owed[invoice["customer"]["id"]] += int(Decimal(invoice["balance"]) * 100)
    for customer in tables["customers"]:
        assert round(customer["balance"] * 100) == owed[customer["id"]]
