"""The practice org's case comments and tasks: what they need, hold and become."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.deploying import deploy, manifest, problems, text, xml
from tests.connectors.practice.salesforce.test_salesforce_records import QUIET, code

DONE = {"Subject": "Call", "Status": "Completed", "ActivityDate": "2020-02-03"}
VISIT = {"Subject": "Visit", "StartDateTime": "2020-02-03T08:00:00Z", "DurationInMinutes": 120}


@pytest.fixture
def case(org: Org) -> str:
    return org.create("Case", headers=QUIET, Subject="Leak")


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"CommentBody": "no parent"}, "REQUIRED_FIELD_MISSING"),
        ({"ParentId": "500000000000001AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"CommentBody": "x" * 4001}, "STRING_TOO_LONG"),
        ({"CommentBody": "é" * 2001}, "STRING_TOO_LONG"),
        ({"Source_Id__c": "1/2/3"}, "INVALID_FIELD"),
    ],
)
def test_a_comment_that_is_wrong_is_refused(
    org: Org, case: str, values: dict[str, Any], refused: str
) -> None:
    given = values if refused == "REQUIRED_FIELD_MISSING" else {"ParentId": case} | values
    assert code(org.call("POST", "/sobjects/CaseComment", json=given)) == refused


def test_a_comment_keeps_bytes_author_and_time_and_never_changes_its_case(
    org: Org, case: str
) -> None:
    author = org.one("SELECT Id FROM User WHERE LastName = 'Dispatcher'")["Id"]
    said = {"CreatedDate": "2019-03-04T05:06:07.000+0000", "CreatedById": author}
    id = org.create("CaseComment", ParentId=case, CommentBody="é" * 2000, **said)
    found = f"SELECT CreatedDate, CreatedById FROM CaseComment WHERE Id = '{id}'"
    assert org.one(found) == said
    moved = org.call("PATCH", f"/sobjects/CaseComment/{id}", json={"ParentId": case})
    assert code(moved) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert "INVALID_FIELD" in str(org.query("SELECT Id FROM CaseComment WHERE CommentBody = 'x'"))


def test_a_comment_is_changed_and_deleted_only_with_modify_all(org: Org, case: str) -> None:
    id = org.create("CaseComment", ParentId=case, CommentBody="mine")
    org.steer.edit("salesforce", op="user", set={"modify_all": False})
    path, refused = f"/sobjects/CaseComment/{id}", "INSUFFICIENT_ACCESS_OR_READONLY"
    assert code(org.call("PATCH", path, json={"CommentBody": "changed"})) == refused
    assert code(org.call("DELETE", path)) == refused


def test_comments_and_tasks_go_with_their_case(org: Org, case: str) -> None:
    org.create("CaseComment", ParentId=case, CommentBody="x")
    org.create("Task", WhatId=case, **DONE)
    assert org.call("DELETE", f"/sobjects/Case/{case}").status_code == 204
    state = org.steer.state()["salesforce"]
    assert (state["CaseComment"]["count"], state["Task"]["count"]) == (0, 0)


def test_old_activities_are_archived_in_the_night_after_and_leave_plain_queries(org: Org) -> None:
    now = datetime.fromisoformat(org.steer.clock())
    closed, recent = {**DONE}, {**DONE, "ActivityDate": f"{now - timedelta(days=300):%Y-%m-%d}"}
    ids = [
        org.create("Task", **closed),
        org.create("Event", **VISIT),
        org.create("Task", **closed | {"Status": "Not Started"}),
        org.create("Task", **recent),
        org.create("Event", **VISIT | {"StartDateTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"}),
    ]
    assert [shown(org, id) for id in ids] == [True] * 5
    org.steer.clock(advance=86400)
    org.http.headers["Authorization"] = f"Bearer {org.token()['access_token']}"
    assert [shown(org, id) for id in ids] == [False, False, True, True, True]
    soql = f"SELECT IsArchived, IsClosed FROM Task WHERE Id = '{ids[0]}'"
    assert org.records(soql, "queryAll") == [{"IsArchived": True, "IsClosed": True}]
    read = {"ids": ids[:1], "fields": ["Subject"]}
    assert org.call("POST", "/composite/sobjects/Task", json=read).json() == [None]
    for object, id in zip(("Task", "Event"), ids[:2], strict=True):
        path = f"/sobjects/{object}/{id}"
        assert org.call("PATCH", path, json={"Subject": "Seen"}).status_code == 204
        assert code(org.call("PATCH", path, json={"IsArchived": False})) == (
            "INVALID_FIELD_FOR_INSERT_UPDATE"
        )
        assert org.call("DELETE", path).status_code == 204


def shown(org: Org, id: str) -> bool:
    """Whether a plain query finds it."""
    object = "Task" if id.startswith("00T") else "Event"
    return bool(org.records(f"SELECT Id FROM {object} WHERE Id = '{id}'"))


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"StartDateTime": None}, "REQUIRED_FIELD_MISSING"),
        ({"DurationInMinutes": None}, "REQUIRED_FIELD_MISSING"),
        ({"DurationInMinutes": 14 * 1440 + 1}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"EndDateTime": "2020-02-03T12:00:00Z"}, "FIELD_INTEGRITY_EXCEPTION"),
        (
            {"DurationInMinutes": None, "EndDateTime": "2020-02-03T07:00:00Z"},
            "FIELD_INTEGRITY_EXCEPTION",
        ),
        ({"ShowAs": "Napping"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"OwnerId": "00G000000000001AAA"}, "MALFORMED_ID"),
        ({"WhoId": "001000000000001AAA"}, "MALFORMED_ID"),
    ],
)
def test_an_event_that_is_wrong_is_refused(org: Org, values: dict[str, Any], refused: str) -> None:
    assert code(org.call("POST", "/sobjects/Event", json=VISIT | values)) == refused


def test_start_end_and_duration_of_an_event_make_each_other(org: Org, case: str) -> None:
    id = org.create("Event", WhatId=case, **VISIT)
    found = f"SELECT EndDateTime, ActivityDate FROM Event WHERE Id = '{id}'"
    assert org.one(found) == {
        "EndDateTime": "2020-02-03T10:00:00.000+0000",
        "ActivityDate": "2020-02-03",
    }
    later = {"StartDateTime": "2020-02-04T08:00:00Z"}
    assert org.call("PATCH", f"/sobjects/Event/{id}", json=later).status_code == 204
    assert org.one(found)["EndDateTime"] == "2020-02-04T10:00:00.000+0000"


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"CallType": "Sideways"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"TaskSubtype": "Visit"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"CallDurationInSeconds": 1.5}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ({"WhoId": "001000000000001AAA"}, "MALFORMED_ID"),
        ({"CompletedDateTime": "2020-02-03T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
def test_a_task_that_is_wrong_is_refused(org: Org, values: dict[str, Any], refused: str) -> None:
    assert code(org.call("POST", "/sobjects/Task", json=DONE | values)) == refused


def test_the_kind_of_a_task_is_fixed(org: Org) -> None:
    id = org.create("Task", Subject="Call", TaskSubtype="Call")
    changed = org.call("PATCH", f"/sobjects/Task/{id}", json={"TaskSubtype": "Task"})
    assert code(changed) == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_fields_of_tasks_and_events_are_deployed_on_activities_and_are_no_keys(org: Org) -> None:
    def tried(object: str, **more: Any) -> dict[str, Any]:
        return deploy(
            org,
            {
                "package.xml": manifest(CustomField=[f"{object}.Mood__c"]),
                f"objects/{object}.object": xml(
                    "CustomObject", {"fields": text("Mood__c", **more)}
                ),
            },
        )

    for name in ("Task", "Event"):
        assert problems(tried(name))[f"{name}.Mood__c"] == "Parent entity failed to deploy"
    refused = problems(tried("Activity", unique=True))["Activity.Mood__c"]
    assert refused.startswith("A field of activities cannot be a key")
    assert tried("Activity")["status"] == "Succeeded"
