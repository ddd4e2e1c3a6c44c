"""The practice org's case comments and tasks: what they need, hold and become."""

from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.deploying import deploy, manifest, problems, text, xml
from tests.connectors.practice.salesforce.test_salesforce_records import QUIET, code

DONE = {"Subject": "Call", "Status": "Completed", "ActivityDate": "2020-02-03"}


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


def test_an_old_task_that_is_done_is_archived_and_leaves_plain_queries(org: Org) -> None:
    id = org.create("Task", **DONE)
    soql = f"SELECT IsArchived, IsClosed FROM Task WHERE Id = '{id}'"
    assert org.records(soql) == []
    assert org.records(soql, "queryAll") == [{"IsArchived": True, "IsClosed": True}]
    read = {"ids": [id], "fields": ["Subject"]}
    assert org.call("POST", "/composite/sobjects/Task", json=read).json() == [None]
    open_ = org.create("Task", **DONE | {"Status": "Not Started"})
    assert org.one(f"SELECT IsArchived FROM Task WHERE Id = '{open_}'") == {"IsArchived": False}


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


def test_fields_of_tasks_are_deployed_on_activities_and_are_no_keys(org: Org) -> None:
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

    assert problems(tried("Task"))["Task.Mood__c"] == "Parent entity failed to deploy"
    refused = problems(tried("Activity", unique=True))["Activity.Mood__c"]
    assert refused.startswith("A field of activities cannot be a key")
    assert tried("Activity")["status"] == "Succeeded"
