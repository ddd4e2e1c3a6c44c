"""Source records as shapes read them: roots page by page, parts by one query each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from more_itertools import chunked

from projects.models import Engagement, Placement, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import preset
from projects.shapes import Joined, Record, Shape, join

PLACEMENTS = "placements"
SLICE_ROOTS = 1000
SLICE_FILES = 50
"""A file is a call of its own, and may bring megabytes of text with it."""
JOINED_AT_ONCE = 400
"""A joined record is some 30 kB: this many are in memory together, whatever the slice."""
IN_LIST = 500
PAGE = 5000


class RecordReader:
    """Parts from the records of one reading, those aside that are gone at the source.
    "placements" is ours: household → the 'Unassigned Account' it hangs under."""

    def __init__(self, engagement: Engagement, reading: str = LOAD_READING) -> None:
        self.engagement = engagement
        self.kept = SourceRecord.objects.filter(engagement=engagement, reading=reading)
        self.records = self.kept.exclude(ended=SourceRecord.Ended.GONE)

    def by_id(self, object: str, ids: set[str]) -> Mapping[str, Record]:
        if object == PLACEMENTS:
            return dict(self._placements(ids))
        return {r["@id"]: r for r in self._select(object, "source_id", ids)}

    def by_parent(self, object: str, ids: set[str]) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self._select(object, "parent_id", ids):
            found.setdefault(record["@parent"], []).append(record)
        return found

    def by_value(self, object: str, field: str, values: set[str]) -> Mapping[str, Record]:
        rows = self.records.filter(object=object) if values else self.records.none()
        found = (_record(*row) for row in rows.values_list("source_id", "parent_id", "data"))
        return {text: r for r in found if (text := str(r.get(field))) in values}

    def roots(self, object: str, body: Mapping[str, Any]) -> list[Record]:
        """The roots of a slice: by its ids, or from `first` to `last` primary key."""
        if object == PLACEMENTS:
            return [_placement(n) for n in body["numbers"]]
        chosen = self.records.filter(object=object).order_by("pk")
        if "ids" in body:
            chosen = chosen.filter(source_id__in=body["ids"])
        else:
            chosen = chosen.filter(pk__gte=body["first"], pk__lte=body["last"])
        return [_record(*row) for row in chosen.values_list("source_id", "parent_id", "data")]

    def join(self, shape: Shape, body: Mapping[str, Any]) -> Iterator[list[Joined]]:
        """The joined records of a slice, JOINED_AT_ONCE roots at a time."""
        for some in chunked(self.roots(shape.root, body), JOINED_AT_ONCE):
            yield join(shape, some, self)

    def parents(self, object: str, ids: set[str]) -> set[str]:
        """The parents of these records, now and before they changed; of gone ones, too."""
        found: set[str] = set()
        for some in chunked(sorted(ids), IN_LIST):
            rows = self.kept.filter(object=object, source_id__in=some)
            for parents in rows.values_list("parent_id", "was_under"):
                found.update(parents)
        return found - {""}

    def pointing(self, object: str, path: str, ids: set[str]) -> set[str]:
        """The records that name one of these ids at `path`."""
        if path == preset(self.engagement.preset).PARENTS.get(object):
            found: set[str] = set()
            for some in chunked(sorted(ids), IN_LIST):
                rows = self.kept.filter(object=object, parent_id__in=some)
                found.update(rows.values_list("source_id", flat=True))
            return found
        return {source_id for source_id, names in self._names(object, path) if names & ids}

    def stated(self, object: str, field: str, ids: set[str]) -> set[str]:
        """What these records say at `field`."""
        return {name for i, names in self._names(object, field) if i in ids for name in names}

    def _names(self, object: str, path: str) -> Iterator[tuple[str, set[str]]]:
        """Each record's id and the ids that stand at `path` of it."""
        rows = self.kept.filter(object=object).order_by("pk")
        column, last = f"data__{path.replace('.', '__')}", 0
        while some := list(rows.filter(pk__gt=last).values_list("pk", "source_id", column)[:PAGE]):
            for _, source_id, found in some:
                yield source_id, {str(i) for i in (found if isinstance(found, list) else [found])}
            last = some[-1][0]

    def _select(self, object: str, column: str, ids: set[str]) -> Iterator[Record]:
        for some in chunked(sorted(ids), IN_LIST):
            rows = self.records.filter(object=object, **{f"{column}__in": some})
            for row in rows.values_list("source_id", "parent_id", "data"):
                yield _record(*row)

    def _placements(self, ids: set[str]) -> Iterator[tuple[str, Record]]:
        for some in chunked(sorted(ids), IN_LIST):
            rows = Placement.objects.filter(engagement=self.engagement, source_id__in=some)
            for source_id, number in rows.values_list("source_id", "number"):
                yield source_id, _placement(number)


def pieces(
    engagement: Engagement,
    shapes: Iterable[Shape],
    picks: Mapping[str, list[str]] | None = None,
    reading: str = LOAD_READING,
) -> Iterator[tuple[str, dict[str, Any], int]]:
    """(destination object, slice body, roots) covering every root of these shapes, or only
    the picked ones (root object → source ids)."""
    for shape in shapes:
        for body, total in _bodies(engagement, shape, picks, reading):
            yield shape.destination, {"shape": shape.name, **body}, total


def _bodies(
    engagement: Engagement,
    shape: Shape,
    picks: Mapping[str, list[str]] | None,
    reading: str,
) -> Iterator[tuple[dict[str, Any], int]]:
    size = SLICE_FILES if shape.file else SLICE_ROOTS
    if shape.root == PLACEMENTS:
        yield from _placement_bodies(engagement, picks)
    elif picks is not None:
        for ids in chunked(picks.get(shape.root, []), size):
            yield {"ids": ids}, len(ids)
    else:
        keys = SourceRecord.objects.filter(
            engagement=engagement, reading=reading, object=shape.root
        ).order_by("pk")
        # All at once: a cursor left open while the caller writes is refused by SQLite as soon
        # as another worker has written in between.
        for some in chunked(list(keys.values_list("pk", flat=True)), size):
            yield {"first": some[0], "last": some[-1]}, len(some)


def _placement_bodies(
    engagement: Engagement, picks: Mapping[str, list[str]] | None
) -> Iterator[tuple[dict[str, Any], int]]:
    placed = Placement.objects.filter(engagement=engagement)
    if picks is not None:
        placed = placed.filter(source_id__in=picks.get("customers", []))
    numbers = sorted(set(placed.values_list("number", flat=True)))
    if numbers:
        yield {"numbers": numbers}, len(numbers)


def _record(source_id: str, parent_id: str, data: dict[str, Any]) -> Record:
    return {"@id": source_id, "@parent": parent_id, **data}


def _placement(number: int) -> Record:
    return {"@id": str(number), "@parent": "", "number": number}
