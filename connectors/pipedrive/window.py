"""The burst limit of one account, shared by every process of this machine that writes to it.

In: the account's name, and what its answers tell. Out: `wait` returns when one more may leave.
The times of the last answers stand in one small file that is locked while it is read; a rolling
window, as the vendor counts, so that nothing is refused and little wasted. What the vendor counts
more than we sent is somebody else's, and as much is left to them. While requests are under way
nobody knows exactly how many of ours it has counted, so others are known between two bounds.
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
from dataclasses import astuple, dataclass
from math import ceil
from pathlib import Path

SECONDS = 2.0
UNANSWERED = 1.0
"""A request may be counted at any time until it is answered, and after that no more. Where no
answer comes, it was so long after it left."""
LEAST = 20
"""Requests a window that the smallest plan allows to an API token."""
NOTHING = (float(LEAST), 0.0, 0.0, 0.0, 0.0, 0.0)
"""What stands before the times in the file of an account that nobody called."""
REMEMBERED = 10.0
"""Seconds for which others are expected to go on as they did."""
SPARE = 2
"""How many more others may send a window than they did."""
KEPT_SECONDS = SECONDS + 2 * UNANSWERED
LOOK_SECONDS = 0.02
SHUT_SECONDS = 300.0
"""Longer than any run needs to notice that it was stopped; from then on the caller's own mark
keeps the account shut."""


@dataclass(slots=True)
class Seen:
    """What the file holds. The vendor takes so many `calls` a window; nothing leaves before `held`.
    Others sent at least `least` a window, which counts until `least_until`, and at most `most`;
    up to when each of our last requests may have been counted."""

    calls: float
    held: float
    least: float
    least_until: float
    most: float
    most_until: float
    sent: list[float]

    def room(self, now: float) -> int:
        """How many of ours may stand in one window. Where nothing is known, half of it."""
        calls = int(self.calls)
        if self.most_until <= now:
            return ceil(calls / 2)
        least = self.least if self.least_until > now else 0
        spare = SPARE if least else 0
        return max(1, calls - int(max(least, self.most)) - spare)

    def learn(self, now: float, least: int, most: int) -> None:
        """Others sent so many: the highest of the lower bounds counts, the lowest of the upper."""
        if least > 0 and (least >= self.least or self.least_until <= now):
            self.least, self.least_until = least, now + REMEMBERED
        if most <= self.most or self.most_until <= now:
            self.most, self.most_until = max(0, most), now + SECONDS


class Window:
    """`calls` requests per rolling window, LEAST until the vendor told any process."""

    def __init__(self, account: str) -> None:
        name = hashlib.sha256(account.encode()).hexdigest()[:24]
        folder = Path(tempfile.gettempdir()) / f"crm-migrator-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path, self._shut = folder / f"{name}.burst", folder / f"{name}.shut"
        self._mine = threading.local()

    @property
    def calls(self) -> int:
        with self._seen() as (seen, _):
            return int(seen.calls)

    def wait(self) -> None:
        """Return when one more request may leave, and count it."""
        while (left := self._take()) > 0:
            time.sleep(left)

    def answered(self, calls: int | None = None, left: int | None = None) -> None:
        """The request that this thread waited for last is over. The vendor takes `calls` a
        window, and would take `left` more now, where it says so."""
        counted = getattr(self._mine, "counted", 0.0)
        with self._seen() as (seen, now):
            seen.calls = calls or seen.calls
            if left is not None:
                used, left_at = int(seen.calls) - left, counted - UNANSWERED
                over = [each for each in _within(seen, now) if each <= left_at]
                seen.learn(now, used - len(_within(seen, left_at)), used - len(over) - 1)
            # One whose answer took longer than times are kept counts as of now all the same.
            seen.sent = [each for each in seen.sent if each != counted] + [now]

    def refused(self, seconds: float) -> None:
        """The vendor refused a request of ours, so nobody sends for so long."""
        with self._seen() as (seen, now):
            seen.held = max(seen.held, now + seconds)
            others = max(1, int(seen.calls) - len(_within(seen, now)))
            seen.learn(now, others, others)

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
            if seen.held > now:
                return seen.held - now
            if len(_within(seen, now)) >= seen.room(now):
                return LOOK_SECONDS
            self._mine.counted = now + UNANSWERED
            seen.sent.append(self._mine.counted)
            return 0.0

    @contextmanager
    def _seen(self) -> Iterator[tuple[Seen, float]]:
        """The file's content, ours alone meanwhile, and the time; kept where it was changed."""
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            now, content = time.time(), file.read()
            numbers = array("d", content[: len(content) // 8 * 8])
            known = numbers if len(numbers) >= len(NOTHING) else NOTHING  # nor half a file
            calls, held, least, least_until, most, most_until, *sent = known
            recent = [m for m in sent if now - KEPT_SECONDS < m <= now + UNANSWERED]
            seen = Seen(calls, held, least, least_until, most, most_until, recent)
            yield seen, now
            after = array("d", (*astuple(seen)[:-1], *seen.sent))
            if after != numbers:
                file.truncate(0)
                file.write(after.tobytes())


def _within(seen: Seen, moment: float) -> list[float]:
    """Our requests that the vendor may count at that moment, and those since."""
    return [each for each in seen.sent if each > moment - SECONDS]
