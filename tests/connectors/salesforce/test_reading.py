"""Finding, fetching and sweeping records, users, what hangs under a record, and limits."""

from itertools import islice

import pytest

from connectors.errors import Misconfigured
from connectors.values import Row
from tests.connectors.salesforce.conftest import Desk, accounts, calls, key
from tests.practice import Practice


def test_records_of_our_keys_are_found_in_as_many_queries_as_it_takes(
    desk: Desk, vendor: Practice
) -> None:
    ids = desk.create("Account", accounts(900))
    strangers = [f"7001/customers/{'9' * 40}{n}" for n in range(900)]
    seen = calls(vendor)
    found = {r.key: r.id for r in desk.find("Account", [*ids, *strangers])}
    assert found == ids
    queries = [len(c["path"]) for c in vendor.history(seen) if "/query?" in c["path"]]
    assert len(queries) > 1
    assert max(queries) < 14_000


def test_a_record_is_ours_if_our_user_made_it(desk: Desk, vendor: Practice) -> None:
    theirs = vendor.edit("salesforce", op="ids", object="Account")
    ids = desk.create("Account", accounts(2))
    found = {r.key: r.ours for r in desk.find("Account", [*ids, *theirs])}
    assert found == dict.fromkeys(ids, True) | dict.fromkeys(theirs, False)


def test_every_record_that_carries_a_key_twice_is_found(desk: Desk, vendor: Practice) -> None:
    ids = desk.create("Account", accounts(1))
    twin = vendor.edit("salesforce", op="duplicate", object="Account", key=key(0))["id"]
    assert {r.id for r in desk.find("Account", [key(0)])} == {ids[key(0)], twin}


def test_keys_are_told_apart_by_case(desk: Desk) -> None:
    desk.create("Account", accounts(1))
    assert not list(desk.find("Account", [key(0).upper()]))
    assert not list(desk.destination.sweep("Account", "7001/CUST", []))


def test_quotes_and_wildcards_in_keys_are_only_text(desk: Desk) -> None:
    keys = ["7001/cust'omers/1", "7001/cust%/1", "7001/cust_/1"]
    ids = desk.create("Account", {k: {"Name": k} for k in keys})
    assert {r.key: r.id for r in desk.find("Account", keys)} == ids
    for k in keys:
        assert [r.key for r in desk.destination.sweep("Account", k[:-2], [])] == [k]


def test_deleted_records_are_not_fetched(desk: Desk) -> None:
    ids = desk.create("Account", accounts(3))
    desk.write("delete", "Account", [Row(key(1), ids[key(1)], {})])
    found = desk.destination.fetch("Account", list(ids.values()), ["Name"])
    assert {r.key for r in found} == {key(0), key(2)}


def test_a_field_that_is_hidden_from_us_is_named(desk: Desk, vendor: Practice) -> None:
    vendor.edit("salesforce", op="field", action="hide", object="Case", field="Job_Type__c")
    with pytest.raises(Misconfigured, match="Case has no field Job_Type__c"):
        list(desk.destination.fetch("Case", ["500Hs00000000mQIAQ"], ["Job_Type__c"]))
    with pytest.raises(Misconfigured, match="Case has no field Job_Type__c"):
        desk.write("create", "Case", [Row(key(1), None, {"Job_Type__c": "x"})])


def test_a_sweep_is_read_page_by_page(desk: Desk, vendor: Practice) -> None:
    desk.create("Account", accounts(450))
    vendor.limits("salesforce", page_size=200)
    seen = calls(vendor)
    swept = desk.destination.sweep("Account", "7001/", ["Name"])
    list(islice(swept, 200))
    assert len([c for c in vendor.history(seen) if "/query" in c["path"]]) == 1
    rest = [r.key for r in swept]
    assert len(rest) == 250
    assert len([c for c in vendor.history(seen) if "/query" in c["path"]]) == 3


def test_a_users_edit_moves_the_time_of_the_last_change(desk: Desk, vendor: Practice) -> None:
    ids = desk.create("Account", accounts(1))
    (before,) = desk.find("Account", [key(0)])
    vendor.clock(advance=60)
    vendor.edit("salesforce", op="update", object="Account", key=key(0), set={"Phone": "2"})
    (after,) = desk.destination.fetch("Account", [ids[key(0)]], ["Phone"])
    assert after.modified_at > before.modified_at
    assert after.created_at == before.created_at
    assert after.values == {"Phone": "2"}


def test_money_is_read_to_its_last_digit(desk: Desk, vendor: Practice) -> None:
    ids = desk.create("Case", {key(1, "jobs"): {"Job_Total__c": "5"}})
    body = (
        f'[{{"Id": "{ids[key(1, "jobs")]}", "Source_Id__c": null, "CreatedById": null,'
        ' "LastModifiedById": null,'
        ' "CreatedDate": "2026-01-02T21:33:43.000+0000",'
        ' "LastModifiedDate": "2026-01-02T21:33:43.000+0000",'
        ' "Job_Total__c": 1234567890123456.78}]'
    )
    vendor.fault("status", status=200, body=body, match={"path": "/sobjects/Case$"})
    assert desk.read("Case", ids[key(1, "jobs")], "Job_Total__c") == {
        "Job_Total__c": "1234567890123456.78"
    }


def test_users_are_told_whether_active_or_not(desk: Desk) -> None:
    users = {u.email: u for u in desk.destination.users()}
    assert users["dana.dispatcher@crm.example.com"].active
    assert not users["ian.inactive@crm.example.com"].active
    assert all(u.id.startswith("005") and u.name for u in users.values())


def test_what_hangs_under_a_record_is_found_with_who_made_it(desk: Desk, vendor: Practice) -> None:
    account = desk.create("Account", accounts(2))[key(0)]
    contact = desk.create("Contact", {key(1): {"LastName": "Ito", "AccountId": account}})
    case = desk.create("Case", {key(2, "jobs"): {"AccountId": account}})
    task = vendor.edit(
        "salesforce", op="create", object="Task", values={"WhatId": account, "Subject": "Call"}
    )
    found = {c.id: c for c in desk.destination.children("Account", [account])}
    assert {id: (c.object, c.ours) for id, c in found.items()} == {
        contact[key(1)]: ("Contact", True),
        case[key(2, "jobs")]: ("Case", True),
        task["id"]: ("Task", False),
    }
    assert {c.parent_id for c in found.values()} == {account}
    assert found[task["id"]].label == "Call"


def test_the_case_of_a_contact_stands_in_the_way_of_its_delete(desk: Desk) -> None:
    contact = desk.create("Contact", {key(1): {"LastName": "Ito"}})[key(1)]
    case = desk.create("Case", {key(2, "jobs"): {"ContactId": contact}})[key(2, "jobs")]
    assert [c.id for c in desk.destination.children("Contact", [contact])] == [case]
    (outcome,) = desk.write("delete", "Contact", [Row(key(1), contact, {})]).values()
    assert outcome.status == "failed"
    assert outcome.error.startswith("DELETE_FAILED")


def test_deleted_children_are_no_children(desk: Desk, vendor: Practice) -> None:
    account = desk.create("Account", accounts(1))[key(0)]
    values = {"WhatId": account, "Subject": "Call"}
    task = vendor.edit("salesforce", op="create", object="Task", values=values)["id"]
    vendor.edit("salesforce", op="delete", object="Task", id=task)
    ids = desk.create("Contact", {key(1): {"LastName": "Ito", "AccountId": account}})
    desk.write("delete", "Contact", [Row(k, id, {}) for k, id in ids.items()])
    assert not list(desk.destination.children("Account", [account]))


def test_the_allowance_is_read_live(desk: Desk, vendor: Practice) -> None:
    vendor.limits("salesforce", daily_api=5000, api_used=1000)
    left = {a.name: (a.limit, a.left) for a in desk.destination.allowance()}
    limit, remaining = left["DailyApiRequests"]
    assert limit == 5000
    assert 3900 < remaining < 4000
    assert {"DailyBulkApiBatches", "DataStorageMB", "FileStorageMB"} < set(left)


def test_without_the_right_to_see_limits_the_usage_header_serves(
    desk: Desk, vendor: Practice
) -> None:
    vendor.edit("salesforce", op="user", set={"view_setup": False})
    desk.destination.users()
    (only,) = desk.destination.allowance()
    assert (only.name, only.limit) == ("DailyApiRequests", 100_000)
    assert only.left < only.limit


def test_a_forecast_counts_calls_batches_and_storage(desk: Desk) -> None:
    counts = {"Account": 1000, "Case": 25_000}
    needs = {f.name: f.needed for f in desk.destination.forecast(counts)}
    assert needs["DailyBulkApiBatches"] == 3
    assert needs["DataStorageMB"] == 51
    assert 5 + 104 + 52 < needs["DailyApiRequests"] < 300
