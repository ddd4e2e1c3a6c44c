"""One company at Pipedrive over HTTP: paths and bodies in, decoded answers out.

Every call waits for the shared burst window, is counted against the daily budget, and is
repeated only where that is harmless: reads, changes of a known record, and whatever a 429 has
definitely refused. The token goes to the configured host and nowhere else.
Source: Pipedrive API Documentation, "Authentication", "Rate limiting", "Pagination".
"""

import json
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import httpx
import orjson

from connectors.errors import Blocked, Misconfigured, Refused, Unavailable
from connectors.http import ATTEMPTS, CallCounter, build_client, send
from connectors.pipedrive.answers import ADDRESS, REPORT_IT, UNKNOWN, error_of
from connectors.pipedrive.ledger import LEFT, NAME, Ledger, cost, exhausted
from connectors.pipedrive.window import SECONDS, Window

PAGE = 500
REFUSALS = 5
"""Times that one call may meet the burst limit, should others use it up: then it gives up."""

Answer = dict[str, Any]


class Client:
    """Paths are whole: `/api/v2/…` or `/api/v1/…`."""

    def __init__(self, address: str, token: str, ledger: Ledger) -> None:
        self.address, self.ledger = _address(address), ledger
        self.window = Window(f"{self.address} {token}")
        self.calls = CallCounter()
        self._http = build_client(
            NAME,
            self.address,
            headers={"x-api-token": token, "Accept": "application/json"},
            rate=self.window,
            calls=self.calls,
        )

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        files: Any = None,
        again: bool | None = None,
    ) -> Answer:
        """The decoded envelope, numbers with a point as Decimal. Repeated after a lost answer
        where `again` says so; by itself anything but a POST is. Raises any error of
        `connectors.errors`, RecordRefused where a write meets a definite no."""
        options: dict[str, Any] = {}
        if params:
            options["params"] = {k: _query(v) for k, v in params.items() if v is not None}
        if body is not None:
            options["content"] = orjson.dumps(body)
            options["headers"] = {"Content-Type": "application/json"}
        if form is not None:
            options["data"] = dict(form)
        if files is not None:
            options["files"] = files
        attempts = ATTEMPTS if (method != "POST" if again is None else again) else 1
        for attempt in range(1, attempts + 1):
            try:
                return self._answered(method, path, options)
            except Unavailable:
                if attempt == attempts:
                    raise
                time.sleep(0.2 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def pages(self, path: str, **params: Any) -> Iterator[list[Answer]]:
        """Every page of a list of v2, from its beginning."""
        cursor: str | None = None
        while True:
            wish = {"limit": PAGE, **params, "cursor": cursor}
            answer = self.call("GET", path, params=wish)
            yield list(answer.get("data") or ())
            cursor = (answer.get("additional_data") or {}).get("next_cursor")
            if not cursor:
                return

    def pages_v1(self, path: str, limit: int = PAGE, **params: Any) -> Iterator[list[Answer]]:
        """Every page of a list of v1, from its beginning."""
        start = 0
        while True:
            answer = self.call("GET", path, params={"start": start, "limit": limit, **params})
            yield list(answer.get("data") or ())
            extra = answer.get("additional_data") or {}
            paging = extra.get("pagination") or extra
            if not paging.get("more_items_in_collection"):
                return
            start = int(paging.get("next_start") or start + limit)

    def _answered(self, method: str, path: str, options: Mapping[str, Any]) -> Answer:
        for _ in range(REFUSALS):
            response = self._send(method, path, options)
            if response.status_code != 429:
                return self._decoded(response, write=method != "GET")
            if _of_the_day(response):
                raise exhausted("today's tokens are used up", self.ledger.reserve)
            self.window.refused(_reset(response))
        raise Unavailable(
            f"{NAME}: {method} {path} met the burst limit {REFUSALS} times, so others use this "
            "token or account as well. Nothing was done; the work resumes by itself.",
        )

    def _send(self, method: str, path: str, options: Mapping[str, Any]) -> httpx.Response:
        if why := self.window.shut():
            raise Blocked(why)
        tokens, headers = cost(method, path), httpx.Headers()
        self.ledger.spend(tokens)
        try:
            response = send(self._http, method, path, retry=False, **options)
            headers = response.headers
        finally:
            self.ledger.settle(tokens, headers)
            told = (headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining"))
            calls, left = (int(each) if each.isdecimal() else None for each in told)
            self.window.answered(calls, left)
        return response

    def _decoded(self, response: httpx.Response, write: bool) -> Answer:
        if not response.is_success:
            error = error_of(response, write)
            if isinstance(error, Blocked):
                self.window.shut(str(error))
            raise error
        what = f"{NAME}: {response.request.method} {response.request.url.path}"
        try:
            # Money is never read through a float.
            answer = json.loads(response.content, parse_float=Decimal)
        except ValueError:
            raise Unavailable(
                f"{what} was answered with a broken body.{UNKNOWN if write else ''}"
            ) from None
        if not isinstance(answer, dict):
            # Known of the vendor: now and then a list is answered with nothing at all.
            raise Unavailable(f"{what} was answered with no envelope.{UNKNOWN if write else ''}")
        if answer.get("success") is not True:
            raise Refused(f"{what} was answered 200 without success. {REPORT_IT}")
        return answer


def _of_the_day(response: httpx.Response) -> bool:
    """A 429 of the daily budget: nothing left of it, or something left of the burst."""
    if response.headers.get(LEFT) == "0":
        return True
    return response.headers.get("x-ratelimit-remaining", "0") not in ("0", "")


def _reset(response: httpx.Response) -> float:
    for name in ("retry-after", "x-ratelimit-reset"):
        text = response.headers.get(name, "")
        if text.replace(".", "", 1).isdecimal():
            return min(max(float(text), 0.1), 10.0)
    return SECONDS


def _query(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _address(text: str) -> str:
    """Scheme and host of what somebody pasted. Raises Misconfigured."""
    text = text.strip()
    try:
        url = httpx.URL(text if "://" in text else f"https://{text}")
    except httpx.InvalidURL:
        url = httpx.URL()
    odd = not url.host or url.userinfo or any(char.isspace() for char in text)
    if url.scheme not in ("http", "https") or odd:
        raise Misconfigured(f"{NAME}: the address cannot be used. {ADDRESS}")
    return f"{url.scheme}://{url.netloc.decode()}"
