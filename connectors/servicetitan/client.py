"""Speaking to ServiceTitan: sign-in, the calls that are allowed, and what its errors mean.

In: tenant, addresses, credentials, a path. Out: one JSON object, or an error of
`connectors.errors` whose text holds no credential.
Source: developer.servicetitan.io, "OAuth 2.0" and "Making API requests".
"""

import base64
import re
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import orjson
import stamina

from connectors.errors import Misconfigured, NotAuthorised, Refused, Unavailable
from connectors.http import CallCounter, RateGate, build_client, send, stream

NAME = "ServiceTitan"
TOKEN_PATH = "/connect/token"
REPORT_DATA = re.compile(r"/reporting/v2/tenant/\d+/report-category/[\w-]+/reports/\d+/data")
CALLS_PER_SECOND = 30
"""The vendor allows 60 to an app and tenant; two worker processes share them unseen."""
EARLY_SECONDS = 60
"""A token is renewed this long before it ends, so that it outlives the call it is used for."""


class MissingScope(NotAuthorised):
    """One feature is closed to us; `check` collects them to name all at once."""


class NoSuchAddress(Misconfigured):
    """A 404; harmless only where a tenant may lack the list that was asked for."""


class NotJson(Exception):
    """A 200 whose body is cut or is a gateway's page. Seen in practice; a repeat cures it."""


class Token(httpx.Auth):
    """Client credentials (RFC 6749 §4.4). There is no refresh token: it signs in again."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self._url, self._client_id, self._client_secret = url, client_id, client_secret
        self._token = ""
        self._ends = 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        fresh = not self._token or time.monotonic() >= self._ends
        if fresh:
            yield from self._sign_in(request)
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == 401 and not fresh:
            yield from self._sign_in(request)
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def tenant(self) -> str:
        """The tenant that the current token was issued for, or "" where it does not tell."""
        with suppress(ValueError, IndexError, TypeError, AttributeError):
            claims = self._token.split(".")[1]
            padded = claims + "=" * (-len(claims) % 4)
            return str(orjson.loads(base64.urlsafe_b64decode(padded)).get("tenant", ""))
        return ""

    def _sign_in(self, cause: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        data = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }
        # Time-outs travel in the extensions: without them this call could wait for ever.
        extensions = {**cause.extensions, "retry": True, "whole": True}
        response = yield httpx.Request("POST", self._url, data=data, extensions=extensions)
        body = _sign_in_answer(response)
        self._token = str(body["access_token"])
        lifetime = float(body.get("expires_in") or 0)
        self._ends = time.monotonic() + lifetime - min(EARLY_SECONDS, lifetime / 2)


def _sign_in_answer(response: httpx.Response) -> Mapping[str, Any]:
    if response.status_code in (400, 401, 403):
        raise NotAuthorised(
            f"{NAME} refused the sign-in ({response.status_code}): client id or secret is wrong, "
            "or belongs to the other environment. Copy both again from the app's page in "
            "ServiceTitan (Settings, Integrations, API Application Access)."
        )
    if response.status_code != 200:
        raise Misconfigured(
            f"{NAME}: the sign-in address answered {response.status_code}. Check the setting "
            "“Sign-in address”."
        )
    with suppress(orjson.JSONDecodeError):
        body = orjson.loads(response.content)
        if isinstance(body, dict) and body.get("access_token"):
            return body
    raise Misconfigured(
        f"{NAME}: the sign-in address answered without a token. Check the setting "
        "“Sign-in address”."
    )


class Client:
    """One tenant's API. Everything but GET, the sign-in and report data is refused."""

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self.tenant = settings.get("tenant", "").strip()
        if not self.tenant.isdecimal():
            raise Misconfigured(
                f"{NAME}: the tenant id must be digits only. It stands on the app's page in "
                "ServiceTitan (Settings, Integrations, API Application Access)."
            )
        token_url = settings["auth_url"].strip().rstrip("/").removesuffix(TOKEN_PATH) + TOKEN_PATH
        secret = secrets.get("client_secret", "").strip()
        self._token = Token(token_url, settings.get("client_id", "").strip(), secret)
        self.calls = CallCounter()
        token_path = httpx.URL(token_url).path
        self._http = build_client(
            NAME,
            settings["api_url"].strip(),
            auth=self._token,
            headers={"ST-App-Key": secrets.get("app_key", "").strip()},
            allow=lambda method, path: _allowed(method, path, token_path),
            rate=RateGate(_calls_per_second(settings), 1.0),
            calls=self.calls,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, str], scope: str) -> dict[str, Any]:
        """The JSON object at `path`. `scope` is the feature to name where it is closed."""
        try:
            for attempt in stamina.retry_context(on=NotJson, attempts=4, wait_initial=0.2):
                with attempt:
                    return self._once(path, params, scope)
        except NotJson:
            raise Unavailable(
                f"{NAME}: GET {path} was answered with a broken body several times. "
                "The work resumes by itself where it stopped."
            ) from None
        raise AssertionError("stamina ends a retry by returning or raising")

    @contextmanager
    def opened(self, path: str, scope: str) -> Iterator[httpx.Response]:
        """The answer at `path` with its body still to be read, or a redirect."""
        with stream(self._http, "GET", path) as response:
            if response.status_code != 200 and not response.has_redirect_location:
                response.read()
                raise self._error(response, scope)
            yield response

    def _once(self, path: str, params: Mapping[str, str], scope: str) -> dict[str, Any]:
        response = send(self._http, "GET", path, params=dict(params))
        if response.status_code != 200:
            raise self._error(response, scope)
        try:
            body = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            raise NotJson from None
        if not isinstance(body, dict):
            raise Refused(f"{NAME}: GET {path} answered no JSON object. {REPORT_IT}")
        return body

    def _error(self, response: httpx.Response, scope: str) -> Exception:
        status, what = response.status_code, f"{NAME}: GET {response.request.url.path}"
        if status == 401:
            return NotAuthorised(
                f"{what} was answered 401 although the sign-in worked: the app key is missing or "
                "wrong. Copy it again from the app's page at developer.servicetitan.io."
            )
        if status == 403:
            return self._forbidden(what, scope)
        if status == 404 or 300 <= status < 400:
            return NoSuchAddress(
                f"{what} was answered {status}: no such address for tenant {self.tenant}. "
                "Check the settings “API address” and “Tenant id”."
            )
        return Refused(f"{what} was answered {status} {_title(response)}. {REPORT_IT}")

    def _forbidden(self, what: str, scope: str) -> NotAuthorised:
        theirs = self._token.tenant()
        if theirs and theirs != self.tenant:
            return NotAuthorised(
                f"{what} was answered 403: these credentials are for tenant {theirs}, the "
                f"connection says tenant {self.tenant}. Correct the tenant id or use the "
                "credentials that this tenant's administrator generated."
            )
        return MissingScope(
            f"{what} was answered 403: the app has no read access to “{scope}” in tenant "
            f"{self.tenant}. Add this scope to the app at developer.servicetitan.io and let the "
            "tenant's administrator accept the new version."
        )


def _calls_per_second(settings: Mapping[str, str]) -> int:
    text = settings.get("calls_per_second", "").strip() or str(CALLS_PER_SECOND)
    if not text.isdecimal() or not int(text):
        raise Misconfigured(
            f"{NAME}: “{text}” is no number of calls a second. Leave it empty for "
            f"{CALLS_PER_SECOND}, or set 1 or more."
        )
    return int(text)


REPORT_IT = "This is not the contract we know: report it with this message."


def _allowed(method: str, path: str, token_path: str) -> bool:
    if method == "GET":
        return True
    return method == "POST" and (path == token_path or REPORT_DATA.fullmatch(path) is not None)


def _title(response: httpx.Response) -> str:
    """What the vendor's error object says, without echoing a body that we do not know."""
    with suppress(orjson.JSONDecodeError, AttributeError):
        body = orjson.loads(response.content)
        fields = ", ".join(body.get("errors") or {})
        return f"“{str(body.get('title', ''))[:200]}”" + (f" (fields: {fields})" if fields else "")
    return "without an explanation"
