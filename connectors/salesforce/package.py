"""A deployable package of metadata: package.xml, objects, a permission set. Pure.

In: field plans, and which of their objects are new. Out: the bytes of a zip file, the same
for the same plans, that `deployRequest` or any metadata tool takes.
Source: Metadata API Developer Guide, "File-Based Calls", "CustomObject", "CustomField",
"PermissionSet", "Deleting Components".
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from connectors.salesforce import layouts
from connectors.salesforce.plans import DETAILS
from connectors.values import FieldPlan, ObjectPlan

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
PERMISSION_SET = "CRM_Migration"
DESCRIPTION = "What the migration may see and write. Take it away when the move is accepted."
EPOCH = (1980, 1, 1, 0, 0, 0)

DEFINED_ON = {"Task": "Activity", "Event": "Activity"}
"""Object → the one whose metadata holds its fields, for all that share them."""

Body = Mapping[str, Any]
"""Element name → text, another body, or a list of either for elements that repeat."""


def create(
    version: str,
    fields: Sequence[FieldPlan],
    new: Sequence[ObjectPlan],
    objects: Iterable[str],
    readable: Iterable[str],
    pages: Mapping[str, Body] = MappingProxyType({}),
) -> bytes:
    """A package with these fields, of which those of `new` objects come with their object.
    The permission set is about all of `objects`, and about `readable` fields (Object.Field)
    besides the created ones: deploying one replaces what it said before. `pages`:
    layouts by name."""
    by_object: dict[str, list[FieldPlan]] = {}
    for field in fields:
        home = by_object.setdefault(_home(field), [])
        if all(field.name != other.name for other in home):
            home.append(field)
    made = {each.name: each for each in new}
    files = {
        f"objects/{name}.object": _xml("CustomObject", _object(some, made.get(name)))
        for name, some in by_object.items()
    }
    listed = {f"{f.object}.{f.name}" for f in fields if not f.detail}
    files[f"permissionsets/{PERMISSION_SET}.permissionset"] = _xml(
        "PermissionSet", _permissions(sorted(listed | set(readable)), sorted(objects))
    )
    files |= {f"layouts/{name}.layout": _xml("Layout", each) for name, each in pages.items()}
    members = {
        "CustomObject": list(made),
        "CustomField": _named(f for f in fields if f.object not in made),
        "Layout": list(pages),
        "PermissionSet": [PERMISSION_SET],
    }
    return _zip({"package.xml": _manifest(version, members), **files})


def destroy(version: str, fields: Sequence[FieldPlan], objects: Sequence[str]) -> bytes:
    """A package that removes `objects` whole, and of others the fields and our layout."""
    touched = [name for f in fields for name in (f.object, f.references)]
    pages = dict.fromkeys(n for n in touched if layouts.fits(n) and n not in objects)
    members = {
        "Layout": [layouts.name(each, "", new=False) for each in pages],
        "CustomField": _named(f for f in fields if f.object not in objects),
        "CustomObject": list(objects),
    }
    return _zip(
        {
            "package.xml": _manifest(version, {}),
            "destructiveChanges.xml": _manifest("", members),
        }
    )


def _named(fields: Iterable[FieldPlan]) -> list[str]:
    return list(dict.fromkeys(f"{_home(field)}.{field.name}" for field in fields))


def _home(field: FieldPlan) -> str:
    return DEFINED_ON.get(field.object, field.object)


def _manifest(version: str, members: Mapping[str, Sequence[str]]) -> bytes:
    types = [{"members": list(names), "name": kind} for kind, names in members.items() if names]
    return _xml("Package", {"types": types} | ({"version": version} if version else {}))


def _object(fields: Sequence[FieldPlan], new: ObjectPlan | None) -> Body:
    body: dict[str, Any] = {"fields": [_field(each) for each in fields]}
    if new is None:
        return body
    shared = "ControlledByParent" if any(f.detail for f in fields) else "ReadWrite"
    return {
        "deploymentStatus": "Deployed",
        "enableBulkApi": "true",
        "enableReports": "true",
        "enableSearch": "true",
        "enableSharing": "true",
        "enableStreamingApi": "true",
        **body,
        "label": new.label,
        "nameField": {"label": f"{new.label} Name", "type": "Text"},
        "pluralLabel": new.plural,
        "sharingModel": shared,
    }


def _field(plan: FieldPlan) -> Body:
    help = {"inlineHelpText": plan.help} if plan.help else {}
    detail = BODIES.get(plan.type, _plain)
    return {"fullName": plan.name, **help, "label": plan.label, "type": plan.type, **detail(plan)}


def _plain(plan: FieldPlan) -> Body:
    unique = {"unique": "true"} if plan.unique else {}
    external = {"externalId": "true"} if plan.external_id else {}
    return {"required": "false", **external, **unique}


def _text(plan: FieldPlan) -> Body:
    """Our keys are told apart by case."""
    case = {"caseSensitive": "true"} if plan.unique else {}
    return {"length": str(plan.length), **_plain(plan), **case}


def _long(plan: FieldPlan) -> Body:
    return {"length": str(plan.length), "visibleLines": "4"}


def _number(plan: FieldPlan) -> Body:
    return {"precision": str(plan.precision), "scale": str(plan.scale), **_plain(plan)}


def _checkbox(plan: FieldPlan) -> Body:
    return {"defaultValue": "false"}


def _picklist(plan: FieldPlan) -> Body:
    values = [{"fullName": v, "default": "false", "label": v} for v in plan.picklist]
    definition = {"sorted": "false", "value": values}
    many = {"visibleLines": "4"} if plan.type == "MultiselectPicklist" else {}
    return {
        **_plain(plan),
        "valueSet": {"restricted": "false", "valueSetDefinition": definition},
        **many,
    }


def _relation(plan: FieldPlan) -> Body:
    words = plan.relationship.replace("_", " ")
    return {
        "referenceTo": plan.references,
        "relationshipLabel": words,
        "relationshipName": plan.relationship,
    }


def _lookup(plan: FieldPlan) -> Body:
    return {"deleteConstraint": "SetNull", "required": "false", **_relation(plan)}


def _master(plan: FieldPlan) -> Body:
    """A detail may move: in the source a record can be given to another parent later."""
    return {
        **_relation(plan),
        "relationshipOrder": "0",
        "reparentableMasterDetail": "true",
        "writeRequiresMasterRead": "false",
    }


BODIES: dict[str, Callable[[FieldPlan], Body]] = {
    "Text": _text,
    "LongTextArea": _long,
    "Html": _long,
    "Number": _number,
    "Currency": _number,
    "Percent": _number,
    "Checkbox": _checkbox,
    "Picklist": _picklist,
    "MultiselectPicklist": _picklist,
    "Lookup": _lookup,
    "MasterDetail": _master,
}


def _permissions(fields: Sequence[str], objects: Sequence[str]) -> Body:
    return {
        "description": DESCRIPTION,
        "fieldPermissions": [
            {"editable": "true", "field": name, "readable": "true"} for name in fields
        ],
        "hasActivationRequired": "false",
        "label": PERMISSION_SET.replace("_", " "),
        "objectPermissions": [_rights(name) for name in objects],
    }


def _rights(object: str) -> Body:
    """To see and change all records is asked for where nothing else must be granted for it:
    it would hang on the master's, and of a standard object on those of others."""
    whole = "true" if object.endswith("__c") and object not in DETAILS else "false"
    return {
        "allowCreate": "true",
        "allowDelete": "true",
        "allowEdit": "true",
        "allowRead": "true",
        "modifyAllRecords": whole,
        "object": object,
        "viewAllRecords": whole,
    }


def _xml(root: str, body: Body) -> bytes:
    top = ElementTree.Element(root, xmlns=NAMESPACE)
    _fill(top, body)
    ElementTree.indent(top, "    ")
    return bytes(ElementTree.tostring(top, encoding="UTF-8", xml_declaration=True))


def _fill(parent: ElementTree.Element, body: Body) -> None:
    for name, value in body.items():
        for each in value if isinstance(value, list) else [value]:
            child = ElementTree.SubElement(parent, name)
            if isinstance(each, Mapping):
                _fill(child, each)
            else:
                child.text = str(each)


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A fixed time makes the same plans the same bytes.
            archive.writestr(ZipInfo(name, EPOCH), content, ZIP_DEFLATED)
    return out.getvalue()
