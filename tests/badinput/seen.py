"""What a person sees of a refusal, on the page and at the prompt, and what must not be there."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import lxml.html
from django.test import Client

from projects import queue
from projects.models import Engagement, Run, SourceRecord
from projects.models.records import LOAD_READING
from tests.practice import Practice
from tests.projects.commandline.scripted import Answer

SECRETS = ("client_secret", "app_key", "token")


def line(practice: Practice, path: Path, kind: str = "", **changes: str | None) -> Path:
    """The first line of `manage.py sandbox` in a file; None leaves a value out."""
    urls = json.loads(json.dumps(practice.urls))
    if kind:
        urls[kind] = {n: v for n, v in (urls[kind] | changes).items() if v is not None}
    path.write_text(json.dumps(urls))
    return path


def address(engagement: Engagement, rest: str = "change/") -> str:
    return f"/admin/projects/engagement/{engagement.pk}/{rest}"


def text(html: bytes) -> str:
    """The words of a page, with one space between them."""
    words = lxml.html.fromstring(html.decode()).xpath("//body//text()[not(parent::script)]")
    return " ".join(" ".join(words).split())


def page(site: Client, engagement: Engagement) -> str:
    """The words of the engagement's page."""
    return text(site.get(address(engagement)).content)


def press(site: Client, path: str, **form: Any) -> list[str]:
    """Press a button; the messages on the page that follows."""
    answer = site.post(path, form, follow=True)
    assert answer.status_code == 200
    return [unescape(str(message)) for message in answer.context["messages"]]


def worked(site: Client, engagement: Engagement, stage: str) -> Run:
    """Press the button of a stage, then be the worker who hears its bell."""
    (said,) = press(site, address(engagement, f"start/{stage}/"), understood="yes")
    run = engagement.runs.get(stage=stage, status=Run.Status.QUEUED)
    assert f"run {run.pk} is started" in said
    queue.perform(run.pk)
    run.refresh_from_db()
    return run


def one_sentence(answer: Answer, code: int, *words: str) -> None:
    """The command ended so, with one message that says all of this and nothing on stdout."""
    assert (answer.code, answer.out) == (code, ""), answer
    says(answer.error, *words)


def says(message: str, *words: str) -> None:
    """The message says all of this, and is no traceback."""
    for word in words:
        assert word in message, f"{word!r} is not in {message!r}"
    assert "Traceback" not in message


def shows_no_secret(practice: Practice, *texts: str, more: tuple[str, ...] = ()) -> None:
    vendors: list[dict[str, Any]] = [practice["servicetitan"], practice["salesforce"]]
    known = [v[name] for v in vendors for name in SECRETS if name in v]
    for secret in (*known, *more):
        assert not any(secret in text for text in texts)


def wrote_nothing(practice: Practice, since: int = 0) -> None:
    """No call that changes anything reached a vendor."""
    assert [c for c in practice.history(since) if c["write"] is not None] == []


READ_WHOLE = ("business-hours", "reports")
"""Objects that have no cursor: they are read anew from their beginning."""


def whole_pages(engagement: Engagement) -> dict[str, int]:
    """Object → records kept. Every feed's cursor stands exactly after what is kept: each
    counts the records that are there, and one without cursor has none."""
    kept = {}
    for feed in engagement.feeds.filter(reading=LOAD_READING):
        records = SourceRecord.objects.filter(engagement=engagement, object=feed.object)
        assert feed.records == records.count(), feed
        cursorless = feed.object in READ_WHOLE and feed.finished_at is not None
        assert feed.cursor or not feed.records or cursorless, feed
        kept[feed.object] = feed.records
    return kept
