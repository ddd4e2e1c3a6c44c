"""Checks of one value of a body of version 2: in goes what was sent, out what is kept.

A check is `(company, value) -> value` and raises Bad. Nothing is converted: a number is never
text, and a flag is true or false.
"""

from collections.abc import Callable
from typing import Any

from connectors.practice.pipedrive.company import CURRENCIES, Company
from connectors.practice.pipedrive.errors import Bad
from connectors.practice.pipedrive.moments import parse_instant

Check = Callable[[Company, Any], Any]
LARGEST = 10**15


def kind(value: Any, name: str, *types: type) -> Any:
    """The value, which must be of one of these types exactly."""
    if type(value) not in types:
        raise Bad(f"must be {name}")
    return value


def text(most: int, least: int = 0) -> Check:
    """Text of so many characters; where one is needed, blanks do not count."""

    def check(company: Company, value: Any) -> Any:
        kind(value, "a string", str)
        if len(value) > most:
            raise Bad(f"length must be less than or equal to {most} characters long")
        if len(value.strip()) < least:
            raise Bad("is not allowed to be empty")
        return value

    return check


def long_text(most: int) -> Check:
    """Text of so many bytes."""

    def check(company: Company, value: Any) -> Any:
        if len(kind(value, "a string", str).encode()) > most:
            raise Bad(f"must not be larger than {most // 1024} KB")
        return value

    return check


def whole(least: int, most: int = LARGEST) -> Check:
    """A whole number in these bounds."""

    def check(company: Company, value: Any) -> Any:
        return _bounded(kind(value, "an integer", int), least, most)

    return check


def number(least: float = -LARGEST, most: float = LARGEST) -> Check:
    """A number in these bounds."""

    def check(company: Company, value: Any) -> Any:
        return _bounded(kind(value, "a number", int, float), least, most)

    return check


def _bounded(value: Any, least: float, most: float) -> Any:
    if not least <= value <= most:
        raise Bad(f"must be between {least} and {most}")
    return value


def flag(company: Company, value: Any) -> Any:
    """True or false."""
    return kind(value, "a boolean", bool)


def word(*words: str) -> Check:
    """One of these."""

    def check(company: Company, value: Any) -> Any:
        if value not in words or type(value) is not str:
            raise Bad(f"must be one of [{', '.join(words)}]")
        return value

    return check


def calendar(parse: Callable[[str], str]) -> Check:
    """A date, a time or a length of time, as `moments` reads it."""

    def check(company: Company, value: Any) -> Any:
        return parse(kind(value, "a string", str))

    return check


instant = calendar(parse_instant)


def ref(entity: str, what: str) -> Check:
    """The id of a live record that the user of the token may see."""

    def check(company: Company, value: Any) -> Any:
        kind(value, "an integer", int)
        record = company.store.get(entity, value)
        if record is None or record["is_deleted"] or not company.sees(record):
            raise Bad(f"{what} {value} was not found")
        return value

    return check


def owner(company: Company, value: Any) -> Any:
    """The id of an active user."""
    user = company.store.get("users", kind(value, "an integer", int))
    if user is None or not user["active_flag"]:
        raise Bad(f"User {value} was not found or is not active")
    return value


def lead(company: Company, value: Any) -> Any:
    """The UUID of a live lead."""
    if not company.store.where("leads", uuid=kind(value, "a string", str)):
        raise Bad(f"Lead {value} was not found")
    return value


def project(company: Company, value: Any) -> Any:
    """The company has no projects."""
    raise Bad(f"Project {kind(value, 'an integer', int)} was not found")


def visibility(company: Company, value: Any) -> Any:
    """1 and 3; with visibility groups 5 and 7 too."""
    levels = (1, 3, 5, 7) if company.plan.groups else (1, 3)
    if kind(value, "an integer", int) not in levels:
        raise Bad(f"must be one of [{', '.join(map(str, levels))}]")
    return value


def currency(company: Company, value: Any) -> Any:
    """A currency the company has."""
    return word(*CURRENCIES)(company, value)


def labels(entity: str) -> Check:
    """Ids of options of the entity's own label field."""

    def check(company: Company, value: Any) -> Any:
        field = company.fields.labels(entity)
        for id in kind(value, "an array", list):
            if field.option(id) is None:
                raise Bad(f"option {id!r} does not exist")
        if len(value) > 100:
            raise Bad("must contain at most 100 items")
        return list(dict.fromkeys(value))

    return check


def option(entity: str, code: str) -> Check:
    """The id of an option of a field every company has."""

    def check(company: Company, value: Any) -> Any:
        if company.fields.of[entity][code].option(value) is None:
            raise Bad(f"option {value!r} does not exist")
        return value

    return check


def activity_type(company: Company, value: Any) -> Any:
    """The key of an active activity type."""
    kind(value, "a string", str)
    if not company.store.where("activityTypes", key_string=value):
        raise Bad(f"activity type '{value}' does not exist")
    return value
