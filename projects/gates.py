"""Who may do what when: one table of stages and decisions with their conditions, each with
the sentence that a person reads when it does not hold. Buttons, commands and pages are
generated from it; nothing else decides.
"""

from collections.abc import Callable
from dataclasses import dataclass

from projects.models import Engagement, Operation, Plan, Run, SchemaField, SignOff, TechnicianMatch
from projects.models.engagement import Connection
from projects.models.plan import digest_of
from projects.models.records import LOAD_READING

NOT_BUILT = {"delta": "not built yet: delta (picking up what changed since the load)"}


@dataclass(frozen=True, slots=True)
class Condition:
    """`refusal` returns the sentence why not, or "" where the condition holds."""

    name: str
    refusal: Callable[[Engagement], str]


def refusals(engagement: Engagement, action: str) -> list[str]:
    """Why `action` is not allowed now; empty means it is. Raises KeyError for an action
    that GATES does not name."""
    if action in NOT_BUILT:
        return [NOT_BUILT[action]]
    return [said for condition in GATES[action] if (said := condition.refusal(engagement))]


def current_sign_off(engagement: Engagement) -> SignOff | None:
    """The newest sign-off that is not withdrawn."""
    return engagement.sign_offs.filter(withdrawn_at=None).order_by("-given_at", "-id").first()


def stale(engagement: Engagement) -> bool:
    """True where the signed plan is not the one that today's rows give."""
    signed = current_sign_off(engagement)
    return signed is not None and signed.plan.digest != digest_of(Plan.draft(engagement))


def _not_closed(engagement: Engagement) -> str:
    closed = engagement.state == Engagement.State.CLOSED
    return "The engagement is closed. An administrator can reopen it." if closed else ""


def _connected(engagement: Engagement) -> str:
    checked = set(
        engagement.connections.exclude(account_id="")
        .filter(problem="")
        .values_list("role", flat=True)
    )
    missing = [role.label for role in Connection.Role if role.value not in checked]
    return f"Connect and check: {', '.join(missing).lower()}." if missing else ""


def _inventoried(engagement: Engagement) -> str:
    read = SchemaField.objects.filter(connection__engagement=engagement)
    return "" if read.exists() else "Take the inventory of both accounts first."


def _proposed(engagement: Engagement) -> str:
    return "" if engagement.mapping_rows.exists() else "Let the mapping be proposed first."


def _extracted(engagement: Engagement) -> str:
    feeds = engagement.feeds.filter(reading=LOAD_READING)
    done = feeds.exists() and not feeds.filter(finished_at=None).exists()
    return "" if done else "Extract the source first."


def _scanned(engagement: Engagement) -> str:
    done = engagement.runs.filter(stage="scan", status=Run.Status.SUCCEEDED).exists()
    return "" if done else "Scan the extracted records first."


def _technicians_decided(engagement: Engagement) -> str:
    open_ = engagement.technician_matches.filter(action=TechnicianMatch.Action.UNDECIDED)
    names = [str(m.name) for m in open_[:4]]
    more = max(0, open_.count() - len(names))
    if not names:
        return ""
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    return f"Decide under Technician matches who owns the work of: {listed}."


def _fallback_named(engagement: Engagement) -> str:
    used = engagement.technician_matches.filter(action=TechnicianMatch.Action.FALLBACK).exists()
    if used and not engagement.fallback_owner:
        return "Technicians fall back to the fallback owner, but the engagement names none."
    return ""


def _no_blocking_findings(engagement: Engagement) -> str:
    first = engagement.findings.filter(severity="blocks").first()
    if first is None:
        return ""
    such = f", such as {first.records[0]}" if first.records else ""
    return f"{first.message} (Findings lists all of them{such}.)"


def _mapping_confirmed(engagement: Engagement) -> str:
    draft = engagement.state == Engagement.State.DRAFT
    return "Confirm the mapping first." if draft else ""


def _sampled(engagement: Engagement) -> str:
    return (
        ""
        if engagement.runs.filter(stage="sample", status="succeeded").exists()
        else ("Load a sample first.")
    )


def _signed_off(engagement: Engagement) -> str:
    signed = current_sign_off(engagement)
    if signed is None:
        return "The client has not signed off a sample. Send them the review link."
    if signed.decision != SignOff.Decision.ACCEPTED:
        return f"{signed.name} asks for changes: {signed.comment or 'no comment given'}"
    return ""


def _sign_off_current(engagement: Engagement) -> str:
    if not stale(engagement):
        return ""
    signed = current_sign_off(engagement)
    assert signed is not None
    changes = signed.plan.changes(Plan.draft(engagement))
    first = f"{changes[0].what}: {changes[0].before} → {changes[0].after}" if changes else ""
    return (
        f"The sign-off of {signed.name} is stale: {len(changes)} change(s) since, first {first}. "
        "Put it back, or load a new sample and let the client sign again."
    )


def _no_live_writing_run(engagement: Engagement) -> str:
    live = Run.objects.filter(
        connection__engagement=engagement, writes=True, status__in=Run.LIVE
    ).first()
    return f"{str(live).capitalize()} is {live.get_status_display().lower()}." if live else ""


def _something_to_undo(engagement: Engagement) -> str:
    live = Operation.objects.filter(
        item__engagement=engagement, status=Operation.Status.LANDED, undoes=None
    ).exclude(item__state="undone")
    return "" if live.exists() else "There is nothing to roll back."


def _loaded(engagement: Engagement) -> str:
    started = engagement.runs.filter(stage="load").exclude(plan=None).exists()
    return "" if started else "Nothing was loaded yet."


def _no_live_load(engagement: Engagement) -> str:
    """A sample is taken back by the next one; a load is not taken back in passing."""
    live = Operation.objects.filter(
        run__engagement=engagement, run__stage="load", status=Operation.Status.LANDED, undoes=None
    ).exclude(item__state="undone")
    return "Roll back the load before loading another sample." if live.exists() else ""


def _conditions(*refusing: Callable[[Engagement], str]) -> tuple[Condition, ...]:
    return tuple(Condition(f.__name__.strip("_").replace("_", " "), f) for f in refusing)


GATES: dict[str, tuple[Condition, ...]] = {
    "inventory": _conditions(_not_closed, _connected),
    "fields": _conditions(_not_closed, _connected, _inventoried, _no_live_writing_run),
    "propose": _conditions(_not_closed, _inventoried, _no_live_writing_run),
    "extract": _conditions(_not_closed, _connected),
    "scan": _conditions(_not_closed, _proposed, _extracted),
    "confirm": _conditions(
        _not_closed,
        _proposed,
        _scanned,
        _technicians_decided,
        _fallback_named,
        _no_blocking_findings,
        _no_live_writing_run,
    ),
    "sample": _conditions(
        _not_closed,
        _connected,
        _extracted,
        _scanned,
        _mapping_confirmed,
        _technicians_decided,
        _fallback_named,
        _no_blocking_findings,
        _no_live_load,
        _no_live_writing_run,
    ),
    "sign off": _conditions(_not_closed, _sampled),
    "load": _conditions(
        _not_closed,
        _connected,
        _extracted,
        _mapping_confirmed,
        _technicians_decided,
        _fallback_named,
        _no_blocking_findings,
        _signed_off,
        _sign_off_current,
        _no_live_writing_run,
    ),
    "reconcile": _conditions(_not_closed, _connected, _loaded),
    "rollback": _conditions(_not_closed, _connected, _something_to_undo, _no_live_writing_run),
    "reference": _conditions(_not_closed),
    "edit mapping": _conditions(_not_closed, _no_live_writing_run),
}
