"""ServiceTitan as a source: settings in, pages of records out, nothing ever written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count as counting
from typing import Any, Self

import orjson

from connectors.base import Account, FieldSpec, ObjectSpec, Page, Setting
from connectors.errors import Misconfigured, NotAuthorised, Refused
from connectors.servicetitan.client import NAME, REPORT_IT, Client, MissingScope, NoSuchAddress
from connectors.servicetitan.fields import FIELDS
from connectors.servicetitan.objects import FEEDS, Feed

PAGE_SIZE = 5000
"""The most that a paged list gives; these lists are short."""
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
    )
    OBJECTS: tuple[str, ...] = tuple(FEEDS)

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        defaults = {s.name: s.default for s in self.SETTINGS if not s.secret}
        filled = {name: text for name, text in settings.items() if text}
        self._client = Client(defaults | filled, secrets)

    def __repr__(self) -> str:
        return f"<{NAME}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def check(self) -> Account:
        """Sign in and read a first page of every feed. Raises NotAuthorised naming all
        features that are closed to us, Misconfigured, Unavailable or Refused."""
        closed, name = [], ""
        for object in self.OBJECTS:
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
        feed = _feed(object)
        if feed.kind == "export":
            return self._export(object, feed, cursor or (_instant(since) if since else ""))
        state = orjson.loads(cursor) if cursor else {"page": 1}
        if since and not cursor:
            state["since"] = _instant(since)
        return self._paged(object, feed, state)

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

    def _export(self, object: str, feed: Feed, token: str) -> Iterator[Page]:
        # Without includeRecentChanges a change shows only after 15 minutes: a last delta
        # would miss it. The price is that recent rows may come twice, which readers allow.
        params = {**feed.params, "includeRecentChanges": "true"}
        for number in counting(1):
            asked = {**params, "from": token} if token else params
            body = self._client.get(feed.url(self._client.tenant), asked, feed.scope)
            where = f"page {number} of this reading of {object}"
            records, more = _envelope(body, where, ("hasMore", "continueFrom", "data"))
            before, token = token, body["continueFrom"] or token
            if more and token == before:
                raise Refused(f"{NAME}: {where} promises more but does not move on. {REPORT_IT}")
            yield Page(records, token, last=not more)
            if not more:
                return

    def _paged(self, object: str, feed: Feed, state: dict[str, Any]) -> Iterator[Page]:
        params = {**feed.params, "pageSize": str(PAGE_SIZE)}
        if "since" in state:
            params["modifiedOnOrAfter"] = state["since"]
        for number in counting(int(state["page"])):
            asked = {**params, "page": str(number)}
            body = self._client.get(feed.url(self._client.tenant), asked, feed.scope)
            records, more = _envelope(body, f"page {number} of {object}", ("hasMore", "data"))
            # A list has no tombstones: after the last page a later reading starts anew.
            after = {**state, "page": number + 1} if more else {"page": 1}
            yield Page(records, orjson.dumps(after).decode(), last=not more)
            if not more:
                return

    def _custom_fields(self, feed: Feed) -> Iterator[FieldSpec]:
        if not feed.custom_fields:
            return
        lists = Feed(feed.label, feed.scope, feed.module, feed.custom_fields, kind="paged")
        with suppress(NoSuchAddress):  # not every tenant has each of these lists
            for page in self._paged(f"custom fields of {feed.label}", lists, {"page": 1}):
                yield from map(_custom_field, page.records)


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


def _instant(moment: datetime) -> str:
    """Always with Z: some lists refuse +00:00."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _envelope(
    body: dict[str, Any], where: str, keys: tuple[str, ...]
) -> tuple[tuple[dict[str, Any], ...], bool]:
    """Records and whether more follow. Raises Refused where the envelope is not the known one."""
    missing = [key for key in keys if key not in body]
    if missing:
        raise Refused(f"{NAME}: {where} lacks {', '.join(missing)}. {REPORT_IT}")
    data = body["data"]
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise Refused(f"{NAME}: {where} holds no list of records. {REPORT_IT}")
    more = body["hasMore"]
    if not isinstance(more, bool):
        raise Refused(f"{NAME}: {where} does not say whether more follows. {REPORT_IT}")
    return tuple(data), more
