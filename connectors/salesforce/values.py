"""Values between our canonical form and Salesforce's JSON and Bulk CSV, by field type. Pure.

A value that Salesforce would cut, round or read as something else is never sent: it is
`Unsendable`, and the record fails by name.
Source: Object Reference, "Primitive Data Types" and "Field Types"; Bulk API 2.0 Developer
Guide, "Valid Date Format in Records" and "Prepare CSV Files".
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from connectors.canonical import newlines, plain
from connectors.values import FieldSpec, Value

NULL = "#N/A"
NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
PLAIN = re.compile(r"-?\d+(\.\d+)?")
LONGEST_CELL = 131_072
"""Characters that a bulk job takes in one field."""


class Unsendable(ValueError):
    """Why a value cannot be sent as it is: a code, the field, and what is wrong with it."""


class OnlyAsJson(Unsendable):
    """A bulk job would change this value; a call with JSON carries it."""


def to_json(value: Value, spec: FieldSpec) -> Any:
    """What goes into a JSON body for orjson. Raises Unsendable."""
    value = checked(value, spec)
    if isinstance(value, str) and spec.type in NUMBERS:
        return orjson.Fragment(value)
    return value


def to_cell(value: Value, spec: FieldSpec) -> str:
    """What goes into a CSV cell; an empty cell would mean "leave as it is". Raises Unsendable."""
    value = checked(value, spec)
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if text.strip() == NULL:
        raise OnlyAsJson(f"NOT_SENT: {spec.name}: a bulk job reads “{NULL}” as “clear the field”.")
    if len(text) > LONGEST_CELL:
        raise OnlyAsJson(f"NOT_SENT: {spec.name}: a bulk job takes {LONGEST_CELL} characters.")
    return text


def checked(value: Value, spec: FieldSpec) -> Value:
    """The value as the vendor wants its text, or None to clear the field. Raises Unsendable."""
    if spec.type == "boolean":
        return _truth(value, spec)
    # The vendor trims texts: one of blanks would be an empty cell, which clears nothing.
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if spec.type in NUMBERS:
        return _number(text, spec)
    if spec.type in ("date", "datetime"):
        return _moment(text, spec)
    if spec.type == "multipicklist":
        return sorted_picks(text)
    return _text(text, spec)


def from_vendor(value: Any, type: str) -> Value:
    """A value of a JSON answer in canonical form. Compound fields are read by their parts."""
    if value is None or value == "" or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return plain(Decimal(str(value)))
    text = str(value)
    if type == "datetime":
        return instant(datetime.fromisoformat(text))
    if type == "multipicklist":
        return sorted_picks(text)
    return newlines(text)


def instant(moment: datetime) -> str:
    """UTC to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def sorted_picks(text: str) -> str | None:
    return ";".join(sorted({part for part in text.split(";") if part})) or None


def _truth(value: Value, spec: FieldSpec) -> bool:
    """A checkbox cannot be empty: cleared means not ticked."""
    known: dict[Value, bool] = {None: False, "": False, "true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, int) or value not in known:
        raise _wrong(spec, str(value), "neither true nor false")
    return known[value]


def _number(text: str, spec: FieldSpec) -> str:
    if not PLAIN.fullmatch(text) or not text.isascii():
        raise _wrong(spec, text, "no plain number")
    number = plain(Decimal(text))
    if spec.type in ("int", "long") and "." in number:
        raise _wrong(spec, text, "no whole number")
    return number


def _moment(text: str, spec: FieldSpec) -> str:
    try:
        if spec.type == "date":
            return date.fromisoformat(text).strftime("%Y-%m-%d")
        return f"{datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ').isoformat()}.000Z"  # noqa: DTZ007
    except ValueError:
        raise _wrong(spec, text, f"no {spec.type}") from None


def _text(text: str, spec: FieldSpec) -> str:
    text = newlines(text)
    if "\0" in text:
        raise Unsendable(f"NOT_SENT: {spec.name}: the text holds a NUL character.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Unsendable(f"NOT_SENT: {spec.name}: the text is no valid Unicode.")
    if spec.length and len(text) > spec.length:
        raise Unsendable(
            f"STRING_TOO_LONG: {spec.name}: {len(text)} characters do not fit into {spec.length}."
        )
    return text


def _wrong(spec: FieldSpec, text: str, why: str) -> Unsendable:
    return Unsendable(
        f"INVALID_TYPE_ON_FIELD_IN_RECORD: {spec.name} ({spec.type}): “{text[:80]}” is {why}."
    )
