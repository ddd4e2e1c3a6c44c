"""Runs: started once, performed once, heard again after silence, ended with the reason kept.

A real Valkey holds the bells; a scripted vendor on loopback gives the real errors.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import django_rq
import pytest
import redis
import stamina
from django.conf import settings as configured
from django.db import connection, transaction
from django.forms import model_to_dict
from django.utils import timezone
from pytest_django.fixtures import Settings
from rq import SimpleWorker

from projects import audit, queue
from projects.models import AuditEntry, Connection, Engagement, Run, Slice
from projects.stages.base import Cancelled, Context, StageBlocked
from tests.factories import (
    ConnectionFactory,
    EngagementFactory,
    RunFactory,
    SchemaFieldFactory,
    ready_to_load,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live_redis")]


@pytest.fixture
def engagement() -> Engagement:
    """Connected, its schema read: may be inventoried, proposed, extracted."""
    made = EngagementFactory()
    ConnectionFactory(engagement=made)
    destination = ConnectionFactory(engagement=made, destination=True)
    SchemaFieldFactory(connection=destination, name="Subject")
    return made


def bells() -> int:
    return int(django_rq.get_queue("default").count)


def work() -> None:
    """A real worker of the queue, here, until no bell is left."""
    live = django_rq.get_queue("default")
    SimpleWorker([live], connection=live.connection).work(burst=True, logging_level="ERROR")


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def said(engagement: Engagement) -> list[str]:
    """What the audit chain says was done, oldest first."""
    return list(AuditEntry.objects.filter(engagement=engagement).values_list("action", flat=True))


# Starting


def at_once(*calls: Callable[[], Run]) -> list[Run | Exception]:
    """Every call in a thread of its own, all brought to the brink of their first write before
    any of them may write."""
    brink = threading.Barrier(len(calls), timeout=60)

    def one(call: Callable[[], Run]) -> Run | Exception:
        met: list[bool] = []

        def wait(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not met and not sql.lstrip().upper().startswith("SELECT"):
                met.append(True)
                brink.wait()
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(wait):
                return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_a_stage_started_twice_at_once_is_one_run(engagement: Engagement) -> None:
    one, other = at_once(*[lambda: queue.start(engagement, "inventory", "staff")] * 2)
    assert isinstance(one, Run)
    assert one == other == Run.objects.get()
    assert said(engagement) == ["run started"]
    assert audit.verify(engagement) == []


def test_of_two_stages_that_write_started_at_once_one_is_refused() -> None:
    engagement = ready_to_load()
    before = Run.objects.count()
    answers = at_once(
        lambda: queue.start(engagement, "sample", "staff"),
        lambda: queue.start(engagement, "load", "staff"),
    )
    (refused,) = (a for a in answers if isinstance(a, Exception))
    assert isinstance(refused, StageBlocked)
    assert "Another run writes to this account" in str(refused)
    assert Run.objects.count() == before + 1


def test_a_stage_that_runs_already_is_not_started_again(engagement: Engagement) -> None:
    first = queue.start(engagement, "inventory", "staff")
    assert queue.start(engagement, "inventory", "somebody else") == first
    assert (Run.objects.count(), bells()) == (1, 1)


@pytest.mark.parametrize("status", ["queued", "running", "paused", "cancelling"])
def test_a_second_writing_run_on_the_connection_is_refused(status: str) -> None:
    engagement = ready_to_load()
    first = RunFactory(
        engagement=engagement, connection=engagement.destination, stage="sample", status=status
    )
    with pytest.raises(StageBlocked, match=f"Run {first.pk}: sample is {status}"):
        queue.start(engagement, "load", "staff")
    assert bells() == 0


def test_a_shut_gate_says_every_reason_and_leaves_no_run(engagement: Engagement) -> None:
    Engagement.objects.update(state="draft")
    engagement.refresh_from_db()
    with pytest.raises(StageBlocked, match=r"Extract the source first\. Confirm the mapping"):
        queue.start(engagement, "load", "staff")
    assert not Run.objects.exists()


def test_without_redis_nothing_is_started(engagement: Engagement, settings: Settings) -> None:
    settings.RQ_QUEUES = {"default": {"URL": "unix:///nowhere/secret.sock"}}
    with pytest.raises(queue.QueueDown, match="Nothing was started") as down:
        queue.start(engagement, "inventory", "staff")
    assert "secret" not in str(down.value)
    assert not Run.objects.exists()
    assert said(engagement) == []


def test_a_start_that_is_rolled_back_rings_no_bell(engagement: Engagement) -> None:
    with transaction.atomic():
        queue.start(engagement, "inventory", "staff")
        transaction.set_rollback(True)
    assert (Run.objects.count(), bells()) == (0, 0)


def test_a_load_is_bound_to_the_plan_of_today_and_to_the_destination() -> None:
    engagement = ready_to_load()
    run = queue.start(engagement, "load", "staff")
    assert run.plan == engagement.plans.get()
    assert (run.connection, run.writes) == (engagement.destination, True)
    assert bells() == configured.WORKERS


# Performing


def test_a_worker_performs_what_the_bell_names(engagement: Engagement) -> None:
    run = queue.start(engagement, "propose", "staff")
    work()
    run.refresh_from_db()
    assert (run.status, run.exit_code, run.message) == ("succeeded", 0, "")
    assert run.tally["mapping rows"]["proposed"] == engagement.mapping_rows.count() > 0
    assert None not in (run.started_at, run.finished_at)
    assert run.peak_kb > 0
    assert said(engagement) == ["run started", "run succeeded"]


def test_a_doubled_bell_does_nothing_more(engagement: Engagement) -> None:
    run = queue.start(engagement, "propose", "staff")
    queue.ring(run)
    assert bells() == 2
    work()
    assert said(engagement) == ["run started", "run succeeded"]
    assert Slice.objects.get(run=run).epoch == 1


@pytest.mark.parametrize("status", ["succeeded", "failed", "errored", "cancelled", "paused"])
def test_performing_a_run_that_is_over_or_rests_changes_nothing(
    engagement: Engagement, status: str
) -> None:
    run = RunFactory(engagement=engagement, stage="propose", writes=False, status=status)
    before = model_to_dict(run)
    queue.perform(run.pk)
    run.refresh_from_db()
    assert model_to_dict(run) == before
    assert not engagement.mapping_rows.exists()
    assert said(engagement) == []


def test_two_workers_share_a_run_and_one_settles_it(engagement: Engagement) -> None:
    run = queue.start(engagement, "propose", "staff")
    at_once(*[lambda: queue.perform(run.pk)] * 2)
    run.refresh_from_db()
    assert run.status == "succeeded"
    fields = list(engagement.mapping_rows.values_list("shape", "destination_field"))
    assert len(fields) == len(set(fields)) == run.tally["mapping rows"]["proposed"]
    assert said(engagement) == ["run started", "run succeeded"]


def test_performed_here_the_run_is_over_and_no_bell_rings(
    engagement: Engagement, settings: Settings
) -> None:
    settings.RQ_QUEUES = {"default": {"URL": "unix:///nowhere.sock"}}
    assert queue.start(engagement, "propose", "staff", here=True).status == "succeeded"


# Ending badly


class Vendor:
    """Answers every request with one status; `first` is called before the first answer."""

    def __init__(self) -> None:
        self.status = 401
        self.first: Callable[[], None] = lambda: None
        self.requests = 0
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                vendor.requests += 1
                if vendor.requests == 1:
                    vendor.first()
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(vendor.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def vendor(engagement: Engagement) -> Iterator[Vendor]:
    """The engagement's source, on loopback."""
    made = Vendor()
    source = engagement.source
    source.settings = {"tenant": "8450", "client_id": "cid", "api_url": made.url,
                       "auth_url": made.url}  # fmt: skip
    source.set_secrets({"client_secret": "cs1-hush", "app_key": "ak1-hush"})
    source.save()
    with stamina.set_testing(True, attempts=2, cap=True):
        yield made
    made.server.shutdown()
    made.server.server_close()


def extracted(engagement: Engagement) -> Run:
    return queue.start(engagement, "extract", "staff", here=True)


def test_a_wrong_setting_fails_the_run_for_a_person_to_correct(engagement: Engagement) -> None:
    run = extracted(engagement)
    assert (run.status, run.exit_code, run.traceback) == ("failed", 3, "")
    assert "the tenant id must be digits" in run.message
    assert said(engagement) == ["run started", "run failed"]


def test_refused_credentials_fail_the_run_with_the_vendors_code_and_no_secret(
    engagement: Engagement, vendor: Vendor
) -> None:
    run = extracted(engagement)
    assert (run.status, run.exit_code, run.traceback) == ("failed", 4, "")
    assert "refused the sign-in (401)" in run.message
    assert "hush" not in run.message
    assert not run.slices.filter(status="claimed").exists()


def test_a_vendor_that_is_away_pauses_the_run_and_after_some_rests_fails_it(
    engagement: Engagement, vendor: Vendor
) -> None:
    vendor.status = 503
    run = extracted(engagement)
    for _ in range(queue.AWAY_LIMIT):
        assert (run.status, run.exit_code) == ("paused", 0)
        assert run.resume_at is not None
        Run.objects.update(resume_at=ago(1))
        assert queue.sweep() == 1
        queue.perform(run.pk)
        run.refresh_from_db()
    assert (run.status, run.exit_code) == ("failed", 4)


def test_rests_with_work_done_in_between_fail_no_run(
    engagement: Engagement, vendor: Vendor
) -> None:
    vendor.status = 503
    run = extracted(engagement)
    for done in range(2 * queue.AWAY_LIMIT):
        run.slices.filter(number=0).update(done=done + 1)
        Run.objects.update(resume_at=ago(1))
        queue.sweep()
        queue.perform(run.pk)
        run.refresh_from_db()
    assert run.status == "paused"


def test_a_rest_keeps_what_another_worker_cut_meanwhile(
    engagement: Engagement, vendor: Vendor
) -> None:
    def cut() -> None:
        other = Context(Run.objects.get(), "another worker")
        other.cut(7, lambda: iter([("later", {}, 1)]))
        connection.close()

    vendor.status, vendor.first = 503, cut
    run = extracted(engagement)
    assert run.status == "paused"
    assert run.options == {"cut": [0, 7], "rests": [0, 1]}


def test_a_bug_errors_the_run_and_keeps_its_traceback(engagement: Engagement) -> None:
    Connection.objects.filter(role="destination").update(kind="nowhere")
    run = extracted(Engagement.objects.get())
    assert (run.status, run.exit_code) == ("errored", 1)
    assert run.message.startswith("KeyError: 'servicetitan-nowhere'")
    assert run.traceback.startswith("Traceback (most recent call last):")
    assert "presets/__init__.py" in run.traceback
    assert said(engagement) == ["run started", "run errored"]


def test_after_a_failed_run_the_stage_may_be_started_again(engagement: Engagement) -> None:
    first = extracted(engagement)
    assert extracted(engagement) != first
    assert Run.objects.filter(status="failed").count() == 2


# Cancelling, pausing, sweeping


def test_a_queued_run_that_is_cancelled_ends_and_its_bell_does_nothing(
    engagement: Engagement,
) -> None:
    run = queue.start(engagement, "propose", "staff")
    assert queue.cancel(run, "Rita")
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert run.finished_at is not None
    work()
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert said(engagement) == ["run started", "run cancelled"]
    assert not queue.cancel(run, "Rita")


def test_a_run_is_cancelled_only_when_no_worker_holds_a_slice(engagement: Engagement) -> None:
    run = RunFactory(engagement=engagement, stage="extract", writes=False, status="running")
    Slice.objects.create(run=run, object="jobs", number=0)
    held = Slice.claim(run, 0, "a worker")
    assert held is not None
    assert queue.cancel(run, "Rita")
    assert Run.objects.get(pk=run.pk).status == "cancelling"
    Slice.objects.update(lease_until=ago(1))
    queue.sweep()
    assert Run.objects.get(pk=run.pk).status == "cancelled"
    assert Slice.objects.get().status == "open"


def test_a_run_cancelled_while_the_vendor_refuses_ends_cancelled_not_failed(
    engagement: Engagement, vendor: Vendor
) -> None:
    def cancel() -> None:
        queue.cancel(Run.objects.get(), "Rita")
        connection.close()

    vendor.first = cancel
    run = extracted(engagement)
    assert (run.status, run.exit_code) == ("cancelled", 0)
    assert said(engagement) == ["run started", "run cancelled"]


def test_a_worker_of_a_cancelled_run_stops_at_its_next_sign_of_life(
    engagement: Engagement,
) -> None:
    run = RunFactory(engagement=engagement, stage="extract", writes=False, status="running")
    worker = Context(run, "a worker")
    worker.cut(0, lambda: iter([("jobs", {}, 1), ("customers", {}, 1)]))
    claims = worker.claims(0)
    piece = next(claims)
    queue.cancel(run, "Rita")
    with pytest.raises(Cancelled):
        worker.advance(piece, done=1)
    with pytest.raises(Cancelled):
        next(claims)
    assert Slice.objects.get(pk=piece.pk).done == 1


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_sweep_rings_again_for_a_silent_run(engagement: Engagement, status: str) -> None:
    run = RunFactory(engagement=engagement, stage="extract", writes=False, status=status)
    Run.objects.update(heartbeat_at=ago(configured.BELL_SECONDS + 5))
    assert queue.sweep() == 1
    run.refresh_from_db()
    assert (run.status, bells()) == ("queued", configured.WORKERS)
    assert queue.sweep() == 0
    assert bells() == configured.WORKERS


def test_a_sweep_rings_for_a_run_that_no_worker_ever_heard_of(engagement: Engagement) -> None:
    RunFactory(engagement=engagement, stage="propose", writes=False, status="queued",
               created_at=ago(configured.BELL_SECONDS + 5))  # fmt: skip
    assert (queue.sweep(), bells()) == (1, 1)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_sweep_leaves_a_run_alone_that_shows_signs_of_life(
    engagement: Engagement, status: str
) -> None:
    RunFactory(engagement=engagement, stage="extract", writes=False, status=status,
               heartbeat_at=timezone.now())  # fmt: skip
    assert (queue.sweep(), bells()) == (0, 0)


def test_a_sweep_wakes_a_paused_run_when_its_time_has_come_and_not_before(
    engagement: Engagement,
) -> None:
    values = {"engagement": engagement, "writes": False, "status": "paused"}
    over = RunFactory(**values, stage="extract", resume_at=ago(1))
    RunFactory(**values, stage="scan", resume_at=ago(-60))
    RunFactory(**values, stage="inventory", resume_at=None)
    assert queue.sweep() == 1
    assert [r.pk for r in Run.objects.filter(status="queued")] == [over.pk]


def test_a_sweep_without_redis_is_survived(engagement: Engagement, settings: Settings) -> None:
    RunFactory(engagement=engagement, stage="extract", writes=False, status="running",
               heartbeat_at=ago(3600))  # fmt: skip
    settings.RQ_QUEUES = {"default": {"URL": "unix:///nowhere.sock"}}
    assert queue.sweep() == 1


def test_a_paused_run_rests_until_a_person_resumes_it(
    engagement: Engagement, live_redis: redis.Redis
) -> None:
    run = RunFactory(engagement=engagement, stage="propose", writes=False, status="running")
    assert queue.pause(run, "Rita")
    assert (run.status, run.message) == ("paused", "Paused by Rita.")
    queue.perform(run.pk)
    assert not engagement.mapping_rows.exists()
    assert queue.resume(run, "Rita")
    work()
    run.refresh_from_db()
    assert (run.status, run.message) == ("succeeded", "")
    assert said(engagement) == ["run paused", "run resumed", "run succeeded"]


def test_a_run_that_is_over_is_neither_paused_nor_resumed(engagement: Engagement) -> None:
    run = RunFactory(engagement=engagement, stage="propose", writes=False)
    assert not queue.pause(run, "Rita")
    assert not queue.resume(run, "Rita")
    assert (said(engagement), bells()) == ([], 0)
