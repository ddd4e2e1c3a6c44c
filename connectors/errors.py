"""The errors a connector may raise. A class exists only where the caller acts
differently; a bad *record* is never an error but an `Outcome`.

    ConnectorError
    ├── Unavailable       try again after `retry_after` seconds
    ├── QuotaExhausted    pause the run until `resets_at`, or look again at `look_again_at`
    ├── NotAuthorised     stop, tell staff: credentials or permissions
    │   └── Blocked       and stop every other run on the account, until staff checked it again
    ├── Misconfigured     stop, tell staff: a setting or the account's schema
    └── Refused           stop: the vendor's contract is not what we believe
        └── RecordRefused only this record; inside a connector, which makes an Outcome of it

Every message says what happened, to which record or call, and what to do next.
"""

from datetime import datetime


class ConnectorError(Exception):
    """Base of all errors that cross the connector boundary."""


class Unavailable(ConnectorError):
    """The vendor cannot answer now. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float = 30.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QuotaExhausted(ConnectorError):
    """An allowance is used up. Exactly one of the two times is known."""

    def __init__(
        self,
        message: str,
        resets_at: datetime | None = None,
        look_again_at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.resets_at = resets_at
        self.look_again_at = look_again_at


class NotAuthorised(ConnectorError):
    """Credentials, scope or permission: a person must change them."""


class Blocked(NotAuthorised):
    """The vendor turns everybody away who calls this account as we do. Each further call makes
    it worse, whoever sends it."""


class Misconfigured(ConnectorError):
    """A setting or the account's schema: a person must change it."""


class Refused(ConnectorError):
    """The vendor refused a call that should have been valid, or answered out of contract."""


class RecordRefused(Refused):
    """A definite no to one record; the next may go. `status` is HTTP's, 0 where nothing was
    sent."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status
