"""Tasks and events: what they need, when they are closed, and when they leave plain queries.

Archived are closed tasks and events a year past, by the first night after they came to be so.
Source: Object Reference, "Archived Activities", "Event", "Task".
"""

from typing import Any

from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import DAY, Org
from connectors.practice.salesforce.values import instant

Row = dict[str, Any]

YEAR = 365 * DAY
LONGEST = 14 * 24 * 60
"""Minutes that an event may take."""
OLD = {
    "Task": "IsClosed = 1 AND COALESCE(ActivityDate, date(CreatedDate, 'unixepoch')) <= ?",
    "Event": "COALESCE(date(ActivityDateTime, 'unixepoch'), ActivityDate) <= ?",
}


def settle(object: Object, row: Row, given: Row, before: Row, now: int) -> None:
    """Fill in what a task or an event gets by itself. Raises RowError."""
    if object.name == "Task":
        _close(row, before, now)
    elif object.name == "Event":
        _time(row, given, before)


def archive(org: Org) -> None:
    """Once a night, at the first call of a new day."""
    today = instant(org.now())[:10]
    if today <= org.archived_on:
        return
    org.archived_on = today
    for name, old in OLD.items():
        org.store.db.execute(
            f'UPDATE "{name}" SET IsArchived = 1 WHERE IsArchived = 0 AND {old}',
            (instant(org.now() - YEAR)[:10],),
        )


def _close(row: Row, before: Row, now: int) -> None:
    closed = (before | row)["Status"] == "Completed"
    row["IsClosed"] = int(closed)
    row["CompletedDateTime"] = (before.get("CompletedDateTime") or now) if closed else None


def _time(row: Row, given: Row, before: Row) -> None:
    """Start, end and duration of an event make each other."""
    after = before | row
    if after["IsAllDayEvent"]:
        if not after.get("ActivityDate"):
            raise _missing("ActivityDate")
        row |= dict.fromkeys(("StartDateTime", "ActivityDateTime", "EndDateTime"))
        row["DurationInMinutes"] = after.get("DurationInMinutes") or 24 * 60
        return
    start = _agreed(given, "StartDateTime", "ActivityDateTime") or before.get("StartDateTime")
    if start is None:
        raise _missing("ActivityDateTime")
    minutes = _minutes(start, given, before)
    if not 0 <= minutes <= LONGEST:
        raise _wrong("An event ends after it starts, and within 14 days.", "EndDateTime")
    row |= {"StartDateTime": start, "ActivityDateTime": start, "ActivityDate": instant(start)[:10]}
    row |= {"EndDateTime": start + 60 * minutes, "DurationInMinutes": minutes}


def _minutes(start: int, given: Row, before: Row) -> int:
    end, minutes = given.get("EndDateTime"), given.get("DurationInMinutes")
    if end is None and minutes is None:
        minutes = before.get("DurationInMinutes")
    if end is None:
        if minutes is None:
            raise _missing("DurationInMinutes")
        return int(minutes)
    if minutes is not None and end != start + 60 * minutes:
        raise _wrong("EndDateTime and DurationInMinutes do not agree.", "DurationInMinutes")
    return int((end - start) // 60)


def _agreed(given: Row, name: str, other: str) -> int | None:
    both = {given[each] for each in (name, other) if given.get(each) is not None}
    if len(both) > 1:
        raise _wrong(f"{name} and {other} do not agree.", name)
    return both.pop() if both else None


def _missing(name: str) -> RowError:
    return RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)


def _wrong(message: str, name: str) -> RowError:
    return RowError("FIELD_INTEGRITY_EXCEPTION", message, name)
