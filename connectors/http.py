"""The only builder of HTTP clients.

In: a vendor's name, base URL and credentials. Out: an `httpx.Client`, or the
`requests.Session` that simple-salesforce insists on, which refuse what is not allowed,
wait at the rate gate, retry what may be repeated, count every call, and whose errors
name vendor, method and path but never a header or a query, where secrets live.
"""

import logging
import os
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
import requests
import stamina
from pyrate_limiter import GCRA, InMemoryStateStore, Limiter, Rate, StateBucket
from requests.adapters import HTTPAdapter

from connectors.errors import Misconfigured, Refused, Unavailable

LONGEST_REQUEST_SECONDS = float(os.environ.get("MIGRATOR_HTTP_TIMEOUT", "60"))
"""The longest silence of one request: connecting, sending and waiting together. A lease
that covers a write must outlive it."""

ATTEMPTS = 4
SHORT_WAIT_SECONDS = 5.0
"""A Retry-After up to this is waited for here; a longer one is the caller's to plan."""
USUAL_WAIT_SECONDS = 30.0
"""When to come back if the vendor does not say."""

AGAIN = frozenset({429, 500, 502, 503, 504})

Allow = Callable[[str, str], bool]
T = TypeVar("T")

# These log whole URLs at INFO and DEBUG, and a query may hold a token.
for _noisy in ("httpx", "httpcore", "urllib3"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)


class CallCounter:
    """How many requests left this process, retries and sign-ins included."""

    def __init__(self) -> None:
        self.total = 0
        self._lock = threading.Lock()

    def add(self) -> None:
        with self._lock:
            self.total += 1


class RateGate:
    """Lets `calls` requests through per `seconds`; the others wait their turn.

    Share one gate among the clients of one account. A bucket of pyrate-limiter kept in
    Redis makes it hold for all workers.
    """

    def __init__(self, calls: int, seconds: float, bucket: StateBucket | None = None) -> None:
        rates = [Rate(calls, int(seconds * 1000))]
        self._limiter = Limiter(bucket or StateBucket(rates, GCRA(), InMemoryStateStore()))

    def wait(self) -> None:
        self._limiter.try_acquire("calls")


class Gate(Protocol):
    """Lets one request through at a time that suits the vendor."""

    def wait(self) -> None: ...


class _Again(Exception):
    """One attempt failed in a way that a repeat may cure."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


def build_client(
    name: str,
    base_url: str,
    *,
    auth: httpx.Auth | None = None,
    headers: Mapping[str, str] | None = None,
    allow: Allow | None = None,
    rate: Gate | None = None,
    timeout: httpx.Timeout | None = None,
    calls: CallCounter | None = None,
    ca_file: str = "",
) -> httpx.Client:
    """A client of the vendor called `name` (used in messages).

    `allow(method, path)` false raises Refused before a socket opens. A request is
    repeated after a connection error, time-out, 429 or 5xx only if it is a GET or carries
    `extensions={"retry": True}`; when the repeats are used up, Unavailable is raised.
    Other statuses, and every status of a request that may not be repeated, come back.
    `ca_file` names a PEM file with authorities to trust besides the usual ones.
    Raises Misconfigured for a credential that cannot be a header and for an unreadable file.
    """
    gate = _Gate(name, allow, rate, calls)
    return _Client(
        gate,
        base_url=base_url,
        auth=auth,
        headers=_sendable(name, headers or {}),
        timeout=timeout or _timeout(),
        transport=_Transport(gate, _trusting(name, ca_file)),
        follow_redirects=False,
    )


def send(
    client: httpx.Client, method: str, url: str, *, retry: bool | None = None, **kw: Any
) -> httpx.Response:
    """Send and read the whole answer. `retry` overrides what the method implies.

    Raises Unavailable instead of any httpx error; a connection lost inside the body is
    repeated like one lost before it.
    """
    kw["extensions"] = {"whole": True, **({} if retry is None else {"retry": retry})}
    with _plainly(client, method, url):
        return client.request(method, url, **kw)


@contextmanager
def stream(client: httpx.Client, method: str, url: str, **kw: Any) -> Iterator[httpx.Response]:
    """The answer with its body still to be read, in bounded memory. Raises Unavailable
    where the connection is lost inside the `with` block."""
    with _plainly(client, method, url), client.stream(method, url, **kw) as response:
        yield response


def session(
    name: str,
    base_url: str,
    *,
    allow: Allow | None = None,
    rate: Gate | None = None,
    timeout: float | None = None,
    calls: CallCounter | None = None,
) -> requests.Session:
    """The same manners for a library that wants a `requests.Session`.

    Where `base_url` is plain http (practice vendors), every https address that the
    library makes up is sent to `base_url` instead.
    """
    made = _Session()
    adapter = _Adapter(_Gate(name, allow, rate, calls), base_url, timeout)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


class _Gate:
    """What every request passes, whichever library sends it."""

    def __init__(
        self, name: str, allow: Allow | None, rate: Gate | None, calls: CallCounter | None
    ) -> None:
        self._name, self._allow, self._rate, self._calls = name, allow, rate, calls

    def what(self, method: str, path: str) -> str:
        return f"{self._name}: {method} {path}"

    def refuse(self, method: str, path: str) -> None:
        if self._allow and not self._allow(method, path):
            raise Refused(
                f"{self.what(method, path)} was not sent: it is not on the list of calls this "
                "connection may make. Report it as a defect of this product."
            )

    def pass_one(self) -> None:
        if self._rate:
            self._rate.wait()
        if self._calls:
            self._calls.add()


class _Client(httpx.Client):
    """Refuses before the sign-in too, which httpx would send first."""

    def __init__(self, gate: _Gate, **options: Any) -> None:
        super().__init__(**options)
        self._gate = gate

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        self._gate.refuse(request.method, request.url.path)
        return super().send(request, **options)


class _Transport(httpx.BaseTransport):
    def __init__(self, gate: _Gate, trust: ssl.SSLContext) -> None:
        self._gate = gate
        self._inner = httpx.HTTPTransport(verify=trust, retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        method, path = request.method, request.url.path
        self._gate.refuse(method, path)
        repeat = request.extensions.get("retry", method == "GET")
        return _retrying(lambda: self._once(request, self._gate.what(method, path), repeat), repeat)

    def _once(self, request: httpx.Request, what: str, repeat: bool) -> httpx.Response:
        self._gate.pass_one()
        try:
            response = self._inner.handle_request(request)
            if request.extensions.get("whole"):
                response.request = request
                response.read()
        except httpx.LocalProtocolError:
            raise _unsendable(what) from None
        except httpx.RequestError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise Misconfigured(
                    f"{what}: the certificate is signed by nobody that this machine trusts. "
                    "Check the address, or name the certificate authority of your proxy."
                ) from None
            raise _Again(_lost(what, type(error).__name__, repeat)) from None
        if repeat and response.status_code in AGAIN:
            response.close()
            raise _busy(what, response.status_code, response.headers)
        return response

    def close(self) -> None:
        self._inner.close()


class _Session(requests.Session):
    """Follows no redirect, reads no .netrc, and says nothing of a header it cannot send."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = lambda request: request  # or .netrc would replace our Authorization

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        try:
            return super().prepare_request(request)
        except requests.exceptions.InvalidHeader:
            what = f"{request.method} {urlsplit(str(request.url)).path}"
            raise _unsendable(what) from None


class _Adapter(HTTPAdapter):
    def __init__(self, gate: _Gate, base_url: str, timeout: float | None) -> None:
        super().__init__(max_retries=0)
        self._gate, self._base = gate, urlsplit(base_url)
        self._timeout = (LONGEST_REQUEST_SECONDS / 6, timeout or LONGEST_REQUEST_SECONDS / 2)

    def send(self, request: requests.PreparedRequest, *args: Any, **kw: Any) -> requests.Response:
        method, url = str(request.method), urlsplit(str(request.url))
        if url.scheme == "https" and self._base.scheme == "http":
            url = url._replace(scheme="http", netloc=self._base.netloc)
            request.url = urlunsplit(url)
        self._gate.refuse(method, url.path)
        kw["timeout"] = kw.get("timeout") or self._timeout
        repeat = method == "GET"
        what = self._gate.what(method, url.path)
        return _retrying(lambda: self._once(request, what, repeat, args, kw), repeat)

    def _once(
        self,
        request: requests.PreparedRequest,
        what: str,
        repeat: bool,
        args: tuple[Any, ...],
        kw: dict[str, Any],
    ) -> requests.Response:
        self._gate.pass_one()
        try:
            response = super().send(request, *args, **kw)
            if not kw.get("stream"):
                response.content  # noqa: B018  reads the body while a loss is still ours to repeat
        except requests.RequestException as error:
            raise _Again(_lost(what, type(error).__name__, repeat)) from None
        if repeat and response.status_code in AGAIN:
            response.close()
            raise _busy(what, response.status_code, response.headers)
        return response


def _retrying(once: Callable[[], T], repeat: bool) -> T:
    """Run `once`, again after `_Again` while that is allowed and short."""
    attempts = ATTEMPTS if repeat else 1
    try:
        for attempt in stamina.retry_context(
            on=_pause, attempts=attempts, timeout=LONGEST_REQUEST_SECONDS, wait_initial=0.2
        ):
            with attempt:
                return once()
    except _Again as error:
        raise Unavailable(str(error), error.seconds or USUAL_WAIT_SECONDS) from None
    raise AssertionError("stamina ends a retry by returning or raising")


def _pause(error: Exception) -> bool | float:
    """What stamina asks: not at all, with its own back-off, or after so many seconds."""
    if not isinstance(error, _Again):
        return False
    if error.seconds is None:
        return True
    return error.seconds if error.seconds <= SHORT_WAIT_SECONDS else False


def _busy(what: str, status: int, headers: Mapping[str, str]) -> _Again:
    return _Again(
        f"{what} was answered {status}. The vendor is busy or broken just now; "
        "the work resumes by itself where it stopped.",
        retry_after(headers),
    )


def _lost(what: str, reason: str, repeat: bool) -> str:
    unknown = "" if repeat or reason.startswith("Connect") else " Whether it was done is unknown."
    return (
        f"{what} got no whole answer ({reason}).{unknown} Check the address and the network "
        "if this goes on; the work resumes by itself where it stopped."
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or an HTTP date (RFC 9110)."""
    value = headers.get("Retry-After", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


@cache
def _usual_trust() -> ssl.SSLContext:
    """Reading the usual authorities takes longer than a call."""
    return httpx.create_ssl_context()


def _trusting(name: str, ca_file: str) -> ssl.SSLContext:
    if not ca_file:
        return _usual_trust()
    trust = httpx.create_ssl_context()
    try:
        trust.load_verify_locations(ca_file)
    except OSError as error:
        raise Misconfigured(
            f"{name}: no certificate authority can be read from {ca_file} "
            f"({error.strerror or 'not a PEM file'}). Correct the path, or leave it empty."
        ) from None
    return trust


def _timeout() -> httpx.Timeout:
    """Parts that add up to LONGEST_REQUEST_SECONDS."""
    sixth = LONGEST_REQUEST_SECONDS / 6
    return httpx.Timeout(connect=sixth, write=sixth, pool=sixth, read=3 * sixth)


def _sendable(name: str, headers: Mapping[str, str]) -> dict[str, str]:
    for field, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise _unsendable(f"{name}: header {field}")
    return dict(headers)


def _unsendable(what: str) -> Misconfigured:
    return Misconfigured(
        f"{what} was not sent: a credential holds a line break or a character that cannot be "
        "sent. Copy it again from the vendor, without spaces or line breaks around it."
    )


@contextmanager
def _plainly(client: httpx.Client, method: str, url: str) -> Iterator[None]:
    """Turn what httpx itself raises, above the transport, into Unavailable."""
    try:
        yield
    except httpx.HTTPError as error:
        host, path = client.base_url.host, urlsplit(url).path
        raise Unavailable(_lost(f"{host}: {method} {path}", type(error).__name__, True)) from None
