"""Technician → destination user by e-mail: proposals that people correct."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.values import User
from projects.models import Engagement, SourceRecord, TechnicianMatch
from projects.models.records import LOAD_READING
from projects.presets import TechnicianRule
from projects.shapes import at


def propose(engagement: Engagement, rule: TechnicianRule, users: Iterable[User]) -> int:
    """Add technicians not seen before, and bring name, e-mail and number of jobs of the
    others up to date; what a person decided stays. Returns how many are undecided."""
    by_email = _by_email(users)
    jobs = _jobs_per_technician(engagement, rule)
    known = {m.technician_id: m for m in engagement.technician_matches.all()}
    records = SourceRecord.objects.filter(
        engagement=engagement, reading=LOAD_READING, object=rule.object
    )
    for source_id, data in records.values_list("source_id", "data"):
        match = known.get(source_id) or TechnicianMatch(
            engagement=engagement, technician_id=source_id
        )
        _bring_up_to_date(match, rule, data, jobs.get(source_id, 0))
        if not match.confirmed_by:
            _propose_user(match, by_email.get(match.email.lower(), []))
        match.save()
    return engagement.technician_matches.filter(action="undecided").count()


def unseen(engagement: Engagement, rule: TechnicianRule) -> list[tuple[str, dict[str, Any]]]:
    """Technicians, with their source record, of whom no row says who owns their work."""
    known = engagement.technician_matches.values("technician_id")
    records = SourceRecord.objects.filter(
        engagement=engagement, reading=LOAD_READING, object=rule.object
    )
    return list(records.exclude(source_id__in=known).values_list("source_id", "data"))


def add(
    engagement: Engagement,
    rule: TechnicianRule,
    found: Iterable[tuple[str, dict[str, Any]]],
    users: Iterable[User],
) -> None:
    """A row for each technician that came after the sign-off. Whom they match is a proposal,
    for the plan that was signed does not know them: a person decides."""
    by_email = _by_email(users)
    for source_id, data in found:
        match = TechnicianMatch(engagement=engagement, technician_id=source_id)
        _bring_up_to_date(match, rule, data, jobs=0)
        _propose_user(match, by_email.get(match.email.lower(), []))
        match.action = TechnicianMatch.Action.UNDECIDED
        match.reason = f"came after the sign-off; {match.reason}"
        match.save()


def _bring_up_to_date(
    match: TechnicianMatch, rule: TechnicianRule, data: Mapping[str, Any], jobs: int
) -> None:
    match.name = str(at(data, rule.name) or "(no name)")
    match.email = str(at(data, rule.email) or "").strip()
    match.active = bool(at(data, rule.active))
    match.jobs = jobs


def _propose_user(match: TechnicianMatch, users: list[User]) -> None:
    """Exactly one active user of that e-mail is a match; anything else a person decides."""
    active = [user for user in users if user.active]
    match.user_id = match.user_name = ""
    match.action = TechnicianMatch.Action.UNDECIDED
    if len(active) == 1:
        match.action = TechnicianMatch.Action.MATCH
        match.user_id, match.user_name = active[0].id, active[0].name
        match.reason = "same e-mail"
    elif not match.email:
        match.reason = "has no e-mail at the source"
    elif active:
        match.reason = f"{len(active)} active users have this e-mail"
    elif users:
        match.reason = "the user with this e-mail is inactive"
    else:
        match.reason = "no user has this e-mail"


def _by_email(users: Iterable[User]) -> dict[str, list[User]]:
    found: dict[str, list[User]] = {}
    for user in users:
        if user.email:
            found.setdefault(user.email.strip().lower(), []).append(user)
    return found


def _jobs_per_technician(engagement: Engagement, rule: TechnicianRule) -> dict[str, int]:
    jobs: dict[str, set[str]] = {}
    work = SourceRecord.objects.filter(
        engagement=engagement, reading=LOAD_READING, object=rule.work
    )
    for data in work.values_list("data", flat=True).iterator():
        jobs.setdefault(str(at(data, rule.worker)), set()).add(str(at(data, rule.job)))
    return {technician: len(ids) for technician, ids in jobs.items()}
