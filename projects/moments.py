"""Transforms of points in time and of durations. Pure; all times are UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.values import Value
from projects.fitting import Context, Excepted, Unfit, clean
from projects.shapes import at

EMPTY = "0001-01-01"
DURATION = re.compile(r"(?:(\d+)\.)?(\d+):(\d\d):(\d\d)(?:\.\d*)?")
DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
UNTIL = re.compile(r"(\S+) (\d+)")
TOO_OLD = "older than the archive rule: from before {}"


def moment(value: Any, context: Context) -> str | None:
    """A point in time as UTC to the second. A time without zone is UTC at this source."""
    text = clean(value)
    if text is None or text.startswith(EMPTY):
        return None
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit(f"{context.path}: “{text}” is not a date and time.", text) from None
    return found.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def instant(value: Any, context: Context) -> Value:
    """A point in time. Of what is from before the argument, a day such as 2025-01-31, nothing
    lands."""
    found = moment(value, context)
    if found and found < context.argument:
        raise Excepted(TOO_OLD.format(context.argument))
    return found


def day(value: Any, context: Context) -> Value:
    """A date as the source states it. Midnight UTC there means the day, wherever it is read.
    Of what is from before the argument nothing lands."""
    found = instant(value, context)
    return None if found is None else str(found)[:10]


def until(value: Any, context: Context) -> Value:
    """The end of what begins at the argument's path and takes so many days at most, as in
    "start 14"; nothing else of it lands."""
    path, days = context.argument.split()
    begin, end = moment(at(context.record, path), context), moment(value, context)
    if begin is None or end is None:
        raise Excepted("it has no start, or no end")
    took = datetime.fromisoformat(end) - datetime.fromisoformat(begin)
    if not timedelta() <= took <= timedelta(days=int(days)):
        raise Excepted(f"it does not end within {days} days after its start")
    return end


def clock(value: Any, context: Context) -> Value:
    """The time of day of a point in time, UTC, to the minute."""
    found = moment(value, context)
    return None if found is None else found[11:16]


def span(value: Any, context: Context) -> Value:
    """Hours and minutes from a point in time to the one at the argument's path."""
    begin, end = moment(value, context), moment(at(context.record, context.argument), context)
    if begin is None or end is None:
        return None
    passed = datetime.fromisoformat(end) - datetime.fromisoformat(begin)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 0:
        raise Unfit(f"{context.path}: the end {end} is before the start {begin}.")
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours(value: Any, context: Context) -> Value:
    """A duration such as "01:02:30" in hours and minutes, and seconds where there are any."""
    total = seconds(value, context)
    if total is None:
        return None
    minutes, rest = divmod(int(str(total)), 60)
    ending = f":{rest:02}" if rest else ""
    return f"{minutes // 60:02}:{minutes % 60:02}{ending}"


def seconds(value: Any, context: Context) -> Value:
    """A duration such as "01:02:30" or "1.01:02:30", with or without parts of seconds, in
    whole seconds."""
    text = clean(value)
    if text is None:
        return None
    if (found := DURATION.fullmatch(text)) is None:
        raise Unfit(f"{context.path}: “{text}” is no duration.", text)
    days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    return str(((days * 24 + hours) * 60 + minutes) * 60 + rest)
