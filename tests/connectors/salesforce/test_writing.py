"""Creating, updating and deleting records, by collections and by bulk jobs."""

import pytest

from connectors.salesforce.values import NULL
from connectors.values import Row, Verb
from tests.connectors.salesforce.conftest import Desk, Open, accounts, calls, key
from tests.practice import Practice

BOTH = pytest.mark.parametrize("count", [3, 201], ids=["collections", "bulk"])
FEW, MANY = 3, 201
NOTE = 'line one\nline "two",\n\n  漢字 🔧 שלום'


@BOTH
def test_records_are_created_updated_and_deleted(desk: Desk, vendor: Practice, count: int) -> None:
    ids = desk.create("Account", accounts(count, Phone="1", Description=NOTE))
    assert len(desk.opened) == (count > 200)
    assert vendor.edit("salesforce", op="ids", object="Account", prefix="7001/") == ids
    rows = [Row(k, id, {"Phone": None, "Fax": "2"}) for k, id in ids.items()]
    assert {o.status for o in desk.write("update", "Account", rows).values()} == {"done"}
    found = list(desk.destination.fetch("Account", list(ids.values()), ["Phone", "Fax", "Name"]))
    assert {r.key: r.values for r in found} == {
        k: {"Phone": None, "Fax": "2", "Name": v["Name"]} for k, v in accounts(count).items()
    }
    gone = desk.write("delete", "Account", [Row(k, id, {}) for k, id in ids.items()])
    assert {k: o.id for k, o in gone.items()} == ids
    assert not list(desk.find("Account", list(ids)))


@BOTH
def test_every_kind_of_value_comes_back_as_it_was_sent(desk: Desk, count: int) -> None:
    values = {
        "Subject": "Fix",
        "Description": NOTE,
        "Job_Total__c": "1287.4",
        "Source_Created_Date__c": "2026-02-11T15:02:18Z",
        "Source_Job_Number__c": "00012",
        "Status": "Working",
        "Customer_PO__c": None,
    }
    ids = desk.create("Case", {key(n, "jobs"): values for n in range(count)})
    assert desk.read("Case", ids[key(1, "jobs")], *values) == values


@BOTH
def test_outcomes_belong_to_their_key_whatever_their_order(
    desk: Desk, vendor: Practice, count: int
) -> None:
    bad = {key(n): {"Name": None} for n in range(count, count + 2)}
    rows = [Row(k, None, v) for k, v in (bad | accounts(count)).items()]
    outcomes = desk.write("create", "Account", rows)
    assert {k for k, o in outcomes.items() if o.status == "failed"} == set(bad)
    assert all(outcomes[k].error.startswith("REQUIRED_FIELD_MISSING") for k in bad)
    assert vendor.edit("salesforce", op="ids", object="Account", prefix="7001/") == {
        k: o.id for k, o in outcomes.items() if o.status == "done"
    }


@BOTH
def test_a_key_that_is_there_already_is_reported_with_its_record(desk: Desk, count: int) -> None:
    before = desk.create("Account", {key(0): {"Name": "First"}})
    rows = [Row(k, None, v) for k, v in accounts(count).items()]
    outcomes = desk.write("create", "Account", rows)
    assert (outcomes[key(0)].status, outcomes[key(0)].id) == ("exists", before[key(0)])
    assert {o.status for k, o in outcomes.items() if k != key(0)} == {"done"}


@BOTH
@pytest.mark.parametrize("verb", ["delete", "update"])
def test_records_that_somebody_deleted_are_gone(desk: Desk, count: int, verb: Verb) -> None:
    ids = desk.create("Account", accounts(count))
    rows = [Row(k, id, {}) for k, id in ids.items()]
    desk.write("delete", "Account", rows)
    if verb == "update":
        rows = [Row(k, id, {"Phone": "1"}) for k, id in ids.items()]
    outcomes = desk.write(verb, "Account", rows)
    assert {k: (o.status, o.id) for k, o in outcomes.items()} == {
        k: ("gone", id) for k, id in ids.items()
    }


@BOTH
def test_the_owner_we_choose_stays_the_owner(desk: Desk, count: int) -> None:
    owner = next(u for u in desk.destination.users() if u.email.startswith("dana"))
    case = {"Subject": "Fix", "OwnerId": owner.id}
    ids = desk.create("Case", {key(n, "jobs"): case for n in range(count)})
    assert desk.read("Case", ids[key(1, "jobs")], "OwnerId") == {"OwnerId": owner.id}


@BOTH
def test_a_value_that_cannot_be_sent_fails_its_record_only(desk: Desk, count: int) -> None:
    values = accounts(count)
    values[key(0)]["Phone"] = "x" * 41
    values[key(1)]["Description"] = "a\0b"
    outcomes = desk.write("create", "Account", [Row(k, None, v) for k, v in values.items()])
    assert {k for k, o in outcomes.items() if o.status == "failed"} == {key(0), key(1)}
    assert "Phone" in outcomes[key(0)].error
    assert "Description" in outcomes[key(1)].error
    assert sum(o.status == "done" for o in outcomes.values()) == count - 2


def test_a_chunk_of_which_nothing_can_be_sent_opens_no_job(desk: Desk, vendor: Practice) -> None:
    seen = calls(vendor)
    rows = [Row(k, None, v) for k, v in accounts(MANY, Description="\0").items()]
    assert {o.status for o in desk.write("create", "Account", rows).values()} == {"failed"}
    assert not [c for c in vendor.history(seen) if "/jobs/" in c["path"] or c["write"]]


def test_text_that_a_bulk_job_reads_as_clearing_lands_when_sent_again(desk: Desk) -> None:
    values = accounts(MANY)
    values[key(7)]["Description"] = NULL
    outcomes = desk.write("create", "Account", [Row(k, None, v) for k, v in values.items()])
    assert (outcomes[key(7)].status, outcomes[key(7)].retry) == ("failed", True)
    ids = desk.create("Account", {key(7): values[key(7)]})
    assert desk.read("Account", ids[key(7)], "Description") == {"Description": NULL}


@BOTH
def test_a_duplicate_rule_that_warns_lets_a_record_past_outside_bulk_jobs(
    desk: Desk, count: int
) -> None:
    people = {key(n): {"LastName": f"P{n}", "Email": f"p{n}@example.com"} for n in range(count)}
    desk.create("Contact", people)
    twins = [Row(f"{k}0000", None, v) for k, v in people.items()]
    outcomes = desk.write("create", "Contact", twins)
    if count == FEW:
        assert {o.status for o in outcomes.values()} == {"done"}
    else:
        assert {(o.status, o.retry) for o in outcomes.values()} == {("failed", True)}


def test_a_duplicate_rule_that_blocks_is_explained(desk: Desk, vendor: Practice) -> None:
    vendor.limits("salesforce", duplicate_block=True)
    desk.create("Account", {key(1): {"Name": "Same"}})
    (outcome,) = desk.write("create", "Account", [Row(key(2), None, {"Name": "Same"})]).values()
    assert (outcome.status, outcome.retry) == ("failed", False)
    assert "Duplicate Rules" in outcome.error


@BOTH
def test_a_locked_row_may_be_sent_again(desk: Desk, vendor: Practice, count: int) -> None:
    parent = desk.create("Account", accounts(1))
    vendor.limits("salesforce", lock_rows=2)
    people = {key(n): {"LastName": "Ito", "AccountId": parent[key(0)]} for n in range(count)}
    rows = [Row(k, None, v) for k, v in people.items()]
    outcomes = desk.write("create", "Contact", rows)
    again = [row for row in rows if outcomes[row.key].retry]
    assert len(again) == 2
    assert {o.status for o in desk.write("create", "Contact", again).values()} == {"done"}


def test_rows_of_one_parent_travel_side_by_side(desk: Desk, vendor: Practice) -> None:
    parents = list(desk.create("Account", accounts(3)).values())
    values = {key(n): {"LastName": f"P{n}", "AccountId": parents[n % 3]} for n in range(9)}
    desk.create("Contact", values)
    dumped = vendor.edit("salesforce", op="dump", object="Contact")["records"]
    ours = sorted((r for r in dumped if r["Source_Id__c"] in values), key=lambda r: r["Id"])
    assert [r["AccountId"] for r in ours] == sorted(r["AccountId"] for r in ours)


def test_chunks_are_calls_for_a_few_and_jobs_for_many(desk: Desk) -> None:
    size = desk.destination.chunk_size
    assert size("Case", "create", 1) == size("Case", "create", 1999) == 200
    assert size("Case", "create", 2000) == 2000
    assert size("Case", "create", 100_000) == 10_000


def test_the_account_may_say_what_is_many(open_destination: Open) -> None:
    desk = Desk(open_destination(bulk_from="60"))
    size = desk.destination.chunk_size
    assert (size("Case", "create", 59), size("Case", "create", 61)) == (200, 61)
    ids = desk.create("Account", accounts(60))
    assert len(desk.opened) == 1
    desk.write("delete", "Account", [Row(k, id, {}) for k, id in list(ids.items())[:59]])
    assert len(desk.opened) == 1
