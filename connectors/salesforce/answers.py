"""What the vendor's refusals of a whole call mean to us.

In: an answer that is no success. Out: the error to raise, naming the call, the vendor's code
and what to do next; never a token or a secret.
Source: REST API Developer Guide, "Status Codes and Error Responses"; "OAuth 2.0 error codes".
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from connectors.errors import (
    ConnectorError,
    Misconfigured,
    NotAuthorised,
    QuotaExhausted,
    Refused,
    Unavailable,
)

NAME = "Salesforce"
LOOK_AGAIN = timedelta(minutes=15)
"""The window is a rolling day and the vendor names no time: usage is looked at again."""
BUSY_SECONDS = 30.0
SHOWN = 300
SUSPENDED = frozenset(
    {"API_CURRENTLY_DISABLED", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG", "QUERY_TIMEOUT"}
)
SCHEMA = frozenset({"INVALID_FIELD", "INVALID_TYPE"})
ADDRESS = "Check the setting “My Domain address”; it looks like https://acme.my.salesforce.com."
UNKNOWN = " Whether it was done is unknown; it is looked up before anything is sent again."
REPORT_IT = "This is not the contract we know: report it with this message."


class NotFound(Refused):
    """404: the record, job or object is not there (any more), or not shown to our user."""


def codes(response: httpx.Response) -> tuple[str, str]:
    """errorCode and message of the first error, "" where the body is none of the vendor's."""
    with suppress(orjson.JSONDecodeError, IndexError, KeyError, TypeError, AttributeError):
        body = orjson.loads(response.content)
        first: dict[str, Any] = body[0] if isinstance(body, list) else body
        code = first.get("errorCode") or first.get("error") or ""
        message = first.get("message") or first.get("error_description") or ""
        return str(code), " ".join(str(message).split())[:SHOWN]
    return "", ""


def error_of(response: httpx.Response) -> ConnectorError:
    """The error that an unsuccessful answer of the data API stands for."""
    status, (code, message) = response.status_code, codes(response)
    request = response.request
    what = f"{NAME}: {request.method} {request.url.path} was answered {status}"
    said = f"{what} {code}: {message}" if code else what
    if status in (420, 429) or status >= 500 or code in SUSPENDED:
        unknown = "" if request.method == "GET" else UNKNOWN
        return Unavailable(f"{said}. The org is busy or in maintenance.{unknown}", BUSY_SECONDS)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limit(said, message)
    if status == 401:
        return NotAuthorised(
            f"{said}. A new sign-in did not help: check that the app's run-as user is active and "
            "that the org's session settings allow the address of this machine."
        )
    if code == "API_DISABLED_FOR_ORG":
        return NotAuthorised(
            f"{said}. Give the run-as user the permission “API Enabled” (profile or permission "
            "set), or use an edition that includes the API."
        )
    if status == 403:
        return NotAuthorised(f"{said}. Give the run-as user the permission for this call.")
    if status == 404:
        return NotFound(f"{said}. It does not exist, or our user may not see it.")
    return _contract(status, code, said)


def _limit(said: str, message: str) -> ConnectorError:
    if message.startswith("Concurrent"):
        return Unavailable(f"{said}. Too many long calls run at once.", BUSY_SECONDS)
    return QuotaExhausted(
        f"{said} The org's API requests of the last 24 hours are used up. The run goes on by "
        "itself as calls come back; more can be bought from Salesforce.",
        look_again_at=datetime.now(UTC) + LOOK_AGAIN,
    )


def _contract(status: int, code: str, said: str) -> ConnectorError:
    if 300 <= status < 400:
        return Misconfigured(f"{said}: the org lives at another address now. {ADDRESS}")
    if code in SCHEMA:
        return Misconfigured(
            f"{said}. The org's schema changed, or field-level security hides the field from "
            "our user. Run the inventory again."
        )
    if status == 410:
        return Misconfigured(f"{said}. Set a newer API version in the connection.")
    return Refused(f"{said}. {REPORT_IT}")


def sign_in_error(response: httpx.Response) -> ConnectorError:
    """The error that a sign-in without a token stands for."""
    status, (code, message) = response.status_code, codes(response)
    said = f"{NAME} refused the sign-in ({status} {code}: {message})"
    if status >= 500 or status in (420, 429):
        return Unavailable(f"{NAME}: the sign-in was answered {status}.", BUSY_SECONDS)
    if status not in (400, 401, 403) or not code:
        return Misconfigured(f"{NAME}: the sign-in address answered {status}. {ADDRESS}")
    if code.startswith("invalid_client"):
        return NotAuthorised(
            f"{said}. Copy consumer key and secret again from the external client app."
        )
    if "domain" in message:
        return Misconfigured(f"{said}. {ADDRESS}")
    return NotAuthorised(
        f"{said}. In the external client app, enable the flow that this connection signs in by: "
        "for client credentials choose an active run-as user; for a private key upload its "
        "certificate and approve the app for the user."
    )
