"""Bytes of files: the API answers with an address on another host, good for some minutes.

No credential of ours may go to that host, and no such address is kept. What lies inside a
record, or at an address in its text, is fetched only from the tenant's own hosts: a text may
name any other, and we ask none for its sake.
Source: developer.servicetitan.io, API reference, Forms, Jobs; the redirect is as integrators
see it, and bytes given at once are taken too.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import httpx

from connectors import pictures
from connectors.errors import Refused
from connectors.http import build_client, stream
from connectors.servicetitan.client import NAME, REPORT_IT, Client, NoSuchAddress

PIECE = 64 * 1024
"""Bytes in memory at a time."""
BY_HAND = "Look for it in ServiceTitan by hand."


class FileHost:
    """Reads files for one tenant. Closing what `read` gives ends the transfer. `own` are the
    hosts (with port) that a text may send us to."""

    def __init__(self, client: Client, own: Collection[str] = ()) -> None:
        self._client, self._own = client, frozenset(own)
        self._http: httpx.Client | None = None

    def close(self) -> None:
        if self._http:
            self._http.close()

    def read(self, path: str, scope: str, what: str) -> Iterator[bytes]:
        """The bytes behind the API's `path`. Raises FileNotFoundError, Unavailable, Refused."""
        with self._behind(path, scope, what) as response:
            yield from response.iter_bytes(PIECE)

    def size(self, path: str, scope: str, what: str) -> int | None:
        """How many bytes `read` would give, as the host says before sending any; None where it
        does not. Raises what `read` raises."""
        with self._behind(path, scope, what) as response:
            return _length(response)

    def read_found(self, content: str | None, what: str) -> Iterator[bytes]:
        """The bytes of a file that lies in a record, or at an address in it. Raises
        FileNotFoundError where nothing leads to them or the address is not the tenant's."""
        address = content or ""
        if not pictures.inline(address):
            with self._at(self._own_address(address, what), what) as response:
                yield from response.iter_bytes(PIECE)
            return
        try:
            yield from pictures.content(address)
        except ValueError as damaged:
            raise FileNotFoundError(f"{NAME} has {what}, but {damaged}. {BY_HAND}") from None

    def size_found(self, content: str | None, what: str) -> int | None:
        """How many bytes `read_found` would give. Raises what it raises."""
        if pictures.inline(content or ""):
            return sum(map(len, self.read_found(content, what)))
        with self._at(self._own_address(content or "", what), what) as response:
            return _length(response)

    @contextmanager
    def _behind(self, path: str, scope: str, what: str) -> Iterator[httpx.Response]:
        try:
            with self._client.opened(path, scope) as response:
                if response.status_code == 200:
                    yield response
                    return
                response.read()  # an unread answer costs the next file a new connection
                address = response.url.join(response.headers.get("Location", ""))
        except NoSuchAddress:
            raise _lost(what) from None
        with self._at(address, what) as response:
            yield response

    @contextmanager
    def _at(self, address: httpx.URL, what: str) -> Iterator[httpx.Response]:
        with stream(self._host(address), "GET", str(address)) as response:
            if response.status_code == 404:
                raise _lost(what)
            if response.status_code != 200:
                raise Refused(
                    f"{NAME}: the file host answered {response.status_code} for {what}. {REPORT_IT}"
                )
            yield response

    def _own_address(self, text: str, what: str) -> httpx.URL:
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL:
            url = httpx.URL("")
        if url.scheme not in ("http", "https") or not url.host:
            raise FileNotFoundError(
                f"{NAME} has {what}, but no way leads to its picture. {BY_HAND}"
            )
        if url.netloc.decode().lower() not in self._own or url.userinfo:
            raise FileNotFoundError(
                f"{what} lies on {url.host}, which is not one of the tenant's own hosts: it was "
                "not fetched. Fetch it by hand, or name the host in the setting “File hosts”."
            )
        return url

    def _host(self, address: httpx.URL) -> httpx.Client:
        if not self._http:
            origin = str(address.copy_with(path="/", query=None))
            self._http = build_client(
                NAME,
                origin,
                allow=lambda method, path: method == "GET",
                calls=self._client.calls,
            )
        return self._http


def _length(response: httpx.Response) -> int | None:
    """Bytes as they will come: a packed body tells another number."""
    told = response.headers.get("Content-Length", "")
    packed = response.headers.get("Content-Encoding", "identity") != "identity"
    return int(told) if told.isdecimal() and not packed else None


def _lost(what: str) -> FileNotFoundError:
    return FileNotFoundError(f"{NAME} lists {what} but no longer has the file. {BY_HAND}")
