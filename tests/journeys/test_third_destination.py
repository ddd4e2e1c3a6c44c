"""A destination that the product has never seen is a folder, two lines of tables and a preset:
the whole move runs on it, though it has no bulk, no upsert and no unique key."""

import html
import io
import json
from collections.abc import Iterator
from datetime import timedelta

import django_rq
import pytest
import redis
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects import audit, forecast, gates, queue
from projects.models import Engagement, LoadItem, Run
from projects.stages import tallies
from tests import moves
from tests.practice import Practice, start
from tests.toy.registered import registered

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@pytest.fixture(scope="module")
def contractor() -> Iterator[Practice]:
    running = start(customers=40, jobs=60, module="tests.toy")
    yield running
    running.stop()


@pytest.fixture
def practice(contractor: Practice) -> Iterator[Practice]:
    contractor.reset()
    with registered():
        yield contractor


def test_the_whole_move_and_its_undo_run_on_a_third_destination(
    practice: Practice, admin_client: Client
) -> None:
    before = practice.state()["toy"]
    engagement = moves.loaded(practice, "toy")
    tally = tallies.source_tally(engagement)
    assert all(tallies.adds_up(counts) for counts in tally.values())
    assert all(tally[name]["landed"] == tally[name]["read"] for name in ("customers", "jobs"))
    assert tally["appointments"]["landed"] == tally["appointments"]["read"] > 0
    assert LoadItem.objects.filter(origin="adopted").count() == 1
    _what_it_cannot_do_is_said(engagement, admin_client)
    reconciled = moves.perform(engagement, "reconcile")
    assert not reconciled.differences.exists()
    found = practice.state()["toy"]
    moves.perform(engagement, "load")
    assert practice.state()["toy"] == found
    moves.perform(engagement, "rollback")
    assert practice.state()["toy"] == before
    assert audit.verify(engagement) == []


def test_a_run_whose_calls_are_used_up_says_so_and_goes_on_by_itself(
    practice: Practice, live_redis: redis.Redis
) -> None:
    engagement = moves.signed_off(practice, "toy")
    back = timezone.now() + timedelta(hours=5)
    practice.limits("toy", left=15, resets_at=back.isoformat())
    run = queue.start(engagement, "load", moves.STAFF, here=True)
    assert (run.status, run.exit_code) == (Run.Status.PAUSED, 0)
    assert f"{back:%Y-%m-%d %H:%M} UTC" in run.message
    assert run.resume_at is not None
    assert run.resume_at < back, "the account is asked again before"
    assert queue.sweep() == 0
    _time_has_come(run)
    assert run.status == Run.Status.PAUSED, "the account still has no calls"
    practice.limits("toy", left=10**6)
    _time_has_come(run)
    assert run.status == Run.Status.SUCCEEDED, run.message
    assert not moves.perform(engagement, "reconcile").differences.exists()


def _time_has_come(run: Run) -> None:
    """Sweep once the pause is over, and let one worker answer the bell."""
    Run.objects.filter(pk=run.pk).update(resume_at=timezone.now())
    assert queue.sweep() == 1
    assert django_rq.get_queue("default").count > 0
    queue.perform(run.pk)
    run.refresh_from_db()


def _what_it_cannot_do_is_said(engagement: Engagement, staff: Client) -> None:
    """No fields to create: a refusal. No limits: no line of forecast, no allowance."""
    for stage in ("fields", "check-fields"):
        (said,) = gates.refusals(engagement, stage)
        assert "cannot be given fields" in said
    page = staff.get(reverse("admin:engagement_fields", args=[engagement.pk, "destination"]))
    assert said in html.unescape(page.content.decode())
    outlook = forecast.kept(engagement)
    assert outlook is not None
    assert (outlook.total > 0, outlook.lines) == (True, ())
    told = io.StringIO()
    call_command("engagement", "forecast", "--json", stdout=told)
    assert json.loads(told.getvalue())["allowance"] == []
