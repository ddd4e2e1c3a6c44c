"""The org's sign-in: client credentials or a signed assertion in, out a session token that
looks like the vendor's.

Nothing is stored: a token carries its number and time and a signature only we can make.
"""

import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from connectors.practice.salesforce.assertion import GRANT, refusal
from connectors.practice.salesforce.org import Org

CLIENT_ID = "3MVG9practice0salesforce0client0id"
CLIENT_SECRET = "practice0salesforce0client0secret"
KEY = b"practice0salesforce0signing0key"
FOREVER = 2**40


class SignIn:
    """Issues and checks session tokens; they age by the practice clock."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._issued = self._revoked = 0

    def renew(self) -> None:
        """Forget what was revoked; numbers go on, so that no token comes twice."""
        self._revoked = 0

    async def endpoint(self, request: Request) -> Response:
        """`POST /services/oauth2/token`, form-encoded."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        base = str(request.base_url).rstrip("/")
        if error := self._refusal(form, request.headers.get("authorization", ""), base):
            body = {"error": error[0], "error_description": error[1]}
            return Response(orjson.dumps(body), 400, media_type="application/json")
        return Response(orjson.dumps(self._granted(base)), media_type="application/json")

    def _basic(self, header: str) -> tuple[str, str] | None:
        kind, _, coded = header.partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            id, _, secret = b64decode(coded, validate=True).decode().partition(":")
        except ValueError:
            return ("", "")
        return unquote(id), unquote(secret)

    def _refusal(self, form: dict[str, str], header: str, base: str) -> tuple[str, str] | None:
        grant = form.get("grant_type", "")
        if grant == GRANT:
            return self._assertion(form.get("assertion", ""), base)
        if grant != "client_credentials":
            return ("unsupported_grant_type", "grant type not supported")
        client = self._basic(header) or (form.get("client_id", ""), form.get("client_secret", ""))
        if client[0] != CLIENT_ID:
            return ("invalid_client_id", "client identifier invalid")
        if client[1] != CLIENT_SECRET:
            return ("invalid_client", "invalid client credentials")
        if not self._org.rights.active:
            return ("invalid_grant", "no client credentials user enabled")
        return None

    def _assertion(self, assertion: str, base: str) -> tuple[str, str] | None:
        org = self._org
        user = org.store.get(org.schema.named("User"), org.people.integration) or {}
        wrong = refusal(assertion, org.settings.jwt_key, CLIENT_ID, user["Username"], base)
        if wrong is None and not org.rights.active:
            return ("invalid_grant", "user is inactive")
        return wrong

    def _granted(self, base: str) -> dict[str, Any]:
        identity = self._org.people.identity(base)
        issued = str(int(self._org.world.clock.now().timestamp() * 1000))
        signed = hmac.digest(CLIENT_SECRET.encode(), (identity + issued).encode(), sha256)
        return {
            "access_token": self.issue(),
            "signature": b64encode(signed).decode(),
            "scope": "api id",
            "instance_url": base,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued,
        }

    def issue(self, at: int | None = None) -> str:
        """A token that is good from `at` (now) on."""
        self._issued += 1
        signed = f"{self._issued:08x}.{self._org.now() if at is None else at:x}"
        return f"{self._start()}{signed}.{self._signature(signed)}"

    def _start(self) -> str:
        return f"{self._org.people.organization[:15]}!AQ"

    def _signature(self, signed: str) -> str:
        return urlsafe_b64encode(hmac.digest(KEY, signed.encode(), sha256)).decode().rstrip("=")

    def valid(self, header: str) -> bool:
        """Whether an Authorization header (Bearer or OAuth) carries a live session."""
        token = header.partition(" ")[2].strip()
        signed, _, signature = token.removeprefix(self._start()).rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            return False
        number, _, issued = signed.partition(".")
        fresh = self._org.now() < int(issued, 16) + self._org.settings.token_ttl
        return fresh and int(number, 16) > self._revoked and self._org.rights.active

    def revoke(self) -> None:
        """End every session."""
        self._revoked = self._issued
