"""How the org says no: to a whole call, to one record, or to a whole bulk job."""

from collections.abc import Sequence
from typing import Any


class CallError(Exception):
    """The call ends with `status` and an array of one error."""

    def __init__(self, status: int, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, tuple(fields)

    def body(self) -> list[dict[str, Any]]:
        """The error array as REST sends it."""
        error: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return [error | ({"fields": list(self.fields)} if self.fields else {})]


class RowError(Exception):
    """One record is refused; the others of the call are not touched by it."""

    def __init__(self, code: str, message: str, *fields: str) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, fields

    def result(self) -> dict[str, Any]:
        """The error inside a save result of the collections resource."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}

    def bulk(self) -> str:
        """The error as `sf__Error` of a bulk job."""
        return f"{self.code}:{self.message}:{','.join(self.fields)}{' ' * bool(self.fields)}--"

    def call(self) -> CallError:
        """The error of a call about this one record."""
        gone = self.code == "ENTITY_IS_DELETED"
        return CallError(404 if gone else 400, self.code, self.message, self.fields)


class JobError(Exception):
    """A bulk job fails as a whole; the text is its `errorMessage`."""


def not_found(message: str = "The requested resource does not exist") -> CallError:
    """404 in the vendor's words."""
    return CallError(404, "NOT_FOUND", message)
