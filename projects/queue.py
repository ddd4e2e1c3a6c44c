"""Starting, performing and sweeping runs. The only module that imports rq or django_rq.

The queue is a bell, not a ledger: a job carries a run's number, nothing else. What is to be
done and how far it is stands in the database, so a lost, doubled or late bell does no harm.
"""

import logging
import os
import resource
import socket
import traceback
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import django_rq
from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from redis.exceptions import RedisError

from connectors.errors import (
    Blocked,
    Misconfigured,
    NotAuthorised,
    QuotaExhausted,
    Refused,
    Unavailable,
)
from projects import audit, gates
from projects.models import Connection, Engagement, Plan, Run, Slice
from projects.stages import BY_NAME
from projects.stages.base import Cancelled, Context, LeaseLost, StageBlocked

log = logging.getLogger(__name__)


ALONE = ("inventory", "check-fields", "fields", "undo-fields", "propose")
"""Stages of one piece, for which one worker is enough."""
LOOK_AGAIN = timedelta(hours=1)
"""How long a run rests at most before it asks an account whose allowance was used up."""
AWAY_LIMIT = 5
"""Rests in a row, with nothing done in between, after which a person must look."""


class QueueDown(Exception):
    """Redis does not answer, so no worker would hear the bell. Nothing was started."""


def start(
    engagement: Engagement, stage: str, actor: str, *, here: bool = False, **options: Any
) -> Run:
    """Create the run and ring the bell, or with `here` perform it in this process. Raises
    StageBlocked where the gate is shut and QueueDown where Redis does not answer. Pressed
    twice at once, one run comes of it: the second caller gets the first one's."""
    reasons = gates.refusals(engagement, stage, options.get("at", ""))
    live = engagement.runs.filter(stage=stage, status__in=Run.LIVE).first()
    if live is not None:
        return live
    if reasons:
        raise StageBlocked(" ".join(reasons))
    if not here:
        _require_queue()
    try:
        run = _create(engagement, stage, actor, options)
    except IntegrityError:
        return _winner(engagement, stage)
    if here:
        perform(run.pk)
        run.refresh_from_db()
    else:
        ring(run)
    return run


def _create(engagement: Engagement, stage: str, actor: str, options: dict[str, Any]) -> Run:
    module = BY_NAME[stage]
    with transaction.atomic():
        run = Run.objects.create(
            engagement=engagement,
            connection=_account(engagement, stage, options) if module.WRITES else None,
            stage=stage,
            writes=module.WRITES,
            plan=_plan(engagement, stage, actor),
            options=options,
            started_by=actor,
        )
        detail = {"run": run.pk, "stage": stage, "plan": run.plan.digest if run.plan else ""}
        audit.record(engagement, actor, "run started", **detail)
    return run


def _account(engagement: Engagement, stage: str, options: dict[str, Any]) -> Connection:
    return engagement.goes_to(stage, options.get("at", ""))


def _plan(engagement: Engagement, stage: str, actor: str) -> Plan | None:
    """What the run is bound to: today's rows for what writes them, and for a reconciliation
    what was written last."""
    if stage in ("sample", "load", "delta"):
        return Plan.freeze(engagement, actor)
    if stage == "reconcile":
        written = engagement.runs.filter(stage__in=("load", "delta")).exclude(plan=None).first()
        return written.plan if written else None
    return None


def _winner(engagement: Engagement, stage: str) -> Run:
    run = engagement.runs.filter(status__in=Run.LIVE, stage=stage).first()
    if run is None:
        raise StageBlocked("Another run writes to this account. Wait for it, or cancel it.")
    return run


def ring(run: Run) -> None:
    """Tell the workers that a run has work. Cheap and harmless to repeat."""
    bells = 1 if run.stage in ALONE else settings.WORKERS
    queue = django_rq.get_queue("default")
    for _ in range(bells):
        queue.enqueue(perform, run.pk, result_ttl=0, failure_ttl=3600, job_timeout=-1)


def perform(run_id: int) -> None:
    """A worker's part in a run, from joining it to leaving it."""
    run = Run.objects.select_related("engagement", "plan").get(pk=run_id)
    if not _join(run):
        return
    ctx = Context(run, f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}")
    try:
        tally = BY_NAME[run.stage].run(ctx)
        _keep_peak(run)
        _settle(run, Run.Status.SUCCEEDED, tally=tally)
    except Exception as error:
        # What happens to a worker that lost its slice is no news of the run.
        if isinstance(error, LeaseLost | Cancelled) or ctx.lost():
            log.info("%s: a worker left (%s)", run, error)
        else:
            _conclude(run, error)
        if isinstance(error, Blocked):
            _shut(ctx.connection, error)
    finally:
        ctx.release()
        ctx.close()
        _keep_peak(run)
    run.refresh_from_db()
    if run.status == Run.Status.CANCELLING:
        _leave_cancelled(run)


def cancel(run: Run, actor: str) -> bool:
    """Ask a live run to stop. False where it is over already."""
    with transaction.atomic():
        asked = run.move(
            *(s for s in Run.LIVE if s != Run.Status.CANCELLING), to=Run.Status.CANCELLING
        )
        if asked:
            audit.record(run.engagement, actor, "run cancelled", run=run.pk)
    if asked:
        sweep()
    return asked


def pause(run: Run, actor: str) -> bool:
    """Ask a running run to stop claiming until it is resumed."""
    with transaction.atomic():
        asked = run.move(
            Run.Status.RUNNING, to=Run.Status.PAUSED, resume_at=None, message=f"Paused by {actor}."
        )
        if asked:
            audit.record(run.engagement, actor, "run paused", run=run.pk)
    return asked


def resume(run: Run, actor: str) -> bool:
    """Let a paused run go on, or ring again for one whose workers died. Raises QueueDown, and
    changes nothing, where Redis does not answer."""
    _require_queue()
    with transaction.atomic():
        asked = run.move(
            Run.Status.PAUSED,
            Run.Status.RUNNING,
            Run.Status.QUEUED,
            to=Run.Status.QUEUED,
            message="",
        )
        if asked:
            audit.record(run.engagement, actor, "run resumed", run=run.pk)
    if asked:
        ring(run)
    return asked


def sweep() -> int:
    """Ring for runs that stand still: bells lost, workers killed, pauses over. Settle
    cancelled runs that no worker holds. Returns how many were touched; safe at any rate."""
    now, touched = timezone.now(), 0
    silent = now - timedelta(seconds=settings.BELL_SECONDS)
    for run in Run.objects.filter(status__in=Run.LIVE).select_related("engagement"):
        quiet = (run.heartbeat_at or run.created_at) < silent
        if run.status == Run.Status.PAUSED and run.resume_at and run.resume_at <= now:
            touched += _ring_again(run, Run.Status.PAUSED)
        elif run.status in (Run.Status.QUEUED, Run.Status.RUNNING) and quiet:
            touched += _ring_again(run, run.status)
        elif run.status == Run.Status.CANCELLING and not _held(run):
            _leave_cancelled(run)
            touched += 1
    return touched


def _ring_again(run: Run, expected: str) -> int:
    if not run.move(expected, to=Run.Status.QUEUED, heartbeat_at=timezone.now()):
        return 0
    try:
        ring(run)
    except RedisError:
        log.warning("%s waits: Redis does not answer", run)
    return 1


def _require_queue() -> None:
    try:
        django_rq.get_connection("default").ping()
    except (RedisError, OSError) as down:
        raise QueueDown(
            f"Redis does not answer ({type(down).__name__}), so no worker would hear of the run. "
            "Nothing was started. Start Redis (or `manage.py serve`) and try again."
        ) from None


def _join(run: Run) -> bool:
    now = timezone.now()
    joined = run.move(
        Run.Status.QUEUED, Run.Status.RUNNING, to=Run.Status.RUNNING, heartbeat_at=now
    )
    if joined and run.started_at is None:
        Run.objects.filter(pk=run.pk, started_at=None).update(started_at=now)
    return joined


def _settle(run: Run, status: str, **changes: Any) -> None:
    """End the run, once: of several workers the first one's verdict counts."""
    with transaction.atomic():
        ended = run.move(Run.Status.RUNNING, to=status, finished_at=timezone.now(), **changes)
        if ended:
            audit.record(
                run.engagement,
                run.started_by,
                f"run {status}",
                run=run.pk,
                stage=run.stage,
                tally=run.tally,
                message=run.message,
            )


def _conclude(run: Run, error: Exception) -> None:
    """What an error that ends a worker's part means for the run as a whole."""
    match error:
        case QuotaExhausted():
            _pause(run, *_used_up(error))
        case Unavailable():
            _step_back(run, error)
        case StageBlocked() | Misconfigured():
            _settle(run, Run.Status.FAILED, message=str(error), exit_code=3)
        case NotAuthorised() | Refused():
            _settle(run, Run.Status.FAILED, message=str(error), exit_code=4)
        case OSError() | OperationalError():
            _settle(run, Run.Status.FAILED, message=machine(error), exit_code=3)
        case _:
            log.error("%s errored", run, exc_info=error)
            trace = "".join(traceback.format_exception(error))
            _settle(run, Run.Status.ERRORED, message=_sentence(error), traceback=trace, exit_code=1)


def _shut(connection: Connection, error: Blocked) -> None:
    """Stop every run on the account; none is started before staff checked it again."""
    shut = connection.shut(str(error))
    about = Q(connection__in=shut) | Q(connection=None, engagement__connections__in=shut)
    others = Run.objects.filter(about, status__in=Run.LIVE).exclude(stage="extract").distinct()
    for run in others.exclude(status=Run.Status.CANCELLING):
        with transaction.atomic():
            if run.move(
                *(Run.Status.QUEUED, Run.Status.RUNNING, Run.Status.PAUSED),
                to=Run.Status.FAILED,
                message=str(error),
                exit_code=4,
                finished_at=timezone.now(),
            ):
                audit.record(run.engagement, run.started_by, "run failed", run=run.pk)


def _pause(run: Run, message: str, until: Any) -> None:
    with transaction.atomic():
        if run.move(Run.Status.RUNNING, to=Run.Status.PAUSED, resume_at=until, message=message):
            audit.record(run.engagement, run.started_by, "run paused", run=run.pk, because=message)


def _used_up(error: QuotaExhausted) -> tuple[str, datetime]:
    """What to say, and when to go on: when the allowance is back; but an account whose limit
    was raised meanwhile may answer before, so it is asked again now and then."""
    soon = timezone.now() + LOOK_AGAIN
    when = error.resets_at or error.look_again_at or soon
    if when <= soon:
        return str(error), when
    back = f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{error} They are back at {back}; the account is asked again before.", soon


def _step_back(run: Run, away: Unavailable) -> None:
    """Rest and try again; give up, for a person to look, after AWAY_LIMIT rests in a row."""
    with transaction.atomic():
        # Read anew: another worker may have cut a wave since we joined.
        options = Run.objects.select_for_update().get(pk=run.pk).options
        done, (before, rests) = _done(run), options.get("rests", (-1, 0))
        rests = rests + 1 if done == before else 1
        Run.objects.filter(pk=run.pk).update(options={**options, "rests": [done, rests]})
    if rests > AWAY_LIMIT:
        _settle(run, Run.Status.FAILED, message=str(away), exit_code=4)
        return
    _pause(run, str(away), timezone.now() + timedelta(seconds=away.retry_after))


def _done(run: Run) -> int:
    """A number that grows with whatever the run gets done."""
    pieces = run.slices.aggregate(n=Sum("done"), closed=Count("pk", filter=Q(status="done")))
    sent = run.operations.exclude(status__in=("sending", "lost")).count()
    return int((pieces["n"] or 0) + pieces["closed"] + sent)


def _keep_peak(run: Run) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Run.objects.filter(pk=run.pk, peak_kb__lt=peak).update(peak_kb=peak)


def _held(run: Run) -> bool:
    return run.slices.filter(status=Slice.Status.CLAIMED, lease_until__gt=timezone.now()).exists()


def _leave_cancelled(run: Run) -> None:
    """The last worker out turns `cancelling` into `cancelled`; a paused run just rests."""
    run.slices.filter(status=Slice.Status.CLAIMED, lease_until__lt=timezone.now()).update(
        status=Slice.Status.OPEN
    )
    if not _held(run):
        run.move(Run.Status.CANCELLING, to=Run.Status.CANCELLED, finished_at=timezone.now())


def _sentence(bug: Exception) -> str:
    return f"{type(bug).__name__}: {bug}. This is a fault of the product; the traceback is kept."


def machine(broken: Exception) -> str:
    """What to say where the disk, the memory or the database gave out."""
    return (
        f"The machine refused: {broken}. What was read and written so far is kept. "
        "Free what is short (disk, memory, database) and start the stage again."
    )
