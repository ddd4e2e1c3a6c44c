"""The burst limit of one account, shared by every process of this machine that writes to it.

In: the account's name and how many requests it takes per window. Out: `wait` returns when one
more may leave. The times of the last requests stand in one small file that is locked while it
is read; a rolling window, as the vendor counts, so that nothing is refused and nothing wasted.
Source: Pipedrive API Documentation, "Rate limiting".
"""

import fcntl
import hashlib
import os
import tempfile
import time
from array import array
from pathlib import Path

SECONDS = 2.0
MARGIN = 0.1
"""What a request may be faster or slower on its way than the one a window before."""
LEAST = 20
"""Requests a window that the smallest plan allows to an API token."""


class Window:
    """`calls` requests per rolling window; set it anew when the vendor tells another number."""

    def __init__(self, account: str, calls: int = LEAST) -> None:
        name = hashlib.sha256(account.encode()).hexdigest()[:24]
        folder = Path(tempfile.gettempdir()) / f"crm-migrator-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path = folder / f"{name}.window"
        self.calls = calls

    def wait(self) -> None:
        """Return when one more request may leave, and count it."""
        while (left := self._take()) > 0:
            time.sleep(left)

    def _take(self) -> float:
        """0 where the request may go now, otherwise seconds until one more may."""
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            now, span = time.time(), SECONDS + MARGIN
            content = file.read()
            sent = array("d", content[: len(content) // 8 * 8])
            recent = [moment for moment in sent if now - span < moment <= now]
            if len(recent) >= self.calls:
                return recent[-self.calls] + span - now
            file.truncate(0)
            file.write(array("d", [*recent, now]).tobytes())
            return 0.0
