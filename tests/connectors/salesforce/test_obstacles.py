"""What a load should wait for, as the org and the product's own list tell it."""

from typing import Any

import pytest

from connectors.values import Obstacle
from tests.connectors.salesforce.conftest import Desk, calls
from tests.practice import Practice


def found(desk: Desk, code: str) -> list[Obstacle]:
    return [each for each in desk.destination.obstacles() if each.code == code]


def test_active_duplicate_rules_of_our_objects_are_named(desk: Desk) -> None:
    rules = found(desk, "duplicate_rule")
    assert rules
    assert {each.severity for each in rules} == {"to know"}
    told = " ".join(each.message for each in rules)
    assert " on Account " in told
    assert " on Contact " in told


def test_an_org_without_active_rules_has_none(desk: Desk, vendor: Practice) -> None:
    body: dict[str, Any] = {"totalSize": 0, "done": True, "records": []}
    vendor.fault("status", status=200, body=body, match={"path": "/query"})
    assert not found(desk, "duplicate_rule")


def test_rules_that_we_may_not_see_are_left_to_a_person(desk: Desk, vendor: Practice) -> None:
    body = [{"errorCode": "INVALID_TYPE", "message": "sObject type is not supported"}]
    vendor.fault("status", status=400, body=body, match={"path": "/query"})
    (hidden,) = found(desk, "duplicate_rules")
    assert "Setup, Duplicate Rules" in hidden.message


def test_a_missing_right_to_set_audit_dates_is_told_with_its_objects(
    desk: Desk, vendor: Practice
) -> None:
    assert not found(desk, "audit_dates")
    vendor.edit("salesforce", op="user", set={"modify_all": False})
    (audit,) = found(desk, "audit_dates")
    assert "Case" in audit.message
    assert "Modify All Data" in audit.message


@pytest.mark.parametrize(
    ("limits", "name", "severity"),
    [
        ({"data_storage_mb": 0}, "DataStorageMB", "blocks"),
        ({"file_storage_mb": 0}, "FileStorageMB", "to know"),
        ({"bulk_batches": 0}, "DailyBulkApiBatches", "to know"),
    ],
)
def test_an_allowance_that_is_used_up_is_told(
    desk: Desk, vendor: Practice, limits: dict[str, int], name: str, severity: str
) -> None:
    assert not found(desk, "nothing_left")
    vendor.limits("salesforce", **limits)
    (left,) = found(desk, "nothing_left")
    assert left.severity == severity
    assert name in left.message


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("email_deliverability", "to confirm"),
        ("assignment", "to confirm"),
        ("picklists", "to know"),
    ],
)
def test_what_no_api_tells_is_always_on_the_list(desk: Desk, code: str, severity: str) -> None:
    (each,) = found(desk, code)
    assert each.severity == severity


def test_what_runs_by_itself_on_our_objects_is_to_be_confirmed_one_by_one(desk: Desk) -> None:
    told = {
        each.code: each.message
        for each in desk.destination.obstacles()
        if each.severity == "to confirm"
    }
    assert "“Case: welcome e-mail” (Case_Welcome, RecordAfterSave)" in " ".join(
        each.message for each in found(desk, "flow")
    )
    assert len(found(desk, "flow")) == 2
    for code, said in (
        ("apex_trigger", "“AccountRollup” runs for every Account"),
        ("validation_rule", "“Phone_digits” on Contact"),
        ("workflow_rule", "“Tell the owner” on Case is of a retired kind"),
        ("assignment_rule", "“Standard case assignment” on Case"),
    ):
        assert said in told[code]
    everything = " ".join(told.values())
    for off in ("Lead_Score", "Old_Case_Alert", "Call_Script", "CaseLegacy", "Old_rule"):
        assert off not in everything


def test_an_org_where_nothing_runs_has_no_such_points(desk: Desk, vendor: Practice) -> None:
    vendor.limits("salesforce", automation=False)
    codes = {each.code for each in desk.destination.obstacles()}
    assert not codes & {"flow", "apex_trigger", "validation_rule", "workflow_rule"}


def test_automation_that_we_may_not_see_is_left_to_a_person(desk: Desk, vendor: Practice) -> None:
    vendor.edit("salesforce", op="user", set={"view_setup": False})
    (triggers,) = found(desk, "apex_triggers")
    assert triggers.severity == "to confirm"
    assert "Setup, Apex Triggers" in triggers.message
    assert not found(desk, "apex_trigger")


def test_what_blocks_comes_first_and_nothing_is_written(desk: Desk, vendor: Practice) -> None:
    vendor.limits("salesforce", data_storage_mb=0)
    seen = calls(vendor)
    severities = [each.severity for each in desk.destination.obstacles()]
    assert severities == sorted(severities)
    assert severities[0] == "blocks"
    assert not [c for c in vendor.history(seen) if c["write"]]
