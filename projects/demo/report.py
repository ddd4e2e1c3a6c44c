"""What came of the demo, as tables on the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from projects.models import Difference, Run
from projects.stages.base import Tally


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage as it ran. `peak_mb` is the largest worker's."""

    label: str
    status: str
    seconds: float
    records: int
    peak_mb: float

    @classmethod
    def of(cls, label: str, run: Run) -> "StageResult":
        begun, ended = run.started_at or run.created_at, run.finished_at or run.created_at
        return cls(
            label,
            run.get_status_display(),
            (ended - begun).total_seconds(),
            run.progress()[""]["done"],
            run.peak_kb / 1024,
        )


def stages(console: Console, results: Sequence[StageResult]) -> None:
    table = Table(title="Stages", title_justify="left")
    for name in ("Stage", "Status"):
        table.add_column(name)
    for name in ("Seconds", "Records", "Records/s", "Worker peak MB"):
        table.add_column(name, justify="right")
    for r in results:
        rate = f"{r.records / r.seconds:,.0f}" if r.seconds else ""
        table.add_row(
            r.label, r.status, f"{r.seconds:,.1f}", f"{r.records:,}", rate, f"{r.peak_mb:,.0f}"
        )
    console.print(table)


def tally(console: Console, title: str, counted: Tally) -> None:
    """One row an object, one column a count that is not zero everywhere."""
    names = list(dict.fromkeys(n for counts in counted.values() for n in counts))
    names = [n for n in names if any(counts.get(n) for counts in counted.values())]
    table = Table(title=title, title_justify="left")
    table.add_column("Object")
    for name in names:
        table.add_column(name, justify="right")
    for object, counts in counted.items():
        table.add_row(object, *(f"{counts.get(name, 0):,}" for name in names))
    console.print(table)


def differences(console: Console, found: Sequence[Difference]) -> None:
    if not found:
        console.print("Reconciliation: both vendors read anew, no difference.")
        return
    table = Table(title=f"Differences: {len(found)}", title_justify="left")
    for name in ("Kind", "Record", "Field", "Expected", "Found", "Explained by"):
        table.add_column(name, overflow="fold")
    for line in found:
        table.add_row(
            line.kind,
            f"{line.object} {line.key}",
            line.field,
            line.expected[:60],
            line.found[:60],
            line.explanation[:80],
        )
    console.print(table)


def memory(console: Console, peaks: Mapping[str, float], earlier: Mapping[str, float]) -> None:
    """Largest memory of each process, and against the small demo where one ran before."""
    table = Table(title="Memory, largest of each process", title_justify="left")
    table.add_column("Process")
    table.add_column("MB", justify="right")
    if earlier:
        table.add_column("÷ small", justify="right")
    for name, peak in sorted(peaks.items()):
        ratio = f"{peak / earlier[name]:.2f}" if earlier.get(name) else ""
        table.add_row(name, f"{peak:,.0f}", *([ratio] if earlier else []))
    console.print(table)
