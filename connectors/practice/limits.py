"""A rolling window of calls, as the vendors count their short rate limits."""

import math
from collections import deque
from time import monotonic


class Window:
    """At most `limit` calls in any `seconds` of real time; 0 means no limit."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        self._calls: deque[float] = deque()

    def take(self) -> int | None:
        """None where the call is allowed, else after how many whole seconds it would be.
        A refused call does not count."""
        now = self._forget()
        if self.limit and len(self._calls) >= self.limit:
            return max(1, math.ceil(self._calls[0] + self.seconds - now))
        self._calls.append(now)
        return None

    def left(self) -> int:
        """How many more calls are allowed now."""
        self._forget()
        return max(0, self.limit - len(self._calls))

    def _forget(self) -> float:
        now = monotonic()
        while self._calls and self._calls[0] <= now - self.seconds:
            self._calls.popleft()
        return now
