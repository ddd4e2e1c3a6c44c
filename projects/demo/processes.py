"""The practice vendors and the product's own processes, as children of the demo."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from django.conf import settings
from django.core.management import CommandError

START_SECONDS = 60.0

Urls = dict[str, dict[str, str]]


@contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child whose output goes to `log`; ended, with what it started, on leaving."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def practice(
    port: int, customers: int, jobs: int, faults: str, folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Urls]]:
    """The practice vendors, seeded and answering, with the JSON of their addresses."""
    log = folder / "practice.log"
    # A list and a download a job would be most of the demo's time at the vendor's own rate.
    options = {"port": port, "customers": customers, "jobs": jobs, "faults": faults, "rate": 600}
    command = [sys.executable, "-m", "connectors.practice"]
    command += [part for name, value in options.items() for part in (f"--{name}", str(value))]
    with running(command, log) as process:
        yield process, _first_line(process, log)


@contextmanager
def product(port: int, workers: int, folder: Path) -> Iterator[tuple[Any, str]]:
    """Web, workers and embedded Valkey, once they are healthy, with the site's address."""
    log = folder / "serve.log"
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with running([*command, "--workers", str(workers)], log) as process:
        _until_healthy(process, url, log)
        yield process, url


def peaks(process: Any) -> dict[str, float]:
    """Largest memory so far, in MB, of a child and of everything it started."""
    found: dict[str, float] = {}
    for each in [psutil.Process(process.pid), *psutil.Process(process.pid).children(True)]:
        try:
            name = _name(each.cmdline())
            found[name] = max(found.get(name, 0.0), _peak_mb(each.pid))
        except (psutil.Error, OSError):
            continue
    return found


def own_peak() -> float:
    """Largest memory so far of this very process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _peak_mb(pid: int) -> float:
    """The high-water mark that getrusage calls ru_maxrss (man 5 proc, VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def _name(command: list[str]) -> str:
    line = " ".join(command)
    known = {
        "connectors.practice": "practice vendors",
        "rqworker": "worker",
        "granian": "web",
        "valkey": "Valkey",
        "manage.py serve": "supervisor",
    }
    return next((name for part, name in known.items() if part in line), "other")


def _first_line(process: subprocess.Popen[bytes], log: Path) -> Urls:
    until = time.monotonic() + START_SECONDS * 3
    while time.monotonic() < until:
        first, newline, _ = log.read_text().partition("\n")
        if newline and first.startswith("{"):
            urls: Urls = json.loads(first)
            return urls
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise CommandError(f"The practice vendors did not start:\n{log.read_text()[-2000:]}")


def _until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise CommandError(
        f"The product did not start on {url} ({settings.DATA_DIR}):\n{log.read_text()[-2000:]}"
    )
