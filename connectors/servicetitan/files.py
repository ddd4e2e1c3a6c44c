"""Bytes of files: the API answers with an address on another host, good for some minutes.

No credential of ours may go to that host, and no such address is kept.
Source: developer.servicetitan.io, API reference, Forms, Jobs; the redirect is as integrators
see it, and bytes given at once are taken too.
"""

from collections.abc import Iterator

import httpx

from connectors.errors import Refused
from connectors.http import build_client, stream
from connectors.servicetitan.client import NAME, REPORT_IT, Client, NoSuchAddress

PIECE = 64 * 1024
"""Bytes in memory at a time."""


class FileHost:
    """Reads files for one tenant. Closing what `read` gives ends the transfer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._http: httpx.Client | None = None

    def close(self) -> None:
        if self._http:
            self._http.close()

    def read(self, path: str, scope: str, what: str) -> Iterator[bytes]:
        """The bytes behind the API's `path`. Raises FileNotFoundError, Unavailable, Refused."""
        try:
            with self._client.opened(path, scope) as response:
                if response.status_code == 200:
                    yield from response.iter_bytes(PIECE)
                    return
                address = response.url.join(response.headers.get("Location", ""))
        except NoSuchAddress:
            raise _lost(what) from None
        with stream(self._host(address), "GET", str(address)) as response:
            if response.status_code == 404:
                raise _lost(what)
            if response.status_code != 200:
                raise Refused(
                    f"{NAME}: the file host answered {response.status_code} for {what}. {REPORT_IT}"
                )
            yield from response.iter_bytes(PIECE)

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


def _lost(what: str) -> FileNotFoundError:
    return FileNotFoundError(
        f"{NAME} lists {what} but no longer has the file. Look for it in ServiceTitan by hand."
    )
