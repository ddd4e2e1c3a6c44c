"""Transforms of points in time and of durations. Pure; all times are UTC."""

import re
from datetime import UTC, datetime
from typing import Any

from connectors.values import Value
from projects.fitting import Context, Unfit, clean
from projects.shapes import at

EMPTY_INSTANT = "0001-01-01"
DURATION = re.compile(r"(?:(\d+)\.)?(\d+):(\d\d):(\d\d)(?:\.\d*)?")


def instant(value: Any, context: Context) -> Value:
    """A point in time as UTC to the second. A time without zone is UTC at this source."""
    text = clean(value)
    if text is None or text.startswith(EMPTY_INSTANT):
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit(f"{context.path}: “{text}” is not a date and time.", text) from None
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def day(value: Any, context: Context) -> Value:
    """A date as the source states it. Midnight UTC there means the day, wherever it is read."""
    moment = instant(value, context)
    return None if moment is None else str(moment)[:10]


def clock(value: Any, context: Context) -> Value:
    """The time of day of a point in time, UTC, to the minute."""
    moment = instant(value, context)
    return None if moment is None else str(moment)[11:16]


def span(value: Any, context: Context) -> Value:
    """Hours and minutes from a point in time to the one at the argument's path."""
    ends = instant(value, context), instant(at(context.record, context.argument), context)
    if None in ends:
        return None
    begin, end = (datetime.fromisoformat(str(moment)) for moment in ends)
    minutes = int((end - begin).total_seconds() // 60)
    if minutes < 0:
        raise Unfit(f"{context.path}: the end {ends[1]} is before the start {ends[0]}.")
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
