"""`manage.py serve` brings everything up, keeps it up and takes all of it down."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
import stamina

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def served() -> Iterator[subprocess.Popen[str]]:
    folder = Path(tempfile.mkdtemp())
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", "0", "--workers", "1"],
        cwd=ROOT,
        env=environment | {"DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.terminate()
    process.communicate(timeout=60)
    shutil.rmtree(folder)


def health_address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return next(line.split()[1] for line in process.stdout if line.startswith("Health"))


@stamina.retry(on=(httpx.HTTPError, AssertionError), attempts=None, timeout=60, wait_max=0.5)
def wait_until_healthy(address: str) -> None:
    assert httpx.get(address).status_code == 200


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def test_a_killed_web_server_and_worker_are_replaced(served: subprocess.Popen[str]) -> None:
    address = health_address(served)
    wait_until_healthy(address)
    killed = [one for one in children(served) if {"granian", "rqworker"} & set(one.cmdline())]
    assert len(killed) >= 3
    for one in killed:
        one.kill()
    psutil.wait_procs(killed, timeout=30)
    wait_until_healthy(address)
    served.terminate()
    assert served.wait() == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_running_when_it_ends(
    served: subprocess.Popen[str], how: signal.Signals
) -> None:
    wait_until_healthy(health_address(served))
    started = children(served)
    assert any("valkey-server" in one.name() for one in started)
    served.send_signal(how)
    assert psutil.wait_procs(started, timeout=60)[1] == []
    assert served.wait() == (-how if how == signal.SIGKILL else 0)
