"""JWT bearer sign-in: an assertion signed with the app's key goes in, out comes what is wrong.

The key is set by `POST /limits` (`jwt_key`: a PEM certificate or public key). The time in an
assertion is the caller's, so it is held against the real clock, not the practice clock.
"""

from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
LONGEST, SKEW = 180, 10
CLAIMS = ["iss", "sub", "aud", "exp"]

Refusal = tuple[str, str]


def public_key(pem: str) -> RSAPublicKey:
    """The RSA key of a certificate or of a public key in PEM. Raises ValueError."""
    if "BEGIN CERTIFICATE" in pem:
        key = load_pem_x509_certificate(pem.encode()).public_key()
    else:
        key = load_pem_public_key(pem.encode())  # type: ignore[assignment]
    if not isinstance(key, RSAPublicKey):
        raise ValueError("jwt_key must hold an RSA key")
    return key


def refusal(assertion: str, pem: str, client: str, username: str, base: str) -> Refusal | None:
    """Error and description, or None where the assertion signs this user in."""
    try:
        claims = _claims(assertion, pem)
    except (jwt.PyJWTError, ValueError):
        return ("invalid_grant", "invalid assertion")
    if claims["iss"] != client:
        return ("invalid_client_id", "client identifier invalid")
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if not {*AUDIENCES, base} & {str(each).rstrip("/") for each in audience}:
        return ("invalid_grant", "audience is invalid")
    if not -SKEW <= int(claims["exp"]) - time() <= LONGEST + SKEW:
        return ("invalid_grant", "token validity expired")
    if claims["sub"] != username:
        return ("invalid_grant", "user hasn't approved this consumer")
    return None


def _claims(assertion: str, pem: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        assertion,
        public_key(pem),
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_aud": False, "require": CLAIMS},
    )
    return claims
