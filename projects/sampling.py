"""Which records a sample holds: every value of the preset's fields first, then by chance,
until the destination gets as many records as the engagement asks for."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects import choices
from projects.merges import successors
from projects.models import Engagement, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import Preset, Sample, preset
from projects.shapes import at, may_be, survivor

LARGEST = 500
"""More than this nobody looks through."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be picked: what makes it worth seeing, and the roots it hangs under."""

    source_id: str
    values: frozenset[tuple[str, str]]
    along: tuple[tuple[str, str], ...]


def pick(engagement: Engagement) -> dict[str, list[str]]:
    """Root object → source ids. The same source account gives the same sample."""
    chosen = preset(engagement.preset)
    rule = chosen.SAMPLE
    weights = {root: _weights(engagement, chosen, root) for root, _ in rule.along}
    picked: dict[str, set[str]] = {rule.root: set(), **{root: set() for root, _ in rule.along}}
    families: list[dict[str, set[str]]] = []
    records = 0
    for candidate in _novel_first(_candidates(engagement, chosen)):
        new = [(root, i) for root, i in candidate.along if i and i not in picked[root]]
        more = 1 + sum(weights[root].get(i, 0) for root, i in new)
        if records + more > LARGEST:
            continue
        picked[rule.root].add(candidate.source_id)
        families.append({rule.root: {candidate.source_id}, **{r: {i} for r, i in candidate.along}})
        for root, source_id in new:
            picked[root].add(source_id)
        records += more
        if records >= engagement.sample_size:
            break
    _add_below(engagement, chosen, picked, families, LARGEST - records)
    return {root: sorted(ids) for root, ids in picked.items()}


def _add_below(
    engagement: Engagement,
    chosen: Preset,
    picked: dict[str, set[str]],
    families: Sequence[dict[str, set[str]]],
    room: int,
) -> None:
    """What hangs under picked roots and those along with them, root by root, until the sample is
    full."""
    rule = chosen.SAMPLE
    below = {name: _by_owner(engagement, name, path) for name, path, _ in rule.below}
    weights = {name: _weights(engagement, chosen, name) for name, _, _ in rule.below}
    for family in sorted(families, key=lambda family: sorted(family[rule.root])):
        for name, _, owner in rule.below:
            owned = (below[name].get(i, ()) for i in family.get(owner, ()))
            family[name] = {i for ids in owned for i in ids}
        more = sum(weights[n].get(i, 0) for n in below for i in family[n])
        if more > room:
            continue
        room -= more
        for name in below:
            picked.setdefault(name, set()).update(family[name])


def _by_owner(engagement: Engagement, name: str, path: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source_id, data in _records(engagement, name):
        found.setdefault(str(at(data, path) or ""), []).append(source_id)
    return found


def _candidates(engagement: Engagement, chosen: Preset) -> list[Candidate]:
    """All of them, shuffled by the account and nothing else."""
    seed, rule = engagement.source.account_id, chosen.SAMPLE
    rows = _records(engagement, rule.root)
    merged = {root: successors(engagement, chosen, root) for root, _ in rule.along}
    found = [
        Candidate(i, _values(rule.spread, data), _along(rule, data, merged)) for i, data in rows
    ]
    return sorted(found, key=lambda c: hashlib.sha256(f"{seed}/{c.source_id}".encode()).digest())


def _novel_first(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Those that bring a value not seen yet, then the others."""
    seen: set[tuple[str, str]] = set()
    others: list[Candidate] = []
    for candidate in candidates:
        if candidate.values <= seen:
            others.append(candidate)
        else:
            seen |= candidate.values
            yield candidate
    yield from others


def _values(spread: Sequence[str], data: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((path, str(at(data, path))) for path in spread)


def _along(
    rule: Sample, data: Mapping[str, Any], merged: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (root, survivor(str(at(data, path) or ""), merged[root]) or "") for root, path in rule.along
    )


def _weights(engagement: Engagement, chosen: Preset, root: str) -> dict[str, int]:
    """Source id → how many destination records it makes, as far as it alone tells."""
    shapes = [s for s in choices.possible(engagement) if s.root == root]
    return {
        source_id: sum(may_be(shape, data) for shape in shapes)
        for source_id, data in _records(engagement, root)
    }


def _records(engagement: Engagement, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = SourceRecord.objects.filter(engagement=engagement, reading=LOAD_READING, object=name)
    return rows.values_list("source_id", "data").iterator()
