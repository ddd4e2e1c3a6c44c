"""Waiting for a run, and pausing, resuming or cancelling it."""

import io
from collections.abc import Callable
from typing import Any

import django_rq
import pytest
from rich.console import Console

from projects.commandline import progress
from projects.models import (
    Engagement,
    Run,
    Slice,
)
from tests.projects.commandline.scripted import command, run_of

pytestmark = pytest.mark.django_db


def test_waiting_prints_one_line_a_change_and_ends_with_the_run(engagement: Engagement) -> None:
    run = run_of(engagement, "extract", "running")
    piece = Slice.objects.create(run=run, object="jobs", number=0)
    steps: list[Callable[[], Any]] = [
        lambda: Slice.objects.filter(pk=piece.pk).update(done=40),
        lambda: None,
        lambda: Slice.objects.filter(pk=piece.pk).update(done=80, total=80),
        lambda: Run.objects.filter(pk=run.pk).update(status="succeeded"),
    ]
    out = io.StringIO()
    lines = progress.Lines(Console(file=out, markup=False))
    progress.watch(run, lines, lambda: steps.pop(0)())
    assert out.getvalue().splitlines() == [
        f"run {run.pk}: extract: running",
        "  jobs 40",
        "  jobs 80 of 80",
        f"run {run.pk}: extract: succeeded",
    ]


def test_on_a_terminal_every_object_has_its_bar(engagement: Engagement) -> None:
    run = run_of(engagement, "extract", "succeeded")
    Slice.objects.create(run=run, object="jobs", number=0, done=80)
    out = io.StringIO()
    shown = progress.display(Console(file=out, force_terminal=True, width=120), json=False)
    progress.watch(run, shown, lambda: None)
    assert "jobs" in out.getvalue()
    assert "80/80" in out.getvalue()


def test_waiting_ends_where_a_person_paused_the_run(engagement: Engagement) -> None:
    run = run_of(engagement, "extract", "running")
    pauses = [lambda: Run.objects.filter(pk=run.pk).update(status="paused")]
    progress.watch(run, progress.Silent(), lambda: pauses.pop(0)())
    assert run.status == "paused"


# A bell rings only once its run is committed.
@pytest.mark.django_db(transaction=True)
def test_the_live_run_is_paused_resumed_and_cancelled(
    engagement: Engagement, live_redis: object
) -> None:
    run = run_of(engagement, "extract", "running")
    assert command("pause", "--wait", "--json").document["status"] == "paused"
    assert command("pause").code == 2
    assert command("resume", "--json").document["status"] == "queued"
    assert django_rq.get_queue("default").count
    assert command("cancel", "--wait", "--json").document["status"] == "cancelled"
    run.refresh_from_db()
    assert run.status == "cancelled"
    answer = command("cancel")
    assert answer.code == 2
    assert "No run of “Northside” is live" in answer.error


def test_of_several_live_runs_one_must_be_named(engagement: Engagement) -> None:
    one = run_of(engagement, "extract", "running")
    other = run_of(engagement, "scan", "running")
    answer = command("pause")
    assert answer.code == 2
    assert f"{one} (running)" in answer.error
    assert command("pause", "--run", other.pk, "--json").document["run"] == other.pk
