"""What an answer means that is no success, of a vendor whose statuses are plainly HTTP's.

In: the answer. Out: the error to raise. A vendor with codes of its own has a module of its own.
Source: RFC 9110, "Status Codes" and "Retry-After".
"""

from datetime import UTC, datetime, timedelta

import httpx

from connectors.errors import (
    ConnectorError,
    NotAuthorised,
    QuotaExhausted,
    RecordRefused,
    Unavailable,
)
from connectors.http import retry_after

LOOK_AGAIN = timedelta(minutes=15)
"""Where a vendor does not say when calls come back."""


def error_of(name: str, answer: httpx.Response) -> ConnectorError:
    """`name` is the vendor's, as messages have it. A 4xx is about the one record asked for."""
    status, request = answer.status_code, answer.request
    said = f"{name}: {request.method} {request.url.path} was answered {status}."
    if status >= 500:
        return Unavailable(f"{said} Whether it was done is looked up before it is sent again.")
    if status in (401, 403):
        return NotAuthorised(f"{said} Enter other credentials, or give our user the permission.")
    if status == 429:
        return _exhausted(said, retry_after(answer.headers))
    return RecordRefused(f"{status}: {answer.text}", status)


def _exhausted(said: str, seconds: float | None) -> QuotaExhausted:
    now = datetime.now(UTC)
    said = f"{said} No calls are left; the run goes on by itself."
    if seconds is None:
        return QuotaExhausted(said, look_again_at=now + LOOK_AGAIN)
    return QuotaExhausted(said, resets_at=now + timedelta(seconds=seconds))
