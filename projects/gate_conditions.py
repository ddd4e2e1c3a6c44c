"""The conditions of the gates. In: an engagement, or the account that an action goes to. Out: the
sentence that a person reads where a condition does not hold, or ""."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from connectors import creates_fields
from connectors.capabilities import NO_FIELDS
from projects import signing
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
from projects.models.plan import ABSENT
from projects.models.records import LOAD_READING


def not_closed(engagement: Engagement) -> str:
    closed = engagement.state == Engagement.State.CLOSED
    return "The engagement is closed. An administrator can reopen it." if closed else ""


def connected(engagement: Engagement) -> str:
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


def inventoried(engagement: Engagement) -> str:
    read = SchemaField.objects.filter(connection__engagement=engagement)
    return "" if read.exists() else "Take the inventory of both accounts first."


def proposed(engagement: Engagement) -> str:
    return "" if engagement.mapping_rows.exists() else "Let the mapping be proposed first."


def extracted(engagement: Engagement) -> str:
    feeds = engagement.feeds.filter(reading=LOAD_READING)
    done = feeds.exists() and not feeds.filter(finished_at=None).exists()
    return "" if done else "Extract the source first."


def scanned(engagement: Engagement) -> str:
    done = engagement.runs.filter(stage="scan", status=Run.Status.SUCCEEDED).exists()
    return "" if done else "Scan the extracted records first."


def technicians_decided(engagement: Engagement) -> str:
    open_ = engagement.technician_matches.filter(action=TechnicianMatch.Action.UNDECIDED)
    names = [str(m.name) for m in open_[:4]]
    more = max(0, open_.count() - len(names))
    if not names:
        return ""
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    return f"Decide under Technician matches who owns the work of: {listed}."


def files_decided(engagement: Engagement) -> str:
    open_ = engagement.flagged_files.filter(action=FlaggedFile.Action.UNDECIDED)
    first = open_.first()
    if first is None:
        return ""
    return f"Decide under Flagged files what becomes of {open_.count()}, such as {first}."


def fallback_named(engagement: Engagement) -> str:
    used = engagement.technician_matches.filter(action=TechnicianMatch.Action.FALLBACK).exists()
    if used and not engagement.fallback_owner:
        return "Technicians fall back to the fallback owner, but the engagement names none."
    return ""


def no_blocking_findings(engagement: Engagement) -> str:
    first = engagement.findings.filter(severity="blocks").first()
    if first is None:
        return ""
    such = f", such as {first.records[0]}" if first.records else ""
    return f"{first.message} (Findings lists all of them{such}.)"


def trial_confirmed(engagement: Engagement) -> str:
    role = Connection.Role.REHEARSAL if engagement.rehearsal else Connection.Role.DESTINATION
    return _unconfirmed(engagement, role, "sample")


def production_confirmed(engagement: Engagement) -> str:
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


def mapping_confirmed(engagement: Engagement) -> str:
    draft = engagement.state == Engagement.State.DRAFT
    return "Confirm the mapping first." if draft else ""


def sampled(engagement: Engagement) -> str:
    return (
        ""
        if engagement.runs.filter(stage="sample", status="succeeded").exists()
        else ("Load a sample first.")
    )


def signed_off(engagement: Engagement) -> str:
    signed = signing.current_sign_off(engagement)
    if signed is None:
        return "The client has not signed off a sample. Send them the review link."
    if signed.decision != SignOff.Decision.ACCEPTED:
        return f"{signed.name} asks for changes: {signed.comment or 'no comment given'}"
    return ""


def sign_off_current(engagement: Engagement) -> str:
    if not signing.stale(engagement):
        return ""
    signed = signing.current_sign_off(engagement)
    assert signed is not None
    changes = signed.plan.changes(Plan.draft(engagement))
    changes.sort(key=lambda change: change.before == ABSENT)
    first = f"{changes[0].what}: {changes[0].before} → {changes[0].after}" if changes else ""
    return (
        f"The sign-off of {signed.name} is stale: {len(changes)} change(s) since, first {first}. "
        "Put it back, or load a new sample and let the client sign again."
    )


def production_as_rehearsed(engagement: Engagement) -> str:
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


def no_live_writing_run(engagement: Engagement) -> str:
    live = Run.objects.filter(
        connection__engagement=engagement, writes=True, status__in=Run.LIVE
    ).first()
    return f"{str(live).capitalize()} is {live.get_status_display().lower()}." if live else ""


def something_to_undo(account: Connection) -> str:
    if signing.live_writes(account).exists():
        return ""
    elsewhere = [c for c in account.engagement.destinations if signing.live_writes(c).exists()]
    hint = f" There is something at {elsewhere[0]}: say so." if elsewhere else ""
    where = f" at {account}" if account.engagement.rehearsal else ""
    return f"There is nothing to roll back{where}.{hint}"


def takes_fields(account: Connection) -> str:
    return "" if creates_fields(account.kind) else f"{account} {NO_FIELDS}"


def fields_of_ours(account: Connection) -> str:
    created = CreatedField.there(account).exists()
    return "" if created else f"We created no fields at {account}."


def nothing_of_ours(account: Connection) -> str:
    count = signing.live_writes(account).values("item").distinct().count()
    if not count:
        return ""
    return f"{count:,} record(s) of ours are live at {account}. Roll them back first."


def loaded(engagement: Engagement) -> str:
    started = engagement.runs.filter(stage="load").exclude(plan=None).exists()
    return "" if started else "Nothing was loaded yet."


def no_live_load(engagement: Engagement) -> str:
    """A sample is taken back by the next one; a load is not taken back in passing."""
    live = signing.live_writes(engagement.trial).filter(run__stage="load")
    return "Roll back the load before loading another sample." if live.exists() else ""


def load_stands(engagement: Engagement) -> str:
    done = engagement.runs.filter(stage="load", status=Run.Status.SUCCEEDED).exists()
    if done and signing.live_load(engagement).exists():
        return ""
    return "Load everything first: this brings only what changed since."


def not_extracted_anew(engagement: Engagement) -> str:
    """What the newer extract changed is known to no delta; a load compares it all."""
    ended = Q(stage="load", status=Run.Status.SUCCEEDED)
    newest = engagement.runs.filter(Q(stage="extract") | ended).first()
    if newest is None or newest.stage == "load" or loaded(engagement):
        return ""
    return "The source was extracted anew since the load. Load again: it sends what differs."


def nothing_under_way(engagement: Engagement) -> str:
    """A delta settles what another delta left; a load that is not through is to be ended."""
    left = Operation.objects.filter(
        item__engagement=engagement, status=Operation.Status.SENDING
    ).exclude(run__stage="delta")
    count = left.count()
    if not count:
        return ""
    return f"What became of {count} writes of a load is not known. Load again: it looks them up."
