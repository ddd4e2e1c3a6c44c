"""Records that the source gives no longer: left as they are at the destination, and named.
In: the roots that a delta looked at and that gave no record. Out: load items set apart, each
with its reason, and findings. Nothing is deleted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count
from more_itertools import chunked

from projects import journal
from projects.models import Engagement, Finding, LoadItem, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import preset, shapes_in
from projects.shapes import Shape
from projects.stages.base import Context

EXAMPLES = 20
LEFT, INACTIVE = "left", "became inactive"
CODES = (LEFT, INACTIVE)


def left(ctx: Context, dropped: Mapping[str, set[str]]) -> list[LoadItem]:
    """Landed records that none of the shapes that share their key gives any more, each with
    its reason, in memory. `dropped`: shape → roots that gave no record of it."""
    by_key: dict[tuple[str, str, str], list[Shape]] = {}
    for shape in shapes_in(ctx.plan, preset(ctx.engagement.preset), second=False):
        by_key.setdefault((shape.destination, shape.root, shape.key), []).append(shape)
    found: list[LoadItem] = []
    for shapes in by_key.values():
        ids = set.intersection(*(dropped.get(shape.name, set()) for shape in shapes))
        for some in chunked(sorted(ids), journal.BATCH):
            found += _set_apart(ctx, shapes, some)
    return found


def leave(items: list[LoadItem]) -> dict[str, int]:
    """Keep them as left. Returns how many newly are, by destination object."""
    counts: dict[str, int] = {}
    for item in items:
        counts[item.object] = counts.get(item.object, 0) + 1
    journal.save_items(items)
    return counts


def find(engagement: Engagement) -> None:
    """Findings of all that was left, and of all that became inactive, since the load."""
    engagement.findings.filter(code__in=CODES).delete()
    items = engagement.load_items.filter(apart=LoadItem.Apart.GONE)
    ended = SourceRecord.objects.filter(
        engagement=engagement, reading=LOAD_READING, ended=SourceRecord.Ended.INACTIVE
    )
    Finding.objects.bulk_create(
        [*_findings(engagement, LEFT, items, "shape", "reason"),
         *_findings(engagement, INACTIVE, ended, "object")]
    )  # fmt: skip


def _findings(engagement: Engagement, code: str, rows: Any, *by: str) -> Iterator[Finding]:
    """One finding for each group of rows, with its first records."""
    for group in rows.order_by().values(*by).annotate(n=Count("pk")):
        count = group.pop("n")
        ids = rows.filter(**group).order_by("pk").values_list("source_id", flat=True)
        name, *reason = group.values()
        said = reason[0] if reason else "Became inactive after the load. Left as they are."
        yield Finding(
            engagement=engagement,
            code=code,
            severity=Finding.Severity.NOTE,
            subject=" › ".join(group.values())[:255],
            message=f"{count} record(s) of {name}: {said}",
            count=count,
            records=list(ids[:EXAMPLES]),
        )


def _set_apart(ctx: Context, shapes: list[Shape], ids: list[str]) -> Iterator[LoadItem]:
    items = LoadItem.objects.filter(
        connection=ctx.connection,
        object=shapes[0].destination,
        shape__in=[s.name for s in shapes],
        source_id__in=ids,
        state=LoadItem.State.LANDED,
    )
    reasons = dict(_reasons(ctx.engagement, shapes[0].root, ids))
    for item in items.exclude(apart=LoadItem.Apart.GONE):
        item.apart = LoadItem.Apart.GONE
        item.reason = reasons.get(item.source_id, "No longer at the source. Left as it is.")
        yield item


def _reasons(engagement: Engagement, root: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    rules = preset(engagement.preset).EXCEPTED.get(root, ())
    records = SourceRecord.objects.filter(
        engagement=engagement, reading=LOAD_READING, object=root, source_id__in=ids
    ).exclude(ended=SourceRecord.Ended.GONE)
    for source_id, data in records.values_list("source_id", "data"):
        why = next((why for when, why in rules if when.holds(data)), "no longer of its kind")
        yield source_id, f"At the source {why}. Left as it is."
