"""A whole move, from two connected accounts to a clean reconciliation, judged by what the
practice vendors hold themselves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from projects.models import Engagement
from projects.stages import tallies
from tests import moves
from tests.journeys import vendors
from tests.journeys.vendors import TENANT, Row
from tests.practice import Practice

LIMIT = 36
STATUSES = {
    "Scheduled": "New",
    "Dispatched": "Working",
    "InProgress": "Working",
    "In Progress": "Working",
    "Hold": "On Hold",
    "Completed": "Closed",
    "Canceled": "Cancelled",
    "Cancelled": "Cancelled",
}
PRIORITIES = {
    "Urgent": "High",
    "Normal": "Medium",
    "Low": "Low",
    "Emergency": "High",
    "High": "High",
    "Standard": "Medium",
    **dict.fromkeys("123", "High"),
    **dict.fromkeys("456", "Medium"),
    **dict.fromkeys("78", "Low"),
}


@dataclass(frozen=True)
class Moved:
    """What both vendors hold after the move, and what the product says of it."""

    source: dict[str, dict[int, Row]]
    org: dict[str, dict[str, Row]]
    tally: dict[str, dict[str, int]]
    differences: list[str]
    sent_again: list[Row]
    merged: dict[int, int | None]
    circles: list[str]

    @property
    def accounts(self) -> dict[str, Row]:
        return vendors.by_key(self.org["Account"])

    @property
    def contacts(self) -> dict[str, Row]:
        return vendors.by_key(self.org["Contact"])

    @property
    def cases(self) -> dict[str, Row]:
        return vendors.by_key(self.org["Case"])

    def customers(self, company: bool) -> Iterator[Row]:
        """Those that are to land, as companies or as households."""
        for row in self.source["customers"].values():
            if row["mergedToId"] is None and (row["type"] == "Commercial") == company:
                yield row

    def first_site(self, customer: int) -> Row:
        sites = [s for s in self.source["locations"].values() if s["customerId"] == customer]
        return min(sites, key=lambda site: (not site["active"], site["id"]))


@pytest.fixture(scope="module")
def moved(
    moved_contractor: Practice, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Moved]:
    """One move for all tests here; of its rows nothing stays in the database."""
    moved_contractor.reset()
    with django_db_blocker.unblock(), transaction.atomic():
        yield _move(moved_contractor)
        transaction.set_rollback(True)


def _move(practice: Practice) -> Moved:
    _use_every_word(practice)
    merged = _merge_some(practice)
    engagement = moves.connected(practice)
    for stage in ("inventory", "propose"):
        moves.perform(engagement, stage)
    Engagement.objects.update(placeholder_children=LIMIT, sample_size=100)
    _go_on(engagement)
    practice.clock(advance=3600)  # so that a later write would show on a record of the sample
    moves.perform(engagement, "load")
    reconciled = moves.perform(engagement, "reconcile")
    tally = tallies.source_tally(engagement)
    loaded = vendors.calls(practice)
    moves.perform(engagement, "load")
    return Moved(
        vendors.source(practice),
        vendors.org(practice),
        tally,
        [str(line) for line in reconciled.differences.all()],
        vendors.writes(practice, since=loaded),
        merged,
        [f.message for f in engagement.findings.filter(code="merged in a circle")],
    )


def _go_on(engagement: Engagement) -> None:
    """From a proposed mapping to the client's signature on the review page."""
    engagement.refresh_from_db()
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    moves.story.decide_technicians(engagement)
    moves.story.confirm_safety(engagement)
    moves.story.decide_files(engagement)
    moves.decisions.confirm_mapping(engagement, moves.STAFF)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    assert engagement.state == Engagement.State.SIGNED_OFF


def _use_every_word(practice: Practice) -> None:
    """Jobs with every status and priority that a tenant or an export of it may show."""
    statuses, priorities = list(STATUSES), list(PRIORITIES)
    for n in range(max(len(statuses), len(priorities))):
        words = {
            "jobStatus": statuses[n % len(statuses)],
            "priority": priorities[n % len(priorities)],
        }
        practice.edit("servicetitan", op="update", object="jobs", nth=n, set=words)


def _merge_some(practice: Practice) -> dict[int, int | None]:
    """Mergers that left everything where it was: a company into a household into another, and
    two into each other. Merged customer → who stands for it at last."""
    source = vendors.source(practice)
    busy = Counter(job["customerId"] for job in source["jobs"].values())
    there = {row[vendors.KEY] for rows in vendors.org(practice).values() for row in rows.values()}
    kept = [
        c
        for c in source["customers"].values()
        if c["active"] and busy[c["id"]] and f"{TENANT}/customers/{c['id']}" not in there
    ]
    homes = [c["id"] for c in kept if c["type"] == "Residential"]
    firm = next(c["id"] for c in kept if c["type"] == "Commercial")
    for id, into in zip((firm, *homes[:3]), (homes[0], homes[3], *homes[2:0:-1]), strict=True):
        values = {"mergedToId": into, "active": False}
        practice.edit("servicetitan", op="update", object="customers", id=id, set=values)
    return {firm: homes[3], homes[0]: homes[3], homes[1]: None, homes[2]: None}


def test_a_clean_move_is_reconciled_without_a_false_alarm(moved: Moved) -> None:
    assert moved.differences == []


def test_of_every_source_object_the_tally_adds_up(moved: Moved) -> None:
    assert {name for name, counts in moved.tally.items() if not tallies.adds_up(counts)} == set()
    for name, records in moved.source.items():
        assert moved.tally[name]["read"] == len(records), name


def test_what_is_left_out_is_counted(moved: Moved) -> None:
    customers = moved.source["customers"].values()
    assert moved.tally["customers"]["excepted"] == sum(
        c["mergedToId"] is not None for c in customers
    )
    lost = {id for id, survivor in moved.merged.items() if survivor is None}
    sites = moved.source["locations"].values()
    worked_at = {job["locationId"] for job in moved.source["jobs"].values()}
    left = [s for s in sites if s["customerId"] in lost and s["id"] not in worked_at]
    assert moved.tally["locations"]["left out"] == len(left)
    assert moved.tally["customer-contacts"]["left out"] > 0


def test_every_customer_and_job_has_exactly_its_own_record(moved: Moved) -> None:
    companies = {f"{TENANT}/customers/{c['id']}" for c in moved.customers(company=True)}
    households = {f"{TENANT}/customers/{c['id']}" for c in moved.customers(company=False)}
    accounts = {key for key in moved.accounts if "/placements/" not in key}
    assert accounts == companies
    further = vendors.further(moved.source).keys()
    assert households | further <= moved.contacts.keys() <= households | companies | further
    assert moved.cases.keys() == {f"{TENANT}/jobs/{id}" for id in moved.source["jobs"]}


def test_every_person_of_a_customer_is_a_contact_with_all_that_reaches_them(moved: Moved) -> None:
    further = vendors.further(moved.source)
    rows = moved.source["customer-contacts"]
    several = Counter[int]()
    for key, theirs in further.items():
        ((customer, ids),) = theirs.items()
        contact, own = moved.contacts[key], moved.contacts[f"{TENANT}/customers/{customer}"]
        assert contact["AccountId"] == own["AccountId"]
        assert _reached(contact) == {rows[id]["value"] for id in ids}
        assert f"{contact['FirstName']} {contact['LastName']}" in rows[min(ids)]["memo"]
        several[customer] += 1
    households = {c["id"] for c in moved.customers(company=False)}
    assert max(n for id, n in several.items() if id not in households) > 1
    assert several.keys() & households
    elsewhere = {id for theirs in further.values() for ids in theirs.values() for id in ids}
    for company in (True, False):
        for customer in moved.customers(company):
            left = [r for r in rows.values() if r["customerId"] == customer["id"]]
            wanted = {r["value"] for r in left if r["id"] not in elsewhere}
            contact = moved.contacts.get(f"{TENANT}/customers/{customer['id']}", {})
            assert _reached(contact) == wanted


def test_every_case_carries_what_the_job_was_called_and_when(moved: Moved) -> None:
    for id, job in moved.source["jobs"].items():
        case = moved.cases[f"{TENANT}/jobs/{id}"]
        assert case["Source_Status__c"] == job["jobStatus"]
        assert case["Source_Priority__c"] == job["priority"]
        assert case["Source_Job_Number__c"] == job["jobNumber"]
        assert _moment(case["Source_Created_Date__c"]) == _moment(job["createdOn"])
        assert _moment(case["Source_Completed_Date__c"]) == _moment(job["completedOn"])
        start, end = _span(moved, id)
        assert _moment(case["Source_Scheduled_Start__c"]) == start
        assert _moment(case["Source_Scheduled_End__c"]) == end


def test_what_a_merged_customer_has_is_its_survivors(moved: Moved) -> None:
    for id, survivor in moved.merged.items():
        owned = [job["id"] for job in moved.source["jobs"].values() if job["customerId"] == id]
        assert owned
        person = moved.contacts[f"{TENANT}/customers/{survivor}"] if survivor else {}
        for job in owned:
            case = moved.cases[f"{TENANT}/jobs/{job}"]
            if survivor:
                assert case["ContactId"] == person["Id"]
                assert case["AccountId"] == person["AccountId"]
            else:
                assert case["ContactId"] not in [row["Id"] for row in moved.contacts.values()]
    assert len(moved.circles) == 1
    assert "2 customers were merged into each other in a circle" in moved.circles[0]


def test_every_case_names_its_technicians_by_id_name_and_e_mail(moved: Moved) -> None:
    technicians = moved.source["technicians"]
    named = 0
    for id, job in moved.source["jobs"].items():
        case = moved.cases[f"{TENANT}/jobs/{id}"]
        work = moved.source["appointment-assignments"].values()
        ids = {a["technicianId"] for a in work if a["jobId"] == id} or {job["soldById"]} - {None}
        assert _listed(case["Technician_Ids__c"]) == {str(i) for i in ids}
        assert _listed(case["Technician_Names__c"]) == {technicians[i]["name"] for i in ids}
        emails = {technicians[i]["email"] for i in ids} - {None, ""}
        assert _listed(case["Technician_Emails__c"]) == emails
        assert not ids or int(case["Primary_Technician_Id__c"]) in ids
        named += bool(ids)
    assert named > len(moved.source["jobs"]) / 2


def test_every_status_and_priority_word_has_its_value(moved: Moved) -> None:
    seen = Counter[str]()
    for case in moved.cases.values():
        assert case["Status"] == STATUSES[case["Source_Status__c"]]
        assert case["Priority"] == PRIORITIES[case["Source_Priority__c"]]
        seen.update((case["Source_Status__c"], case["Source_Priority__c"]))
    assert STATUSES.keys() | PRIORITIES.keys() <= seen.keys()


def test_households_and_their_cases_hang_under_placeholders_within_the_limit(moved: Moved) -> None:
    placeholders = {a["Id"]: key for key, a in moved.accounts.items() if "/placements/" in key}
    assert len(placeholders) > 3
    for customer in moved.customers(company=False):
        contact = moved.contacts[f"{TENANT}/customers/{customer['id']}"]
        assert contact["AccountId"] in placeholders
        for id, job in moved.source["jobs"].items():
            if job["customerId"] == customer["id"]:
                case = moved.cases[f"{TENANT}/jobs/{id}"]
                assert case["AccountId"] == contact["AccountId"]
                assert case["ContactId"] == contact["Id"]
    children = Counter(
        row["AccountId"] for name in ("Contact", "Case") for row in moved.org[name].values()
    )
    assert max(children[id] for id in placeholders) <= LIMIT


def test_a_placeholder_is_written_once_and_never_again(moved: Moved) -> None:
    placeholders = [row for key, row in moved.accounts.items() if "/placements/" in key]
    assert all(row["SystemModstamp"] == row["CreatedDate"] for row in placeholders)
    loaded = max(case["CreatedDate"] for case in moved.cases.values())
    assert min(row["CreatedDate"] for row in placeholders)[:13] < loaded[:13], "by the sample"
    assert moved.sent_again == [], "a second load has nothing to send"


def test_the_first_site_is_a_company_s_shipping_and_a_household_s_mailing_address(
    moved: Moved,
) -> None:
    for company, prefix in ((True, "Shipping"), (False, "Mailing")):
        records = moved.accounts if company else moved.contacts
        for customer in moved.customers(company):
            record = records[f"{TENANT}/customers/{customer['id']}"]
            address = moved.first_site(customer["id"])["address"]
            street = record[f"{prefix}Street"] or ""
            assert street.startswith((address["street"] or "").strip())
            for field, name in (("City", "city"), ("State", "state"), ("PostalCode", "zip")):
                assert record[f"{prefix}{field}"] == ((address[name] or "").strip() or None)


@pytest.mark.django_db
def test_without_accounts_households_hang_under_nothing(practice: Practice) -> None:
    before = vendors.by_key(vendors.org(practice)["Case"])
    engagement = moves.inventoried(practice)
    Engagement.objects.update(households="none", sample_size=100)
    _go_on(engagement)
    moves.perform(engagement, "load")
    assert not moves.perform(engagement, "reconcile").differences.exists()
    org = vendors.org(practice)
    assert not any("/placements/" in key for key in vendors.by_key(org["Account"]))
    contacts, cases = vendors.by_key(org["Contact"]), vendors.by_key(org["Case"])
    source = vendors.source(practice)
    households = {
        c["id"]
        for c in source["customers"].values()
        if c["type"] != "Commercial" and c["mergedToId"] is None
    }
    assert households
    assert {contacts[f"{TENANT}/customers/{id}"]["AccountId"] for id in households} == {None}
    for id, job in source["jobs"].items():
        if job["customerId"] in households:
            case = cases[f"{TENANT}/jobs/{id}"]
            assert case["ContactId"] == contacts[f"{TENANT}/customers/{job['customerId']}"]["Id"]
            was = before.get(f"{TENANT}/jobs/{id}", {"AccountId": None})
            assert case["AccountId"] == was["AccountId"]


def _reached(contact: Row) -> set[str]:
    """Every number and address of a contact."""
    texts = (contact.get(f"Further_{name}__c") or "" for name in ("Phones", "Emails"))
    return {line for text in texts for line in text.splitlines()}


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(text).replace(microsecond=0)
    return None if found.year == 1 else found


def _span(moved: Moved, job: int) -> tuple[datetime | None, datetime | None]:
    """From the first start to the last end of a job's appointments, active ones if any."""
    found = [a for a in moved.source["appointments"].values() if a["jobId"] == job]
    found = [a for a in found if a["active"]] or found
    starts, ends = ([_moment(a[name]) for a in found if a[name]] for name in ("start", "end"))
    return min(starts, default=None), max(ends, default=None)  # type: ignore[type-var]


def _listed(text: str | None) -> set[str]:
    return set(text.split("; ")) if text else set()
