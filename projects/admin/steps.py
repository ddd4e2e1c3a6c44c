"""The pipeline as a person reads it on the engagement's page.

In: runs, gates and the engagement's state. Out: one Step a stage or decision, in order, and
which of them comes next. Decides nothing: a button is shown where the gate is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from projects import gates, signing
from projects.models import Connection, Engagement, Run, SignOff
from projects.stages import BY_NAME

ORDER = (
    "inventory",
    "fields",
    "propose",
    "extract",
    "scan",
    "confirm",
    "sample",
    "review",
    "load",
    "reconcile",
)
WRITE = ("load", "delta", "rollback")
GOES = ("fields", "sample", "load", "reconcile")
"""Steps that are about one of the destinations."""
OPTIONAL = frozenset({"fields"})
"""Never the next step by itself: an account may have all it needs already."""
LABELS: Mapping[str, str] = {
    "confirm": "Confirm the mapping",
    "review": "Client's review",
    **{name: stage.LABEL for name, stage in BY_NAME.items()},
}
ABOUT: Mapping[str, str] = {
    "inventory": "Reads which objects and fields both accounts have.",
    "fields": "Lists the fields a move needs, and creates what is missing. Optional.",
    "propose": "Fills the mapping tables; people correct them.",
    "extract": "Copies every source record here. Reads only.",
    "scan": "Tries every record against the mapping and lists what does not fit.",
    "confirm": "Staff stand by the mapping; freezes the plan.",
    "sample": "Writes some records to the destination for the client to look at.",
    "review": "The client compares, and signs or asks for changes.",
    "load": "Writes everything that was signed off.",
    "delta": "Picks up what changed at the source since the load.",
    "reconcile": "Reads both accounts anew and compares.",
    "rollback": "Takes back what the journal says we wrote, newest first.",
}


@dataclass(slots=True)
class Step:
    """One step. `state` is done, live, next, open (may be started) or shut (`reasons` say
    why); `run` is its newest run."""

    name: str
    state: str
    reasons: list[str] = field(default_factory=list)
    run: Run | None = None
    where: Connection | None = None
    """Which destination it goes to, where there are two."""

    @property
    def where_fields(self) -> str:
        """The role whose fields are looked at first."""
        return str(self.where.role if self.where else Connection.Role.DESTINATION)

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def about(self) -> str:
        return ABOUT[self.name]

    @property
    def startable(self) -> bool:
        return not self.reasons and self.state != "live" and self.name != "review"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """All steps; `next` is the first that is not done, None where one is live or all are."""

    steps: list[Step]
    delta: Step
    rollback: Step
    next: Step | None


def pipeline(engagement: Engagement) -> Pipeline:
    """The steps of an engagement as they stand now."""
    runs = _newest(engagement)
    done = _done(engagement, runs)
    steps = [_step(engagement, name, runs, done) for name in ORDER]
    rollback = _step(engagement, "rollback", runs, set())
    delta = _step(engagement, "delta", runs, set())
    if engagement.rehearsal is not None:
        for step in steps:
            if step.name in GOES:
                step.where = engagement.goes_to(step.name)
    busy = any(step.state == "live" for step in (*steps, delta, rollback))
    first = next((s for s in steps if s.state != "done" and s.name not in OPTIONAL), None)
    if first is not None and not busy and first.state == "open":
        first.state = "next"
    return Pipeline(steps, delta, rollback, None if busy else first)


def _step(engagement: Engagement, name: str, runs: Mapping[str, list[Run]], done: set[str]) -> Step:
    run = next(iter(runs.get(name, [])), None)
    if run is not None and run.live:
        return Step(name, "live", run=run)
    reasons = _review_reasons(engagement) if name == "review" else _refusals(engagement, name)
    if name in done:
        return Step(name, "done", reasons, run)
    return Step(name, "shut" if reasons else "open", reasons, run)


def _refusals(engagement: Engagement, name: str) -> list[str]:
    try:
        return gates.refusals(engagement, name)
    except ConnectorError as missing:
        return [str(missing)]


def _review_reasons(engagement: Engagement) -> list[str]:
    try:
        shut = gates.refusals(engagement, "sign off")
        given = [c for c in gates.GATES["load"] if c.name in ("signed off", "sign off current")]
        return shut or [said for c in given if (said := c.refusal(engagement))]
    except ConnectorError as missing:
        return [str(missing)]


def _newest(engagement: Engagement) -> dict[str, list[Run]]:
    """Stage → its runs, newest first; at most what a page needs to look at."""
    found: dict[str, list[Run]] = {}
    for run in engagement.runs.select_related("plan").defer("traceback", "plan__body")[:200]:
        found.setdefault(run.stage, []).append(run)
    return found


def _done(engagement: Engagement, runs: Mapping[str, list[Run]]) -> set[str]:
    """Steps that need not be done again. A later change of what they rest on undoes that."""
    runs = {**runs, "rollback": [r for r in runs.get("rollback", []) if _in_production(r)]}
    last = {stage: _last_success(found) for stage, found in runs.items()}
    done = {s for s in ("inventory", "fields", "propose", "extract") if last.get(s)}
    if last.get("scan", 0) > last.get("extract", 0):
        done.add("scan")
    if engagement.state != Engagement.State.DRAFT:
        done.add("confirm")
    if _sample_is_todays(engagement, runs.get("sample", [])):
        done.add("sample")
        if _signed(engagement):
            done.add("review")
    if last.get("load", 0) > _last_taken_back(runs, last.get("load", 0)):
        done.add("load")
        if last.get("reconcile", 0) > max(last[s] for s in WRITE if s in last):
            done.add("reconcile")
    return done


def _in_production(run: Run) -> bool:
    return bool(run.options.get("at", "") != Connection.Role.REHEARSAL)


def _last_success(runs: list[Run]) -> int:
    return next((run.pk for run in runs if run.status == Run.Status.SUCCEEDED), 0)


def _last_taken_back(runs: Mapping[str, list[Run]], load: int) -> int:
    """The last rollback that took back something of that load, not only of later runs."""
    found = (r for r in runs.get("rollback", []) if r.options.get("from_run", 0) <= load)
    return _last_success(list(found))


def _sample_is_todays(engagement: Engagement, samples: list[Run]) -> bool:
    last = next((run for run in samples if run.status == Run.Status.SUCCEEDED), None)
    if last is None or last.plan is None:
        return False
    try:
        return signing.stands(engagement, last.plan)
    except ConnectorError:
        return False


def _signed(engagement: Engagement) -> bool:
    signed = signing.current_sign_off(engagement)
    accepted = signed is not None and signed.decision == SignOff.Decision.ACCEPTED
    return accepted and not signing.stale(engagement)
