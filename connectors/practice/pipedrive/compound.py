"""Checks of values that have parts: addresses, contacts, participants, attendees, prices."""

from typing import Any

from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import Bad, unknown
from connectors.practice.pipedrive.values import (
    Check,
    currency,
    flag,
    kind,
    number,
    owner,
    ref,
    text,
)  # fmt: skip

PARTS = (
    "country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route",
    "street_number", "subpremise", "postal_code",
)  # fmt: skip


def members(
    company: Company, value: Any, checks: dict[str, Check], *required: str
) -> dict[str, Any]:
    """The checked members of an object that may have these and no others. Raises Bad."""
    kept: dict[str, Any] = {}
    for key, each in kind(value, "an object", dict).items():
        if key not in checks:
            raise Bad(unknown(key))
        try:
            kept[key] = checks[key](company, each)
        except Bad as bad:
            raise Bad(f"{key} {bad}") from bad
    for key in required:
        if kept.get(key) is None:
            raise Bad(f"{key} is required")
    return kept


def nullable(check: Check) -> Check:
    """That check, or null."""
    return lambda company, value: None if value is None else check(company, value)


def each(check: Check) -> Check:
    """An array of what that check takes."""
    return lambda company, value: [check(company, one) for one in kind(value, "an array", list)]


def address(formatted: bool = False) -> Check:
    """An address: only `value` is needed, parts left out become null."""
    parts = (*PARTS, "formatted_address") if formatted else PARTS
    checks = {"value": text(1000, 1)} | {part: nullable(text(255)) for part in parts}

    def check(company: Company, value: Any) -> Any:
        return dict.fromkeys(parts) | members(company, value, checks, "value")

    return check


def contacts(company: Company, value: Any) -> Any:
    """E-mails or phones: the label is work where none is given, the first is primary where
    none is."""
    checks = {"value": text(255, 1), "primary": flag, "label": text(255)}
    plain = {"value": "", "primary": False, "label": "work"}
    found = [
        plain | members(company, one, checks, "value") for one in kind(value, "an array", list)
    ]
    return one_primary(found)


def one_primary(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first is primary where none is. Raises Bad where several are."""
    primary = sum(one["primary"] for one in found)
    if primary > 1:
        raise Bad("only one item can be primary")
    if found and not primary:
        found[0]["primary"] = True
    return found


def participants(company: Company, value: Any) -> Any:
    """Persons of an activity."""
    checks = {"person_id": ref("persons", "Person"), "primary": flag}
    found = [
        {"primary": False} | members(company, one, checks, "person_id")
        for one in kind(value, "an array", list)
    ]
    if len({one["person_id"] for one in found}) < len(found):
        raise Bad("a person can be given only once")
    return one_primary(found)


def attendees(company: Company, value: Any) -> Any:
    """Those who were invited to an activity."""
    checks: dict[str, Check] = {
        "email": text(255, 1),
        "name": text(255),
        "status": text(255),
        "is_organizer": flag,
        "person_id": nullable(ref("persons", "Person")),
        "user_id": nullable(owner),
    }
    return [members(company, one, checks, "email") for one in kind(value, "an array", list)]


def prices(company: Company, value: Any) -> Any:
    """Prices of a product, one a currency."""
    checks: dict[str, Check] = {
        "currency": currency,
        "price": number(0),
        "cost": number(0),
        "direct_cost": nullable(number(0)),
        "notes": text(255),
    }
    plain = {"price": 0, "cost": 0, "direct_cost": None, "notes": ""}
    found = [
        plain | members(company, one, checks, "currency") for one in kind(value, "an array", list)
    ]
    if len({one["currency"] for one in found}) < len(found):
        raise Bad("only one price per currency is allowed")
    return found
