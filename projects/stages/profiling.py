"""Reads: SourceRecord, the source's schema. Writes: FieldProfile — how full each source field is,
how many different values it has, how long they get. One pass an object, a page at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from projects.models import Engagement, FieldProfile, SchemaField, Slice, SourceRecord
from projects.models.records import LOAD_READING
from projects.shapes import at
from projects.stages.base import Context

PAGE = 500
DISTINCT_UP_TO = 1000
"""More different values are told as “1000 or more”: what a field is, is clear by then."""
VALUES_UP_TO = 20
"""Up to so many different values are kept with their counts: it may be a picklist."""
VALUE_LENGTH = 80


@dataclass(slots=True)
class Profile:
    """What is known of one field so far; a bounded size, whatever the records."""

    filled: int = 0
    longest: int = 0
    longest_id: str = ""
    seen: set[int] = field(default_factory=set)
    values: dict[str, int] | None = field(default_factory=dict)

    def add(self, value: Any, source_id: str) -> None:
        text = _text(value)
        if not text:
            return
        self.filled += 1
        if len(text) > self.longest:
            self.longest, self.longest_id = len(text), source_id
        if len(self.seen) < DISTINCT_UP_TO:
            self.seen.add(hash(text))
        if self.values is not None:
            short = text[:VALUE_LENGTH]
            self.values[short] = self.values.get(short, 0) + 1
            if len(self.values) > VALUES_UP_TO:
                self.values = None


def pieces(engagement: Engagement) -> Iterator[tuple[str, dict[str, Any], int]]:
    """A slice an object that was read."""
    feeds = engagement.feeds.filter(reading=LOAD_READING, problem="").order_by("pk")
    for name, records in feeds.values_list("object", "records"):
        yield name, {}, records


def profile(ctx: Context, piece: Slice) -> None:
    """Every field of the slice's object, kept in place of what was known before."""
    fields = SchemaField.objects.filter(connection=ctx.engagement.source, object=piece.object)
    known = {name: Profile() for name in fields.values_list("name", flat=True)}
    done = 0
    for page in _pages(ctx.engagement, piece.object):
        for _, source_id, data in page:
            _add(known, data, source_id)
        done += len(page)
        ctx.advance(piece, done=done)
    with transaction.atomic():
        FieldProfile.objects.filter(engagement=ctx.engagement, object=piece.object).delete()
        FieldProfile.objects.bulk_create(
            _row(ctx.engagement, piece.object, name, found, done) for name, found in known.items()
        )
        ctx.finish(piece, done=done)


def _add(known: Mapping[str, Profile], data: Mapping[str, Any], source_id: str) -> None:
    for name, found in known.items():
        found.add(at(data, name), source_id)


def _pages(engagement: Engagement, object: str) -> Iterator[list[tuple[int, str, Any]]]:
    """By primary key: a cursor left open while we write is refused by SQLite."""
    records = SourceRecord.objects.filter(
        engagement=engagement, reading=LOAD_READING, object=object
    ).order_by("pk")
    last = 0
    while page := list(records.filter(pk__gt=last).values_list("pk", "source_id", "data")[:PAGE]):
        yield page
        last = page[-1][0]


def _row(
    engagement: Engagement, object: str, name: str, found: Profile, records: int
) -> FieldProfile:
    return FieldProfile(
        engagement=engagement,
        object=object,
        name=name,
        records=records,
        filled=found.filled,
        distinct=len(found.seen),
        longest=found.longest,
        longest_id=found.longest_id,
        values=found.values or None,
    )


def _text(value: Any) -> str:
    """The value as one text; "" for whatever holds nothing."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return str(value)
