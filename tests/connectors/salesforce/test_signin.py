"""Signing in by a private key, and https with an authority of one's own."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connectors.errors import Misconfigured, NotAuthorised
from connectors.salesforce.destination import Salesforce
from tests import practice
from tests.connectors.salesforce.conftest import Open

USER = "integration@crm.example.com.practice"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def pem(key: RSAPrivateKey, vendor: practice.Practice) -> str:
    """The private key of the certificate that the practice org's app now has."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    vendor.limits("salesforce", jwt_key=public.decode())
    return private(key)


def private(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_private_key_signs_in_without_a_consumer_secret(open_destination: Open, pem: str) -> None:
    destination = open_destination(client_secret="", username=USER, private_key=pem)
    assert destination.check().user_name == "Migration Integration"
    assert pem.splitlines()[1] not in repr(vars(destination))


def test_a_session_that_ends_is_opened_again_by_the_key(
    open_destination: Open, vendor: practice.Practice, pem: str
) -> None:
    destination = open_destination(client_secret="", username=USER, private_key=pem)
    destination.check()
    vendor.fault("expire_token", vendor="salesforce")
    assert destination.allowance()


def test_another_key_is_refused_and_not_shown(open_destination: Open, pem: str) -> None:
    other = private(generate_private_key(65537, 2048))
    with pytest.raises(NotAuthorised, match="upload its certificate") as caught:
        open_destination(client_secret="", username=USER, private_key=other).check()
    assert other.splitlines()[1] not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"username": USER, "private_key": "-----BEGIN nonsense"}, "cannot be read"),
        ({"username": USER, "private_key": "curve"}, "cannot be read"),
        ({"username": USER}, "go together"),
        ({"private_key": "anything"}, "go together"),
        ({}, "enter the consumer secret, or"),
    ],
)
def test_half_a_way_to_sign_in_is_explained_before_any_call(
    open_destination: Open, given: dict[str, str], said: str
) -> None:
    if given.get("private_key") == "curve":
        curve = ec_key(SECP256R1())
        plain = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        given = {**given, "private_key": plain.decode()}
    with pytest.raises(Misconfigured, match=said):
        open_destination(client_secret="", **given)


@pytest.fixture(scope="module")
def secure() -> Iterator[practice.Practice]:
    started = practice.start(customers=5, jobs=5, seed=4, tls=True)
    yield started
    started.stop()


def over_https(secure: practice.Practice, ca_file: str) -> Salesforce:
    org = secure["salesforce"]
    settings = {"url": org["tls_url"], "client_id": org["client_id"], "ca_file": ca_file}
    return Salesforce(settings, {"client_secret": org["client_secret"]})


def test_https_with_an_authority_of_ones_own_is_trusted_where_it_is_named(
    secure: practice.Practice,
) -> None:
    with over_https(secure, secure["salesforce"]["ca_file"]) as destination:
        assert destination.check().name == "Practice Org"


def test_https_with_an_unknown_authority_is_refused(secure: practice.Practice) -> None:
    with over_https(secure, "") as destination, pytest.raises(Misconfigured, match="trusts"):
        destination.check()


def test_an_unreadable_authority_file_is_named(secure: practice.Practice) -> None:
    with pytest.raises(Misconfigured, match=r"/nowhere/ca\.pem"):
        over_https(secure, "/nowhere/ca.pem")
