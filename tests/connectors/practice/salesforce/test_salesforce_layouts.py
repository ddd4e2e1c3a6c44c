"""Page layouts in a deployment to the practice org: taken, refused, and gone with their fields."""

from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.deploying import deploy, manifest, problems, xml

NAME = "Case-Ours"
STATUS = ("Status", "Required")


def item(field: str, behavior: str = "Edit") -> dict[str, str]:
    return {"behavior": behavior, "field": field}


def layout(*items: tuple[str, str], **more: Any) -> dict[str, Any]:
    columns = [{"layoutItems": [item(*each) for each in items]}, {}]
    section = {"customLabel": True, "label": "Ours", "layoutColumns": columns,
               "style": "TwoColumnsTopToBottom"}  # fmt: skip
    return {"layoutSections": section | more.pop("section", {})} | more


def sent(org: Org, body: dict[str, Any], name: str = NAME, **options: Any) -> dict[str, Any]:
    org.steer.limits("salesforce", deploy_delay=0)
    files = {
        "package.xml": manifest(Layout=[name]),
        f"layouts/{name}.layout": xml("Layout", body),
    }
    return deploy(org, files, **options)


def layouts(org: Org) -> Any:
    return org.steer.edit("salesforce", op="layouts")


def test_a_layout_is_kept_beside_the_others_and_a_check_leaves_none(org: Org) -> None:
    before = layouts(org)
    related = {"fields": ["NAME", "Number__c"], "relatedList": "Appointment__c.Case__c"}
    body = layout(STATUS, ("Subject", "Edit"), relatedLists=related)
    assert sent(org, body, checkOnly=True)["success"]
    assert layouts(org) == before
    assert sent(org, body)["success"]
    made = {"object": "Case", "fields": {"Status": "Required", "Subject": "Edit"},
            "related": ["Appointment__c.Case__c"]}  # fmt: skip
    assert layouts(org) == before | {NAME: made}


def test_a_removed_field_leaves_the_layouts_and_a_layout_can_be_removed(org: Org) -> None:
    body = layout(STATUS, ("Job_Type__c", "Edit"))
    assert sent(org, body)["success"]
    gone = xml("Package", {"types": {"members": ["Case.Job_Type__c"], "name": "CustomField"}})
    files = {"package.xml": manifest(), "destructiveChanges.xml": gone}
    assert deploy(org, files)["success"]
    assert layouts(org)[NAME]["fields"] == {"Status": "Required"}
    away = xml("Package", {"types": {"members": [NAME], "name": "Layout"}})
    assert deploy(org, {"package.xml": manifest(), "destructiveChanges.xml": away})["success"]
    assert NAME not in layouts(org)


RELATED = {"fields": ["NAME"], "relatedList": "Appointment__c.Case__c"}


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (layout(STATUS), "Nothing__c-Ours", "no CustomObject named Nothing__c found"),
        (layout(STATUS), "Case", "no CustomObject named Case found"),
        (layout(("Subject", "Edit")), NAME, "Layout must contain an item for required layout"),
        (layout(("SKU__c", "Edit")), "Line_Item__c-Ours", "required layout field: Name"),
        (layout(("Name", "Required")), "Line_Item__c-Ours", "required layout field: Case__c"),
        (
            layout(("Name", "Required"), ("Case__c", "Edit")),
            "Line_Item__c-Ours",
            "Field:Case__c must be Required",
        ),
        (layout(STATUS, ("Lost__c", "Edit")), NAME, "no CustomField named Case.Lost__c found"),
        (layout(STATUS, STATUS), NAME, "Duplicate layout item for field: Status"),
        (layout(STATUS, ("CaseNumber", "Edit")), NAME, "Field:CaseNumber must be Readonly"),
        (layout(("Status", "Hidden")), NAME, "is not a valid value for the enum 'UiBehavior'"),
        (layout(STATUS, section={"style": "Rows"}), NAME, "the enum 'LayoutSectionStyle'"),
        (layout(STATUS, section={"style": "OneColumn"}), NAME, "OneColumn has 1 columns"),
        (layout(STATUS, section={"label": ""}), NAME, "Must specify a label"),
        (layout(STATUS, colour="red"), NAME, "invalid at this location in type Layout"),
        (
            layout(STATUS, relatedLists=RELATED | {"relatedList": "Appointment__c.Status__c"}),
            NAME,
            "Cannot find related list:Appointment__c.Status__c",
        ),
        (
            layout(STATUS, relatedLists=RELATED | {"fields": ["Lost__c"]}),
            NAME,
            "Invalid field:Lost__c in related list:Appointment__c.Case__c",
        ),
        (layout(STATUS, relatedLists=[RELATED, RELATED]), NAME, "Duplicate related list"),
    ],
)
def test_a_wrong_layout_is_refused(
    org: Org, body: dict[str, Any], name: str, sentence: str
) -> None:
    before = layouts(org)
    result = sent(org, body, name)
    assert not result["success"]
    assert any(sentence in said for said in problems(result).values()), problems(result)
    assert layouts(org) == before
