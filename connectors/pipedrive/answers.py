"""What the vendor's refusals mean to us. In: an answer that is no success. Out: the error to
raise for the whole call, or what to say of one record; never a token.

Messages may be in the token user's language: status and code decide, never the text.
Source: Pipedrive API Documentation, "HTTP status codes" and "Rate limiting".
"""

from contextlib import suppress
from typing import Any

import httpx
import orjson

from connectors.errors import (
    Blocked,
    ConnectorError,
    Misconfigured,
    NotAuthorised,
    RecordRefused,
    Refused,
    Unavailable,
)
from connectors.pipedrive.ledger import NAME

BUSY_SECONDS = 5.0
SHOWN = 400
ADDRESS = "Check the setting “Company address”; it looks like https://acme.pipedrive.com."
UNKNOWN = " Whether it was done is unknown; it is looked up before anything is sent again."
REPORT_IT = "This is not the contract we know: report it with this message."
CAPS = {
    "feature_capping_deals_limit": "deals and leads; won and lost ones count, archived and "
    "deleted ones do not",
    "feature_capping_custom_fields_limit": "custom fields",
}
OF_A_RECORD = frozenset({400, 403, 404, 410, 413, 415, 422})
"""Statuses that refuse one record and say nothing of the next."""


class NotFound(Refused):
    """404: the record is not there (any more), or not shown to our user."""


def words(response: httpx.Response) -> tuple[str, str]:
    """Code and message of a refusal, "" where the body is none of the vendor's."""
    with suppress(orjson.JSONDecodeError, AttributeError, TypeError):
        body: dict[str, Any] = orjson.loads(response.content)
        message = str(body.get("error") or "")
        info = str(body.get("error_info") or "")
        if info and "developers.pipedrive.com" not in info:
            message = f"{message} {info}"
        return str(body.get("code") or ""), " ".join(message.split())[:SHOWN]
    return "", ""


def is_page(response: httpx.Response) -> bool:
    kind = response.headers.get("content-type", "")
    return "html" in kind or response.content.lstrip()[:1] == b"<"


def error_of(response: httpx.Response, write: bool) -> ConnectorError:
    """The error that an unsuccessful answer, 429 aside, stands for."""
    status, (code, message) = response.status_code, words(response)
    what = f"{NAME}: {response.request.method} {response.request.url.path}"
    said = f"{what} was answered {status} {code}: {message}" if message else f"{what}: {status}"
    if status >= 500:
        return Unavailable(f"{said}.{UNKNOWN if write else ''}", BUSY_SECONDS)
    if 300 <= status < 400:
        return Misconfigured(f"{said}. The company lives at another address now. {ADDRESS}")
    if status == 401:
        return NotAuthorised(
            f"{said}. The API token is not valid (any more). Copy it again from Personal "
            "preferences, API, of the user we work as."
        )
    if status == 402:
        return Misconfigured(f"{said}. The company's trial or subscription is over.")
    if status == 403 and is_page(response):
        return Blocked(
            f"{what} was turned away by the vendor's firewall, which blocks all API tokens of "
            "the company after calls went on in spite of refusals. Everything to this account is "
            "stopped. Find what else calls it, wait for some minutes, check the connection again, "
            "and start again."
        )
    if code.startswith("feature_capping"):
        return Misconfigured(
            f"{said}. The plan's number of {CAPS.get(code, 'records')} is reached. Move to a "
            "larger plan or add seats, narrow the scope, or archive or delete old ones; then "
            "start the stage again: it goes on where it stopped."
        )
    if status == 404 and not write:
        return NotFound(f"{said}. It does not exist, or our user may not see it.")
    if write and status in OF_A_RECORD:
        return RecordRefused(f"{code or status}: {message or 'refused'}", status)
    if status == 403:
        return NotAuthorised(f"{said}. Give our user the permission, or use an admin's token.")
    return Refused(f"{said}. {REPORT_IT}")
