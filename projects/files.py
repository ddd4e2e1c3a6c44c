"""Bytes on their way from the source to the destination, and what may not go.

In: a source record that stands for a file, and the limits that hold for it. Out: its bytes in
pieces, counted and summed while they pass; none is kept here. What a plan says of a file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from connectors.values import FileObject, Value

UNDECIDED, LOAD, SKIP = "undecided", "load", "skip"
Download = Callable[[], Iterator[bytes]]


class TooLarge(Exception):
    """More bytes came than may go without a decision. The message says what to do."""


class Content:
    """One file, begun anew at each call. `size` and `md5` are of the newest whole passage."""

    def __init__(self, download: Download, limit: int | None, name: str) -> None:
        self._download, self._limit, self._name = download, limit, name
        self._begun: Iterator[bytes] | None = None
        self._first = b""
        self.size = 0
        self.md5 = ""
        self.too_large = False

    def begin(self) -> None:
        """Open the file now, so that one that is lost is known before anything is written.
        Raises FileNotFoundError, and what the source raises."""
        self._begun = self._download()
        self._first = next(self._begun, b"")

    def __call__(self) -> Iterator[bytes]:
        if self._begun is None:
            self.begin()
        first, rest, self._begun = self._first, self._begun, None
        size, digest = 0, md5(usedforsecurity=False)
        for piece in _after(first, rest or iter(())):
            size += len(piece)
            if self._limit is not None and size > self._limit:
                self.too_large = True
                raise TooLarge(
                    f"{self._name} is larger than {self._limit:,} bytes. Decide under Flagged "
                    "files whether it goes, and start the stage again."
                )
            digest.update(piece)
            yield piece
        self.size, self.md5 = size, digest.hexdigest()

    def measure(self) -> None:
        """Let it pass without sending it anywhere."""
        for _ in self():
            continue


@dataclass(frozen=True, slots=True)
class FilesToSend:
    """What a load will send: how many files, their bytes as far as known, and how many of them
    the source tells no size of."""

    count: int = 0
    bytes: int = 0
    unknown: int = 0


def told(held: FileObject, size: int, digest: str) -> dict[str, Value]:
    """The fields in which the destination should tell that size and sum."""
    found: dict[str, Value] = {held.size: str(size)}
    return found | ({held.md5: digest} if held.md5 else {})


def decision(plan: Mapping[str, Any], object: str, source_id: str) -> str:
    """What was decided about a file: an action, or "" where nobody had to decide."""
    found: str = plan.get("files", {}).get(f"{object}/{source_id}", "")
    return found


def left_out(plan: Mapping[str, Any], object: str, source_id: str) -> str:
    """Why a file does not go as it is, or ""."""
    action = decision(plan, object, source_id)
    if action == SKIP:
        return "Left out by decision (Flagged files)."
    return "Waits for a decision under Flagged files." if action == UNDECIDED else ""


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest
