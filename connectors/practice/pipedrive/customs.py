"""Values of custom fields, inside `custom_fields` of version 2: read and written alike."""

from typing import Any

from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.compound import address, members, nullable
from connectors.practice.pipedrive.errors import Bad, unknown
from connectors.practice.pipedrive.fields import Field
from connectors.practice.pipedrive.moments import parse_date, parse_time
from connectors.practice.pipedrive.values import (
    Check,
    calendar,
    currency,
    kind,
    number,
    owner,
    ref,
    text,
)  # fmt: skip

ADDRESS = address(formatted=True)
DATE, TIME = calendar(parse_date), calendar(parse_time)
ZONE = text(64, 1)


def _money(company: Company, value: Any) -> Any:
    checks: dict[str, Check] = {"value": number(), "currency": currency}
    return members(company, value, checks, "value", "currency")


def _range(company: Company, value: Any) -> Any:
    found = members(company, value, {"value": DATE, "until": DATE}, "value", "until")
    if found["until"] < found["value"]:
        raise Bad("until must not be before value")
    return found


def _time(company: Company, value: Any) -> Any:
    checks: dict[str, Check] = {"value": TIME, "timezone_name": ZONE}
    return _zoned(members(company, value, checks, "value"))


def _times(company: Company, value: Any) -> Any:
    checks: dict[str, Check] = {"value": TIME, "until": TIME, "timezone_name": ZONE}
    return _zoned(members(company, value, checks, "value", "until"))


def _zoned(found: dict[str, Any]) -> dict[str, Any]:
    return {"timezone_id": 1, "timezone_name": "America/New_York"} | found


CHECKS: dict[str, Check] = {
    "varchar": text(255),
    "varchar_auto": text(255),
    "text": text(65_535),
    "phone": text(255),
    "double": number(),
    "monetary": _money,
    "user": owner,
    "org": ref("organizations", "Organization"),
    "people": ref("persons", "Person"),
    "date": DATE,
    "daterange": _range,
    "time": _time,
    "timerange": _times,
    "address": ADDRESS,
}
CREATABLE = (*CHECKS, "enum", "set")


def _enum(field: Field, value: Any) -> Any:
    if field.option(value) is None:
        raise Bad(f"option {value!r} does not exist")
    return value


def _set(field: Field, value: Any) -> Any:
    if not kind(value, "an array", list):
        raise Bad("must contain at least 1 items")
    return list(dict.fromkeys(_enum(field, id) for id in value))


def check_custom(company: Company, field: Field, value: Any) -> Any:
    """The value as it is kept; null clears. Raises Bad."""
    if value is None:
        return None
    if field.type == "enum":
        return _enum(field, value)
    if field.type == "set":
        return _set(field, value)
    return nullable(CHECKS[field.type])(company, value)


def custom_values(
    company: Company, entity: str, sent: Any
) -> tuple[dict[str, Any], dict[str, str]]:
    """The checked values by code, and what is wrong by key."""
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    if type(sent) is not dict:
        return {}, {"custom_fields": "must be an object"}
    for code, value in sent.items():
        field = company.fields.of[entity].get(code)
        if field is None or not field.custom:
            wrong[f"custom_fields.{code}"] = unknown(code)
            continue
        try:
            kept[code] = check_custom(company, field, value)
        except Bad as bad:
            wrong[f"custom_fields.{code}"] = str(bad)
    return kept, wrong
