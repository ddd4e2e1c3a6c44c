"""What a delta read is merged into the reading that is loaded. Reads: the staged records.
Writes: records that are new or changed, marked dirty; those that are gone, marked so.

A page is merged in one transaction, and merged again it is the same; where the next delta
begins is kept once the whole object is merged. So a delta killed anywhere loses nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from more_itertools import chunked

from projects.models import Engagement, Feed, Slice, SourceRecord
from projects.models.records import DELTA_READING, LOAD_READING
from projects.presets import Inside, Preset, preset
from projects.shapes import at
from projects.stages.base import Context
from projects.stages.reading import RecordReader

PAGE = 500
FIELDS = ("parent_id", "data", "modified_at", "dirty", "was_under", "ended")


def refresh(ctx: Context, wave: int) -> int:
    """One slice an object, then one for each object whose records stand inside others.
    Returns the next wave."""
    chosen = preset(ctx.engagement.preset)
    staged = ctx.engagement.feeds.filter(reading=DELTA_READING).order_by("pk")
    ctx.cut(wave, lambda: (("refresh", {"object": f.object}, f.records) for f in list(staged)))
    for piece in ctx.claims(wave):
        _merge_object(ctx, chosen, piece, staged.get(object=piece.body["object"]))
    ctx.cut(wave + 1, lambda: (("refresh", {"object": name}, 0) for name in chosen.INSIDE))
    for piece in ctx.claims(wave + 1):
        name = piece.body["object"]
        gone = _taken_out(ctx.engagement, name, chosen.INSIDE[name])
        with transaction.atomic():
            ctx.advance(piece)
            for some in chunked(sorted(gone), PAGE):
                _end(records(ctx.engagement, LOAD_READING, name).filter(source_id__in=some))
            ctx.finish(piece)
    return wave + 2


def records(engagement: Engagement, reading: str, object: str) -> "QuerySet[SourceRecord]":
    return SourceRecord.objects.filter(engagement=engagement, reading=reading, object=object)


def _merge_object(ctx: Context, chosen: Preset, piece: Slice, feed: Feed) -> None:
    staged = records(ctx.engagement, DELTA_READING, feed.object)
    loaded = records(ctx.engagement, LOAD_READING, feed.object)
    for page in _pages(staged):
        with transaction.atomic():
            ctx.advance(piece)
            _merge_page(chosen, page, loaded)
        piece.done += len(page)
        ctx.advance(piece, done=piece.done)
    with transaction.atomic():
        ctx.advance(piece)
        if feed.object in ctx.source.WHOLE and not feed.problem:
            _end(loaded.exclude(source_id__in=staged.values("source_id")))
        Feed.objects.update_or_create(
            engagement=ctx.engagement,
            reading=LOAD_READING,
            object=feed.object,
            defaults={
                "cursor": feed.cursor,
                "records": loaded.count(),
                "finished_at": feed.finished_at,
                "problem": feed.problem,
            },
        )
        ctx.finish(piece)


def _merge_page(
    chosen: Preset, page: Sequence[SourceRecord], loaded: "QuerySet[SourceRecord]"
) -> None:
    known = {r.source_id: r for r in loaded.filter(source_id__in=[r.source_id for r in page])}
    changed = [r for r in page if _differs(r, known.get(r.source_id))]
    SourceRecord.objects.bulk_create(
        [_merged(chosen, record, known) for record in changed],
        update_conflicts=True,
        unique_fields=["engagement", "reading", "object", "source_id"],
        update_fields=FIELDS,
    )


def _differs(record: SourceRecord, old: SourceRecord | None) -> bool:
    return old is None or old.data != record.data or old.ended == SourceRecord.Ended.GONE


def _merged(
    chosen: Preset, record: SourceRecord, known: Mapping[str, SourceRecord]
) -> SourceRecord:
    """The staged record as one of those that are loaded."""
    old = known.get(record.source_id)
    record.pk, record.reading, record.dirty = None, LOAD_READING, True
    if old is not None:
        moved = old.parent_id if old.parent_id != record.parent_id else ""
        record.was_under = old.was_under or moved
        was_active = old.ended == SourceRecord.Ended.INACTIVE or not chosen.INACTIVE.holds(old.data)
        if was_active and chosen.INACTIVE.holds(record.data):
            record.ended = SourceRecord.Ended.INACTIVE
    return record


def _taken_out(engagement: Engagement, name: str, rule: Inside) -> set[str]:
    """Records that a changed record around them no longer lists, and that did not come anew
    themselves: what is around them may have been read before they were."""
    changed: set[str] = set()
    listed: set[str] = set()
    for page in _pages(records(engagement, LOAD_READING, rule.outer).filter(dirty=True)):
        for record in page:
            changed.add(record.source_id)
            listed.update(map(str, at(record.data, rule.ids) or ()))
    if not changed:
        return set()
    held = RecordReader(engagement).pointing(name, rule.path, changed)
    came = records(engagement, DELTA_READING, name).values_list("source_id", flat=True)
    return held - listed - set(came.iterator())


def _end(gone: "QuerySet[SourceRecord]") -> None:
    ended = SourceRecord.Ended.GONE
    gone.exclude(ended=ended).update(ended=ended, dirty=True)


def _pages(rows: "QuerySet[SourceRecord]") -> Iterator[list[SourceRecord]]:
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:PAGE]):
        last = page[-1].pk
        yield page
