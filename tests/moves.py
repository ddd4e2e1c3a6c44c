"""Bring an engagement to a state through its real stages, on the practice vendors."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import lxml.html
from django.test import Client

from connectors import creates_fields
from projects import decisions, queue, rows
from projects.commandline import accounts
from projects.demo import story
from projects.models import Engagement, ReviewLink, Run, SignOff
from tests.practice import Practice

STAFF = "staff"


def perform(engagement: Engagement, stage: str, **options: Any) -> Run:
    """Perform a stage in this process; it must succeed."""
    run = queue.start(engagement, stage, STAFF, here=True, **options)
    assert run.status == Run.Status.SUCCEEDED, f"{run}: {run.message}\n{run.traceback}"
    engagement.refresh_from_db()
    return run


def connected(practice: Practice, destination: str = "salesforce") -> Engagement:
    return story.connect(practice.urls, accounts.kinds("source")[0], destination)


def inventoried(practice: Practice, destination: str = "salesforce") -> Engagement:
    engagement = connected(practice, destination)
    for stage in ("inventory", "propose"):
        perform(engagement, stage)
    return engagement


def mapped(
    practice: Practice,
    destination: str = "salesforce",
    core: bool = True,
    becomes: Mapping[str, str] = MappingProxyType({}),
) -> Engagement:
    """Extracted, scanned, technicians decided, mapping confirmed; accounts, contacts and cases
    only, unless `core` is false. `becomes`: source object → what staff choose it to become."""
    engagement = inventoried(practice, destination)
    for source, text in becomes.items():
        row = engagement.object_rows.get(source_object=source)
        row.destination_objects = text
        row.status = row.status if row.status in row.LANDS else row.Status.FULL
        rows.change(row, STAFF)
    if core:
        story.keep_to_core(engagement)
    Engagement.objects.filter(pk=engagement.pk).update(sample_size=100)
    engagement.refresh_from_db()
    # One practice destination has our fields from the beginning, another is given none.
    made = ("fields",) if destination != "salesforce" and creates_fields(destination) else ()
    for stage in ("extract", *made, "scan"):
        perform(engagement, stage)
    story.decide_technicians(engagement)
    story.confirm_safety(engagement)
    story.decide_files(engagement)
    decisions.confirm_mapping(engagement, STAFF)
    return engagement


def signed_off(practice: Practice, destination: str = "salesforce") -> Engagement:
    """Mapped, sampled, and accepted on the review page."""
    engagement = mapped(practice, destination)
    perform(engagement, "sample")
    sign(engagement)
    return engagement


def loaded(practice: Practice, destination: str = "salesforce") -> Engagement:
    engagement = signed_off(practice, destination)
    perform(engagement, "load")
    return engagement


def sign(engagement: Engagement, decision: str = "accepted") -> None:
    """The client's decision, by the review page's own form."""
    _, token = ReviewLink.issue(engagement, "client", STAFF)
    browser = Client()
    page = browser.get(f"/review/{token}/sign/")
    answer = browser.post(
        f"/review/{token}/sign/",
        {
            **_seen(page.content.decode()),
            "name": "Rita",
            "comment": "seen",
            "ticked": list(SignOff.TICK_POINTS),
            "decision": decision,
        },
    )
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    engagement.refresh_from_db()


def _seen(page: str) -> dict[str, str]:
    """The plan and sample that the page showed, as its form carries them."""
    form = next(f for f in lxml.html.fromstring(page).forms if "plan" in f.fields)
    return {name: form.fields[name] for name in ("plan", "sample")}
