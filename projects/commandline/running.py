"""`engagement run` and `rollback`: start a stage, wait for it, say what came of it.
In: a stage's name and options. Out: a run, its tally, and an exit code."""

import argparse
import time
from contextlib import ExitStack
from typing import Any

from django.utils import timezone

from projects import queue
from projects.commandline import plans, progress
from projects.commandline.ask import Ask, Groups
from projects.commandline.exits import BAD_INPUT, DIFFERENCES, DONE, INTERRUPTED, PERSON, stop
from projects.models import Connection, Difference, Engagement, LoadItem, Run
from projects.stages import BY_NAME, rollback, undo_fields
from projects.stages.reconcile import unexplained

DESTINATIONS = (str(Connection.Role.DESTINATION), str(Connection.Role.REHEARSAL))
SHOWN = 20
JSON_SHOWN = 1000
COUNTED = ("rests", "cut")
"""What the pipeline itself keeps among a run's options."""


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser("run", parents=[common], help="start a stage")
    stages = [name for name in BY_NAME if name != undo_fields.NAME]
    parser.add_argument("stage", choices=stages)
    add_account(parser)
    add_waiting(parser, "show what would be done, and do nothing")
    parser.set_defaults(perform=run)
    parser = groups.add_parser("rollback", parents=[common], help="take back what was written")
    parser.add_argument("--run", type=int, metavar="N", help="that run and every later one")
    parser.add_argument("--object", metavar="X", help="one destination object")
    parser.add_argument("--record", metavar="KEY", help="one record, by its source key")
    add_account(parser)
    add_waiting(parser, "count what would be taken back, and do nothing")
    parser.set_defaults(perform=roll_back)


def add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at", choices=DESTINATIONS, help="which account, where there is a rehearsal"
    )


def account(ask: Ask) -> dict[str, Any]:
    """The option that names an account other than the usual one."""
    return {"at": ask["at"]} if ask["at"] else {}


def add_waiting(parser: argparse.ArgumentParser, plan: str) -> None:
    parser.add_argument("--wait", action="store_true", help="until it is over, with its progress")
    parser.add_argument(
        "--here", action="store_true", help="perform it in this process: no Redis, no worker"
    )
    parser.add_argument("--plan", action="store_true", help=plan)


def run(ask: Ask) -> None:
    plan_or_start(ask, ask.engagement(), ask["stage"], account(ask))


def roll_back(ask: Ask) -> None:
    engagement = ask.engagement()
    options = {"from_run": ask["run"], "object": ask["object"], "key": ask["record"]}
    options = {name: value for name, value in options.items() if value is not None}
    options |= account(ask) or _of_run(engagement, ask["run"])
    problem = _unknown(engagement, options)
    if problem:
        raise stop(BAD_INPUT, problem)
    plan_or_start(ask, engagement, rollback.NAME, options)


def _of_run(engagement: Engagement, number: int | None) -> dict[str, Any]:
    """Where a named run wrote, if that is not production."""
    run = engagement.runs.filter(pk=number or 0).select_related("connection").first()
    role = run.connection.role if run and run.connection else Connection.Role.DESTINATION
    return {} if role == Connection.Role.DESTINATION else {"at": str(role)}


def finish(ask: Ask, run: Run) -> None:
    """Say what came of a run. Raises CommandError with its code where it is not done."""
    code, message = verdict(run)
    ask.answer(_document(run, code, message), lambda: _tell(ask, run, message))
    if code != DONE:
        raise stop(code, message)


def verdict(run: Run) -> tuple[int, str]:
    """The exit code of a run, and the sentence that goes with it."""
    if run.status == Run.Status.SUCCEEDED:
        count = unexplained(run.differences).count()
        if count:
            return DIFFERENCES, f"{run}: {count:,} difference(s) that nothing explains."
        return DONE, f"{run}: done. {run.message}".rstrip()
    if run.status == Run.Status.CANCELLED:
        return PERSON, f"{run} was cancelled. What it did is kept; start it again to go on."
    if progress.waits(run):
        return PERSON, f"{run} is paused. {run.message} Go on with: engagement resume"
    if run.live:
        said = f"{run} is {run.get_status_display().lower()}. {run.message} {run.rest()}"
        return DONE, " ".join(said.split())
    return run.exit_code or 1, f"{run} ({run.engagement}) {run.status}: {run.message}"


def watch(ask: Ask, run: Run) -> None:
    """Wait for a run that workers perform; Ctrl-C ends the waiting, not the run."""
    try:
        progress.watch(run, progress.display(ask.console, ask.json), progress.Sweeper())
    except KeyboardInterrupt:
        raise stop(
            INTERRUPTED, f"{run} goes on without this terminal. See: engagement show"
        ) from None


def plan_or_start(ask: Ask, engagement: Engagement, stage: str, options: dict[str, Any]) -> None:
    if ask["plan"]:
        plans.show(ask, engagement, stage, options)
        return
    if ask["here"]:
        run = _here(ask, engagement, stage, options)
    else:
        run = queue.start(engagement, stage, ask.actor, **options)
        _refuse_other(run, options)
        if ask["wait"]:
            watch(ask, run)
    finish(ask, run)


def _here(ask: Ask, engagement: Engagement, stage: str, options: dict[str, Any]) -> Run:
    """Perform the run in this process. Its progress moves only on a terminal."""
    with ExitStack() as stack:
        shown = stack.enter_context(progress.display(ask.console, ask.json))
        if ask.console.is_terminal and not ask.json:
            stack.enter_context(progress.beside(engagement, stage, shown))
        run = queue.start(engagement, stage, ask.actor, here=True, **options)
        _refuse_other(run, options)
        _stay(run)
        shown.show(run)
    return run


def _refuse_other(run: Run, options: dict[str, Any]) -> None:
    """A live run of the same stage is joined; but not one that does something else."""
    own = {name: value for name, value in run.options.items() if name not in COUNTED}
    if own != options:
        raise stop(PERSON, f"{run} is live with other options: {own or 'none'}. Wait or cancel it.")


def _stay(run: Run) -> None:
    """Go on with a run that rests, or that a killed process left, until it is over."""
    while run.live and not progress.waits(run):
        if run.status == Run.Status.CANCELLING:
            queue.sweep()
        elif run.status == Run.Status.PAUSED and run.resume_at and run.resume_at > timezone.now():
            time.sleep(progress.LOOK_SECONDS)
        else:
            run.move(Run.Status.PAUSED, to=Run.Status.QUEUED)
            queue.perform(run.pk)
        run.refresh_from_db()


def _unknown(engagement: Engagement, options: dict[str, Any]) -> str:
    """What the options name that is not there."""
    number, object, key = (options.get(name) for name in ("from_run", "object", "key"))
    if number and not engagement.runs.filter(pk=number).exists():
        return f"--run {number}: there is no such run of “{engagement}”."
    objects = plans.order(engagement)
    if object and object not in objects:
        return f"--object {object}: there is {', '.join(objects)}."
    if key and not engagement.load_items.filter(key=key).exists():
        return f"--record {key}: no record was written under this key."
    return ""


def _document(run: Run, code: int, message: str) -> dict[str, Any]:
    differences = [
        {
            "kind": d.kind,
            "object": d.object,
            "key": d.key,
            "id": d.remote_id,
            "field": d.field,
            "expected": d.expected,
            "found": d.found,
            "explanation": d.explanation,
        }
        for d in run.differences.all()
    ]
    return {
        "run": run.pk,
        "stage": run.stage,
        "status": run.status,
        "exit": code,
        "message": message,
        "tally": run.tally,
        "progress": run.progress(),
        "records_per_second": round(run.rate(), 1),
        "set_apart": [
            {"object": i.object, "key": i.key, "state": i.apart or i.state, "reason": i.reason}
            for i in LoadItem.set_apart(run.engagement)[:JSON_SHOWN]
        ],
        "differences": differences,
    }


def _tell(ask: Ask, run: Run, message: str) -> None:
    if run.tally:
        ask.tally(BY_NAME[run.stage].LABEL, run.tally)
    if run.writes and run.stage != rollback.NAME:
        _tell_apart(ask, run.engagement)
    found = list(run.differences.all()[:SHOWN])
    if found:
        ask.table(
            f"The first {len(found)} of {run.differences.count():,} differences",
            ("Kind", "Object", "Key", "Field", "Expected", "Found", "Explained by"),
            [_row(line) for line in found],
        )
    if verdict(run)[0] == DONE:
        ask.say(message)


def _tell_apart(ask: Ask, engagement: Engagement) -> None:
    items = LoadItem.set_apart(engagement)
    shown = [(item.object, item.key, _word(item), item.reason) for item in items[:SHOWN]]
    if shown:
        title = f"The first {len(shown)} of {items.count():,} records that wait or were left"
        ask.table(title, ("Object", "Key", "State", "Why"), shown)


def _word(item: LoadItem) -> str:
    return item.get_apart_display() if item.apart else item.get_state_display()


def _row(line: Difference) -> tuple[str, ...]:
    return (
        line.kind,
        line.object,
        line.key,
        line.field,
        line.expected[:60],
        line.found[:60],
        line.explanation[:80],
    )
