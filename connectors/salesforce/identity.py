"""How a record carries our key: in a field of its own, as the last line of a text, or by its
parent alone. Pure.

A text that holds a key is read without it, so that a planned and a read-back value compare;
its length in `describe` leaves room for it.
Source: Object Reference, "CaseComment": no custom fields, a body of 4,000 bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors import marker
from connectors.salesforce.objects import KEY_FIELDS
from connectors.salesforce.values import Unsendable, checked
from connectors.values import FieldSpec, Row, Value, Verb

MARKER = re.compile(rf"{marker.MARK.pattern}\Z")
ROOM = 100
"""Bytes of a marker: a key has up to 80."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Which text ends in the key, how many bytes it takes, and the lookup and relationship to
    the parent under which such a record is looked for; the parent has a key field."""

    text: str
    longest: int
    parent: str
    above: str


MARKED = {"CaseComment": Marked("CommentBody", 4000, "ParentId", "Parent.Source_Id__c")}
BY_PARENT = {"PricebookEntry": "Product2"}
"""Object → the parent whose key is its own too: it has no field for one, and the parent has one
such record in the price book that we write to."""


def column(object: str) -> str:
    """The field in which a key of ours stands, alone or at the end."""
    if object in BY_PARENT:
        return f"{BY_PARENT[object]}.{KEY_FIELDS[BY_PARENT[object]]}"
    return MARKED[object].text if object in MARKED else KEY_FIELDS[object]


def by_call(object: str, verb: Verb) -> bool:
    """Whether such rows never go by a job, which would send the key along to tell them apart:
    an entry has no field for it, and an order is activated by its status alone."""
    return object in BY_PARENT or (object == "Order" and verb == "update")


def key_of(object: str, row: Mapping[str, Any]) -> str:
    """The key that a record as the vendor sent it carries, "" for none."""
    if object in BY_PARENT:
        row = row.get(BY_PARENT[object]) or {}
        return str(row.get(KEY_FIELDS[BY_PARENT[object]]) or "")
    text = row.get(column(object)) or ""
    if object not in MARKED:
        return str(text)
    found = MARKER.search(text)
    return found[1] if found else ""


def without_key(object: str, name: str, value: Value) -> Value:
    """A value as it was before our key came to stand in it."""
    if object in MARKED and name == MARKED[object].text and isinstance(value, str):
        return MARKER.sub("", value) or None
    return value


def carrying(object: str, row: Row, fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """The field with which a row to be created, or a text to be updated, carries its key.
    Raises Unsendable where both do not fit."""
    if object in BY_PARENT:
        return {}
    if object not in MARKED:
        return {KEY_FIELDS[object]: row.key}
    marked = MARKED[object]
    if row.id and marked.text not in row.values:
        return {}
    given = row.values.get(marked.text)
    text = "" if given is None else str(checked(given, fields[marked.text]) or "")
    whole = marker.marked(text, row.key)
    if (size := len(whole.encode())) > marked.longest:
        raise Unsendable(
            f"STRING_TOO_LONG: {marked.text}: {size} bytes, the key included, do not fit into "
            f"{marked.longest}."
        )
    return {marked.text: whole}
