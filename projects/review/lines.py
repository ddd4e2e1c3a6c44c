"""One record as its page shows it. In: a SampleDiff. Out: its lines with labels, symbols and
comments, those that arrive before those that do not."""

from collections.abc import Iterable
from dataclasses import dataclass

from projects.models import Comment, SampleDiff
from projects.review.labels import Labels
from projects.review.sample import SYMBOLS


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the table. `field` is how a comment names it."""

    field: str
    label: str
    path: str
    source: str
    destination: str
    destination_path: str
    planned: str
    read_back: str
    verdict: str
    symbol: str
    comments: list[Comment]


@dataclass(frozen=True, slots=True)
class Record:
    """Lines that arrive (differing ones first), fields left behind with a value, and fields
    that are empty at the source and go nowhere."""

    moved: list[Shown]
    left: list[Shown]
    empty: list[Shown]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Field → label, each once, for the comment form."""
        shown = [*self.moved, *self.left, *self.empty]
        return list({line.field: line.label or line.destination for line in shown}.items())


def record(diff: SampleDiff, labels: Labels, comments: Iterable[Comment]) -> Record:
    about: dict[str, list[Comment]] = {}
    for comment in comments:
        about.setdefault(comment.field, []).append(comment)
    shown = [_shown(diff, line, labels, about) for line in diff.lines]
    moved = [line for line in shown if line.verdict != "not moved"]
    rest = [line for line in shown if line.verdict == "not moved"]
    return Record(
        sorted(moved, key=lambda line: line.verdict != "differs"),
        [line for line in rest if line.source],
        [line for line in rest if not line.source],
    )


def _shown(
    diff: SampleDiff, line: dict[str, str], labels: Labels, about: dict[str, list[Comment]]
) -> Shown:
    field = (line["source"] or line["destination"])[:160]
    label = labels.source(diff.item.shape, line["source"])
    return Shown(
        field,
        line["label"] if line["label"] != line["source"] else label,
        line["source"],
        line["source_value"],
        labels.destination(diff.item.object, line["destination"]),
        line["destination"],
        labels.value(line["planned"]),
        labels.value(line["read_back"]),
        line["verdict"],
        SYMBOLS[line["verdict"]],
        about.get(field, []),
    )
