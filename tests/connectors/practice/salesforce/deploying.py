"""Writes metadata packages for the practice org's tests, sends them and waits for the end."""

import io
import json
import zipfile
from typing import Any
from xml.sax.saxutils import escape

from tests.connectors.practice.salesforce.conftest import Org

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
KEY = {
    "fullName": "Source_Id__c", "label": "Source Id", "type": "Text", "length": 80,
    "unique": True, "externalId": True, "caseSensitive": True, "required": False,
}  # fmt: skip
OBJECT = {
    "label": "Visit", "pluralLabel": "Visits", "deploymentStatus": "Deployed",
    "sharingModel": "ReadWrite", "nameField": {"label": "Visit Name", "type": "Text"},
}  # fmt: skip
DETAIL = OBJECT | {"sharingModel": "ControlledByParent"}
FULL = {
    "allowCreate": True, "allowRead": True, "allowEdit": True, "allowDelete": True,
    "viewAllRecords": True, "modifyAllRecords": True,
}  # fmt: skip


def xml(root: str, members: dict[str, Any]) -> str:
    """A whole file; lists repeat their element, dicts nest."""
    return f"{HEAD}<{root} {SPACE}>{_inner(members)}</{root}>"


def _inner(members: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{_value(each)}</{name}>"
        for name, value in members.items()
        for each in (value if isinstance(value, list) else [value])
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return _inner(value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def manifest(version: str = "66.0", **types: list[str]) -> str:
    listed = [{"members": members, "name": name} for name, members in types.items()]
    return xml("Package", {"types": listed, "version": version})


def text(name: str, **more: Any) -> dict[str, Any]:
    label = name.removesuffix("__c").replace("_", " ")
    return {"fullName": name, "label": label, "type": "Text", "length": 80} | more


def parent(name: str, to: str, children: str, type: str = "Lookup", **more: Any) -> dict[str, Any]:
    label = name.removesuffix("__c").replace("_", " ")
    related = {"referenceTo": to, "relationshipName": children, "relationshipLabel": children}
    return {"fullName": name, "label": label, "type": type} | related | more


def grants(*fields: str, editable: bool = True) -> list[dict[str, Any]]:
    return [{"field": each, "readable": True, "editable": editable} for each in fields]


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


def send(org: Org, content: bytes, **options: Any) -> Any:
    wish = {"deployOptions": {"singlePackage": True} | options}
    parts = {
        "json": (None, json.dumps(wish), "application/json"),
        "file": ("deploy.zip", content, "application/zip"),
    }
    return org.call("POST", "/metadata/deployRequest", files=parts)


def ended(org: Org, id: str) -> dict[str, Any]:
    while True:
        path = f"/metadata/deployRequest/{id}?includeDetails=true"
        result: dict[str, Any] = org.call("GET", path).json()["deployResult"]
        if result["done"]:
            return result


def deploy(org: Org, files: dict[str, str], **options: Any) -> dict[str, Any]:
    """The last result of a deployment of those files."""
    answer = send(org, zipped(files), **options)
    assert answer.status_code == 201, answer.text
    return ended(org, answer.json()["id"])


def problems(result: dict[str, Any]) -> dict[str, str]:
    """Full name → problem of each failure."""
    return {each["fullName"]: each["problem"] for each in result["details"]["componentFailures"]}


def assign(org: Org, name: str) -> str:
    """Assign the permission set of that name to the user we sign in as."""
    ours = org.http.get("/services/oauth2/userinfo").json()["user_id"]
    found = org.one(f"SELECT Id FROM PermissionSet WHERE Name = '{name}'")["Id"]
    return org.create("PermissionSetAssignment", AssigneeId=ours, PermissionSetId=found)
