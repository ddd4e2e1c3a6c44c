"""The clock all practice vendors share: real time until somebody moves or freezes it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Time stamps, token ages and visibility lags follow it; rate windows do not."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        """The practice time, in UTC."""
        return self._frozen or datetime.now(UTC) + self._offset

    def set(self, now: datetime) -> None:
        """Jump to that instant; a value without offset is UTC."""
        now = now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)
        if self._frozen:
            self._frozen = now
        else:
            self._offset = now - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Move on (or back) by that many seconds."""
        self.set(self.now() + timedelta(seconds=seconds))

    def freeze(self, frozen: bool) -> None:
        """Stop the clock, or let it go on from where it stands."""
        now = self.now()
        self._frozen = now if frozen else None
        if not frozen:
            self.set(now)
