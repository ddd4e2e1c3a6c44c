"""Who may do what when: one table of stages and decisions with their conditions, each with
the sentence that a person reads when it does not hold. Buttons, commands and pages are
generated from it; nothing else decides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from connectors import creates_fields
from connectors.capabilities import NO_FIELDS
from connectors.errors import Misconfigured
from projects.choices import choices_agree
from projects.models import (
    Confirmation,
    CreatedField,
    Engagement,
    FlaggedFile,
    Operation,
    Plan,
    Run,
    SchemaField,
    SignOff,
    TechnicianMatch,
)
from projects.models.engagement import Connection
from projects.models.plan import ABSENT, digest_of
from projects.models.records import LOAD_READING


@dataclass(frozen=True, slots=True)
class Condition:
    """`refusal` returns the sentence why not, or "" where the condition holds. One that is
    about an account takes the account's role as well, if it is not the usual one."""

    name: str
    refusal: Callable[..., str]
    of_account: bool = False


def refusals(engagement: Engagement, action: str, at: str = "") -> list[str]:
    """Why `action` is not allowed now; empty means it is. `at` is the role of the account it
    goes to, if not the usual one. Raises KeyError for an action that GATES does not name."""
    said = (
        condition.refusal(engagement, at) if condition.of_account else condition.refusal(engagement)
        for condition in GATES[action]
    )
    return [sentence for sentence in said if sentence]


def current_sign_off(engagement: Engagement) -> SignOff | None:
    """The newest sign-off that is not withdrawn."""
    return engagement.sign_offs.filter(withdrawn_at=None).order_by("-given_at", "-id").first()


def stale(engagement: Engagement) -> bool:
    """True where the signed plan does not stand for what today's rows give."""
    signed = current_sign_off(engagement)
    return signed is not None and not stands(engagement, signed.plan)


def stands(engagement: Engagement, plan: Plan) -> bool:
    """Whether today's rows give that plan; or, once it is loaded, an addendum to it: what
    turned up since is decided, and nothing that was decided then is changed."""
    today = Plan.draft(engagement)
    if plan.digest == digest_of(today):
        return True
    return live_load(engagement).exists() and plan.allows(today)


def live_load(engagement: Engagement) -> "QuerySet[Operation]":
    """What a load wrote that was not taken back."""
    return _live_writes(engagement.destination).filter(run__stage="load")


def _not_closed(engagement: Engagement) -> str:
    closed = engagement.state == Engagement.State.CLOSED
    return "The engagement is closed. An administrator can reopen it." if closed else ""


def _connected(engagement: Engagement) -> str:
    checked = set(
        engagement.connections.exclude(account_id="")
        .filter(problem="")
        .values_list("role", flat=True)
    )
    needed = {Connection.Role.SOURCE, Connection.Role.DESTINATION} | set(
        engagement.connections.values_list("role", flat=True)
    )
    missing = [r.label for r in Connection.Role if r in needed and r.value not in checked]
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


def _files_decided(engagement: Engagement) -> str:
    open_ = engagement.flagged_files.filter(action=FlaggedFile.Action.UNDECIDED)
    first = open_.first()
    if first is None:
        return ""
    return f"Decide under Flagged files what becomes of {open_.count()}, such as {first}."


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


def _trial_confirmed(engagement: Engagement) -> str:
    role = Connection.Role.REHEARSAL if engagement.rehearsal else Connection.Role.DESTINATION
    return _unconfirmed(engagement, role, "sample")


def _production_confirmed(engagement: Engagement) -> str:
    return _unconfirmed(engagement, Connection.Role.DESTINATION, "load")


def _unconfirmed(engagement: Engagement, role: str, before: str) -> str:
    points = Confirmation.open_points(engagement, role)
    if not points:
        return ""
    return (
        f"Before the {before}, {len(points)} point(s) of safety are to be confirmed by name, "
        f"first: {points[0].message} "
        "(Under Safety on the engagement's page, or `engagement safety`.)"
    )


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
    changes.sort(key=lambda change: change.before == ABSENT)
    first = f"{changes[0].what}: {changes[0].before} → {changes[0].after}" if changes else ""
    return (
        f"The sign-off of {signed.name} is stale: {len(changes)} change(s) since, first {first}. "
        "Put it back, or load a new sample and let the client sign again."
    )


def _production_as_rehearsed(engagement: Engagement) -> str:
    """What was rehearsed is what production would get: the same fields under both."""
    if engagement.rehearsal is None:
        return ""
    rehearsed = Plan.draft(engagement)["fields"]
    named = list(_differing(rehearsed, Plan.draft(engagement, engagement.destination)["fields"]))
    if not named:
        return ""
    more = f" and {len(named) - 5} more" if len(named) > 5 else ""
    return (
        f"Production differs from the rehearsal in {'; '.join(named[:5])}{more}. Make the fields "
        "alike there and take the inventory again, or map to others and load a new sample."
    )


def _differing(rehearsed: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(rehearsed.keys() | there.keys()):
        before, after = rehearsed.get(name, {}), there.get(name, {})
        changed = [k for k in before.keys() & after.keys() if before[k] != after[k]]
        if not after:
            yield f"{name} (missing, or hidden from our user)"
        elif not before:
            yield f"{name} (only there)"
        elif changed:
            said = ", ".join(f"{k} {before[k]} → {after[k]}" for k in sorted(changed))
            yield f"{name} ({said})"


def _no_live_writing_run(engagement: Engagement) -> str:
    live = Run.objects.filter(
        connection__engagement=engagement, writes=True, status__in=Run.LIVE
    ).first()
    return f"{str(live).capitalize()} is {live.get_status_display().lower()}." if live else ""


def _something_to_undo(account: Connection) -> str:
    if _live_writes(account).exists():
        return ""
    elsewhere = [c for c in account.engagement.destinations if _live_writes(c).exists()]
    hint = f" There is something at {elsewhere[0]}: say so." if elsewhere else ""
    where = f" at {account}" if account.engagement.rehearsal else ""
    return f"There is nothing to roll back{where}.{hint}"


def _takes_fields(account: Connection) -> str:
    return "" if creates_fields(account.kind) else f"{account} {NO_FIELDS}"


def _fields_of_ours(account: Connection) -> str:
    created = CreatedField.there(account).exists()
    return "" if created else f"We created no fields at {account}."


def _nothing_of_ours(account: Connection) -> str:
    count = _live_writes(account).values("item").distinct().count()
    if not count:
        return ""
    return f"{count:,} record(s) of ours are live at {account}. Roll them back first."


def _live_writes(account: Connection) -> "QuerySet[Operation]":
    """What we wrote there and did not take back."""
    return Operation.objects.filter(
        item__connection=account, status=Operation.Status.LANDED, undoes=None
    ).exclude(item__state="undone")


def _loaded(engagement: Engagement) -> str:
    started = engagement.runs.filter(stage="load").exclude(plan=None).exists()
    return "" if started else "Nothing was loaded yet."


def _no_live_load(engagement: Engagement) -> str:
    """A sample is taken back by the next one; a load is not taken back in passing."""
    live = _live_writes(engagement.trial).filter(run__stage="load")
    return "Roll back the load before loading another sample." if live.exists() else ""


def _load_stands(engagement: Engagement) -> str:
    done = engagement.runs.filter(stage="load", status=Run.Status.SUCCEEDED).exists()
    if done and live_load(engagement).exists():
        return ""
    return "Load everything first: this brings only what changed since."


def _not_extracted_anew(engagement: Engagement) -> str:
    """What the newer extract changed is known to no delta; a load compares it all."""
    loaded = Q(stage="load", status=Run.Status.SUCCEEDED)
    newest = engagement.runs.filter(Q(stage="extract") | loaded).first()
    if newest is None or newest.stage == "load" or _loaded(engagement):
        return ""
    return "The source was extracted anew since the load. Load again: it sends what differs."


def _nothing_under_way(engagement: Engagement) -> str:
    """A delta settles what another delta left; a load that is not through is to be ended."""
    left = Operation.objects.filter(
        item__engagement=engagement, status=Operation.Status.SENDING
    ).exclude(run__stage="delta")
    count = left.count()
    if not count:
        return ""
    return f"What became of {count} writes of a load is not known. Load again: it looks them up."


def _conditions(*refusing: Callable[[Engagement], str]) -> tuple[Condition, ...]:
    return _named(refusing)


def _named(refusing: Iterable[Callable[..., str]]) -> tuple[Condition, ...]:
    return tuple(Condition(f.__name__.strip("_").replace("_", " "), f) for f in refusing)


def _at_account(action: str, *refusing: Callable[[Connection], str]) -> tuple[Condition, ...]:
    """Conditions of the one account that the action goes to."""

    def asked(refusal: Callable[[Connection], str]) -> Callable[..., str]:
        def ask(engagement: Engagement, at: str = "") -> str:
            try:
                return refusal(engagement.goes_to(action, at))
            except Misconfigured as missing:
                return str(missing)

        return ask

    return tuple(replace(c, refusal=asked(c.refusal), of_account=True) for c in _named(refusing))


FIELDS = (
    *_conditions(_not_closed, _connected, _inventoried, _no_live_writing_run),
    *_at_account("fields", _takes_fields),
)

GATES: dict[str, tuple[Condition, ...]] = {
    "inventory": _conditions(_not_closed, _connected),
    "fields": FIELDS,
    "check-fields": FIELDS,
    "undo-fields": (
        *_conditions(_not_closed, _connected, _no_live_writing_run),
        *_at_account("undo-fields", _fields_of_ours, _nothing_of_ours),
    ),
    "propose": _conditions(_not_closed, _inventoried, _no_live_writing_run),
    "extract": _conditions(_not_closed, _connected),
    "scan": _conditions(_not_closed, _proposed, _extracted),
    "confirm": _conditions(
        _not_closed,
        _proposed,
        _scanned,
        _technicians_decided,
        _files_decided,
        _fallback_named,
        choices_agree,
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
        _files_decided,
        _fallback_named,
        _no_blocking_findings,
        _trial_confirmed,
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
        _files_decided,
        _fallback_named,
        _no_blocking_findings,
        _production_confirmed,
        _signed_off,
        _sign_off_current,
        _production_as_rehearsed,
        _no_live_writing_run,
    ),
    # What the plan does not know holds back the records that need it, and no other.
    "delta": _conditions(
        _not_closed,
        _connected,
        _mapping_confirmed,
        _fallback_named,
        _production_confirmed,
        _signed_off,
        _sign_off_current,
        _load_stands,
        _not_extracted_anew,
        _nothing_under_way,
        _no_live_writing_run,
    ),
    "reconcile": _conditions(_not_closed, _connected, _loaded),
    "rollback": (
        *_conditions(_not_closed, _connected, _no_live_writing_run),
        *_at_account("rollback", _something_to_undo),
    ),
    "reference": _conditions(_not_closed),
    "edit mapping": _conditions(_not_closed, _no_live_writing_run),
}
