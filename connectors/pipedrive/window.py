"""The burst limit of one account, shared by every process of this machine that writes to it.

In: the account's name, how many requests it takes per window, and what its answers tell. Out:
`wait` returns when one more may leave. The times of the last answers stand in one small file
that is locked while it is read; a rolling window, as the vendor counts, so that nothing is
refused and little wasted. Where the vendor counts more than we sent, somebody else calls as
we do: that much is left to them.
Source: Pipedrive API Documentation, "Rate limiting".
"""

import fcntl
import hashlib
import os
import tempfile
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS = 2.0
UNANSWERED = 1.0
"""A request may be counted at any time until it is answered, and after that no more. Where no
answer comes, it was so long after it left."""
LEAST = 20
"""Requests a window that the smallest plan allows to an API token."""
UNDER_WAY = 8
"""Requests of ours that an answer may not count yet: they hide as many of others."""
REMEMBERED = 10.0
"""Seconds for which others are expected to go on as they did."""
KEPT_SECONDS = SECONDS + 2 * UNANSWERED
LOOK_SECONDS = 0.02
SHUT_SECONDS = 300.0
"""Longer than any run needs to notice that it was stopped; from then on the caller's own mark
keeps the account shut."""


@dataclass(slots=True)
class Seen:
    """What the file holds: nothing leaves before `held`; `others` sent so many per window,
    which counts until `until`; up to when each of our last requests may have been counted."""

    held: float
    others: float
    until: float
    sent: list[float]


class Window:
    """`calls` requests per rolling window; set it anew when the vendor tells another number."""

    def __init__(self, account: str, calls: int = LEAST) -> None:
        name = hashlib.sha256(account.encode()).hexdigest()[:24]
        folder = Path(tempfile.gettempdir()) / f"crm-migrator-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path, self._shut = folder / f"{name}.calls", folder / f"{name}.shut"
        self.calls = calls
        self._mine = threading.local()

    def wait(self) -> None:
        """Return when one more request may leave, and count it."""
        while (left := self._take()) > 0:
            time.sleep(left)

    def answered(self, left: int | None = None) -> None:
        """The request that this thread waited for last is over; `left` is how many more the
        vendor would take now, where it says so."""
        counted = getattr(self._mine, "counted", 0.0)
        with self._seen() as (seen, now):
            # One whose answer took longer than times are kept counts as of now all the same.
            seen.sent = [each for each in seen.sent if each != counted] + [now]
            if left is not None:
                ours = len(_within(seen, counted - UNANSWERED))
                self._expect(seen, now, self.calls - left - ours)

    def refused(self, seconds: float) -> None:
        """The vendor refused a request of ours, so nobody sends for so long."""
        with self._seen() as (seen, now):
            seen.held = max(seen.held, now + seconds)
            self._expect(seen, now, max(1, self.calls - len(_within(seen, now))))

    def shut(self, why: str = "") -> str:
        """Why nothing may leave this machine for now, "" where it may; `why` shuts it."""
        if why:
            self._shut.write_text(why)
        try:
            fresh = time.time() - self._shut.stat().st_mtime < SHUT_SECONDS
            return self._shut.read_text() if fresh else ""
        except FileNotFoundError:
            return ""

    def open(self) -> None:
        """A person lets requests leave again."""
        self._shut.unlink(missing_ok=True)

    def _take(self) -> float:
        """0 where the request may go now, otherwise seconds until one more may."""
        with self._seen() as (seen, now):
            room = self.calls
            if seen.until > now:
                room = max(1, room - int(seen.others) - UNDER_WAY)
            if seen.held > now:
                return seen.held - now
            if len(_within(seen, now)) >= room:
                return LOOK_SECONDS
            self._mine.counted = now + UNANSWERED
            seen.sent.append(self._mine.counted)
            return 0.0

    def _expect(self, seen: Seen, now: float, others: int) -> None:
        if others > 0 and (others >= seen.others or seen.until <= now):
            seen.others, seen.until = others, now + REMEMBERED

    @contextmanager
    def _seen(self) -> Iterator[tuple[Seen, float]]:
        """The file's content, ours alone meanwhile, and the time; kept where it was changed."""
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            now, content = time.time(), file.read()
            numbers = array("d", content[: len(content) // 8 * 8])
            held, others, until, *sent = numbers if len(numbers) >= 3 else (0.0, 0.0, 0.0)
            recent = [m for m in sent if now - KEPT_SECONDS < m <= now + UNANSWERED]
            seen = Seen(held, others, until, recent)
            yield seen, now
            after = array("d", [seen.held, seen.others, seen.until, *seen.sent])
            if after != numbers:
                file.truncate(0)
                file.write(after.tobytes())


def _within(seen: Seen, moment: float) -> list[float]:
    """Our requests that the vendor may count at that moment, and those since."""
    return [each for each in seen.sent if each > moment - SECONDS]
