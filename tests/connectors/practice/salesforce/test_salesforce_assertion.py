"""JWT bearer sign-in of the practice org: who gets in by a signed assertion, and who does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.connectors.practice.salesforce.conftest import Org

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
USER = "integration@crm.example.com.practice"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def certificate(key: RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "practice")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
    )
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def ask(org: Org, key: Any, algorithm: str = "RS256", seconds: int = 120, **other: str) -> Any:
    claims = {"iss": org.urls["client_id"], "sub": USER, "aud": "https://login.salesforce.com"}
    exp = datetime.now(UTC) + timedelta(seconds=seconds)
    assertion = jwt.encode(claims | {"exp": exp} | other, key, algorithm)
    form = {"grant_type": GRANT, "assertion": assertion}
    return org.http.post("/services/oauth2/token", data=form)


def test_an_assertion_signed_with_the_apps_key_opens_a_session(
    org: Org, key: RSAPrivateKey
) -> None:
    plain = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for pem in (certificate(key), plain.decode()):
        org.steer.limits("salesforce", jwt_key=pem)
        granted = ask(org, key).json()
        assert granted["token_type"] == "Bearer"
        org.http.headers["Authorization"] = f"Bearer {granted['access_token']}"
        assert org.call("GET", "/limits").status_code == 200
    assert ask(org, key, aud=org.urls["url"]).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "error", "description"),
    [
        ({"iss": "x"}, "invalid_client_id", "client identifier invalid"),
        ({"sub": "nobody@x"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"aud": "https://example.com"}, "invalid_grant", "audience is invalid"),
        ({"seconds": -60}, "invalid_grant", "token validity expired"),
        ({"seconds": 3600}, "invalid_grant", "token validity expired"),
        ({"algorithm": "RS512"}, "invalid_grant", "invalid assertion"),
    ],
)
def test_a_wrong_assertion_is_refused(
    org: Org, key: RSAPrivateKey, wrong: dict[str, Any], error: str, description: str
) -> None:
    org.steer.limits("salesforce", jwt_key=certificate(key))
    answer = ask(org, key, **wrong)
    expected = {"error": error, "error_description": description}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_another_key_none_and_nonsense_are_refused(org: Org, key: RSAPrivateKey) -> None:
    assert ask(org, key).json()["error_description"] == "invalid assertion"
    org.steer.limits("salesforce", jwt_key=certificate(generate_private_key(65537, 2048)))
    assert ask(org, key).json()["error_description"] == "invalid assertion"
    form = {"grant_type": GRANT, "assertion": "a.b.c"}
    answer = org.http.post("/services/oauth2/token", data=form)
    assert answer.json()["error_description"] == "invalid assertion"
    with pytest.raises(ValueError, match="PEM"):
        org.steer.limits("salesforce", jwt_key="not a key")


def test_an_inactive_user_is_not_signed_in_by_assertion(org: Org, key: RSAPrivateKey) -> None:
    org.steer.limits("salesforce", jwt_key=certificate(key))
    org.steer.edit("salesforce", op="user", set={"active": False})
    assert ask(org, key).json()["error_description"] == "user is inactive"
