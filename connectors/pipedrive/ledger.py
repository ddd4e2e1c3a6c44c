"""The daily token budget: what a call costs, what is left, and when to look again.

In: each call before it leaves and each answer's headers. Out: nothing, or QuotaExhausted while
no more than the client's reserve is left.
Source: Pipedrive API Documentation, "Rate limiting" and the cost of each operation.
"""

import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.errors import QuotaExhausted

NAME = "Pipedrive"
TOKENS = "Tokens a day"
QUARTER = timedelta(minutes=15)
LATE = timedelta(seconds=20)
LIMIT = "x-daily-ratelimit-token-limit"
LEFT = "x-daily-ratelimit-token-remaining"

SLACK = 200
"""Tokens of the calls that may be under way at once, and then some."""

ONE = re.compile(r"/(\d+|me)$")
CHEAP_LISTS = ("/pipelines", "/stages")


def cost(method: str, path: str) -> int:
    """Tokens of one call, whatever it answers. v1 costs twice what v2 does."""
    twice = 1 if path.startswith("/api/v2/") else 2
    if method == "GET":
        if path.endswith("/download"):
            return 20
        if ONE.search(path):
            return twice
        if path.endswith(CHEAP_LISTS):
            return 5
        if path.endswith("/deals/summary"):
            return 40
        return 20 if path.endswith("/deals/archived") else 10 * twice
    return (3 if method == "DELETE" else 5) * twice


def next_look(now: datetime | None = None) -> datetime:
    """The budget comes back at midnight of a zone that the vendor does not name. Midnight is a
    quarter of an hour in UTC wherever it is, also on the days when clocks change: just after
    each of those one call tells."""
    now = now or datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    quarters = (now - hour) // QUARTER + 1
    return hour + quarters * QUARTER + LATE


class Ledger:
    """What one client spent, and what the account has left as the newest answer said."""

    def __init__(self, reserve: int, limit: int | None = None) -> None:
        self.reserve, self.limit = reserve, limit
        self.spent = 0
        self.left: int | None = None
        self._under_way = 0
        self._lock = threading.Lock()

    def spend(self, tokens: int) -> None:
        """Count a call that is about to leave. Raises QuotaExhausted instead where it would
        take from the reserve."""
        with self._lock:
            if self.left is not None and self.left - tokens < self.reserve:
                raise exhausted(f"{self.left:,} of today's tokens are left", self.reserve)
            self.spent += tokens
            self._under_way += tokens
            if self.left is not None:
                self.left -= tokens

    def settle(self, tokens: int, headers: Mapping[str, str]) -> None:
        """A call has ended: take over what its answer tells. The vendor leaves it out at times."""
        limit, left = headers.get(LIMIT, ""), headers.get(LEFT, "")
        with self._lock:
            self._under_way -= tokens
            if limit.isdecimal():
                self.limit = int(limit)
            if left.isdecimal():
                self._hear(int(left))

    def _hear(self, told: int) -> None:
        """Less than we reckon: somebody else spends, too. A little more: the answer does not
        count all the calls that were under way beside it, or that were answered since. Much
        more: the day began anew, or calls of ours were not charged."""
        if self.left is None or told > self.left + SLACK:
            self.left = told - self._under_way
        else:
            self.left = min(self.left, told)

    def known(self) -> tuple[int, int] | None:
        """Limit and what is left of it; by our own count where the vendor is silent."""
        if self.limit is None:
            return None
        left = self.limit - self.spent if self.left is None else self.left
        return self.limit, max(0, left)


def exhausted(said: str, reserve: int) -> QuotaExhausted:
    kept = f", and {reserve:,} are kept for the client's own integrations" if reserve else ""
    return QuotaExhausted(
        f"{NAME}: {said}{kept}. The run goes on by itself once the day's budget is back, which "
        "is looked for every quarter of an hour. More seats, a larger plan or a top-up shorten it.",
        look_again_at=next_look(),
    )
