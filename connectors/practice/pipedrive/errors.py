"""How the company says no: what the endpoints raise, and the bodies that come of it."""

from typing import Any

INFO = "Please check developers.pipedrive.com for more information about Pipedrive API."
SHORT = "Please check developers.pipedrive.com"


class Refused(Exception):
    """The call ends with `status` and a JSON body with these members."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status, self.error, self.more = status, error, more

    def body(self) -> dict[str, Any]:
        """The answer as the vendor sends it."""
        return {"success": False, "error": self.error} | self.more


class Bad(Exception):
    """One value is not what its key takes; the text says why."""


def refused(status: int, error: str, code: str = "", info: str = INFO) -> Refused:
    """A refusal in the envelope that both versions share."""
    more: dict[str, Any] = {"error_info": info, "data": None, "additional_data": None}
    return Refused(status, error, **more, **({"code": code} if code else {}))


def invalid(wrong: dict[str, str]) -> Refused:
    """400 of version 2, naming every wrong key."""
    told = "; ".join(f"{key}: {why}" for key, why in wrong.items())
    return Refused(400, f"Validation failed: {told}", code="ERR_SCHEMA_VALIDATION_FAILED")


def unknown(key: str) -> str:
    """What is said of a key that the call does not take."""
    return f"Parameter '{key}' is not allowed for this request"


def not_found(what: str) -> Refused:
    """404 in the vendor's words."""
    return refused(404, f"{what} not found")


def forbidden(why: str = "You do not have permissions to do this.") -> Refused:
    """403 for what the user of the token may not do."""
    return refused(403, why, info=SHORT)


def plain(status: int, error: str) -> Refused:
    """What the gateway itself says: 401 and 429."""
    return Refused(status, error, errorCode=status, error_info=SHORT)
