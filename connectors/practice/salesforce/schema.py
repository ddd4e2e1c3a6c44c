"""The org's schema as it is now: what administrators change, and what our user may see of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from connectors.practice.salesforce.content_objects import shown_anywhere
from connectors.practice.salesforce.fields import Choice, Field
from connectors.practice.salesforce.objects import (
    Features,
    Object,
    custom_prefix,
    fresh_objects,
)

AUDIT = ("createddate", "createdbyid", "lastmodifieddate", "lastmodifiedbyid")
CUSTOM_TYPES = {
    "Text": "string",
    "LongTextArea": "textarea",
    "TextArea": "textarea",
    "Picklist": "picklist",
    "Checkbox": "boolean",
    "Number": "double",
    "Currency": "currency",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
}


LAID_OUT = ("Account", "Contact", "Case")


@dataclass(frozen=True, slots=True)
class Layout:
    """What is on a page layout: fields with their behavior, related lists as
    `Child__c.Lookup__c`."""

    object: str
    fields: dict[str, str]
    related: tuple[str, ...]


class Schema:
    """Objects and fields by name in any case. `hidden` holds fields that an administrator
    hid; `guarded` those that a deployment made, which nobody sees before a permission set
    grants them: `granted` says which our user sees, and whether it may edit them."""

    def __init__(self, features: Features) -> None:
        self.objects = fresh_objects(features)
        self.hidden: set[tuple[str, str]] = set()
        self.guarded: set[tuple[str, str]] = set()
        self.granted: dict[tuple[str, str], bool] = {}
        self.layouts = {
            f"{each.name}-{each.label} Layout": Layout(each.name, {}, ())
            for each in self.objects.values()
            if each.custom or each.name in LAID_OUT
        }
        self.audit_fields = True
        self._prefixes = sum(each.custom for each in self.objects.values())
        self._children: dict[str, list[tuple[Object, Field]]] = {}

    def object(self, name: str) -> Object | None:
        """The object of that name, in any case."""
        return self.objects.get(name.lower())

    def named(self, name: str) -> Object:
        """The object of exactly that name. Raises ValueError: for the control API."""
        found = self.object(name)
        if found is None:
            raise ValueError(f"the org has no object {name!r}")
        return found

    def field(self, object: Object, name: str) -> Field | None:
        """The field of that name in any case, or None where the user may not see it."""
        key = name.lower()
        return object.fields.get(key) if self.visible(object, key) else None

    def visible(self, object: Object, key: str) -> bool:
        """Whether our user sees the field of that name in lower case, if there is one."""
        own = (object.name, key)
        return own not in self.hidden and (own not in self.guarded or own in self.granted)

    def fields(self, object: Object) -> list[Field]:
        """Every field the user may see, audit fields with the rights of today."""
        return [
            self.as_granted(object, each)
            for key, each in object.fields.items()
            if self.visible(object, key)
        ]

    def as_granted(self, object: Object, field: Field) -> Field:
        """Audit fields may be set on create where the org and the user's rights allow it;
        what a permission set only lets us read may not be set at all."""
        own = (object.name, field.name.lower())
        if own in self.guarded and not self.granted.get(own, True):
            return replace(field, createable=False, updateable=False)
        if self.audit_fields and object.audited and field.name.lower() in AUDIT:
            return replace(field, createable=True)
        return field

    def children(self, object: Object) -> list[tuple[Object, Field]]:
        """Every field of any object that may point at this one."""
        if object.name not in self._children:
            self._children[object.name] = [
                (child, each)
                for child in self.objects.values()
                for each in child.fields.values()
                if object.name in each.references
            ]
        return self._children[object.name]

    def next_prefix(self) -> str:
        """The first characters of the ids of a new custom object; none comes twice."""
        self._prefixes += 1
        return custom_prefix(self._prefixes - 1)

    def changed(self) -> None:
        """Say so after a field or an object came or went."""
        shown_anywhere(self.objects)
        self._children.clear()

    def snapshot(self) -> Callable[[], None]:
        """Remember objects, fields and guards; the answer puts them back."""
        objects = dict(self.objects)
        fields = {name: dict(each.fields) for name, each in objects.items()}
        labels = {name: (each.label, each.plural) for name, each in objects.items()}
        guarded, prefixes = set(self.guarded), self._prefixes
        layouts = dict(self.layouts)

        def back() -> None:
            self.objects, self.guarded, self._prefixes = objects, guarded, prefixes
            self.layouts = layouts
            for name, each in objects.items():
                # The dictionary stays the same one: jobs at work hold the object.
                each.fields.clear()
                each.fields.update(fields[name])
                each.label, each.plural = labels[name]
            self.changed()

        return back

    def by_prefix(self, prefix: str) -> Object | None:
        """The object whose ids begin so."""
        return next((each for each in self.objects.values() if each.prefix == prefix), None)

    def add_choice(self, object: Object, field: Field, value: str) -> None:
        """Take in an unknown value of an unrestricted picklist, inactive."""
        key = field.name.lower()
        object.fields[key] = object.fields[key].with_choice(value)

    def change(self, object: Object, name: str, action: str, spec: dict[str, Any]) -> Field:
        """What `{"op": "field"}` asks for. Raises ValueError where it makes no sense."""
        self.changed()
        key = name.lower()
        if action == "add":
            object.fields[key] = new_field(name, spec)
            return object.fields[key]
        if key not in object.fields:
            raise ValueError(f"{object.name} has no field {name!r}")
        if action == "hide":
            self.hidden.add((object.name, key))
        elif action == "show":
            self.hidden.discard((object.name, key))
            self.guarded.discard((object.name, key))
        elif action == "length":
            object.fields[key] = replace(object.fields[key], length=int(spec["length"]))
        elif action == "remove":
            return object.fields.pop(key)
        else:
            raise ValueError(f"action must be add, remove, hide, show or length, not {action!r}")
        return object.fields[key]


def new_field(name: str, spec: dict[str, Any]) -> Field:
    """A custom field from `type` (as Setup calls it), `length`, `values`, `required` …"""
    if not name.endswith("__c"):
        raise ValueError("the name of a custom field ends in __c")
    kind = spec.get("type", "Text")
    if kind not in CUSTOM_TYPES:
        raise ValueError(f"type must be one of {', '.join(CUSTOM_TYPES)}")
    return Field(
        name,
        spec.get("label", name.removesuffix("__c").replace("_", " ")),
        CUSTOM_TYPES[kind],
        int(spec.get("length", 255)),
        createable=True,
        updateable=True,
        nillable=not spec.get("required", False),
        unique=bool(spec.get("unique", False)),
        external_id=bool(spec.get("external_id", False)),
        restricted=bool(spec.get("restricted", False)),
        precision=int(spec.get("precision", 18)),
        scale=int(spec.get("scale", 2)),
        choices=tuple(Choice(value) for value in spec.get("values", ())),
    )
