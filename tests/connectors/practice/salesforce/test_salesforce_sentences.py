"""What a metadata deployment to the practice org refuses, each with its sentence."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import practice
from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.deploying import (
    DETAIL,
    FULL,
    KEY,
    deploy,
    grants,
    manifest,
    parent,
    problems,
    send,
    text,
    xml,
)
from tests.connectors.practice.salesforce.test_salesforce_metadata import permissions, visit


@pytest.fixture(scope="module")
def org(running: practice.Practice) -> Iterator[Org]:
    """One org for all: what is refused leaves no trace."""
    running.reset()
    running.limits("salesforce", deploy_delay=0)
    opened = Org(running)
    yield opened
    opened.http.close()


@pytest.fixture(scope="module", autouse=True)
def untouched(org: Org) -> Iterator[None]:
    before = org.steer.state()["salesforce"], org.call("GET", "/sobjects").json()
    yield
    assert (org.steer.state()["salesforce"], org.call("GET", "/sobjects").json()) == before


def number(**more: Any) -> dict[str, Any]:
    return {"fullName": "N__c", "label": "N", "type": "Number", "precision": 18, "scale": 2} | more


def without(node: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != name}


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        (text("Note"), "Invalid fullName, must end in a custom suffix (e.g. __c)"),
        (text("No te__c"), "The Field Name can only contain underscores and alphanumeric"),
        (text("1Note__c"), "The Field Name can only contain underscores and alphanumeric"),
        (text("A__b__c"), "The Field Name can only contain underscores and alphanumeric"),
        (text("Note___c"), "The Field Name can only contain underscores and alphanumeric"),
        (text("N" * 41 + "__c"), "Value too long for field: DeveloperName maximum length is:40"),
        (text("Note__c", label="n" * 41), "Value too long for field: MasterLabel maximum"),
        (text("Note__c", label=""), "Must specify a non-empty label for the CustomField"),
        (
            without(text("Note__c"), "length"),
            "Must specify 'length' for a CustomField of type Text",
        ),
        (text("Note__c", length=0), "Text length must be from 1 to 255"),
        (text("Note__c", length=256), "Text length must be from 1 to 255"),
        (text("Note__c", length="many"), "'many' is not a valid value for the type xsd:int"),
        (text("Note__c", required="yes"), "'yes' is not a valid value for the type xsd:boolean"),
        (text("Note__c", type="Words"), "'Words' is not a valid value for the enum 'FieldType'"),
        (text("Note__c", type="Html"), "fields of the type Html are not built"),
        (text("Note__c", type="LongTextArea"), "Must specify 'visibleLines' for a CustomField of"),
        (text("Note__c", type="LongTextArea", visibleLines=3), "LongTextArea length must be from"),
        (
            text("Note__c", type="LongTextArea", visibleLines=1, length=32768),
            "Visible lines must be from 2 to 50",
        ),
        (text("Note__c", type="Date"), "Can not specify 'length' for a CustomField of type Date"),
        (
            without(text("Note__c", type="DateTime", externalId=True), "length"),
            "Can not specify 'externalId' for a CustomField of type DateTime",
        ),
        (text("Note__c", caseSensitive=True), "Can not specify 'caseSensitive' for a CustomField"),
        (text("Note__c", defaultValue="x"), "a default is a formula: not built"),
        (text("Note__c", colour="red"), "Error parsing file: Element {http://soap.sforce.com/2006"),
        (text("Note__c", description="d" * 1001), "Value too long for field: Description"),
        (number(precision=19), "Precision must be from 1 to 18 and scale from 0 to the"),
        (number(precision=3, scale=4), "Precision must be from 1 to 18 and scale from 0 to the"),
        (without(number(), "scale"), "Must specify 'scale' for a CustomField of type Number"),
        (
            {"fullName": "On__c", "label": "On", "type": "Checkbox"},
            "Must specify 'defaultValue' for a CustomField of type Checkbox",
        ),
        (
            {
                "fullName": "P__c",
                "label": "P",
                "type": "Picklist",
                "valueSet": {"restricted": True},
            },
            "A value set has from 1 to 1000 values of at most 255 characters",
        ),
        (
            parent("Order__c", "Order", "Visits"),
            "referenceTo value of 'Order' does not resolve to a valid sObject type",
        ),
        (
            parent("Case__c", "Case", "Line_Items"),
            "There is already a Child Relationship named Line_Items on Case.",
        ),
        (parent("Case__c", "Case", "Li__ne"), "The Relationship Name can only contain underscores"),
        (
            parent("Case__c", "Case", "Visits", deleteConstraint="Cascade"),
            "Cascade delete on lookups is not enabled for this organization",
        ),
        (
            parent("Case__c", "Case", "Visits", deleteConstraint="SetNull", required=True),
            "field integrity exception: unknown (must specify either cascade delete or restrict",
        ),
        (
            parent("Case__c", "Case", "Visits", deleteConstraint="Forget"),
            "'Forget' is not a valid value for the enum 'DeleteConstraint'",
        ),
    ],
)
def test_a_field_is_refused_with_its_sentence(
    org: Org, node: dict[str, Any], sentence: str
) -> None:
    result = deploy(org, visit(node))
    assert result["status"] == "Failed"
    assert [problem for problem in problems(result).values() if problem.startswith(sentence)]
    assert org.query("SELECT Id FROM Visit__c")[0]["errorCode"] == "INVALID_TYPE"


@pytest.mark.parametrize(
    ("to", "more", "sentence"),
    [
        ("User", {}, "referenceTo value of 'User' does not resolve to a valid sObject type"),
        ("Visit__c", {}, "An object cannot be its own master"),
        ("Case", {"required": True}, "Can not specify 'required' for a CustomField of type"),
        ("Case", {"deleteConstraint": "SetNull"}, "Can not specify 'deleteConstraint' for a"),
        ("Case", {"relationshipOrder": 1}, "relationshipOrder must be 0 for the first"),
        ("Case", {"relationshipOrder": 2}, "A custom object may have at most two Master-Detail"),
    ],
)
def test_a_master_is_refused_with_its_sentence(
    org: Org, to: str, more: dict[str, Any], sentence: str
) -> None:
    node = parent("Case__c", to, "Visits", "MasterDetail", **more)
    found = problems(deploy(org, visit(node, **DETAIL)))
    assert found["Visit__c.Case__c"].startswith(sentence)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"label": ""}, "Must specify a non-empty label for the CustomObject"),
        ({"label": "v" * 41}, "Value too long for field: MasterLabel maximum length is:40"),
        ({"pluralLabel": ""}, "Must specify a non-empty pluralLabel for the CustomObject"),
        ({"deploymentStatus": "Soon"}, "'Soon' is not a valid value for the enum"),
        ({"sharingModel": "Open"}, "'Open' is not a valid value for the enum 'SharingModel'"),
        ({"nameField": {"label": "V"}}, "Must specify a nameField of type Text or AutoNumber"),
        (
            {"nameField": {"label": "V", "type": "AutoNumber", "displayFormat": "V"}},
            "Must specify 'displayFormat' for a CustomField of type AutoNumber",
        ),
        (DETAIL, "Cannot set sharingModel to ControlledByParent on a CustomObject without a"),
        (
            {"fields": parent("Case__c", "Case", "Visits", "MasterDetail")},
            "Cannot set sharingModel to ReadWrite on a CustomObject with a MasterDetail",
        ),
    ],
)
def test_an_object_is_refused_with_its_sentence(
    org: Org, other: dict[str, Any], sentence: str
) -> None:
    result = deploy(org, visit(**other))
    assert problems(result)["Visit__c"].startswith(sentence)


def test_fields_of_an_object_that_failed_fail_with_it(org: Org) -> None:
    assert problems(deploy(org, visit(label=""))) == {
        "Visit__c": "Must specify a non-empty label for the CustomObject",
        "Visit__c.Source_Id__c": "Parent entity failed to deploy",
    }


@pytest.mark.parametrize(
    ("listed", "other", "sentence"),
    [
        (["Visit__c.Case__c"], {}, "You cannot deploy to a required field: Visit__c.Case__c"),
        (["Visit__c.Must__c"], {}, "You cannot deploy to a required field: Visit__c.Must__c"),
        (["Visit__c.Name"], {}, "You cannot deploy to a required field: Visit__c.Name"),
        (["Account.Name"], {}, "You cannot deploy to a required field: Account.Name"),
        (["Case.CaseNumber"], {}, "In field: field - Case.CaseNumber takes no field permissions"),
        (["Visit__c.No__c"], {}, "In field: field - no CustomField named Visit__c.No__c found"),
        (["Case.Subject"] * 2, {}, "Duplicate fieldPermissions: Case.Subject"),
        (
            [],
            {"objectPermissions": {"object": "Visit__c", "allowRead": True}},
            "Permission Read Visit__c depends on permission(s): Read Case",
        ),
        (
            [],
            {"objectPermissions": {"object": "Case", "allowEdit": True}},
            "Permission Edit Case depends on permission(s): Read Case",
        ),
        (
            [],
            {"objectPermissions": without({"object": "Case"} | FULL, "viewAllRecords")},
            "Permission Modify All Case depends on permission(s): View All Case",
        ),
        (
            [],
            {"objectPermissions": {"object": "Nope__c"} | FULL},
            "In field: field - no CustomObject named Nope__c found",
        ),
        (
            [],
            {"userPermissions": {"enabled": True, "name": "FlyToMoon"}},
            "Unknown user permission: FlyToMoon",
        ),
        ([], {"label": ""}, "Must specify a non-empty label for the PermissionSet"),
        ([], {"label": "l" * 81}, "Value too long for field: MasterLabel maximum length is:80"),
        ([], {"description": "d" * 256}, "Value too long for field: Description maximum length"),
    ],
)
def test_a_permission_set_is_refused_with_its_sentence(
    org: Org, listed: list[str], other: dict[str, Any], sentence: str
) -> None:
    master = parent("Case__c", "Case", "Visits", "MasterDetail")
    files = visit(master, text("Must__c", required=True), **DETAIL)
    result = deploy(org, permissions(files, *grants(*listed), **other))
    assert set(problems(result)) == {"Loading"}
    assert problems(result)["Loading"].startswith(sentence)


def test_editing_needs_reading(org: Org) -> None:
    blind = {"field": "Visit__c.Source_Id__c", "readable": False, "editable": True}
    found = problems(deploy(org, permissions(visit(), blind)))
    assert found["Loading"].startswith("Permission Edit Visit__c.Source_Id__c depends on")


@pytest.mark.parametrize(
    ("files", "name", "sentence"),
    [
        ({}, "package.xml", "No package.xml found"),
        (
            {"package.xml": manifest(CustomField=["Case.Gone__c"])},
            "Case.Gone__c",
            "An object 'Case.Gone__c' of type CustomField was named in package.xml, but was not",
        ),
        (
            {"package.xml": manifest(CustomObject=["Gone__c"])},
            "Gone__c",
            "An object 'Gone__c' of type CustomObject was named in package.xml, but was not",
        ),
        (
            {"package.xml": manifest(Report=["Gone"])},
            "package.xml",
            "Unknown type name 'Report' specified in package.xml",
        ),
        ({"package.xml": manifest("68.0")}, "package.xml", "Invalid version specified:68.0"),
        (
            {"package.xml": manifest(CustomField=["*"])},
            "package.xml",
            "The wildcard * is not supported for CustomField",
        ),
        ({"package.xml": "<Package>"}, "package.xml", "Error parsing file: no element found"),
        (
            {"package.xml": "<Package><version>66.0</version></Package>"},
            "package.xml",
            "Error parsing file: Element Package invalid",
        ),
        ({"package.xml": manifest(), "notes.txt": "x"}, "notes.txt", "Not in package.xml"),
        (
            visit() | {"package.xml": manifest()},
            "Visit__c",
            "Not in package.xml",
        ),
        (
            {
                "package.xml": manifest(CustomObject=["Entitlement"]),
                "objects/Entitlement.object": xml("CustomObject", {"fields": KEY}),
            },
            "Entitlement",
            "In field: field - no CustomObject named Entitlement found",
        ),
        (
            {
                "package.xml": manifest(Settings=["Case"]),
                "settings/Case.settings": xml("SecuritySettings", {}),
            },
            "settings/Case.settings",
            "Error parsing file: ",
        ),
    ],
)
def test_a_package_is_refused_with_its_sentence(
    org: Org, files: dict[str, str], name: str, sentence: str
) -> None:
    result = deploy(org, files)
    assert result["status"] == "Failed"
    assert problems(result)[name].startswith(sentence)


def test_several_packages_in_one_zip_are_not_read(org: Org) -> None:
    assert problems(deploy(org, visit(), singlePackage=False)) == {
        "package.xml": "No package.xml found"
    }


def test_a_file_that_is_no_zip_fails(org: Org) -> None:
    answer = send(org, b"not a zip")
    path = f"/metadata/deployRequest/{answer.json()['id']}?includeDetails=true"
    while not (result := org.call("GET", path).json()["deployResult"])["done"]:
        pass
    assert result["details"]["componentFailures"][0]["problem"].startswith("The zip file is not")


@pytest.mark.parametrize(
    ("removed", "sentence"),
    [
        ({"CustomObject": ["Case"]}, "Cannot delete standard object: Case"),
        ({"CustomField": ["Case.Subject"]}, "Cannot delete standard field: Case.Subject"),
        ({"CustomField": ["Line_Item__c.Case__c"]}, "A MasterDetail field goes with its object"),
        (
            {"CustomObject": ["Invoice__c"]},
            "This custom object is referenced elsewhere in salesforce.com.: Invoice_Item__c.Invo",
        ),
    ],
)
def test_a_removal_is_refused_with_its_sentence(
    org: Org, removed: dict[str, list[str]], sentence: str
) -> None:
    files = {"package.xml": manifest(), "destructiveChanges.xml": manifest(**removed)}
    result = deploy(org, files)
    assert next(iter(problems(result).values())).startswith(sentence)
