"""What the engagement's page shows besides its form. In: an engagement. Out: the context of
templates/admin/projects/engagement/overview.html and live.html."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from connectors.errors import ConnectorError
from projects import coverage, forecast, signing
from projects.admin.steps import LABELS, pipeline
from projects.exchange import TABLES
from projects.models import Confirmation, Engagement, Finding, LoadItem, Plan, Run, SignOff
from projects.models.plan import Change
from projects.stages import rollback, tallies

SHOWN = 20
LEAST_FREE_MB = 64
TOLD = (
    "read",
    "created",
    "updated",
    "unchanged",
    "landed",
    "carried",
    "excepted",
    "left out",
    "handed over",
    "held",
    "failed",
    "planned",
    "undone",
)
"""Counts of a tally in the order in which a person asks for them; others follow."""
DRAWN = ("landed", "held", "failed")


@dataclass(frozen=True, slots=True)
class Live:
    """A run under way: whole and per object done and total, records a second, and seconds
    since it last showed a sign of life."""

    run: Run
    label: str
    done: int
    total: int
    objects: list[tuple[str, int, int]]
    rate: float
    silent: int | None

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One destination object: parts are (name, count, x, width) in percent of the longest."""

    object: str
    total: int
    parts: list[tuple[str, int, float, float]]


def overview(engagement: Engagement, may_act: bool) -> dict[str, Any]:
    """Everything of the page that a finished run may change; buttons only for who may press."""
    # What is to be confirmed has its own place.
    findings = engagement.findings.exclude(severity=Finding.Severity.CONFIRM)
    return {
        "engagement": engagement,
        "may_act": may_act,
        "short": _short(),
        "pipeline": pipeline(engagement),
        "live": live(engagement),
        "signed": _sign_off(engagement),
        "links": engagement.review_links.order_by("-created_at")[:SHOWN],
        "tallies": _tallies(engagement),
        "bars": bars(_landed(engagement)),
        "findings": findings[:SHOWN],
        "finding_count": findings.count(),
        "reconciled": _reconciled(engagement),
        "apart": LoadItem.set_apart(engagement)[:SHOWN],
        "apart_count": LoadItem.set_apart(engagement).count(),
        "kept": rollback.kept(engagement)[:SHOWN],
        "kept_count": rollback.kept(engagement).count(),
        "connections": engagement.connections.order_by("pk"),
        "tables": TABLES,
        "covered": _covered(engagement),
        "safety": _safety(engagement),
        "outlook": forecast.kept(engagement),
        "now": timezone.now(),
    }


def _safety(engagement: Engagement) -> dict[str, Any] | None:
    """What is to be seen to before the sample, and who saw to what."""
    if not Confirmation.points(engagement).exists():
        return None
    open_ = Confirmation.open_points(engagement)
    asked = {Confirmation.digest_for(point) for point in Confirmation.points(engagement)}
    return {"open": open_, "done": engagement.confirmations.filter(digest__in=asked)}


def _covered(engagement: Engagement) -> dict[str, Any] | None:
    """What the contract lists and what becomes of it, once both accounts are known."""
    try:
        lines = coverage.coverage(engagement)
    except ConnectorError:
        return None
    return {"lines": lines, "said": coverage.said(lines)}


def _landed(engagement: Engagement) -> Mapping[str, Mapping[str, int]]:
    """At production once anything was written there, before that where the sample went."""
    accounts = engagement.connections.filter(load_items__isnull=False).distinct().order_by("role")
    first = accounts.first()
    return tallies.destination_tally(first) if first else {}


def live(engagement: Engagement) -> list[Live]:
    """The runs under way, oldest first."""
    runs = engagement.runs.filter(status__in=Run.LIVE).order_by("pk")
    return [_live(run) for run in runs.defer("traceback")]


def bars(tally: Mapping[str, Mapping[str, int]]) -> list[Bar]:
    """Bars of one chart, drawn to one scale."""
    counts = {name: [states.get(n, 0) for n in DRAWN] for name, states in sorted(tally.items())}
    longest = max((sum(n) for n in counts.values()), default=0)
    return [_bar(name, n, longest) for name, n in counts.items() if longest]


def counted(
    tally: Mapping[str, Mapping[str, int]],
) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """A tally as a table: names of its counts, and object with counts in that order."""
    known = {name for counts in tally.values() for name in counts}
    names = [*(n for n in TOLD if n in known), *sorted(known - set(TOLD))]
    return names, [(object, [n.get(name, 0) for name in names]) for object, n in tally.items()]


def _short() -> str:
    """That the disk is all but full. Said here, because no run can then be written down as
    failed."""
    free = shutil.disk_usage(settings.DATA_DIR).free // 1024**2
    if free >= LEAST_FREE_MB:
        return ""
    return (
        f"Only {free} MB are free on the disk of {settings.DATA_DIR}. A run that finds no room "
        "stands still, and what it has read is kept. Free some, then resume it or start it again."
    )


def _bar(name: str, counts: list[int], longest: int) -> Bar:
    parts, x = [], 0.0
    for state, n in zip(DRAWN, counts, strict=True):
        width = 100 * n / longest
        parts.append((state, n, round(x, 2), round(width, 2)))
        x += width
    return Bar(name, sum(counts), parts)


def _live(run: Run) -> Live:
    progress = run.progress()
    whole = progress.pop("")
    seen = run.heartbeat_at
    return Live(
        run,
        LABELS[run.stage],
        whole["done"],
        whole["total"],
        [(name, p["done"], p["total"]) for name, p in progress.items() if p["total"]],
        run.rate(),
        round((timezone.now() - seen).total_seconds()) if seen else None,
    )


def _sign_off(engagement: Engagement) -> dict[str, Any] | None:
    """The current sign-off with what changed since, if anything did."""
    signed = signing.current_sign_off(engagement)
    if signed is None:
        return None
    try:
        changes: list[Change] = signed.plan.changes(Plan.draft(engagement))
    except ConnectorError:
        changes = []
    accepted = signed.decision == SignOff.Decision.ACCEPTED
    return {
        "given": signed,
        "accepted": accepted,
        "changes": changes[:SHOWN],
        "more": max(0, len(changes) - SHOWN),
        "count": len(changes),
        "stale": bool(changes) and signing.stale(engagement),
    }


def _tallies(engagement: Engagement) -> list[dict[str, Any]]:
    """The counts of the newest load that has any, with the deltas since; else of the newest
    sample."""
    counting = engagement.runs.exclude(tally={}).defer("traceback")
    whole = counting.filter(stage__in=("load", "sample")).order_by("stage", "-pk").first()
    if whole is None:
        return []
    since = counting.filter(stage="delta", pk__gt=whole.pk).order_by("pk")[:SHOWN]
    return [_tally(run) for run in (whole, *since)]


def _tally(run: Run) -> dict[str, Any]:
    names, rows = counted(run.tally)
    return {
        "run": run,
        "label": LABELS[run.stage],
        "names": names,
        "rows": rows,
        "off": list(_off(run)),
    }


def _off(run: Run) -> Iterable[str]:
    """Objects whose counts do not add up, which must not happen."""
    if run.stage == "load":
        yield from (name for name, n in run.tally.items() if not tallies.adds_up(n))


def _reconciled(engagement: Engagement) -> dict[str, Any] | None:
    run = engagement.runs.filter(stage="reconcile", status=Run.Status.SUCCEEDED).first()
    if run is None:
        return None
    kinds = run.differences.order_by().values_list("kind").annotate(n=Count("pk"))
    return {
        "run": run,
        "written_since": engagement.runs.filter(writes=True, pk__gt=run.pk).first(),
        "kinds": list(kinds),
        "count": sum(n for _, n in kinds),
        "unexplained": run.differences.filter(explanation="").count(),
        "differences": run.differences.all()[:SHOWN],
    }
