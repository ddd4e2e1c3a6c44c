"""Real RQ workers on the test's own database and Valkey, to be killed at an exact call."""

import contextlib
import os
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
LEASE_SECONDS = 4
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
        if what in ("worker", "both"):
            for process in self.processes:
                _signal(process.pid, signal.SIGKILL)
        if what in ("horse", "both"):
            for horse in horses:
                _signal(horse.pid, signal.SIGKILL)
        if what == "stop":
            for horse in horses:
                _signal(horse.pid, signal.SIGSTOP)
            self.hire()
            time.sleep(LEASE_SECONDS + 1)
            for horse in horses:
                _signal(horse.pid, signal.SIGCONT)
        self._replace_dead()

    def dismiss(self) -> None:
        for horse in self.horses():
            _signal(horse.pid, signal.SIGKILL)
        for process in self.processes:
            process.kill()
            process.wait()

    def _replace_dead(self) -> None:
        time.sleep(0.2)
        dead = [p for p in self.processes if p.poll() is not None]
        self.processes = [p for p in self.processes if p.poll() is None]
        for _ in dead:
            self.hire()


def until_over(run: Run) -> Run:
    """Sweep, as `serve` does, until the run is over."""
    until_true(lambda: queue.sweep() >= 0 and not _fresh(run).live)
    return _fresh(run)


def until_held_or_over(practice: Practice, fault: int, run: Run) -> bool:
    """Whether the call was reached: False where the run ended before it."""

    def reached() -> bool:
        return _held(practice, fault) or not _fresh(run).live

    until_true(reached)
    return _held(practice, fault)


def until_true(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "nothing happened for two minutes"
        time.sleep(0.1)


def _held(practice: Practice, fault: int) -> bool:
    return any(f["id"] == fault and f["held"] for f in practice.faults())


def _fresh(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def _children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children()
    except psutil.NoSuchProcess:
        return []


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
