"""Query parameters: in goes the query string of a call, out come checked values or a refusal."""

import base64
from collections.abc import Callable
from typing import Any

import orjson
from starlette.datastructures import QueryParams

from connectors.practice.pipedrive.errors import Bad, invalid, refused, unknown
from connectors.practice.pipedrive.moments import parse_instant

Parser = Callable[[str], Any]


def integer(value: str) -> int:
    """A whole number."""
    if not value.isdigit() or len(value) > 15:
        raise Bad("must be an integer")
    return int(value)


def boolean(value: str) -> bool:
    """`true` or `false`, in small letters."""
    if value not in ("true", "false"):
        raise Bad("must be a boolean")
    return value == "true"


def words(*known: str) -> Parser:
    """One of these."""

    def parse(value: str) -> str:
        if value not in known:
            raise Bad(f"must be one of [{', '.join(known)}]")
        return value

    return parse


def listed(*known: str) -> Parser:
    """Some of these, with commas between."""

    def parse(value: str) -> list[str]:
        return [words(*known)(each) for each in value.split(",")]

    return parse


def at_most(most: int, what: Parser = str) -> Parser:
    """So many values, with commas between."""

    def parse(value: str) -> list[Any]:
        found = [what(each) for each in value.split(",")]
        if len(found) > most:
            raise Bad(f"must contain at most {most} items")
        return found

    return parse


def up_to(most: int) -> Parser:
    """A page size."""

    def parse(value: str) -> int:
        if not 1 <= integer(value) <= most:
            raise Bad(f"must be between 1 and {most}")
        return int(value)

    return parse


def moment(value: str) -> str:
    """An instant in whole seconds: fractions are refused."""
    return parse_instant(value, fractions=False)


def text(least: int, most: int = 500) -> Parser:
    """A search term."""

    def parse(value: str) -> str:
        if not least <= len(value.strip()) <= most:
            raise Bad(f"length must be at least {least} characters long")
        return value.strip()

    return parse


def read(query: QueryParams, known: dict[str, Parser], *required: str) -> dict[str, Any]:
    """The values of the parameters that were given. Raises Refused, naming every wrong one."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, value in query.multi_items():
        if key not in known:
            wrong[key] = unknown(key)
            continue
        try:
            found[key] = known[key](value)
        except Bad as bad:
            wrong[key] = str(bad)
    wrong |= {key: "is required" for key in required if key not in query}
    if wrong:
        raise invalid(wrong)
    return found


def read_old(query: QueryParams, known: dict[str, Parser]) -> dict[str, Any]:
    """The same for version 1, which takes no notice of what it does not know."""
    found: dict[str, Any] = {}
    for key, value in query.items():
        if key in known:
            try:
                found[key] = known[key](value)
            except Bad as bad:
                raise refused(400, f"{key} {bad}") from bad
    return found


def make_cursor(field: str, value: Any, direction: str, id: int) -> str:
    """Where a list goes on: after that value and id."""
    place = {"field": field, "fieldValue": value, "sortDirection": direction, "id": id}
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def cursor(value: str) -> dict[str, Any]:
    """What such a cursor says."""
    try:
        place = orjson.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        if not {"field", "fieldValue", "sortDirection", "id"} <= place.keys():
            raise ValueError(value)
    except (ValueError, AttributeError) as bad:
        raise Bad("is not a valid cursor") from bad
    return dict(place)


PAGE: dict[str, Parser] = {"limit": up_to(500), "cursor": cursor}
