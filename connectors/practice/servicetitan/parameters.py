"""Query parameters as the vendor reads them. Unknown ones are ignored, bad values are a 400."""

from collections.abc import Mapping

from starlette.datastructures import QueryParams

from connectors.practice.servicetitan.answers import Problem, invalid
from connectors.practice.servicetitan.moments import parse

MAX_IDS = 50


def flag(query: QueryParams, name: str) -> bool:
    """A boolean; absent is false."""
    value = query.get(name, "false")
    if value.lower() not in ("true", "false"):
        raise invalid(name, value)
    return value.lower() == "true"


def number(query: QueryParams, name: str, default: int) -> int:
    """A whole number from 1."""
    value = query.get(name, str(default))
    if not value.isdecimal() or int(value) < 1:
        raise invalid(name, value)
    return int(value)


def active_of(query: QueryParams, default: bool | None) -> bool | None:
    """`active=True|False|Any`; None is Any."""
    value = query.get("active")
    if value is None:
        return default
    choices = {"true": True, "false": False, "any": None}
    if value.lower() not in choices:
        raise invalid("active", value)
    return choices[value.lower()]


def active_state_of(query: QueryParams) -> bool | None:
    """`activeState` of invoices and payments."""
    value = query.get("activeState", "ActiveOnly")
    choices = {"ActiveOnly": True, "InactiveOnly": False, "All": None}
    if value not in choices:
        raise invalid("activeState", value)
    return choices[value]


def moment(query: QueryParams, name: str) -> int | None:
    """An ISO 8601 instant in ticks."""
    value = query.get(name)
    try:
        return None if value is None else parse(value)
    except ValueError:
        raise invalid(name, str(value)) from None


def ids(query: QueryParams, name: str) -> list[int] | None:
    """Up to 50 ids, comma-separated."""
    value = query.get(name)
    if value is None:
        return None
    parts = [part.strip() for part in value.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise invalid(name, value)
    if len(parts) > MAX_IDS:
        raise Problem(400, {name: [f"No more than {MAX_IDS} ids may be given."]})
    return [int(part) for part in parts]


def order(query: QueryParams, more: Mapping[str, str]) -> str:
    """`sort=+Field|-Field` or `orderBy` and `orderByDirection` as an ORDER BY clause."""
    value = query.get("sort") or query.get("orderBy")
    if not value:
        return "id"
    columns = {"id": "id", "modifiedon": "modified", "createdon": "created", **more}
    falls = value.startswith("-") or query.get("orderByDirection", "").lower().startswith("desc")
    column = columns.get(value.lstrip("+- ").lower())
    if column is None:
        raise invalid("sort", value)
    return f"{column} {'DESC' if falls else 'ASC'}, id"
