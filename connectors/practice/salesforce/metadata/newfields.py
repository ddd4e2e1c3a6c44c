"""One `<fields>` element becomes a field, if its name, type and sizes are what Setup takes."""

import re
from typing import Any

from connectors.practice.salesforce.fields import Choice, Field
from connectors.practice.salesforce.metadata.elements import Node, Problem, words

NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*\Z")
COMMON = words(
    "fullName label type description inlineHelpText trackHistory trackFeedHistory trackTrending"
)
# Type → (as describe calls it, members that must be there, members that may)
TYPES: dict[str, tuple[str, str, str]] = {
    "Text": ("string", "length", "required unique externalId caseSensitive defaultValue"),
    "TextArea": ("textarea", "", "required defaultValue"),
    "LongTextArea": ("textarea", "length visibleLines", "defaultValue"),
    "Number": ("double", "precision scale", "required unique externalId defaultValue"),
    "Currency": ("currency", "precision scale", "required defaultValue"),
    "Percent": ("percent", "precision scale", "required defaultValue"),
    "Checkbox": ("boolean", "defaultValue", ""),
    "Date": ("date", "", "required defaultValue"),
    "DateTime": ("datetime", "", "required defaultValue"),
    "Email": ("email", "", "required unique externalId caseSensitive defaultValue"),
    "Phone": ("phone", "", "required defaultValue"),
    "Url": ("url", "", "required defaultValue"),
    "Picklist": ("picklist", "valueSet", "required"),
    "Lookup": (
        "reference", "referenceTo", "relationshipName relationshipLabel deleteConstraint required",
    ),
    "MasterDetail": (
        "reference", "referenceTo relationshipName",
        "relationshipLabel relationshipOrder reparentableMasterDetail writeRequiresMasterRead",
    ),
}  # fmt: skip
UNBUILT = words(
    "AutoNumber EncryptedText ExternalLookup File Hierarchy Html IndirectLookup Location"
    " MetadataRelationship MultiselectPicklist Summary Time"
)
LENGTHS = {"TextArea": 255, "Email": 80, "Phone": 40, "Url": 255, "Picklist": 255}
BOUNDS = {"Text": (1, 255), "LongTextArea": (256, 131_072)}
NAMED = (
    "The {} can only contain underscores and alphanumeric characters. It must be unique, begin"
    " with a letter, not include spaces, not end with an underscore, and not contain two"
    " consecutive underscores."
)


def check_name(name: str, what: str) -> str:
    """A developer name of at most 40 characters. Raises Problem."""
    if len(name) > 40:
        raise Problem(f"Value too long for field: DeveloperName maximum length is:40: {name}")
    if not NAME.match(name):
        raise Problem(NAMED.format(what))
    return name


def check_custom(full_name: str, what: str) -> str:
    """A name that ends in __c. Raises Problem."""
    if not full_name.endswith("__c"):
        raise Problem("Invalid fullName, must end in a custom suffix (e.g. __c)")
    check_name(full_name.removesuffix("__c"), what)
    return full_name


def check_label(text: str, what: str, name: str = "label", longest: int = 40) -> str:
    """A label that is there and not too long. Raises Problem."""
    if not text:
        raise Problem(f"Must specify a non-empty {name} for the {what}")
    if len(text) > longest:
        raise Problem(f"Value too long for field: MasterLabel maximum length is:{longest}")
    return text


def new_field(node: Node) -> Field:
    """The field as the org will have it, its parent not yet looked up. Raises Problem."""
    full_name = check_custom(node.text("fullName"), "Field Name")
    label = check_label(node.text("label"), "CustomField")
    type = node.text("type")
    _check_members(node, type)
    if len(node.text("description")) > 1000 or len(node.text("inlineHelpText")) > 510:
        raise Problem("Value too long for field: Description maximum length is:1000")
    required = node.truth("required")
    sizes: dict[str, Any] = {"help": node.text("inlineHelpText") or None}
    sizes |= _sized(node, type) | _keyed(node) | _related(node, type, required)
    if type == "Checkbox":
        sizes |= {"default": node.truth("defaultValue"), "defaulted": True}
    elif node.text("defaultValue"):
        raise Problem("a default is a formula: not built in the practice org")
    if type == "Picklist":
        sizes |= _choices(node)
    settings: dict[str, Any] = {
        "createable": True,
        "updateable": True,
        "nillable": not required and type not in ("Checkbox", "MasterDetail"),
    }
    return Field(full_name, label, TYPES[type][0], **settings | sizes)


def _check_members(node: Node, type: str) -> None:
    if type in UNBUILT:
        raise Problem(f"fields of the type {type} are not built in the practice org")
    if type not in TYPES:
        raise Problem(f"'{type}' is not a valid value for the enum 'FieldType'")
    _, needed, allowed = TYPES[type]
    given = set(node.values) | set(node.inner)
    for name in needed.split():
        if name not in given:
            raise Problem(f"Must specify '{name}' for a CustomField of type {type}")
    known = COMMON | set(needed.split()) | set(allowed.split())
    for name in sorted(given - known):
        # What the vendor's own exports carry on every field.
        if not (name in ("externalId", "unique") and node.text(name) == "false"):
            raise Problem(f"Can not specify '{name}' for a CustomField of type {type}")


def _sized(node: Node, type: str) -> dict[str, Any]:
    if "visibleLines" in node.values and not 2 <= node.number("visibleLines") <= 50:
        raise Problem("Visible lines must be from 2 to 50")
    if type in BOUNDS:
        least, most = BOUNDS[type]
        length = node.number("length")
        if not least <= length <= most:
            raise Problem(f"{type} length must be from {least} to {most}")
        return {"length": length}
    if "precision" in node.values:
        precision, scale = node.number("precision"), node.number("scale")
        if not (1 <= precision <= 18 and 0 <= scale <= precision):
            raise Problem(
                "Precision must be from 1 to 18 and scale from 0 to the precision:"
                f" {precision}, {scale}"
            )
        return {"precision": precision, "scale": scale}
    return {"length": LENGTHS.get(type, 0)}


def _keyed(node: Node) -> dict[str, Any]:
    unique, external = node.truth("unique"), node.truth("externalId")
    if "caseSensitive" in node.values and not unique:
        raise Problem("Can not specify 'caseSensitive' for a CustomField that is not unique")
    return {
        "unique": unique,
        "external_id": external,
        "id_lookup": external,
        "case_sensitive": node.truth("caseSensitive"),
    }


def _related(node: Node, type: str, required: bool) -> dict[str, Any]:
    if "referenceTo" not in node.values:
        return {}
    name = node.text("relationshipName")
    children = f"{check_name(name, 'Relationship Name')}__r" if name else None
    stem = node.text("fullName").removesuffix("__c")
    found: dict[str, Any] = {
        "length": 18,
        "references": (node.text("referenceTo"),),
        "relationship": f"{stem}__r",
        "children": children,
    }
    if type == "MasterDetail":
        order = node.number("relationshipOrder") if "relationshipOrder" in node.values else 0
        if order not in (0, 1):
            raise Problem("A custom object may have at most two Master-Detail relationships")
        movable = node.truth("reparentableMasterDetail")
        node.truth("writeRequiresMasterRead")
        return found | {"on_delete": "cascade", "order": order, "updateable": movable}
    return found | {"on_delete": _on_delete(node, required)}


def _on_delete(node: Node, required: bool) -> str:
    constraint = node.text("deleteConstraint") or ("Restrict" if required else "SetNull")
    if constraint == "Cascade":
        raise Problem("Cascade delete on lookups is not enabled for this organization")
    if constraint not in ("SetNull", "Restrict"):
        raise Problem(f"'{constraint}' is not a valid value for the enum 'DeleteConstraint'")
    if required and constraint == "SetNull":
        raise Problem(
            "field integrity exception: unknown (must specify either cascade delete or restrict"
            " delete for required lookup foreign key)"
        )
    return "restrict" if constraint == "Restrict" else ""


def _choices(node: Node) -> dict[str, Any]:
    (values, *_) = node.inner["valueSet"]
    found = [
        value
        for each in values.inner.get("valueSetDefinition", [])
        for value in each.inner.get("value", [])
    ]
    names = [value.text("fullName") for value in found]
    if not names or len(names) > 1000 or any(not 0 < len(name) <= 255 for name in names):
        raise Problem("A value set has from 1 to 1000 values of at most 255 characters")
    if len({name.lower() for name in names}) < len(names):
        raise Problem("Duplicate picklist value in the value set")
    choices = tuple(
        Choice(v.text("fullName"), v.truth("isActive", True), v.truth("default")) for v in found
    )
    default = next((choice.value for choice in choices if choice.default), None)
    return {"choices": choices, "restricted": values.truth("restricted"), "default": default} | {
        "defaulted": default is not None
    }
