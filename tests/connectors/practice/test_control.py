"""The control API and the faults: what tests of everything else rely on."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.connectors.practice.conftest import Tenant
from tests.practice import ROOT, Practice

ANY = {"vendor": "servicetitan"}


def wait_until(true: Callable[[], object]) -> None:
    """Poll the other process; the test's own time-out ends it."""
    while not true():
        time.sleep(0.01)


def test_history_numbers_calls_and_writes_and_shows_their_status(
    practice: Practice, tenant: Tenant
) -> None:
    tenant.fetch("jpm/jobs", page=2)
    tenant.post(tenant.path("jpm/jobs"))
    sign_in, read, write = practice.history()
    assert (sign_in["path"], sign_in["method"], sign_in["write"]) == (
        "/connect/token",
        "POST",
        None,
    )
    assert (read["n"], read["call"], read["status"], read["write"]) == (2, 2, 200, None)
    assert read["path"] == "/jpm/v2/tenant/8450/jobs?page=2"
    assert (write["n"], write["status"], write["write"], write["cost"]) == (3, 403, 1, 1)
    assert practice.history(since=2) == [write]


def test_history_has_no_secret(practice: Practice, tenant: Tenant) -> None:
    key = tenant.headers.pop("ST-App-Key")
    assert tenant.fetch("jpm/jobs", page=1, servicetitanapplicationkey=key).status_code == 200
    text = json.dumps(practice.history())
    secrets = [key, tenant.account["client_secret"], tenant.headers["Authorization"][7:]]
    assert not [secret for secret in secrets if secret in text]


def test_a_status_fault_strikes_the_nth_matching_call_only(
    practice: Practice, tenant: Tenant
) -> None:
    practice.fault("status", **ANY, match={"path": "/jobs"}, at=2, status=503, retry_after=7)
    answers = [tenant.fetch(f"jpm/{path}") for path in ("jobs", "appointments", "jobs", "jobs")]
    assert [answer.status_code for answer in answers] == [200, 200, 503, 200]
    assert answers[2].headers["Retry-After"] == "7"
    assert "<html>" in answers[2].text
    assert [call["fault"] for call in practice.history()] == [None, None, None, "status", None]


def test_every_and_times_bound_how_often_a_fault_strikes(
    practice: Practice, tenant: Tenant
) -> None:
    practice.fault("status", every=2, times=2, status=500, body={"title": "no"})
    answers = [tenant.fetch("jpm/jobs").status_code for _ in range(7)]
    assert answers == [200, 500, 200, 500, 200, 200, 200]
    assert [(f["seen"], f["fired"]) for f in practice.faults()] == [(7, 2)]


def test_a_rate_draws_the_same_calls_for_the_same_seed(practice: Practice, tenant: Tenant) -> None:
    practice.limits("servicetitan", rate=0)

    def drawn(seed: int) -> list[int]:
        practice.clear_faults()
        practice.fault("status", rate=0.4, seed=seed, status=503)
        return [tenant.fetch("jpm/job-types").status_code for _ in range(20)]

    first = drawn(5)
    assert set(first) == {200, 503}
    assert drawn(5) == first
    assert drawn(6) != first


def test_a_held_call_waits_until_it_is_released(practice: Practice, tenant: Tenant) -> None:
    fault = practice.fault("hold", match={"path": "/jobs"})
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(tenant.fetch("jpm/jobs")))
    thread.start()
    wait_until(lambda: practice.faults()[0]["held"])
    assert practice.history()[-1]["status"] is None
    practice.release(fault)
    thread.join()
    assert answers[0].status_code == 200
    assert practice.faults()[0]["held"] == 0


def test_a_held_call_is_handled_even_when_its_client_has_gone(
    practice: Practice, tenant: Tenant
) -> None:
    fault = practice.fault("hold", match={"path": "/jobs"})
    with pytest.raises(httpx.ReadTimeout):
        tenant.get(tenant.path("jpm/jobs"), timeout=0.2)
    practice.release(fault)
    wait_until(lambda: practice.history()[-1]["status"] is not None)
    assert practice.faults()[0]["held"] == 0


def test_a_late_call_is_handled_after_the_client_gave_up(
    practice: Practice, tenant: Tenant
) -> None:
    practice.fault("late", match={"path": "/jobs"}, delay=0.1)
    practice.fault("expire_token", **ANY, match={"path": "/jobs"})
    with pytest.raises(httpx.ReadTimeout):
        tenant.get(tenant.path("jpm/jobs"), timeout=0.2)
    wait_until(lambda: practice.history()[-1]["status"] is not None)
    assert practice.history()[-1]["status"] == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reset_drops_the_connection_without_an_answer(
    practice: Practice, tenant: Tenant, when: str
) -> None:
    practice.fault("reset", when=when, match={"path": "/jobs"})
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        tenant.fetch("jpm/jobs")
    assert practice.history()[-1]["status"] == 0
    assert tenant.fetch("jpm/jobs").status_code == 200


def test_a_truncated_answer_breaks_off_in_its_body(practice: Practice, tenant: Tenant) -> None:
    practice.fault("truncate", match={"path": "/jobs"})
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        tenant.fetch("jpm/jobs")
    assert tenant.fetch("jpm/jobs").status_code == 200


def test_a_stalled_answer_comes_whole_once_it_is_released(
    practice: Practice, tenant: Tenant
) -> None:
    whole = tenant.fetch("jpm/jobs").content
    stalled = practice.fault("stall", match={"path": "/jobs"})
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(tenant.fetch, "jpm/jobs")
        wait_until(lambda: late.done() or practice.faults()[0]["held"])
        assert not late.done()
        practice.release(stalled)
        assert late.result().content == whole


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_ends_the_process_that_it_names(
    practice: Practice, tenant: Tenant, when: str
) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    practice.fault("kill", when=when, pids=[victim.pid], match={"path": "/jobs"}, at=2)
    assert tenant.fetch("jpm/jobs").status_code == 200
    assert victim.poll() is None
    assert tenant.fetch("jpm/jobs").status_code == 200
    assert victim.wait(10) == -9
    assert victim.stdin is not None
    victim.stdin.close()


def test_a_storm_is_several_faults_at_a_rate(practice: Practice, tenant: Tenant) -> None:
    practice.limits("servicetitan", rate=0)
    practice.fault("storm", name="storm", seed=4, rate=0.1)
    for _ in range(60):
        with contextlib.suppress(httpx.HTTPError):
            tenant.fetch("jpm/job-types")
    struck = {call["fault"] for call in practice.history()}
    assert len(struck) >= 4
    practice.clear_faults()
    assert practice.faults() == []


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "storm", "name": "drizzle"},
        {"kind": "status", "vendor": "nobody"},
        {"kind": "never-heard-of"},
        {"kind": "status", "match": {"path": "("}},
        {},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(practice: Practice, bad: dict[str, object]) -> None:
    answer = httpx.post(f"{practice['control']['url']}/faults", json=bad)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert practice.faults() == []


def test_the_clock_can_be_set_moved_frozen_and_let_go(practice: Practice) -> None:
    assert practice.clock(now="2030-01-01T00:00:00Z", freeze=True) == practice.clock()
    assert practice.clock(advance=60) == practice.clock()
    assert practice.clock().startswith("2030-01-01T00:01:0")
    practice.clock(freeze=False)
    moment = practice.clock()
    wait_until(lambda: practice.clock() > moment)
    practice.reset()
    assert not practice.clock().startswith("2030")


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/edit", {"vendor": "servicetitan", "object": "jobs", "op": "update", "id": 1}),
        ("/edit", {"vendor": "servicetitan", "object": "nothing"}),
        ("/edit", {"vendor": "servicetitan", "object": "jobs", "op": "paint", "nth": 0}),
        ("/limits", {"vendor": "servicetitan", "deny": ["nothing"]}),
        ("/limits", {"vendor": "nobody"}),
        ("/clock", {"now": "later"}),
        ("/faults/release", {"id": 99}),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(
    practice: Practice, path: str, command: dict[str, object]
) -> None:
    before = practice.state()
    answer = httpx.post(f"{practice['control']['url']}{path}", json=command)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert practice.state() == before


def test_the_sandbox_command_says_on_its_first_line_where_everything_is() -> None:
    arguments = ["--port", "0", "--customers", "5", "--jobs", "5", "--follow-parent"]
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", *arguments], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    wanted = {"api_url", "auth_url", "client_id", "client_secret", "app_key", "tenant"}
    wanted |= {"file_hosts", "calls_per_second"}
    assert said["servicetitan"].keys() == wanted
    assert httpx.get(f"{said['control']['url']}/state").json()["servicetitan"]
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


def test_a_taken_port_is_refused_rather_than_shared(practice: Practice) -> None:
    taken = httpx.URL(practice["control"]["url"]).port
    command = [sys.executable, "-m", "connectors.practice", "--port", str(taken)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert f"Port {taken} cannot be used" in ended.stderr
