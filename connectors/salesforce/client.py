"""Speaking to one org: JSON calls, the upload and download of CSV, API usage.

In: the org's address and the credentials of an app. Out: decoded answers, or an error of
`connectors.errors` whose text holds no credential.
Source: REST API Developer Guide (v66).
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

import httpx
import orjson
import stamina

from connectors.errors import Misconfigured, Unavailable
from connectors.http import CallCounter, build_client, send, stream
from connectors.salesforce.answers import ADDRESS, NAME, UNKNOWN, error_of
from connectors.salesforce.signin import session

VERSION = re.compile(r"\d{2}\.0")
USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
ATTEMPTS = 4


class Broken(Exception):
    """A success whose body is cut or is a gateway's page. A repeat cures it."""


class Client:
    """One org's REST API at one version. Paths are below `/services/data/vNN.0`, or whole
    where they begin with `/services/`."""

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        address = _address(settings.get("url", ""))
        self.version = settings.get("api_version", "").strip()
        if not VERSION.fullmatch(self.version):
            raise Misconfigured(
                f"{NAME}: “{self.version}” is no API version. Set one such as 66.0."
            )
        self.session = session(address, settings, secrets)
        self.calls = CallCounter()
        self.usage: tuple[int, int] | None = None
        """API requests of the last 24 hours: used and allowed, as the last answer said."""
        self._http = build_client(
            NAME,
            address,
            auth=self.session,
            headers={"Sforce-Call-Options": "client=crm-migrator", "Accept": "application/json"},
            calls=self.calls,
            ca_file=settings.get("ca_file", "").strip(),
        )

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        retry: bool | None = None,
    ) -> Any:
        """The decoded answer, numbers with a point as Decimal; None where it has no body.

        Repeated after a lost answer only if it is a GET or `retry` says that it may be.
        Raises any error of `connectors.errors`.
        """
        options: dict[str, Any] = {"headers": dict(headers or {})}
        if params:
            options["params"] = dict(params)
        if body is not None:
            options["content"] = orjson.dumps(body)
            options["headers"]["Content-Type"] = "application/json"
        return self._answer(method, path, retry, options)

    def send_file(self, path: str, body: Any, name: str, content: bytes) -> Any:
        """POST a file beside a JSON body; never repeated. The decoded answer."""
        parts = {
            "json": (None, orjson.dumps(body), "application/json"),
            "file": (name, content, "application/zip"),
        }
        return self._answer("POST", path, None, {"files": parts})

    def send_stream(
        self, path: str, content: Iterable[bytes], kind: str, told: Collection[int]
    ) -> httpx.Response:
        """POST a body in pieces, in bounded memory; never repeated. The answer of a success or
        of a status in `told`; other refusals are raised."""
        response = send(
            self._http, "POST", self._whole(path), content=content, headers={"Content-Type": kind}
        )
        if response.status_code not in told:
            self._check(response)
        return response

    def _answer(self, method: str, path: str, retry: bool | None, options: Any) -> Any:
        attempts = ATTEMPTS if (method == "GET" if retry is None else retry) else 1
        try:
            for attempt in stamina.retry_context(on=Broken, attempts=attempts, wait_initial=0.2):
                with attempt:
                    return self._decoded(method, path, retry, options)
        except Broken:
            raise Unavailable(
                f"{NAME}: {method} {path} was answered with a broken body."
                + (UNKNOWN if attempts == 1 else " The work resumes where it stopped.")
            ) from None
        raise AssertionError("stamina ends a retry by returning or raising")

    def upload(self, path: str, content: bytes) -> None:
        """PUT a CSV. Not repeated here: a job takes one upload."""
        response = send(
            self._http, "PUT", self._whole(path), content=content,
            headers={"Content-Type": "text/csv; charset=UTF-8"},
        )  # fmt: skip
        self._check(response)

    @contextmanager
    def download(self, path: str) -> Iterator[IO[bytes]]:
        """The body of a GET in a temporary file, from its beginning."""
        with TemporaryFile() as file:
            for attempt in stamina.retry_context(
                on=Unavailable, attempts=ATTEMPTS, wait_initial=0.2
            ):
                with attempt:
                    file.seek(0)
                    file.truncate()
                    self._receive(path, file)
            file.seek(0)
            yield file

    def _receive(self, path: str, file: IO[bytes]) -> None:
        with stream(
            self._http, "GET", self._whole(path), headers={"Accept": "text/csv"}
        ) as response:
            if response.is_success:
                for block in response.iter_bytes():
                    file.write(block)
            else:
                response.read()
        self._check(response)

    def _decoded(self, method: str, path: str, retry: bool | None, options: Any) -> Any:
        response = send(self._http, method, self._whole(path), retry=retry, **options)
        self._check(response)
        if response.status_code == 204 or not response.content:
            return None
        try:
            # Currency has 18 digits, a float 15: money is never read through one.
            return json.loads(response.content, parse_float=Decimal)
        except ValueError:
            raise Broken from None

    def _check(self, response: httpx.Response) -> None:
        if found := USAGE.search(response.headers.get("Sforce-Limit-Info", "")):
            self.usage = int(found[1]), int(found[2])
        if not response.is_success:
            raise error_of(response)

    def _whole(self, path: str) -> str:
        return path if path.startswith("/services/") else f"/services/data/v{self.version}{path}"


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
