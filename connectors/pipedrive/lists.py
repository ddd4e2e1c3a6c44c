"""Lists of records, whichever version of the API serves them, and where our keys stand.

In: an object. Out: its living records as the vendor sent them; our keys with their ids, read
once and then kept up to date by what changed since. Lists are read from the database; the
vendor's search lags behind it and is never asked.
Source: Pipedrive API Documentation, "Pagination"; API Reference v2 and v1, the list calls.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors.marker import unmarked
from connectors.pipedrive.client import PAGE, Client
from connectors.pipedrive.objects import Thing
from connectors.pipedrive.schema import Schema
from connectors.pipedrive.values import from_html, unmarked_name

FILES_A_PAGE = 100
IDS_A_CALL = 100
LATE = timedelta(seconds=30)
"""A change may be told of so long after the time that it bears."""

Answer = dict[str, Any]


def living(page: list[Answer]) -> Iterator[Answer]:
    """Deleted records may be shown for a month."""
    for raw in page:
        if not raw.get("is_deleted") and raw.get("active_flag", True):
            yield raw


def every(client: Client, thing: Thing, **params: Any) -> Iterator[Answer]:
    """Every record, oldest first; archived deals, which the plain list hides, at the end."""
    if thing.new:
        for page in client.pages(thing.path, sort_by="id", sort_direction="asc", **params):
            yield from living(page)
        if thing.name == "deals":
            for page in client.pages(f"{thing.path}/archived", sort_by="id", sort_direction="asc"):
                yield from living(page)
        return
    limit = FILES_A_PAGE if thing.name == "files" else PAGE
    for page in client.pages_v1(thing.path, limit, sort="id ASC", **params):
        yield from living(page)


def by_ids(client: Client, thing: Thing, ids: list[str], **params: Any) -> Iterator[Answer]:
    """At most IDS_A_CALL records of version 2, archived deals too."""
    found = client.call("GET", thing.path, params={"ids": ",".join(ids), "limit": PAGE, **params})
    there = list(living(found.get("data") or []))
    yield from there
    missing = [id for id in ids if id not in {str(raw["id"]) for raw in there}]
    if missing and thing.name == "deals":
        wish = {"ids": ",".join(missing), "limit": PAGE}
        archived = client.call("GET", f"{thing.path}/archived", params=wish)
        yield from living(archived.get("data") or [])


class Keys:
    """Our keys among the records of one object: key → ids."""

    def __init__(self, client: Client, schema: Schema, thing: Thing) -> None:
        self._client, self._schema, self._thing = client, schema, thing
        self._ids: dict[str, set[str]] = {}
        self.mark: str | None = None
        """Up to where all changes are known: a time, or of files, which tell none, an id."""

    def ids(self, key: str) -> set[str]:
        return self._ids.get(key, set())

    def refresh(self) -> None:
        """Bring the keys up to date."""
        if self.mark is None:
            mark = self._newest()
            for raw in every(self._client, self._thing):
                self._keep(raw)
            self.mark = mark
            return
        for raw in self.changed():
            self._keep(raw)

    def changed(self) -> Iterator[Answer]:
        """Records that changed since the mark, which then moves on."""
        newest = self.mark or ""
        if self._thing.name == "files":
            for raw in self._newer_files(int(self.mark or 0)):
                newest = str(max(int(newest or 0), raw["id"]))
                yield raw
        else:
            for page in self._pages_since(self._since()):
                for raw in page:
                    newest = max(newest, time_of(raw))
                yield from living(page)
        self.mark = newest

    def _since(self) -> str | None:
        if not self.mark:
            return None
        return f"{datetime.fromisoformat(self.mark) - LATE:%Y-%m-%dT%H:%M:%SZ}"

    def _pages_since(self, since: str | None) -> Iterator[list[Answer]]:
        if self._thing.new:
            return self._client.pages(
                self._thing.path, updated_since=since, sort_by="update_time", sort_direction="asc"
            )
        return self._client.pages_v1(self._thing.path, updated_since=since, sort="update_time ASC")

    def _newer_files(self, mark: int) -> Iterator[Answer]:
        for page in self._client.pages_v1(self._thing.path, FILES_A_PAGE, sort="id DESC"):
            for raw in living(page):
                if raw["id"] <= mark:
                    return
                yield raw

    def _newest(self) -> str:
        """The mark before a whole reading: whatever changes later bears this time or a later
        one. "" where there is nothing yet."""
        if self._thing.new:
            wish: dict[str, Any] = {"sort_by": "update_time", "sort_direction": "desc"}
        else:
            wish = {"sort": "id DESC" if self._thing.name == "files" else "update_time DESC"}
        found = self._client.call("GET", self._thing.path, params={**wish, "limit": 1})
        first = next(iter(found.get("data") or ()), None)
        if first is None:
            return ""
        return str(first["id"]) if self._thing.name == "files" else time_of(first)

    def _keep(self, raw: Answer) -> None:
        if key := key_of(self._schema, self._thing, raw):
            self._ids.setdefault(key, set()).add(str(raw["id"]))


def time_of(raw: Answer) -> str:
    """When it last changed, in a form that sorts."""
    return str(raw.get("update_time") or raw.get("add_time") or "").replace(" ", "T")[:19] + "Z"


def key_of(schema: Schema, thing: Thing, raw: Answer) -> str:
    """Our key of a record; "" where it carries none."""
    if not thing.mark:
        return str((raw.get("custom_fields") or {}).get(schema.key(thing.name).code) or "")
    text = str(raw.get(thing.mark) or "")
    if thing.name == "files":
        return unmarked_name(text)[1]
    return unmarked(from_html(text))[1]
