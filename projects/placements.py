"""Which 'Unassigned Account' each household hangs under. Decided once and kept, so that a
later household never moves an earlier one."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Max, QuerySet
from more_itertools import chunked

from projects import people
from projects.models import Engagement, Placement, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import PlacementRule


def place(engagement: Engagement, rule: PlacementRule | None) -> int:
    """Place every household that has no place yet: in the newest placeholder while its
    people and cases stay within the engagement's limit, else in a new one. A household that
    alone exceeds the limit gets a placeholder of its own. Returns how many were placed."""
    if rule is None or engagement.households != Engagement.Households.PLACEHOLDER:
        return 0
    records = SourceRecord.objects.filter(engagement=engagement, reading=LOAD_READING)
    placed = Placement.objects.filter(engagement=engagement)
    number = placed.aggregate(n=Max("number"))["n"] or 1
    used = _children(engagement, rule, number)
    rows: list[Placement] = []
    for source_id, weight in _new_households(records, placed, rule):
        if used and used + weight > engagement.placeholder_children:
            number, used = number + 1, 0
        used += weight
        rows.append(Placement(engagement=engagement, source_id=source_id, number=number))
    return len(Placement.objects.bulk_create(rows, batch_size=500))


def _new_households(
    records: "QuerySet[SourceRecord]", placed: "QuerySet[Placement]", rule: PlacementRule
) -> Iterator[tuple[str, int]]:
    """(household, how many people it is plus its cases) in the order they were read."""
    known = set(placed.values_list("source_id", flat=True))
    roots = records.filter(object=rule.root).order_by("pk").values_list("source_id", "data")
    for some in chunked(roots.iterator(), 500):
        wanted = [
            source_id
            for source_id, data in some
            if source_id not in known and all(w.holds(data) for w in rule.where)
        ]
        weights = _weights(records, rule, wanted)
        yield from ((source_id, weights[source_id]) for source_id in wanted)


def _children(engagement: Engagement, rule: PlacementRule, number: int) -> int:
    records = SourceRecord.objects.filter(engagement=engagement, reading=LOAD_READING)
    members = Placement.objects.filter(engagement=engagement, number=number)
    ids = list(members.values_list("source_id", flat=True))
    return sum(sum(_weights(records, rule, some).values()) for some in chunked(ids, 500))


def _weights(
    records: "QuerySet[SourceRecord]", rule: PlacementRule, households: list[str]
) -> dict[str, int]:
    """Household → its own contact, its further people and its cases."""
    cases, further = _cases(records, rule, households), _further(records, rule, households)
    return {id: 1 + further.get(id, 0) + cases.get(id, 0) for id in households}


def _further(
    records: "QuerySet[SourceRecord]", rule: PlacementRule, households: list[str]
) -> dict[str, int]:
    """Household → people who are named beside it."""
    if not rule.people:
        return {}
    known = records.filter(object=rule.root, source_id__in=households)
    names = dict(known.values_list("source_id", f"data__{rule.name}"))
    remarks: dict[str, list[str]] = {}
    rows = records.filter(object=rule.people, parent_id__in=households)
    for parent, remark in rows.values_list("parent_id", f"data__{rule.remark}"):
        remarks.setdefault(parent, []).append(str(remark or ""))
    return {id: people.others(said, str(names.get(id) or "")) for id, said in remarks.items()}


def _cases(
    records: "QuerySet[SourceRecord]", rule: PlacementRule, parents: list[str]
) -> dict[str, int]:
    """Household → its children and those of households that were merged into it."""
    stands_for = level = {parent: parent for parent in parents}
    while level:
        merged = records.filter(object=rule.root, parent_id__in=list(level))
        pairs = merged.values_list("source_id", "parent_id")
        level = {id: stands_for[into] for id, into in pairs if id not in stands_for}
        stands_for = stands_for | level
    rows = records.filter(object=rule.children, parent_id__in=list(stands_for))
    found: Counter[str] = Counter()
    for parent, n in rows.values_list("parent_id").annotate(n=Count("pk")):
        found[stands_for[parent]] += n
    return found
