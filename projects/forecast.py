"""What a load will use of the destination's limits, against what is left of them.

In: how many records and files it will write. Out: lines to show and to warn of; read live, kept
by a scan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from connectors.base import Destination
from connectors.capabilities import HasLimits
from connectors.values import Forecast
from projects.files import FilesToSend
from projects.models import Engagement, Run


@dataclass(frozen=True, slots=True)
class Line:
    """One limit: what is needed and left, and how far the bar goes, in percent."""

    name: str
    needed: int
    left: int
    note: str

    @property
    def over(self) -> int:
        """By how much the load exceeds it; 0 where it fits."""
        return max(0, self.needed - self.left)

    @property
    def percent(self) -> int:
        return 100 if self.over else round(100 * self.needed / self.left) if self.left else 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """Records and files by destination object, and the lines; `at` says when the limits were
    read."""

    records: Mapping[str, int]
    lines: tuple[Line, ...]
    at: str
    files: Mapping[str, FilesToSend] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.records.values())

    @property
    def sent(self) -> FilesToSend:
        """All files together."""
        every = self.files.values()
        return FilesToSend(
            sum(f.count for f in every), sum(f.bytes for f in every), sum(f.unknown for f in every)
        )


def look(
    destination: Destination,
    records: Mapping[str, int],
    files: Mapping[str, FilesToSend],
    at: str,
) -> Outlook:
    """Ask the destination now. No lines where it tells of no limits."""
    sizes = {object: sent.bytes for object, sent in files.items()}
    needs = destination.forecast(records, sizes) if isinstance(destination, HasLimits) else []
    return Outlook(records, tuple(_lines(needs)), at, files)


def kept(engagement: Engagement) -> Outlook | None:
    """What the newest scan found; None before the first."""
    done = engagement.runs.filter(stage="scan", status=Run.Status.SUCCEEDED)
    for run in done.order_by("-pk")[:1]:
        for body in run.slices.filter(object="findings").values_list("body", flat=True):
            if "outlook" in body:
                return of_json(body["outlook"])
    return None


def as_json(outlook: Outlook) -> dict[str, Any]:
    return asdict(outlook)


def of_json(body: Mapping[str, Any]) -> Outlook:
    lines = tuple(Line(**line) for line in body["lines"])
    files = {object: FilesToSend(**sent) for object, sent in body.get("files", {}).items()}
    return Outlook(body["records"], lines, body["at"], files)


def warning(line: Line) -> str:
    """The sentence about a limit that the load exceeds."""
    note = f" ({line.note})" if line.note else ""
    return (
        f"{line.name}: the load needs {line.needed:,}{note}, but {line.left:,} are left; "
        f"{line.over:,} are missing. Have more of it, or leave objects out. Where a limit of the "
        "day ends, the load pauses and goes on by itself."
    )


def _lines(found: Iterable[Forecast]) -> Iterable[Line]:
    return (Line(each.name, each.needed, max(0, each.left), each.note) for each in found)
