"""What a client reviews: the newest sample of an engagement and its sum. In: Run and
SampleDiff rows. Out: counts by verdict and object, and the digest a sign-off is bound to."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from projects.models import Engagement, Plan, Run

SYMBOLS = {"same": "=", "converted": "↔", "differs": "≠", "not moved": "–"}
"""Verdict → the sign shown beside its word, in reading order."""
BAR = 1000
"""Width of a bar in its own units."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample run that has succeeded, and the plan it was written with."""

    run: Run
    plan: Plan


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a bar, in bar units, as text that no locale groups."""

    verdict: str
    x: str
    width: str


@dataclass(slots=True)
class Part:
    """The records of one destination object ("" = all) and their lines by verdict. `empty`
    lines are those not moved that hold nothing at the source either."""

    object: str = ""
    records: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    empty: int = 0

    def add(self, lines: Iterable[Mapping[str, str]]) -> None:
        self.records += 1
        for line in lines:
            self.verdicts[line["verdict"]] += 1
            self.empty += line["verdict"] == "not moved" and not line["source_value"]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Verdict, its symbol, its lines; every verdict once."""
        return [(verdict, symbol, self.verdicts[verdict]) for verdict, symbol in SYMBOLS.items()]

    @property
    def words(self) -> str:
        return ", ".join(f"{count} {verdict}" for verdict, _, count in self.counts)

    @property
    def segments(self) -> list[Segment]:
        total, x, result = self.verdicts.total(), 0.0, []
        for verdict, _, count in self.counts:
            width = BAR * count / total if total else 0
            result.append(Segment(verdict, f"{x:.2f}", f"{width:.2f}"))
            x += width
        return result


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole sample. `digest` covers the run and every record's key and lines."""

    digest: str
    total: Part
    parts: list[Part]


def ready(engagement: Engagement) -> Sample | None:
    """The newest sample that can be reviewed; None before the first one and while another
    is being loaded, which takes the earlier one back."""
    if loading(engagement):
        return None
    samples = engagement.runs.filter(stage="sample", status=Run.Status.SUCCEEDED)
    run = samples.select_related("plan").first()
    return Sample(run, run.plan) if run and run.plan else None


def loading(engagement: Engagement) -> bool:
    return engagement.runs.filter(stage="sample", status__in=Run.LIVE).exists()


def summarise(run: Run) -> Summary:
    """One pass over the sample's records, in the order they were kept."""
    digest = hashlib.sha256(str(run.pk).encode())
    total, parts = Part(), dict[str, Part]()
    rows = run.sample_diffs.order_by("pk").values_list("item__object", "item__key", "lines")
    for object, key, lines in rows.iterator():
        body = orjson.dumps([object, key, lines], option=orjson.OPT_SORT_KEYS)
        digest.update(hashlib.sha256(body).digest())
        total.add(lines)
        parts.setdefault(object, Part(object)).add(lines)
    return Summary(digest.hexdigest(), total, list(parts.values()))


def sample_digest(run: Run) -> str:
    """SHA-256 in hex over the run and what its review pages show."""
    return summarise(run).digest
