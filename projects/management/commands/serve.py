"""`manage.py serve`: the whole product on one machine, for a trial or a small office.

In: settings and options. Out: migrated database, embedded Valkey unless REDIS_URL names
another, the web server, N workers, and a sweep of the queue every few seconds. Children that
die are started again; Ctrl-C, SIGTERM or a closed terminal ends them all.
"""

import argparse
import ctypes
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import close_old_connections, connection

log = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
LOOK_SECONDS = 0.5
RESTART_SECONDS = 2.0
PATIENCE_SECONDS = 10.0
"""How long a child may take to end by itself; a worker finishes its slice meanwhile."""
SQLITE_WORKERS = 4
WORKER_TTL = 60


class Child:
    """One process that has to be there. It leads a group of its own, so that Ctrl-C reaches
    us only and the order of the shutdown is ours."""

    def __init__(self, name: str, command: list[str], announces: bool = False) -> None:
        self.name = name
        self.command = command
        self.announces = announces
        self.start()

    def start(self) -> None:
        """Start it; where it `announces` itself, wait for its first line."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.PIPE if self.announces else None,
            process_group=0,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        if self.process.stdout and not self.process.stdout.readline():
            raise CommandError(f"{self.name} did not start; the reason is above.")

    def revive(self) -> None:
        """Start it again if it died, but not at once again and again."""
        code = self.process.poll()
        if code is not None and time.monotonic() > self.started + RESTART_SECONDS:
            log.warning("%s ended with code %s and is started again", self.name, code)
            self.start()


class Command(BaseCommand):
    help = "Serve web and workers on this machine until Ctrl-C."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="0: any free port")
        parser.add_argument("--workers", type=int, default=settings.WORKERS)

    def handle(self, *, host: str, port: int, workers: int, **options: Any) -> None:
        if connection.vendor == "sqlite" and workers > SQLITE_WORKERS:
            raise CommandError(
                f"SQLite carries {SQLITE_WORKERS} workers. Ask for fewer, or set DATABASE_URL "
                "to a PostgreSQL."
            )
        port = _free_port(host, port)
        stop = _stop_event()
        children: list[Child] = []
        try:
            if settings.EMBEDDED_VALKEY:
                children.append(_valkey())
            call_command("migrate", interactive=False, verbosity=0)
            children.append(_web(host, port))
            children += [_worker(number) for number in range(1, workers + 1)]
            self._say(host, port, workers)
            _watch(children, stop)
        finally:
            _end(children)

    def _say(self, host: str, port: int, workers: int) -> None:
        base = f"http://{host}:{port}"
        self.stdout.write(f"Admin   {base}/admin/")
        self.stdout.write(f"Health  {base}/healthz\nWorkers {workers}, Ctrl-C ends all")
        if not get_user_model().objects.filter(is_superuser=True).exists():
            self.stdout.write("Nobody can sign in yet: run manage.py createsuperuser")
        self.stdout.flush()


def _valkey() -> Child:
    # By its command: this layer must not import the one above it.
    module = "migrator.embedded"
    folder = str(settings.VALKEY_DIR)
    return Child("Valkey", [sys.executable, "-m", module, "valkey", folder], announces=True)


def _web(host: str, port: int) -> Child:
    module, _, name = settings.WSGI_APPLICATION.rpartition(".")
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "8"]
    return Child("The web server", [*command, "--log-level", "error", f"{module}:{name}"])


def _worker(number: int) -> Child:
    command = [sys.executable, sys.argv[0], "rqworker", "default", "--with-scheduler"]
    return Child(f"Worker {number}", [*command, "--worker-ttl", str(WORKER_TTL)])


def _watch(children: list[Child], stop: threading.Event) -> None:
    due = 0.0
    while not stop.wait(LOOK_SECONDS):
        for child in children:
            child.revive()
        if time.monotonic() >= due:
            _sweep()
            due = time.monotonic() + SWEEP_SECONDS


def _sweep() -> None:
    """Wake what waits: slices whose worker died, runs whose pause is over."""
    try:
        close_old_connections()
        import_module("projects.queue").sweep()
    except Exception:
        # A database or Valkey that is away for a moment must not end the supervisor.
        log.exception("The queue could not be swept; it is tried again in %s s", SWEEP_SECONDS)


def _end(children: list[Child]) -> None:
    """Last started first, Valkey last; who does not go is asked again, then made to."""
    serving = [child for child in children if not child.announces]
    for group in (serving, [child for child in children if child.announces]):
        for ask in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            if _signal_and_wait(group, ask):
                break


def _signal_and_wait(children: list[Child], number: signal.Signals) -> bool:
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(number)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
    return True


def _stop_event() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _free_port(host: str, port: int) -> int:
    """The port, once known to be free: a child that fails on it would be restarted for ever."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error.strerror}). Choose another: --port"
            ) from None
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    """Runs in the child: SIGTERM when we are killed (man 2 prctl, PR_SET_PDEATHSIG is 1).
    Otherwise workers would go on that nobody sees, restarts or stops."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
