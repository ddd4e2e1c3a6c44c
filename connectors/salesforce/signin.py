"""Signing in: with the consumer's secret, or with an assertion signed by a private key.

In: the connection's settings and secrets. Out: an `httpx.Auth` that signs in before the first
call and again when the org says that the session is over.
Source: Salesforce Help, "OAuth 2.0 Client Credentials Flow" and "OAuth 2.0 JWT Bearer Flow".
"""

from collections.abc import Callable, Generator, Mapping
from time import time

import httpx
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connectors.errors import Misconfigured
from connectors.salesforce.answers import NAME, sign_in_error
from connectors.values import Setting

TOKEN_PATH = "/services/oauth2/token"
AUDIENCE = "https://login.salesforce.com"
ASSERTION_SECONDS = 120
"""The vendor takes none that is valid for more than three minutes."""

Form = dict[str, str]

SETTINGS = (
    Setting("client_id", "Consumer key", "Of the external client app"),
    Setting(
        "client_secret",
        "Consumer secret",
        "For an app with a run-as user",
        secret=True,
        required=False,
    ),
    Setting(
        "username",
        "User name",
        "To sign in with a private key instead of the consumer secret",
        required=False,
    ),
    Setting(
        "private_key",
        "Private key",
        "RSA, as PEM text; its certificate is in the external client app",
        secret=True,
        required=False,
        multiline=True,
    ),
    Setting(
        "audience",
        "Audience",
        "Of the assertion; https://test.salesforce.com for a sandbox org",
        required=False,
        default=AUDIENCE,
    ),
)


class Session(httpx.Auth):
    """A session has no stated end and no refresh token: when the org says 401, it signs in
    once more and the very same request goes again, all headers kept.

    Not by simple-salesforce: its login throws away the answer's `id`, which names our user,
    reaches hosts of salesforce.com only, and is not repeated after a lost answer.
    """

    def __init__(self, url: str, form: Callable[[], Form]) -> None:
        self._url, self._form = url, form
        self._token = ""
        self.organization_id = self.user_id = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        fresh = not self._token
        if fresh:
            yield from self._sign_in(request)
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == 401 and not fresh:
            yield from self._sign_in(request)
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _sign_in(self, cause: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        # Time-outs travel in the extensions: without them this call could wait for ever.
        extensions = {**cause.extensions, "retry": True, "whole": True}
        response = yield httpx.Request("POST", self._url, data=self._form(), extensions=extensions)
        try:
            body = orjson.loads(response.content)
            token, identity = body["access_token"], body["id"].split("/")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise sign_in_error(response) from None
        self._token = str(token)
        self.organization_id, self.user_id = identity[-2:]


def session(address: str, settings: Mapping[str, str], secrets: Mapping[str, str]) -> Session:
    """How this connection signs in. Raises Misconfigured where neither way is complete."""
    client_id = settings.get("client_id", "").strip()
    secret, pem = (secrets.get(name, "").strip() for name in ("client_secret", "private_key"))
    username = settings.get("username", "").strip()
    if bool(pem) != bool(username):
        raise Misconfigured(f"{NAME}: a private key and a user name go together. Enter both.")
    if pem:
        audience = settings.get("audience", "").strip() or AUDIENCE
        return Session(
            address + TOKEN_PATH, _assertion(_private_key(pem), client_id, username, audience)
        )
    if not secret:
        raise Misconfigured(f"{NAME}: enter the consumer secret, or a user name and a private key.")
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
    }
    return Session(address + TOKEN_PATH, lambda: form)


def _assertion(
    key: RSAPrivateKey, client_id: str, username: str, audience: str
) -> Callable[[], Form]:
    def form() -> Form:
        claims = {"iss": client_id, "sub": username, "aud": audience}
        expires = int(time()) + ASSERTION_SECONDS
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": jwt.encode({**claims, "exp": expires}, key, "RS256"),
        }

    return form


def _private_key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise Misconfigured(
            f"{NAME}: the private key cannot be read. Paste an RSA key as PEM text, without "
            "a passphrase, from its first dashes to its last."
        ) from None
    return key
