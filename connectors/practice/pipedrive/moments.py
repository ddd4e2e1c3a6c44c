"""The two ways the versions write an instant, and the calendar texts in records."""

import re
from datetime import UTC, date, datetime

from connectors.practice.pipedrive.errors import Bad

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
LENGTH = re.compile(r"\d{2,3}:[0-5]\d(:[0-5]\d)?")
NO_INSTANT = "This value is not a valid datetime."


def stamp(now: datetime) -> str:
    """An instant as version 2 shows it, in whole seconds of UTC."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def old_stamp(value: str | None) -> str | None:
    """An instant of version 2 as version 1 shows it."""
    return value.replace("T", " ").removesuffix("Z") if value else None


def parse_instant(value: str, fractions: bool = True) -> str:
    """An RFC 3339 instant, normalised. Raises Bad."""
    found = INSTANT.fullmatch(value)
    if not found or (found[1] and not fractions):
        raise Bad(NO_INSTANT)
    try:
        return stamp(datetime.fromisoformat(value))
    except ValueError as bad:
        raise Bad(NO_INSTANT) from bad


def parse_old(value: str) -> str:
    """`YYYY-MM-DD HH:MM:SS` of version 1, normalised to the way of version 2. Raises Bad."""
    try:
        return stamp(datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC))
    except ValueError as bad:
        raise Bad("must be in the format YYYY-MM-DD HH:MM:SS") from bad


def parse_date(value: str) -> str:
    """`YYYY-MM-DD`. Raises Bad."""
    try:
        if len(value) != 10:
            raise ValueError(value)
        return date.fromisoformat(value).isoformat()
    except ValueError as bad:
        raise Bad("This value is not a valid date.") from bad


def parse_time(value: str) -> str:
    """`HH:MM` or `HH:MM:SS`, zero-padded; seconds are added. Raises Bad."""
    if not CLOCK.fullmatch(value):
        raise Bad(NO_INSTANT)
    return value if len(value) == 8 else f"{value}:00"


def parse_length(value: str) -> str:
    """A duration `HH:MM` or `HH:MM:SS`. Raises Bad."""
    if not LENGTH.fullmatch(value):
        raise Bad(NO_INSTANT)
    return value if value.count(":") == 2 else f"{value}:00"
