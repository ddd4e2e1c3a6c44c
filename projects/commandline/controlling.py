"""`engagement pause`, `resume` and `cancel`: act on the run that is live. In: at most a run's
number. Out: its new status."""

import argparse
import time

from django.utils import timezone

from projects import queue
from projects.commandline import progress, running
from projects.commandline.ask import Ask, Groups
from projects.commandline.exits import BAD_INPUT, stop
from projects.models import Run, Slice

HELP = {
    "pause": "let the live run rest until it is resumed",
    "resume": "let a paused run go on",
    "cancel": "end the live run; what it did is kept",
}


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    performs = {"pause": pause, "resume": resume, "cancel": cancel}
    for name, perform in performs.items():
        parser = groups.add_parser(name, parents=[common], help=HELP[name])
        parser.add_argument("--run", type=int, metavar="N", help="where several are live")
        parser.add_argument("--wait", action="store_true")
        parser.set_defaults(perform=perform)


def pause(ask: Ask) -> None:
    run = _live(ask)
    _require(queue.pause(run, ask.actor), run, "paused")
    while ask["wait"] and _worked_on(run):
        time.sleep(progress.LOOK_SECONDS)
    _tell(ask, run)


def resume(ask: Ask) -> None:
    run = _live(ask)
    _require(queue.resume(run, ask.actor), run, "resumed")
    if ask["wait"]:
        running.watch(ask, run)
        running.finish(ask, run)
    else:
        _tell(ask, run)


def cancel(ask: Ask) -> None:
    run = _live(ask)
    if run.status != Run.Status.CANCELLING:
        _require(queue.cancel(run, ask.actor), run, "cancelled")
    if ask["wait"]:
        running.watch(ask, run)
    _tell(ask, run)


def _live(ask: Ask) -> Run:
    """The one live run, or the one that was named."""
    engagement = ask.engagement()
    live = list(engagement.runs.filter(status__in=Run.LIVE))
    chosen = [run for run in live if ask["run"] in (None, run.pk)]
    if len(chosen) == 1:
        return chosen[0]
    if not live:
        raise stop(BAD_INPUT, f"No run of “{engagement}” is live.")
    listed = ", ".join(f"{run} ({run.get_status_display().lower()})" for run in live)
    raise stop(BAD_INPUT, f"Say --run N. Live: {listed}.")


def _require(done: bool, run: Run, word: str) -> None:
    if not done:
        run.refresh_from_db()
        raise stop(BAD_INPUT, f"{run} is {run.get_status_display().lower()}, not to be {word}.")


def _worked_on(run: Run) -> bool:
    """A worker has not yet left its slice."""
    held = run.slices.filter(status=Slice.Status.CLAIMED, lease_until__gt=timezone.now())
    return held.exists()


def _tell(ask: Ask, run: Run) -> None:
    run.refresh_from_db()
    document = {"run": run.pk, "stage": run.stage, "status": run.status, "message": run.message}
    line = f"{run}: {run.get_status_display().lower()}. {run.message}".rstrip()
    ask.answer(document, lambda: ask.say(line))
