"""The tenant's sign-in: client credentials in, a token that looks and ages like the vendor's.

Nothing is stored: a token carries what it grants and a signature only we can make.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from connectors.practice.clock import Clock
from connectors.practice.limits import Window
from connectors.practice.servicetitan.answers import Problem

TENANT = "8450"
CLIENT_ID = "cid.practice0servicetitan0client0id"
CLIENT_SECRET = "cs1.practice0servicetitan0client0secret"
APP_KEY = "ak1.practice0servicetitan0app0key"
HEADER = {"alg": "RS256", "kid": "practice", "typ": "at+jwt", "x5t": "practice"}


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class SignIn:
    """Issues and checks tokens. `ttl` is in seconds of the practice clock."""

    def __init__(self, scopes: list[str]) -> None:
        self._key = secrets.token_bytes(32)
        self._scopes = scopes
        self._issued = self._revoked = 0
        self.ttl = 900
        self.window = Window(0, 60)

    async def endpoint(self, request: Request, clock: Clock) -> Response:
        """`POST /connect/token`, form-encoded."""
        if wait := self.window.take():
            return Problem(429, retry_after=wait).response()
        kind = request.headers.get("content-type", "")
        if not kind.startswith("application/x-www-form-urlencoded"):
            return self._refusal("invalid_request")
        form = await request.form()
        if form.get("grant_type") != "client_credentials":
            return self._refusal("unsupported_grant_type")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return self._refusal("invalid_client")
        granted = {
            "access_token": self._issue(clock, str(request.base_url).rstrip("/")),
            "expires_in": self.ttl,
            "token_type": "Bearer",
            "scope": " ".join(self._scopes),
        }
        return Response(orjson.dumps(granted), media_type="application/json")

    def _refusal(self, error: str) -> Response:
        return Response(orjson.dumps({"error": error}), 400, media_type="application/json")

    def _issue(self, clock: Clock, issuer: str) -> str:
        self._issued += 1
        now = int(clock.now().timestamp())
        claims = {
            "nbf": now,
            "exp": now + self.ttl,
            "iss": issuer,
            "client_id": CLIENT_ID,
            "tenant": TENANT,
            "jti": f"{self._issued:032X}",
            "iat": now,
            "scope": self._scopes,
        }
        signed = f"{_encode(orjson.dumps(HEADER))}.{_encode(orjson.dumps(claims))}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        # As long as an RS256 signature, so that clients which look at it see what they expect.
        return _encode(hmac.digest(self._key, signed.encode(), sha256) * 8)

    def check(self, authorization: str, clock: Clock) -> dict[str, Any] | None:
        """The claims of a token that is good now, with or without `Bearer`; else None."""
        token = authorization.removeprefix("Bearer ").strip()
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            return None
        claims: dict[str, Any] = orjson.loads(_decode(signed.partition(".")[2]))
        dead = claims["exp"] <= clock.now().timestamp() or int(claims["jti"], 16) <= self._revoked
        return None if dead else claims

    def revoke(self) -> None:
        """Make every token issued so far worthless."""
        self._revoked = self._issued
