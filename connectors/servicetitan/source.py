"""ServiceTitan as a source: settings in, pages of records out, nothing ever written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self

import httpx

from connectors.errors import Misconfigured, NotAuthorised, Refused
from connectors.servicetitan.client import (
    CALLS_PER_SECOND,
    NAME,
    REPORT_IT,
    Client,
    MissingScope,
    NoSuchAddress,
)
from connectors.servicetitan.feeds import Feed
from connectors.servicetitan.fields import FIELDS
from connectors.servicetitan.files import FileHost
from connectors.servicetitan.objects import FEEDS, REQUIRED
from connectors.servicetitan.optional import OPTIONAL
from connectors.servicetitan.reading import Reader
from connectors.values import Account, FieldSpec, ObjectSpec, Page, Setting

EMPTY_YEAR = 1
"""The vendor writes 0001-01-01 where it has no time."""


class ServiceTitan:
    """One tenant, read through its public API. Implements `connectors.base.Source`."""

    SETTINGS: tuple[Setting, ...] = (
        Setting("api_url", "API address", default="https://api.servicetitan.io"),
        Setting("auth_url", "Sign-in address", default="https://auth.servicetitan.io"),
        Setting(
            "tenant", "Tenant id", "Digits, from Settings, Integrations, API Application Access."
        ),
        Setting("client_id", "Client id", "Begins with cid."),
        Setting("client_secret", "Client secret", "Begins with cs", secret=True),
        Setting(
            "app_key", "App key", "Begins with ak, from developer.servicetitan.io", secret=True
        ),
        Setting(
            "time_zone",
            "Time zone",
            "The tenant's, such as America/Chicago; the API does not tell it.",
            required=False,
        ),
        Setting(
            "calls_per_second",
            "Calls a second",
            "Of each worker; the vendor takes 60 of all clients together.",
            required=False,
            default=str(CALLS_PER_SECOND),
        ),
        Setting(
            "file_hosts",
            "File hosts",
            "Hosts besides the API's, separated by commas, that images in notes may be fetched "
            "from. Others are named in the findings and never asked.",
            required=False,
        ),
    )
    OBJECTS: tuple[str, ...] = tuple(FEEDS)
    WHOLE = frozenset(name for name, feed in FEEDS.items() if feed.kind != "export")

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        defaults = {s.name: s.default for s in self.SETTINGS if not s.secret}
        filled = {name: text for name, text in settings.items() if text}
        chosen = defaults | filled
        self._client = Client(chosen, secrets)
        self._reader = Reader(self._client)
        self._files = FileHost(self._client, _own_hosts(chosen))

    def __repr__(self) -> str:
        return f"<{NAME}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()
        self._files.close()

    def check(self) -> Account:
        """Sign in and read a first page of every feed that a move needs. Raises NotAuthorised
        naming all features that are closed to us, Misconfigured, Unavailable or Refused."""
        closed, name = [], ""
        for object in REQUIRED:
            try:
                page = next(self.read(object))
            except MissingScope:
                closed.append(FEEDS[object].scope)
                continue
            for record in page.records[:1]:
                self.identity(object, record)
                if object == "business-units":
                    name = (record.get("tenant") or {}).get("name") or ""
        if closed:
            raise NotAuthorised(
                f"{NAME}: the app has no read access to {'; '.join(closed)} in tenant "
                f"{self._client.tenant}. Add these scopes to the app at developer.servicetitan.io "
                "and let the tenant's administrator accept the new version."
            )
        return Account(self._client.tenant, name or f"Tenant {self._client.tenant}")

    def missing_optional(self) -> list[str]:
        """The objects that `check` does not ask for and that are closed to us, for want of a
        scope or because the tenant lacks the feature: leave them out or have them opened."""
        return [object for object in OPTIONAL if not self._is_open(object)]

    def _is_open(self, object: str) -> bool:
        with suppress(MissingScope, NoSuchAddress):
            self._reader.probe(object, FEEDS[object])
            return True
        return False

    def describe(self, objects: Sequence[str] = ()) -> list[ObjectSpec]:
        """The catalogue, with the tenant's own custom fields as `customFields.<typeId>`."""
        return [
            ObjectSpec(
                name, feed.label, custom=False, fields=(*FIELDS[name], *self._custom_fields(feed))
            )
            for name, feed in FEEDS.items()
            if not objects or name in objects
        ]

    def count(self, object: str) -> int | None:
        """From the list's total, inactive records included; None where no list tells."""
        feed = _feed(object)
        if feed.kind == "single":
            return 1
        if feed.total is None:
            return None
        path, params = feed.total
        asked = {**params, "page": "1", "pageSize": "1", "includeTotal": "true"}
        body = self._client.get(feed.url(self._client.tenant, path), asked, feed.scope)
        total = body.get("totalCount")
        return total if isinstance(total, int) else None

    def read(
        self, object: str, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        """Pages as the vendor sends them, one in memory at a time. `cursor` wins over
        `since` (inclusive, to the second). Raises Refused on a page out of contract."""
        return self._reader.pages(object, _feed(object), since, cursor)

    def download(self, object: str, record: Mapping[str, Any]) -> Iterator[bytes]:
        """The bytes of an attachment, a signature or an image, in pieces. Raises Misconfigured
        for an object without files, FileNotFoundError where the vendor has lost this one or
        gives no way to it."""
        feed, what = self._file(object, record)
        if feed.found:
            return self._files.read_found(record.get("content"), what)
        path = feed.url(self._client.tenant, feed.file, self.identity(object, record))
        return self._files.read(path, feed.scope, what)

    def size(self, object: str, record: Mapping[str, Any]) -> int | None:
        feed, what = self._file(object, record)
        if feed.found:
            return self._files.size_found(record.get("content"), what)
        path = feed.url(self._client.tenant, feed.file, self.identity(object, record))
        return self._files.size(path, feed.scope, what)

    def _file(self, object: str, record: Mapping[str, Any]) -> tuple[Feed, str]:
        feed = _feed(object)
        if not (feed.file or feed.found):
            raise Misconfigured(f"{NAME}: a record of {object} stands for no file.")
        return feed, f"{object}/{self.identity(object, record)}"

    def identity(self, object: str, record: Mapping[str, Any]) -> str:
        id = record.get(_feed(object).id_field)
        if id is None or id == "":
            raise Refused(f"{NAME}: a record of {object} has no id. {REPORT_IT}")
        return str(id)

    def modified_at(self, object: str, record: Mapping[str, Any]) -> datetime | None:
        """UTC, cut to microseconds; None where the vendor sends none or its empty time."""
        text = record.get(_feed(object).modified_field)
        if not text:
            return None
        try:
            parsed = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            key = f"{object}/{self.identity(object, record)}"
            raise Refused(f"{NAME}: {key} has no readable change time. {REPORT_IT}") from None
        if parsed.year == EMPTY_YEAR:
            return None
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)

    def _custom_fields(self, feed: Feed) -> Iterator[FieldSpec]:
        if not feed.custom_fields:
            return
        lists = Feed(feed.label, feed.scope, feed.module, feed.custom_fields, kind="paged")
        with suppress(NoSuchAddress):  # not every tenant has each of these lists
            for page in self._reader.paged(f"custom fields of {feed.label}", lists, {}):
                yield from map(_custom_field, page.records)


def _own_hosts(settings: Mapping[str, str]) -> set[str]:
    """The API's host and those that staff name, as they stand in addresses."""
    named = settings.get("file_hosts", "").split(",")
    api = httpx.URL(settings["api_url"].strip()).netloc.decode()
    return {host.strip().lower() for host in (api, *named) if host.strip()}


def _custom_field(row: Mapping[str, Any]) -> FieldSpec:
    return FieldSpec(
        name=f"customFields.{row['id']}",
        label=row.get("name") or str(row["id"]),
        type=row.get("dataType") or "Text",
        createable=False,
        updateable=False,
        custom=True,
        picklist=tuple(row.get("dataTypeOptions") or ()),
    )


def _feed(object: str) -> Feed:
    try:
        return FEEDS[object]
    except KeyError:
        raise Misconfigured(
            f"{NAME} has no object {object!r} that we read. There are: {', '.join(FEEDS)}."
        ) from None
