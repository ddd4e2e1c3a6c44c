"""Page layouts with our fields and related lists. Pure.

In: an object, our fields of it, and the fields by which others hang under it. Out: the body of
a layout. A standard object gets a layout of its own name that staff may assign; the client's
layouts are never written. User pages take no related lists, so skills have none there.
Source: Metadata API Developer Guide, "Layout".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.values import FieldPlan

OURS = "CRM Migration"
STANDARD: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Account": (
        ("Name", "Required"), ("OwnerId", "Edit"), ("Phone", "Edit"), ("Type", "Edit"),
    ),
    "Contact": (
        ("Name", "Required"), ("OwnerId", "Edit"), ("AccountId", "Edit"), ("Phone", "Edit"),
        ("Email", "Edit"),
    ),
    "Case": (
        ("CaseNumber", "Readonly"), ("OwnerId", "Edit"), ("Status", "Required"),
        ("Priority", "Edit"), ("Origin", "Edit"), ("AccountId", "Edit"), ("ContactId", "Edit"),
        ("Subject", "Edit"), ("Description", "Edit"),
    ),
}  # fmt: skip
"""Object → its own fields on our layout, each with what a person may do with it."""
COLUMNS = {"Case": ("CASES.CASE_NUMBER", "CASES.SUBJECT", "CASES.STATUS")}
"""Standard object → columns of a related list of it; a custom object has its name and fields."""
MOST_COLUMNS = 4
PLAIN = ("Text", "Date", "DateTime", "Currency", "Number", "Checkbox")


def fits(object: str) -> bool:
    """Whether we make a layout for the object at all."""
    return object in STANDARD or object.endswith("__c")


def listed(object: str) -> bool:
    """Whether a related list of the object can be made: what the columns of orders are called is
    not documented."""
    return object in COLUMNS or object.endswith("__c")


def name(object: str, label: str, new: bool) -> str:
    """A new object's one layout is its own; any other gets one beside what is there."""
    return f"{object}-{label} Layout" if new and object.endswith("__c") else f"{object}-{OURS}"


def body(
    object: str, fields: Sequence[FieldPlan], below: Iterable[tuple[FieldPlan, Sequence[FieldPlan]]]
) -> dict[str, Any]:
    """`fields` are ours of the object; `below`: a lookup that points at it, with the fields of
    the object that has it."""
    own = STANDARD.get(object) or _custom(fields)
    related = [_related(lookup, columns) for lookup, columns in below]
    return {
        "layoutSections": [
            _section("Information", own, custom=False),
            _section("From the former system", [(f.name, _behavior(f)) for f in fields]),
        ],
    } | ({"relatedLists": related} if related else {})


def _custom(fields: Sequence[FieldPlan]) -> list[tuple[str, str]]:
    """A detail belongs to its master's owner."""
    owned = [] if any(f.detail for f in fields) else [("OwnerId", "Edit")]
    return [("Name", "Required"), *owned]


def _behavior(field: FieldPlan) -> str:
    return "Required" if field.detail else "Edit"


def _section(label: str, items: Sequence[tuple[str, str]], custom: bool = True) -> dict[str, Any]:
    half = (len(items) + 1) // 2
    columns = [
        {"layoutItems": [{"behavior": behavior, "field": field} for field, behavior in some]}
        for some in (items[:half], items[half:])
    ]
    return {
        "customLabel": str(custom).lower(),
        "detailHeading": "true",
        "editHeading": "true",
        "label": label,
        "layoutColumns": columns,
        "style": "TwoColumnsTopToBottom",
    }


def _related(lookup: FieldPlan, fields: Sequence[FieldPlan]) -> dict[str, Any]:
    plain = [f.name for f in fields if f.type in PLAIN and not f.external_id]
    columns = COLUMNS.get(lookup.object) or ("NAME", *plain)
    return {
        "fields": list(columns[:MOST_COLUMNS]),
        "relatedList": f"{lookup.object}.{lookup.name}",
    }
