"""A disk of a few megabytes with a whole installation on it, to be filled and emptied."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.projects.commandline.scripted import Answer, process

ROOT = Path(__file__).resolve().parents[2]
SIZE_MB = 80
QUICK = {"MIGRATOR_LEASE": "3", "MIGRATOR_HTTP_TIMEOUT": "2", "MIGRATOR_BELL": "1"}


class Disk:
    """The disk, its commands and its pages."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.folder = folder
        added = {"DATA_DIR": str(folder), "REDIS_URL": redis_url} | QUICK
        self.environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | added

    def fill(self, left_kb: int) -> None:
        """Leave no more than so much free."""
        found = os.statvfs(self.folder)
        free = found.f_bavail * found.f_frsize - left_kb * 1024
        self._filler.write_bytes(b"\0" * free)

    def free(self) -> None:
        self._filler.unlink()

    def engagement(self, *words: object) -> Answer:
        return process(self.environment, *words)

    def manage(self, *words: str) -> str:
        """The output of another command, which must succeed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """What the database there answers to this SQL."""
        with closing(sqlite3.connect(self.folder / "migrator.sqlite3")) as opened:
            return opened.execute(question).fetchall()

    @contextmanager
    def visitor(self) -> "Iterator[Visitor]":
        command = [sys.executable, "-m", "tests.badinput.visit"]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as opened:
            visitor = Visitor(opened)
            visitor.read()
            yield visitor
            assert opened.stdin is not None
            opened.stdin.close()

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


class Visitor:
    """A signed-in person at the pages of that disk."""

    def __init__(self, opened: "subprocess.Popen[str]") -> None:
        self._opened = opened

    def ask(self, line: str) -> dict[str, Any]:
        """`GET path` or `POST path`; what was come to."""
        assert self._opened.stdin is not None
        self._opened.stdin.write(line + "\n")
        self._opened.stdin.flush()
        return self.read()

    def read(self) -> dict[str, Any]:
        assert self._opened.stdout is not None
        found: dict[str, Any] = json.loads(self._opened.stdout.readline())
        return found


@contextmanager
def small_disk(installed: Disk) -> Iterator[Disk]:
    """What is installed in a folder, copied onto a small disk. Raises PermissionError where
    this user may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="migrator-disk-"))
    size = f"size={SIZE_MB}m"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        raise PermissionError(mounted.stderr.decode())
    try:
        shutil.copytree(installed.folder, folder, dirs_exist_ok=True)
        yield Disk(folder, installed.environment["REDIS_URL"])
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()
