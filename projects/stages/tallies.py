"""What became of every source record, counted so that it adds up. Read-only."""

from collections.abc import Iterator

from django.db.models import Case, Count, IntegerField, Max, QuerySet, Value, When

from projects.models import Connection, Engagement, LoadItem, ObjectRow, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import Preset, preset
from projects.stages.base import Tally

WORST = {
    "landed": 1, "kept": 1, "excepted": 2, "undone": 3, "planned": 4, "held": 5, "failed": 6,
}  # fmt: skip
NAMES = {1: "landed", 2: "excepted", 3: "undone", 4: "planned", 5: "held", 6: "failed"}
ASIDE = ("read", "doubles removed")
DOUBLE = LoadItem.Origin.DOUBLE


def source_tally(engagement: Engagement) -> Tally:
    """Source object → read = landed + held + failed + undone + planned (roots, by the worst of
    their records at production) + carried (parts of other records) + excepted + left out, or
    handed over."""
    chosen = preset(engagement.preset)
    read = engagement.feeds.filter(reading=LOAD_READING).values_list("object", flat=True)
    names = [name for name in chosen.READS if name in set(read)]
    handed = _handed_over(engagement)
    return {name: dict(_counts(engagement, chosen, name, name in handed)) for name in names}


def destination_tally(connection: Connection) -> Tally:
    """Destination object → load items by state, in one account; doubles of them apart."""
    rows = connection.load_items.order_by().values("object", "state", "origin")
    tally: Tally = {}
    for row in rows.annotate(n=Count("pk")):
        name, counts = row["state"], tally.setdefault(row["object"], {})
        if row["origin"] == DOUBLE:
            name = "doubles removed" if name == "undone" else "doubles left"
        counts[name] = counts.get(name, 0) + row["n"]
    return tally


def adds_up(counts: dict[str, int]) -> bool:
    """Doubles removed are told beside the others: they are no records of the source."""
    return counts["read"] == sum(n for name, n in counts.items() if name not in ASIDE)


def left_out(engagement: Engagement, tally: Tally) -> dict[str, str]:
    """Source object → how many of its records were left out, and why, in words."""
    why = preset(engagement.preset).LEFT_OUT
    return {
        name: f"{counts['left out']:,} {why.get(name, 'used by no record that lands')}"
        for name, counts in tally.items()
        if counts.get("left out")
    }


def _handed_over(engagement: Engagement) -> set[str]:
    rows = engagement.object_rows.filter(status=ObjectRow.Status.HANDED_OVER)
    return set(rows.values_list("source_object", flat=True))


def _counts(
    engagement: Engagement, chosen: Preset, name: str, handed_over: bool
) -> Iterator[tuple[str, int]]:
    records = SourceRecord.objects.filter(engagement=engagement, reading=LOAD_READING, object=name)
    by_role = dict(
        records.order_by().values("role").annotate(n=Count("pk")).values_list("role", "n")
    )
    yield "read", sum(by_role.values())
    roots = dict(_roots(engagement, chosen, name))
    excepted = _excepted(records.filter(role=""), chosen, name)
    yield from (roots | {"excepted": roots.get("excepted", 0) + excepted}).items()
    yield "carried", by_role.get("part", 0)
    rest = "handed over" if handed_over else "left out"
    yield rest, by_role.get("", 0) - excepted


def _roots(engagement: Engagement, chosen: Preset, name: str) -> Iterator[tuple[str, int]]:
    shapes = [s.name for s in chosen.SHAPES if s.root == name]
    if not shapes:
        return
    rank = Case(
        *(When(state=state, then=Value(n)) for state, n in WORST.items()),
        output_field=IntegerField(),
    )
    items = LoadItem.objects.filter(connection=engagement.destination, shape__in=shapes).order_by()
    worst = items.values("source_id").annotate(worst=Max(rank)).values_list("worst", flat=True)
    counted = dict.fromkeys(NAMES.values(), 0)
    for n in worst.iterator():
        counted[NAMES[n]] += 1
    yield from counted.items()
    doubles = engagement.destination.load_items.filter(origin=DOUBLE, state="undone")
    if n := doubles.filter(operations__undoes__item__shape__in=shapes).distinct().count():
        yield "doubles removed", n


def _excepted(unread: "QuerySet[SourceRecord]", chosen: Preset, name: str) -> int:
    rules = chosen.EXCEPTED.get(name, ())
    if not rules:
        return 0
    data = unread.values_list("data", flat=True).iterator()
    return sum(any(when.holds(d) for when, _ in rules) for d in data)
