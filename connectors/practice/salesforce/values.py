"""Values at the door: JSON and CSV cells become what is stored, or the record is refused.

Stored: text trimmed (empty is null), instants as whole seconds since 1970, truths as 0 and 1,
numbers rounded to the field's scale, ids with 18 characters.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.fields import NUMBERS, Field
from connectors.practice.salesforce.ids import full_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d)\Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
EMAIL = re.compile(r"[^@\s,;()<>\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}\Z")
TRUTHS = {"true": 1, "1": 1, "false": 0, "0": 0}
YEARS = range(1700, 4001)
SHOWN = 255

Stored = str | int | float | None


def wrong_type(field: Field) -> RowError:
    """The refusal of a value that its type cannot hold."""
    return RowError(
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        f"{field.label}: value not of required type: {field.name}",
        field.name,
    )


def seconds(text: str) -> int | None:
    """Whole seconds since 1970 of an instant with zone; None where it is none."""
    if not INSTANT.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment - EPOCH).total_seconds() // 1) if moment.year in YEARS else None


def instant(stored: int, ending: str = "+0000") -> str:
    """An instant as the vendor writes it: to the second, with three zeros."""
    return f"{(EPOCH + timedelta(seconds=stored)).isoformat()[:19]}.000{ending}"


def _text(field: Field, text: str) -> Stored:
    text = text.strip()
    if (len(text.encode()) if field.in_bytes else len(text)) > field.length:
        raise RowError(
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {text[:SHOWN]} (max length={field.length})",
            field.name,
        )
    return text or None


def _email(field: Field, text: str) -> Stored:
    if text.strip() and not EMAIL.match(text.strip()):
        raise RowError(
            "INVALID_EMAIL_ADDRESS",
            f"{field.label}: invalid email address: {text.strip()[:SHOWN]}",
            field.name,
        )
    return _text(field, text)


def _pick(field: Field, text: str) -> Stored:
    value = _text(field, text)
    if value is None or not field.restricted:
        return value
    if not any(choice.active and choice.value == value for choice in field.choices):
        raise RowError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.label}: bad value for restricted picklist field: {value}",
            field.name,
        )
    return value


def _picks(field: Field, text: str) -> Stored:
    values = dict.fromkeys(each.strip() for each in text.split(";"))
    return _text(field, ";".join(filter(None, values)))


def _number(field: Field, text: str) -> Stored:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise wrong_type(field) from None
    if not number.is_finite() or (field.type == "int" and number != int(number)):
        raise wrong_type(field)
    number = number.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    if abs(number) >= Decimal(10) ** ((field.precision or 18) - field.scale):
        raise RowError(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {text.strip()}",
            field.name,
        )
    return int(number) if field.type == "int" else float(number)


def _truth(field: Field, text: str) -> Stored:
    value = TRUTHS.get(text.strip().lower())
    if value is None:
        raise wrong_type(field)
    return value


def _instant(field: Field, text: str) -> Stored:
    value = seconds(text.strip())
    if value is None:
        raise wrong_type(field)
    return value


def _day(field: Field, text: str) -> Stored:
    text = text.strip()
    try:
        valid = DAY.match(text) and date.fromisoformat(text).year in YEARS
    except ValueError:
        valid = False
    if not valid:
        raise wrong_type(field)
    return text


def _reference(field: Field, text: str) -> Stored:
    id = full_id(text.strip())
    if id is None:
        raise malformed(field, text)
    return id


def _binary(field: Field, text: str) -> Stored:
    raise RowError(
        "INVALID_FIELD",
        "binary data goes into a call of its own in the practice org",
        field.name,
    )


def malformed(field: Field, text: str) -> RowError:
    """The refusal of an id of the wrong shape or of the wrong object."""
    return RowError(
        "MALFORMED_ID", f"{field.label}: id value of incorrect type: {text}", field.name
    )


READERS: dict[str, Callable[[Field, str], Stored]] = {
    "string": _text,
    "textarea": _text,
    "phone": _text,
    "url": _text,
    "combobox": _text,
    "email": _email,
    "picklist": _pick,
    "multipicklist": _picks,
    "int": _number,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "boolean": _truth,
    "datetime": _instant,
    "date": _day,
    "reference": _reference,
    "id": _reference,
    "base64": _binary,
}


def from_text(field: Field, text: str) -> Stored:
    """A CSV cell or JSON text that is not empty. Raises RowError."""
    return READERS[field.type](field, text)


def from_json(field: Field, value: Any) -> Stored:
    """A JSON value of a record. Raises RowError where its kind does not fit the field."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        if field.type != "boolean":
            raise wrong_type(field)
        return int(value)
    if isinstance(value, int | float):
        if field.type not in NUMBERS:
            raise wrong_type(field)
        return _number(field, repr(value))
    if not isinstance(value, str):
        raise wrong_type(field)
    return from_text(field, value)
