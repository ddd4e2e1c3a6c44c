"""Reads: the source's feeds. Writes: SourceRecord, and the cursor in the same transaction."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from more_itertools import chunked

from connectors.errors import NotAuthorised
from connectors.values import Page
from projects.models import Engagement, Feed, ObjectRow, Slice, SourceRecord
from projects.models.records import DELTA_READING, LOAD_READING
from projects.presets import Preset, preset
from projects.shapes import at
from projects.stages.base import Context, Tally

NAME = "extract"
LABEL = "Extract the source"
WRITES = False

ROWS_A_TRANSACTION = 500


def run(ctx: Context) -> Tally:
    read_feeds(ctx, wave=0, reading=LOAD_READING)
    return {
        feed.object: {"read": feed.records}
        for feed in ctx.engagement.feeds.filter(reading=LOAD_READING).order_by("id")
    }


def read_feeds(ctx: Context, wave: int, reading: str, after: str = "") -> None:
    """Every source object of the preset, one slice each, resumed at its saved cursor. `after`
    names the reading at whose end this one begins; else it begins from nothing."""
    chosen = preset(ctx.engagement.preset)
    ctx.cut(wave, lambda: _begin(ctx, chosen, reading, after))
    for piece in ctx.claims(wave):
        _read_feed(ctx, chosen, piece, reading)


def _begin(
    ctx: Context, chosen: Preset, reading: str, after: str
) -> Iterator[tuple[str, dict[str, Any], int]]:
    """A new reading holds nothing yet, so that what the source no longer has is not kept."""
    names = reads(ctx.engagement, chosen, reading)
    ends = dict(ctx.engagement.feeds.filter(reading=after).values_list("object", "cursor"))
    SourceRecord.objects.filter(engagement=ctx.engagement, reading=reading).delete()
    Feed.objects.filter(engagement=ctx.engagement, reading=reading).delete()
    Feed.objects.bulk_create(
        Feed(engagement=ctx.engagement, reading=reading, object=name, cursor=ends.get(name, ""))
        for name in names
    )
    return ((name, {}, 0) for name in names)


def reads(engagement: Engagement, chosen: Preset, reading: str) -> list[str]:
    """The preset's source objects but those whose object row leaves them out. What is handed
    over as a reference has nothing at the destination that it could be compared with."""
    kept = ObjectRow.READ if reading == LOAD_READING else ObjectRow.COMPARED
    rows = engagement.object_rows.exclude(status__in=kept)
    out = set(rows.values_list("source_object", flat=True))
    return [name for name in chosen.READS if name not in out]


def _read_feed(ctx: Context, chosen: Preset, piece: Slice, reading: str) -> None:
    feed = Feed.objects.get(engagement=ctx.engagement, reading=reading, object=piece.object)
    if feed.finished_at is None:
        try:
            # How many changed since, no list tells.
            total = 0 if reading == DELTA_READING else ctx.source.count(piece.object) or 0
            ctx.advance(piece)
            for page in ctx.source.read(piece.object, cursor=feed.cursor or None):
                _save_page(ctx, chosen, piece, feed, page, total)
        except NotAuthorised as closed:
            if piece.object not in chosen.MAY_BE_CLOSED or feed.cursor:
                raise
            _leave_closed(ctx, piece, feed, closed)
    ctx.finish(piece, done=feed.records, total=feed.records)


def _leave_closed(ctx: Context, piece: Slice, feed: Feed, closed: NotAuthorised) -> None:
    """The move goes on without the object; scan makes a finding of the reason."""
    feed.problem, feed.finished_at = str(closed), timezone.now()
    with transaction.atomic():
        feed.save(update_fields=["problem", "finished_at"])
        ctx.advance(piece)


def _save_page(
    ctx: Context, chosen: Preset, piece: Slice, feed: Feed, page: Page, total: int
) -> None:
    """Rows in short transactions, the cursor with the last of them: a page cut off half-way
    is read again, and the same row written again is the same row."""
    ctx.advance(piece)
    latest = {ctx.source.identity(feed.object, r): r for r in page.records}
    batches = list(chunked(latest.items(), ROWS_A_TRANSACTION)) or [[]]
    for batch in batches[:-1]:
        with transaction.atomic():
            _save_rows(ctx, chosen, feed, batch)
            ctx.advance(piece)
    with transaction.atomic():
        _save_rows(ctx, chosen, feed, batches[-1])
        feed.cursor = page.cursor
        feed.records = SourceRecord.objects.filter(
            engagement=ctx.engagement, reading=feed.reading, object=feed.object
        ).count()
        feed.finished_at = timezone.now() if page.last else None
        feed.save(update_fields=["cursor", "records", "finished_at"])
        ctx.advance(piece, done=feed.records, total=max(total, feed.records))


def _save_rows(
    ctx: Context, chosen: Preset, feed: Feed, rows: Iterable[tuple[str, dict[str, Any]]]
) -> None:
    parent = chosen.PARENTS.get(feed.object)
    SourceRecord.objects.bulk_create(
        (
            SourceRecord(
                engagement=ctx.engagement,
                reading=feed.reading,
                object=feed.object,
                source_id=source_id,
                parent_id=str(at(row, parent) or "") if parent else "",
                data=row,
                modified_at=ctx.source.modified_at(feed.object, row),
            )
            for source_id, row in rows
        ),
        update_conflicts=True,
        unique_fields=["engagement", "reading", "object", "source_id"],
        update_fields=["parent_id", "data", "modified_at"],
    )
