"""How much of what the client's contract lists lands: fully, in part, by reference, or not.

In: the object rows, what the account's rights did not include, the preset's list. Out: one line
a listed thing; the counts are computed from these lines alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from projects.models import Engagement, ObjectRow
from projects.models.records import LOAD_READING
from projects.presets import Listed, ObjectDefault, preset

STATES = ("fully", "in part", "by reference", "not")
FULL = 3
RANKS = {"full": 3, "partial": 2, "reference": 1, "handed_over": 1}


@dataclass(frozen=True, slots=True)
class Part:
    """One source object of a listed thing. `rank` 3 lands fully, 2 in part, 1 is read."""

    source: str
    rank: int
    destinations: str
    cardinality: str
    why: str


@dataclass(frozen=True, slots=True)
class Covered:
    """One listed thing and what becomes of it."""

    title: str
    state: str
    parts: tuple[Part, ...]

    @property
    def destinations(self) -> list[str]:
        """Destination objects, each once."""
        names = (n.strip() for part in self.parts for n in part.destinations.split(","))
        return list(dict.fromkeys(name for name in names if name))

    @property
    def why(self) -> list[tuple[list[str], str]]:
        """Why it is not more: each reason, with the source objects that it holds for."""
        reasons: dict[str, list[str]] = {}
        for part in self.parts:
            if part.why and part.rank < FULL:
                reasons.setdefault(part.why, []).append(part.source)
        return [(names, why) for why, names in reasons.items()]


def coverage(engagement: Engagement) -> list[Covered]:
    """The preset's list. Raises Misconfigured where an account is not connected."""
    chosen = preset(engagement.preset)
    rows = {row.source_object: row for row in engagement.object_rows.all()}
    given = {default.source: default for default in chosen.OBJECTS}
    feeds = engagement.feeds.filter(reading=LOAD_READING).exclude(problem="")
    closed = dict(feeds.values_list("object", "problem"))
    return [_covered(listed, rows, given, closed) for listed in chosen.LISTED]


def summary(lines: Sequence[Covered]) -> dict[str, int]:
    """How many lines are in each state; the states add up to the list."""
    counted = Counter(line.state for line in lines)
    return {state: counted[state] for state in STATES}


def said(lines: Sequence[Covered]) -> str:
    """The same in a sentence: "13 of 13 accounted for: 8 fully, …"."""
    counts = summary(lines)
    parts = ", ".join(f"{n} {state}" for state, n in counts.items() if n)
    return f"{sum(counts.values())} of {len(lines)} accounted for: {parts}"


def _covered(
    listed: Listed,
    rows: Mapping[str, ObjectRow],
    given: Mapping[str, ObjectDefault],
    closed: Mapping[str, str],
) -> Covered:
    parts = tuple(_parts(listed, rows, given, closed))
    ranks = {part.rank for part in parts}
    if ranks == {FULL}:
        state = "fully"
    elif max(ranks) > 1:
        state = "in part"
    else:
        state = "by reference" if max(ranks) else "not"
    return Covered(listed.title, state, parts)


def _parts(
    listed: Listed,
    rows: Mapping[str, ObjectRow],
    given: Mapping[str, ObjectDefault],
    closed: Mapping[str, str],
) -> Iterator[Part]:
    for name in listed.sources:
        row, default = rows.get(name), given[name]
        status = row.status if row else default.status
        reason = row.reason if row else default.reason
        rank = 0 if name in closed else RANKS.get(status, 0)
        why = closed.get(name) or reason or (ObjectRow.Status(status).label if rank < 2 else "")
        cardinality = row.cardinality if row else default.cardinality
        destinations = row.destination_objects if row else default.destinations
        yield Part(name, rank, destinations, cardinality, why)
