"""Stopping a load, going on with it, and two people starting it at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import lxml.html
import pytest
import redis
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from projects import audit, queue
from projects.models import Engagement, Operation, Run
from tests import moves
from tests.journeys import vendors
from tests.practice import Practice
from tests.workers import Workers, until_held, until_over, until_true

pytestmark = pytest.mark.django_db(transaction=True)

UPLOAD = {"method": "PUT", "path": "/jobs/ingest/"}
WITHIN_SECONDS = 10
"""How long a person waits, at most, from "cancel" to "cancelled"."""


@pytest.fixture
def practice(large_practice: Practice) -> Practice:
    return large_practice


def test_a_cancelled_load_stops_soon_sends_nothing_more_and_can_be_taken_up_again(
    practice: Practice, workers: Workers
) -> None:
    undisturbed = _undisturbed(practice)
    engagement = moves.signed_off(practice)
    _use_jobs(engagement)
    fault = practice.fault("hold", vendor="salesforce", match=UPLOAD)
    run = queue.start(engagement, "load", moves.STAFF)
    until_held(practice, fault, run)
    began = time.monotonic()
    assert queue.cancel(run, moves.STAFF)
    practice.release(fault)
    until_true(lambda: _status(run) == Run.Status.CANCELLED, run)
    assert time.monotonic() - began < WITHIN_SECONDS
    stopped = vendors.calls(practice)
    until_true(lambda: not workers.horses(), run)
    assert vendors.writes(practice, since=stopped) == []
    assert not Operation.objects.filter(status="sending").exists()
    assert practice.state()["salesforce"] != undisturbed
    again = until_over(queue.start(engagement, "load", moves.STAFF))
    assert again.pk != run.pk
    assert (again.status, _status(run)) == (Run.Status.SUCCEEDED, Run.Status.CANCELLED)
    assert practice.state()["salesforce"] == undisturbed
    assert audit.verify(engagement) == []


def test_two_people_who_press_load_at_once_start_one_load(
    practice: Practice, live_redis: redis.Redis, live_server: LiveServer
) -> None:
    engagement = moves.signed_off(practice)
    people = [_signed_in(live_server, name) for name in ("anna", "ben")]
    tokens = [_token(site, engagement) for site in people]
    brink = threading.Barrier(len(people), timeout=60)

    def press(site: httpx.Client, token: str) -> httpx.Response:
        brink.wait()
        return site.post(
            _start(engagement), data={"csrfmiddlewaretoken": token, "understood": "yes"}
        )

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(press, people, tokens))
    (run,) = engagement.runs.filter(stage="load")
    assert [answer.status_code for answer in answers] == [302, 302]
    said = [site.get(_page(engagement)).text for site in people]
    assert sum(f"run {run.pk} is started" in text for text in said) == 1
    assert sum(f"run {run.pk} by {run.started_by} is under way" in text for text in said) == 1
    started = engagement.audit_entries.filter(action="run started", detail__contains='"load"')
    assert started.count() == 1
    queue.perform(run.pk)
    assert _status(run) == Run.Status.SUCCEEDED
    vendors.by_key(vendors.org(practice)["Case"])


def _undisturbed(practice: Practice) -> Any:
    """What the org holds after a load that nobody cancels; then all is as before."""
    engagement = moves.loaded(practice)
    loaded = practice.state()["salesforce"]
    Engagement.objects.filter(pk=engagement.pk).update(name="Undisturbed")
    practice.reset()
    return loaded


def _use_jobs(engagement: Engagement) -> None:
    """Let a hundred records be many, so that a remote job is under way when we stop."""
    connection = engagement.destination
    connection.settings["bulk_from"] = "60"
    connection.save()


def _status(run: Run) -> str:
    run.refresh_from_db()
    return run.status


def _signed_in(live_server: LiveServer, name: str) -> httpx.Client:
    """A browser of its own for a person of staff."""
    login = Client()
    login.force_login(User.objects.create(username=name, is_staff=True, is_superuser=True))
    cookie = login.cookies[configured.SESSION_COOKIE_NAME].value
    return httpx.Client(
        base_url=live_server.url, cookies={configured.SESSION_COOKIE_NAME: cookie}, timeout=60
    )


def _page(engagement: Engagement) -> str:
    return f"/admin/projects/engagement/{engagement.pk}/change/"


def _start(engagement: Engagement) -> str:
    return f"/admin/projects/engagement/{engagement.pk}/start/load/"


def _token(site: httpx.Client, engagement: Engagement) -> str:
    """From the form on the page that says what cannot be undone."""
    page = lxml.html.fromstring(site.get(_start(engagement)).raise_for_status().text)
    (form,) = [f for f in page.forms if "understood" in f.fields]
    return str(form.fields["csrfmiddlewaretoken"])
