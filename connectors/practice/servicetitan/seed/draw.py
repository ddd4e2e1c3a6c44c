"""One stream of chance for the whole tenant: the same seed always draws the same contractor."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import TypeVar

from connectors.practice.servicetitan.moments import DAY, stamp, ticks

T = TypeVar("T")

# The contractor's last working day: fixed, so that a seed means the same records for ever,
# and past, so that nothing is hidden by the feeds' visibility lag.
TODAY = ticks(datetime(2025, 11, 30, 18, tzinfo=UTC))
OPENED = TODAY - 4 * 365 * DAY
FIRST_ID = 41_869_907


class Draw:
    """Chance, ids and times. The vendor counts the ids of all objects together."""

    def __init__(self, seed: int | str, first_id: int = FIRST_ID) -> None:
        self.random = Random(seed).random
        self._id = first_id

    def id(self) -> int:
        """The next id."""
        self._id += 1 + int(self.random() * 4)
        return self._id

    def chance(self, share: float) -> bool:
        """True in that share of the cases."""
        return self.random() < share

    def below(self, n: int) -> int:
        """0 … n-1."""
        return int(self.random() * n)

    def pick(self, things: Sequence[T]) -> T:
        """Any one of them."""
        return things[int(self.random() * len(things))]

    def weighted(self, shares: Sequence[tuple[float, T]]) -> T:
        """One of them by its share; the last one takes what is left of 1."""
        left = self.random()
        for share, thing in shares:
            left -= share
            if left < 0:
                return thing
        return shares[-1][1]

    def between(self, start: int, end: int) -> int:
        """A tick in that span."""
        return start + int(self.random() * max(1, end - start))


def day(at: int) -> str:
    """The date of an instant as the vendor writes date-only values: midnight UTC."""
    return stamp(at - at % DAY)


def nulls(names: str) -> dict[str, None]:
    """Those fields, all null; names are separated by blanks."""
    return dict.fromkeys(names.split())
