"""Instants as the vendor writes them: UTC with up to seven fractional digits.

Inside they are *ticks*: whole 100 ns since 0001-01-01, as .NET counts them.
"""

from datetime import UTC, datetime, timedelta

SECOND = 10_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 — plain arithmetic, every value is UTC
_MICROSECOND = timedelta(microseconds=1)


def ticks(moment: datetime) -> int:
    """Ticks of an aware datetime."""
    return (moment.astimezone(UTC).replace(tzinfo=None) - _EPOCH) // _MICROSECOND * 10


def stamp(at: int) -> str:
    """Ticks as text, e.g. `2026-02-11T15:02:18.5530914Z`; trailing zeros are left out."""
    whole, rest = divmod(at, SECOND)
    text = (_EPOCH + timedelta(seconds=whole)).isoformat()
    return f"{text}.{rest:07d}".rstrip("0") + "Z" if rest else text + "Z"


def parse(text: str) -> int:
    """Ticks of an ISO 8601 text; without offset it is UTC. ValueError where it is none."""
    moment = datetime.fromisoformat(text)
    whole = ticks(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    _, dot, rest = text.partition(".")
    digits = rest[:7]
    return whole + int(digits[6]) if dot and len(digits) == 7 and digits.isdigit() else whole
