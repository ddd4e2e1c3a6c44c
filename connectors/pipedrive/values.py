"""Values between our canonical form and Pipedrive's JSON, by kind. Pure.

A value that Pipedrive would cut, refuse with the whole record, or store as something else is
never sent: it is `Unsendable`, and the record fails by name.
Source: Pipedrive API Documentation, "Custom fields" and "Core API concepts, Responses".
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from connectors.canonical import newlines, plain
from connectors.errors import RecordRefused
from connectors.pipedrive.objects import Kind
from connectors.values import FieldSpec, Value

PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
CLOCK = re.compile(r"(\d{2,3}):(\d{2})(?::(\d{2}))?", re.ASCII)
BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li)>", re.I)
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
KIND = re.compile(r"(.+) \((home|mobile|other)\)")
PARTS = (
    "street_number", "route", "subpremise", "sublocality", "locality", "admin_area_level_2",
    "admin_area_level_1", "country", "postal_code",
)  # fmt: skip


class Unsendable(RecordRefused):
    """Why a value cannot be sent as it is: a code, the field, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of one object in one account. `code` is what the account calls it; `ids` and
    `labels` translate its options both ways."""

    spec: FieldSpec
    kind: Kind
    code: str
    custom: bool = False
    vendor: str = ""
    ids: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[Any, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.spec.name


def to_json(value: Value, column: Column, currency: str = "") -> Any:
    """What goes into a body for orjson; None clears. Raises Unsendable."""
    if value is None or value == "":
        return [] if column.kind in ("labels", "contacts", "person") else None
    match column.kind:
        case "number":
            return _number(value, column)
        case "money":
            return {"value": _number(value, column), "currency": currency}
        case "option" | "stage":
            return _option(str(value), column)
        case "options" | "labels":
            return [_option(label, column) for label in str(value).split(";") if label]
        case "id":
            return _id(value, column)
        case "person":
            return [{"person_id": _id(value, column), "primary": True}]
        case "flag":
            return _flag(value, column)
        case "date":
            return _moment(str(value), column, "%Y-%m-%d", "%Y-%m-%d")
        case "instant":
            return _moment(str(value), column, "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%SZ")
        case "v1 instant":
            return _moment(str(value), column, "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S")
        case "clock":
            return _clock(str(value), column)
        case "address":
            return _address(_text(str(value), column))
        case "address line":
            return {"value": _text(str(value), column)}
        case "contacts":
            return _contacts(_text(str(value), column))
        case "html":
            return to_html(_text(str(value), column))
        case "name":
            if value not in column.spec.picklist:
                raise _wrong(column, str(value), "none of its values")
            return value
    return _text(str(value), column)


def from_json(value: Any, column: Column) -> Value:
    """A value of an answer in canonical form."""
    if column.kind == "address" and isinstance(value, dict):
        return _whole(value)
    if isinstance(value, dict):
        value = value.get("id" if "label" in value else "value")
    if value is None or value == "" or value == []:
        return None
    match column.kind:
        case "number" | "money":
            return plain(Decimal(str(value)))
        case "option" | "stage":
            return column.labels.get(value) or column.labels.get(str(value)) or str(value)
        case "options" | "labels":
            return _labels(value, column)
        case "date":
            return str(value)[:10]
        case "instant" | "v1 instant":
            return instant(str(value))
        case "clock":
            found = CLOCK.fullmatch(str(value))
            return _hours(*found.groups()) if found else str(value)
        case "flag":
            return bool(value)
        case "contacts":
            return "\n".join(map(_reach, _first(value))) or None
        case "html":
            return from_html(str(value)) or None
    return newlines(str(value))


def instant(text: str) -> str | None:
    """Any of the vendor's forms, all of them UTC, to the second. It has one for "never"."""
    if text.startswith("0000"):
        return None
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def moment_of(text: Any) -> datetime:
    """A time of an answer; the beginning of time where it is absent."""
    known = instant(str(text)) if text else None
    return datetime.fromisoformat(known) if known else datetime(1970, 1, 1, tzinfo=UTC)


def to_html(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")


def from_html(text: str) -> str:
    """The text of a note as a person reads it: breaks and blocks are line ends, tags go."""
    return html.unescape(TAG.sub("", BREAK.sub("\n", newlines(text))))


def marked_name(name: str, key: str) -> str:
    """A file name with our key before its ending; a name holds no slash."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem and len(ending) <= 8 else (name, "")
    return f"{stem} [ref {key.replace('/', '~')}]{ending}"


def unmarked_name(name: str) -> tuple[str | None, str]:
    found = re.search(r" \[ref ([^\s\[\]]+)\]", name)
    if not found:
        return name or None, ""
    return name[: found.start()] + name[found.end() :], found[1].replace("~", "/")


def _number(value: Value, column: Column) -> Any:
    text = str(value)
    if isinstance(value, bool) or not PLAIN.fullmatch(text):
        raise _wrong(column, text, "no plain number")
    number = Decimal(text)
    if Decimal(str(float(number))) != number:  # JSON's readers, the vendor's too, keep a double
        raise _wrong(column, text, "a number of more digits than are kept there")
    return orjson.Fragment(plain(number))


def _option(label: str, column: Column) -> Any:
    if label not in column.ids:
        raise _wrong(column, label, "none of its options. Add it there, or map the value to one")
    return column.ids[label]


def _id(value: Value, column: Column) -> int:
    if isinstance(value, bool) or not str(value).isdecimal():
        raise _wrong(column, str(value), "no id")
    return int(str(value))


def _flag(value: Value, column: Column) -> bool:
    known: dict[Value, bool] = {True: True, False: False, "true": True, "false": False}
    if (isinstance(value, int) and not isinstance(value, bool)) or value not in known:
        raise _wrong(column, str(value), "neither true nor false")
    return known[value]


def _moment(text: str, column: Column, form: str, wanted: str) -> str:
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        raise _wrong(column, text, f"no {column.spec.type}") from None
    if moment.date() < date(1000, 1, 1):
        raise _wrong(column, text, "a year that the vendor does not write with four digits")
    return moment.strftime(wanted)


def _clock(text: str, column: Column) -> str:
    found = CLOCK.fullmatch(text)
    if not found:
        raise _wrong(column, text, "no hours and minutes")
    return _hours(*found.groups())


def _hours(hours: str, minutes: str, seconds: str | None) -> str:
    return f"{hours}:{minutes}" if seconds in (None, "00") else f"{hours}:{minutes}:{seconds}"


def _labels(value: Any, column: Column) -> str | None:
    ids = value if isinstance(value, list) else str(value).split(",")
    found = (one["label"] if isinstance(one, dict) else column.labels.get(one) for one in ids)
    known = [label or str(id) for label, id in zip(found, ids, strict=True)]
    return ";".join(sorted(known)) or None


def _address(text: str) -> dict[str, str]:
    """Lines that name a part of it, such as "locality: Akron", go into that part."""
    whole: list[str] = []
    parts: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, rest = line.partition(": ")
        if colon and name in PARTS and rest:
            parts[name] = rest
        else:
            whole.append(line)
    return {"value": "\n".join(whole), **parts}


def _whole(address: Mapping[str, Any]) -> str | None:
    """An address with its parts, one a line: a change that left them out would clear them."""
    parts = [f"{name}: {address[name]}" for name in PARTS if address.get(name)]
    return newlines("\n".join([str(address.get("value") or ""), *parts])).strip("\n") or None


def _contacts(text: str) -> list[dict[str, Any]]:
    """One a line, the first one primary; "+1 555 0100 (mobile)" names its kind."""
    found: list[dict[str, Any]] = []
    for line in dict.fromkeys(filter(None, text.split("\n"))):
        named = KIND.fullmatch(line)
        value, label = (named[1], named[2]) if named else (line, "work")
        found.append({"value": value, "primary": not found, "label": label})
    return found


def _reach(one: Mapping[str, Any]) -> str:
    label = str(one.get("label") or "")
    named = f" ({label})" if KIND.fullmatch(f"x ({label})") else ""
    return newlines(str(one["value"])) + named


def _first(value: Any) -> list[Any]:
    """Those that are filled in, the primary one first."""
    filled = [one for one in value if one.get("value")]
    return sorted(filled, key=lambda one: not one.get("primary"))


def _text(text: str, column: Column) -> str:
    text = newlines(text)
    if "\0" in text:
        raise Unsendable(f"NOT_SENT: {column.name}: the text holds a NUL character.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Unsendable(f"NOT_SENT: {column.name}: the text is no valid Unicode.")
    longest = column.spec.length
    if longest and len(text) > longest:
        raise Unsendable(
            f"NOT_SENT: {column.name}: {len(text)} characters do not fit into {longest}."
        )
    return text


def _wrong(column: Column, text: str, why: str) -> Unsendable:
    return Unsendable(f"NOT_SENT: {column.name} ({column.spec.type}): “{text[:80]}” is {why}.")
