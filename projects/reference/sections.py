"""The parts of the reference that were read. In: source records as the last extraction kept
them. Out: items, with names where the source has ids."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from projects.models import Engagement, SourceRecord
from projects.models.records import LOAD_READING
from projects.reference.parts import Pattern, Section, Shown
from projects.shapes import at

Item = dict[str, Any]
WEEKS = 8
"""A pattern is drawn from the last weeks of what is planned: older ones are history."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Records:
    """One engagement's records by object; names are read once."""

    def __init__(self, engagement: Engagement) -> None:
        self._all = SourceRecord.objects.filter(engagement=engagement, reading=LOAD_READING)
        self.names = cache(self._names)

    def each(self, object: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """(id, record), by the order in which they were read."""
        found = self._all.filter(object=object).order_by("pk").values_list("source_id", "data")
        yield from found.iterator(chunk_size=500)

    def _names(self, object: str) -> Mapping[str, str]:
        return {id: str(record.get("name") or f"#{id}") for id, record in self.each(object)}

    def named(self, object: str, value: Any) -> Any:
        """Names for an id or a list of ids; an id that was not read stands as #id."""
        if isinstance(value, list):
            return [self.named(object, each) for each in value]
        return None if value in (None, 0) else self.names(object).get(str(value), f"#{value}")


def items(section: Section, records: Records, zone: str) -> list[Item]:
    """What the section lists. `zone` is where its times are told, "" for UTC."""
    if section.pattern:
        return list(_patterns(section.pattern, records, section.object, zone))
    if section.lists:
        return [
            {"list": name, **_item(section.shown, records, entry)}
            for _, record in records.each(section.object)
            for name in section.lists
            for entry in at(record, name) or ()
        ]
    return [
        {"id": id, **_item(section.shown, records, record)}
        for id, record in records.each(section.object)
    ]


def _item(shown: tuple[Shown, ...], records: Records, record: Mapping[str, Any]) -> Item:
    return {
        each.name: records.named(each.of, at(record, each.path))
        if each.of
        else at(record, each.path)
        for each in shown
    }


def _patterns(of: Pattern, records: Records, object: str, zone: str) -> Iterator[Item]:
    """Who works from when to when on which weekday, and how often in the last weeks."""
    spans = [
        (datetime.fromisoformat(r[of.start]), datetime.fromisoformat(r[of.end]), r)
        for _, r in records.each(object)
        if r.get(of.active) is not False and r.get(of.start) and r.get(of.end)
    ]
    newest = max((start for start, _, _ in spans), default=datetime.now(UTC))
    told = ZoneInfo(zone) if zone else UTC
    counted: Counter[tuple[str, int, str, str, str, str]] = Counter()
    for start, end, record in spans:
        if newest - start < timedelta(weeks=WEEKS):
            begins, ends = start.astimezone(told), end.astimezone(told)
            who = records.named(of.of, record.get(of.who)) or "nobody"
            kind, title = (str(record.get(name) or "") for name in (of.kind, of.title))
            counted[who, begins.weekday(), f"{begins:%H:%M}", f"{ends:%H:%M}", kind, title] += 1
    for (who, weekday, begins_at, ends_at, kind, title), times in sorted(counted.items()):
        yield {
            "who": who,
            "weekday": WEEKDAYS[weekday],
            "from": begins_at,
            "to": ends_at,
            "kind": kind,
            "title": title,
            "times_in_8_weeks": times,
        }
