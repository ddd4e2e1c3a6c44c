"""Real RQ workers on the test's own database and Valkey, to be killed at an exact call."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from projects import queue
from projects.models import Run
from tests.practice import Practice

ROOT = Path(__file__).resolve().parent.parent
LEASE_SECONDS = 6
"""More than a page or a chunk takes on a machine that has other things to do."""
PATIENCE_SECONDS = 120.0
QUICK = {
    "MIGRATOR_LEASE": str(LEASE_SECONDS),
    "MIGRATOR_HTTP_TIMEOUT": "3",
    "MIGRATOR_BELL": "2",
    "MIGRATOR_WORKERS": "2",
}


class Workers:
    """A few `rqworker` processes; each forks a work-horse a job."""

    def __init__(self, environment: dict[str, str], count: int = 2) -> None:
        self.environment = environment | QUICK
        self.processes: list[subprocess.Popen[bytes]] = []
        self._struck: list[psutil.Process] = []
        for _ in range(count):
            self.hire()

    def hire(self) -> None:
        command = [sys.executable, "manage.py", "rqworker", "default", "--worker-ttl", "15"]
        self.processes.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
        )

    def horses(self) -> list[psutil.Process]:
        """The work-horses that are alive now."""
        return [child for p in self.processes for child in _children(p)]

    def strike(self, what: str) -> None:
        """`horse`: SIGKILL every work-horse. `worker`: only its parent. `both`. `stop`:
        SIGSTOP the horses for longer than the lease, then let them go on."""
        horses = self.horses()
        self._struck += horses
        if what in ("worker", "both"):
            self._replace()
        if what in ("horse", "both"):
            _signal(horses, signal.SIGKILL)
        if what == "stop":
            _signal(horses, signal.SIGSTOP)
            self.hire()
            time.sleep(LEASE_SECONDS + 1)
            _signal(horses, signal.SIGCONT)

    def dismiss(self) -> None:
        _signal([*self._struck, *self.horses()], signal.SIGKILL)
        for process in self.processes:
            process.kill()
            process.wait()

    def _replace(self) -> None:
        killed, self.processes = self.processes, []
        for process in killed:
            process.kill()
            process.wait()
            self.hire()


def until_over(run: Run) -> Run:
    """Sweep, as `serve` does, until the run is over; a pause is cut short, as staff may."""

    def over() -> bool:
        queue.sweep()
        run.refresh_from_db()
        if run.status == Run.Status.PAUSED:
            queue.resume(run, "staff")
        return not run.live

    until_true(over, run)
    return run


def until_held(practice: Practice, fault: int, run: Run) -> None:
    """Until the call waits at the vendor; the run must not be over before it is made."""

    def held() -> bool:
        run.refresh_from_db()
        waits = any(f["id"] == fault and f["held"] for f in practice.faults())
        assert waits or run.live, f"{run} never made the call: {practice.faults()} {run.message}"
        return waits

    until_true(held, run)


def until_true(condition: Callable[[], bool], run: Run) -> None:
    """Look until it is so. A run that stands still fails the test, which says where."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"nothing happened for two minutes: {_where(run)}"
        time.sleep(0.1)


def _where(run: Run) -> str:
    slices = run.slices.exclude(status="done").values("object", "wave", "status", "epoch", "done")
    return f"{run} is {run.status} ({run.message}), left to do: {list(slices[:5])}"


def _children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children()
    except psutil.NoSuchProcess:
        return []


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            process.send_signal(number)
