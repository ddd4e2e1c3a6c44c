"""What runs by itself is told by queries, each kind at its place."""

import pytest

from tests.connectors.practice.salesforce.conftest import Org

TRIGGERS = "SELECT Name, TableEnumOrId FROM ApexTrigger WHERE Status = 'Active'"
FLOWS = (
    "SELECT ApiName, TriggerObjectOrEvent.QualifiedApiName FROM FlowDefinitionView "
    "WHERE IsActive = true AND TriggerType != null"
)


def test_active_automation_is_told_at_its_own_place(org: Org) -> None:
    assert org.records(TRIGGERS, "tooling/query") == [
        {"Name": "AccountRollup", "TableEnumOrId": "Account"}
    ]
    flows = {
        row["ApiName"]: row["TriggerObjectOrEvent"]["QualifiedApiName"]
        for row in org.records(FLOWS)
    }
    assert flows == {"Case_Welcome": "Case", "Contact_Names": "Contact", "Lead_Score": "Lead"}


@pytest.mark.parametrize(
    ("text", "resource", "code"),
    [
        ("SELECT Id FROM Account", "tooling/query", "INVALID_TYPE"),
        ("SELECT Id FROM ValidationRule", "query", "INVALID_TYPE"),
        ("SELECT Active FROM WorkflowRule", "tooling/query", "INVALID_FIELD"),
        ("SELECT Id FROM ApexTrigger WHERE Body = 'x'", "tooling/query", "INVALID_FIELD"),
        ("SELECT Label FROM AssignmentRule", "query", "INVALID_FIELD"),
        ("SELECT FROM ApexTrigger", "tooling/query", "MALFORMED_QUERY"),
    ],
)
def test_each_kind_is_refused_at_another_place(
    org: Org, text: str, resource: str, code: str
) -> None:
    answer = org.call("GET", f"/{resource}", params={"q": text})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_the_tooling_api_is_closed_without_the_right_to_see_setup(org: Org) -> None:
    org.steer.edit("salesforce", op="user", set={"view_setup": False})
    assert org.call("GET", "/tooling/query", params={"q": TRIGGERS}).status_code == 403
