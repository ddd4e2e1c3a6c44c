"""Field plans into what the vendor's metadata takes: type, name, lengths. Pure.

In: plans with any text as name and any type word of describe. Out: as many plans in the same
order, whose names are valid and no two of one object the same; a text too long for a line
becomes a long one, a plan that is right already stays as it is.
Source: Metadata API Developer Guide, "CustomField"; Object Reference, "Custom Fields".
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from connectors.values import FieldPlan, FieldSpec

LONGEST_NAME = LONGEST_LABEL = 40
LONGEST_HELP = 510
LONGEST_LINE, LONGEST_TEXT = 255, 131_072
MOST_DIGITS = 18
MOST_PICKS, LONGEST_PICK = 1000, 255

TYPES = {
    "string": "Text", "textarea": "LongTextArea", "boolean": "Checkbox", "int": "Number",
    "long": "Number", "double": "Number", "currency": "Currency", "percent": "Percent",
    "date": "Date", "datetime": "DateTime", "email": "Email", "phone": "Phone", "url": "Url",
    "picklist": "Picklist", "multipicklist": "MultiselectPicklist", "reference": "Lookup",
}  # fmt: skip
"""Words of describe → the metadata word for a new field of that kind."""
HOLDS = {
    "Text": {"string", "textarea", "picklist", "combobox"},
    "TextArea": {"textarea"},
    "LongTextArea": {"textarea"},
    "Checkbox": {"boolean"},
    "Number": {"double", "int", "long", "currency"},
    "Currency": {"currency", "double"},
    "Percent": {"percent"},
    "Date": {"date"},
    "DateTime": {"datetime"},
    "Email": {"email", "string"},
    "Phone": {"phone", "string"},
    "Url": {"url", "string"},
    "Picklist": {"picklist", "string", "combobox"},
    "MultiselectPicklist": {"multipicklist"},
    "Lookup": {"reference"},
    "MasterDetail": {"reference"},
}
"""Metadata word → words of describe of fields that can take the same values."""
NUMBERS = ("Number", "Currency", "Percent")
PICKLISTS = ("Picklist", "MultiselectPicklist")
KEYS = ("Text", "LongTextArea", "Email", "Number")
"""What can be unique or an external id; a long text then becomes a line."""

Taken = Mapping[str, Collection[str]]
"""Object → names in lower case, without suffix."""


def can_hold(spec: FieldSpec, plan: FieldPlan) -> bool:
    """Whether a field that is there already serves the plan."""
    if plan.references:
        return spec.type == "reference" and plan.references in spec.references
    roomy = spec.type == "picklist" or not spec.length or spec.length >= plan.length
    return spec.type in HOLDS.get(plan.type, ()) and roomy


def shaped(plan: FieldPlan) -> FieldPlan:
    """The plan with a type the metadata knows, and everything within its limits."""
    type = "MasterDetail" if plan.detail else TYPES.get(plan.type, plan.type)
    plan = replace(
        plan,
        type=type,
        detail=type == "MasterDetail",
        label=one_line(plan.label, LONGEST_LABEL) or one_line(plan.name, LONGEST_LABEL) or "Field",
        help=one_line(plan.help, LONGEST_HELP),
        picklist=plan.picklist if type in PICKLISTS else (),
        unique=plan.unique and type in KEYS,
        external_id=plan.external_id and type in KEYS,
    )
    if type in NUMBERS:
        digits = min(plan.precision or MOST_DIGITS, MOST_DIGITS)
        return replace(plan, precision=digits, scale=min(plan.scale, digits), length=0)
    if type in ("Text", "LongTextArea"):
        return _text(plan)
    if type in PICKLISTS:
        return _picklist(plan)
    return replace(plan, length=0)


def _text(plan: FieldPlan) -> FieldPlan:
    length = plan.length or LONGEST_LINE
    if plan.unique or plan.external_id:
        return replace(plan, type="Text", length=min(length, LONGEST_LINE))
    if plan.type == "Text" and length <= LONGEST_LINE:
        return replace(plan, length=length)
    roomy = plan.length or LONGEST_TEXT
    return replace(
        plan, type="LongTextArea", length=min(max(roomy, LONGEST_LINE + 1), LONGEST_TEXT)
    )


def _picklist(plan: FieldPlan) -> FieldPlan:
    """The vendor tells values apart by case no more than names; a list needs a value."""
    picks: dict[str, str] = {}
    for value in plan.picklist:
        if pick := one_line(value, LONGEST_PICK):
            picks.setdefault(pick.lower(), pick)
    values = tuple(picks.values())
    if not values or (plan.type == "Picklist" and len(values) > MOST_PICKS):
        return replace(plan, type="Text", length=LONGEST_LINE, picklist=())
    return replace(plan, length=0, picklist=values[:MOST_PICKS])


def one_line(text: str, longest: int) -> str:
    """Without line breaks and what XML cannot hold."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())[:longest].rstrip()


def valid(text: str) -> str:
    """An API name without its suffix: letters, digits and single underscores, a letter first."""
    plain = unicodedata.normalize("NFKD", text.removesuffix("__c"))
    ascii = plain.encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "_", ascii).strip("_")
    if not name[:1].isalpha():
        name = f"Field_{name}".strip("_")
    return name[:LONGEST_NAME].rstrip("_")


def unlike(name: str, taken: Collection[str]) -> str:
    """The name, or the name with a number, that is not among `taken` (in lower case)."""
    found, number = name, 1
    while found.lower() in taken:
        number += 1
        end = f"_{number}"
        found = name[: LONGEST_NAME - len(end)].rstrip("_") + end
    return found


def named(plans: Sequence[FieldPlan], taken: Taken) -> list[FieldPlan]:
    """`taken` holds the fields of each object that are there and cannot serve."""
    used = {object: set(names) for object, names in taken.items()}
    result: list[FieldPlan] = []
    for plan in plans:
        names = used.setdefault(plan.object, set())
        name = unlike(valid(plan.name), names)
        names.add(name.lower())
        result.append(replace(plan, name=f"{name}__c"))
    return result


def related(plans: Sequence[FieldPlan], taken: Taken) -> list[FieldPlan]:
    """What the records that point are called at the record pointed at, each name once."""
    used = {object: set(names) for object, names in taken.items()}
    result: list[FieldPlan] = []
    for plan in plans:
        if plan.references:
            names = used.setdefault(plan.references, set())
            name = unlike(valid(plan.relationship or f"{plan.object}_{plan.name}"), names)
            names.add(name.lower())
            plan = replace(plan, relationship=name)
        result.append(plan)
    return result
