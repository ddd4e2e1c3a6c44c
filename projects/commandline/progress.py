"""How far a run is, while somebody waits for it: a bar an object on a terminal, elsewhere
one line a change. In: a run's row, read again and again. Out: text."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, Self

from django.db import connection
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from projects import queue
from projects.commandline.exits import plain
from projects.models import Engagement, Run

LOOK_SECONDS = 0.5
SWEEP_SECONDS = 5.0


class Display(AbstractContextManager["Display"], Protocol):
    def show(self, run: Run) -> None: ...


class Bars:
    """A bar for each object that has begun; one that pulses where the total is unknown."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<28}", markup=False),
            BarColumn(40),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._bars.stop()

    def show(self, run: Run) -> None:
        for object, part in begun(run).items():
            if object not in self._tasks:
                self._tasks[object] = self._bars.add_task(object, total=None)
            total = part["total"] or (None if run.live else part["done"])
            self._bars.update(self._tasks[object], completed=part["done"], total=total)


class Whole(Bars):
    """One bar, for a whole stage under its name."""

    def __init__(self, console: Console, label: str) -> None:
        super().__init__(console)
        self._bar = self._bars.add_task(label, total=None)

    def show(self, run: Run) -> None:
        whole = run.progress()[""]
        self._bars.update(self._bar, completed=whole["done"] or 0, total=whole["total"] or None)


class Lines:
    """A line for each count or status that is not what it was."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = ""
        self._parts: dict[str, dict[str, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def show(self, run: Run) -> None:
        if run.status != self._status:
            self._say(
                f"{run}: {run.get_status_display().lower()} {run.message} {run.rest()}".rstrip()
            )
            self._status = run.status
        for object, part in begun(run).items():
            if part != self._parts.get(object):
                self._say(f"  {object} {part['done']:,}{_of(part['total'])}")
                self._parts[object] = part

    def _say(self, line: str) -> None:
        self._console.print(plain(line), soft_wrap=True)


class Silent:
    """For --json, whose answer is one document."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def show(self, run: Run) -> None:
        return None


def display(console: Console, json: bool) -> Display:
    if json:
        return Silent()
    return Bars(console) if console.is_terminal else Lines(console)


def begun(run: Run) -> dict[str, dict[str, int]]:
    """Object → done and total, without the sum and without what has neither."""
    return {o: p for o, p in run.progress().items() if o and (p["done"] or p["total"])}


def waits(run: Run) -> bool:
    """Paused by a person: nothing goes on before somebody resumes it."""
    return run.status == Run.Status.PAUSED and run.resume_at is None


def watch(run: Run, shown: Display, rest: Callable[[], None]) -> None:
    """Show the run until it is over or waits for a person, with a `rest` between looks."""
    with shown:
        while True:
            run.refresh_from_db()
            shown.show(run)
            if not run.live or waits(run):
                return
            rest()


@contextmanager
def beside(engagement: Engagement, stage: str, shown: Display) -> Iterator[None]:
    """Show the stage's live run from a thread of its own, while this one performs it."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            run = engagement.runs.filter(stage=stage, status__in=Run.LIVE).first()
            if run is not None:
                shown.show(run)
        connection.close()

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


class Sweeper:
    """A rest between two looks, which now and then sweeps the queue: whoever waits also
    sees to it that lost bells are rung again."""

    def __init__(self) -> None:
        self._next = time.monotonic() + SWEEP_SECONDS

    def __call__(self) -> None:
        time.sleep(LOOK_SECONDS)
        if time.monotonic() >= self._next:
            queue.sweep()
            self._next = time.monotonic() + SWEEP_SECONDS


def _of(total: int) -> str:
    return f" of {total:,}" if total else ""
