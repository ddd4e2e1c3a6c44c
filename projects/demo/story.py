"""The practice contractor's move, stage by stage, each with its progress bar."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.management import CommandError
from django.db import transaction
from rich.console import Console

from projects import audit, decisions, queue
from projects.commandline import accounts, progress
from projects.demo.report import StageResult
from projects.models import (
    Confirmation,
    Connection,
    Engagement,
    FlaggedFile,
    ReviewLink,
    Run,
    TechnicianMatch,
)
from projects.presets import preset
from projects.stages import BY_NAME

STAFF = "practice staff"
LOOK_SECONDS = 0.2


@dataclass(slots=True)
class Story:
    """One demo: where it is told, and what came of each stage."""

    console: Console
    engagement: Engagement
    results: list[StageResult] = field(default_factory=list)

    def run(self, stage: str) -> Run:
        """Start a stage and show it until it is over. Raises CommandError where it fails."""
        run = queue.start(self.engagement, stage, STAFF)
        label = BY_NAME[stage].LABEL
        progress.watch(run, progress.Whole(self.console, label), lambda: time.sleep(LOOK_SECONDS))
        self.results.append(StageResult.of(label, run))
        if run.status != Run.Status.SUCCEEDED:
            raise CommandError(f"{run} {run.status}: {run.message}", returncode=run.exit_code or 1)
        self.engagement.refresh_from_db()
        return run


def connect(
    urls: Mapping[str, Mapping[str, str]],
    source: str,
    destination: str,
    name: str = "Practice move",
) -> Engagement:
    """The practice engagement with both practice accounts, checked."""
    engagement = Engagement.objects.create(name=name, client_name="Practice Comfort Heating & Air")
    audit.record(engagement, STAFF, "engagement created")
    for role, kind in (("source", source), ("destination", destination)):
        connection = Connection(engagement=engagement, role=role, kind=kind)
        given = accounts.from_practice(kind, urls)
        connection.settings = given["settings"]
        connection.set_secrets(given["secrets"])
        connection.save()
        connection.check_account()
    return engagement


def keep_to_core(engagement: Engagement) -> None:
    """Staff leave the history under accounts and cases out: people and jobs only."""
    with transaction.atomic():
        for name, status in preset(engagement.preset).CORE.items():
            engagement.object_rows.filter(source_object=name).update(status=status)
        audit.record(engagement, STAFF, "object rows changed", kept="core")


def decide_technicians(engagement: Engagement) -> int:
    """What staff decide in admin: whom nobody matches falls back to one user."""
    undecided = engagement.technician_matches.filter(action=TechnicianMatch.Action.UNDECIDED)
    with engagement.destination.open_destination() as destination:
        fallback = next(user for user in destination.users() if user.active)
    with transaction.atomic():
        decided = undecided.update(
            action=TechnicianMatch.Action.FALLBACK, confirmed_by=STAFF, user_name=fallback.name
        )
        engagement.fallback_owner = fallback.id
        engagement.save(update_fields=["fallback_owner"])
        audit.record(engagement, STAFF, "technicians decided", fallback=fallback.id, count=decided)
    return decided


def confirm_safety(engagement: Engagement) -> int:
    """What staff tick before the sample: in the practice account nothing mails anybody."""
    points = Confirmation.open_points(engagement)
    return decisions.confirm_safety(engagement, points, "Practice Staff", STAFF)


def decide_files(engagement: Engagement) -> int:
    """Staff leave out what is over the limits."""
    files = engagement.flagged_files.filter(action=FlaggedFile.Action.UNDECIDED)
    with transaction.atomic():
        decided = files.update(
            action=FlaggedFile.Action.SKIP, reason="Too large to be of use", confirmed_by=STAFF
        )
        audit.record(engagement, STAFF, "flagged files decided", count=decided)
    return decided


def review_url(engagement: Engagement, site: str) -> str:
    """A fresh link for the practice client."""
    _, token = ReviewLink.issue(engagement, "practice client", STAFF)
    return f"{site}/review/{token}/"


def confirm(engagement: Engagement) -> None:
    confirm_safety(engagement)
    decisions.confirm_mapping(engagement, STAFF)


def vendor_state(control: Any, kind: str) -> dict[str, Any]:
    state: dict[str, Any] = control.get("/state").json()[kind]
    return state
