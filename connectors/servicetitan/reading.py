"""Reading one object page by page, whatever form the vendor gives it in.

In: a `Feed`, and where a reading stopped. Out: pages with a cursor that resumes after them,
one in memory at a time.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count as counting
from typing import Any

import orjson
from more_itertools import chunked

from connectors.errors import Refused
from connectors.servicetitan.client import NAME, REPORT_IT, Client, MissingScope, NoSuchAddress
from connectors.servicetitan.feeds import Feed, Inside
from connectors.servicetitan.objects import FEEDS, REQUIRED
from connectors.values import Page

PAGE_SIZE = 5000
"""The most that a paged list gives; these lists are short."""
PARENTS_A_PAGE = 100
"""How many parents' lists make one page: some seconds of work, saved together."""

State = dict[str, Any]
Records = tuple[dict[str, Any], ...]


class Reader:
    """Reads the feeds of one tenant."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def pages(
        self, object: str, feed: Feed, since: datetime | None, cursor: str | None
    ) -> Iterator[Page]:
        """`cursor` wins over `since` (inclusive, to the second). Raises Refused on a page
        out of contract."""
        start = _instant(since) if since and not cursor else ""
        if feed.kind == "single":
            return self._single(object, feed)
        if feed.kind == "catalogue":
            return self._catalogue(object, feed, cursor or "")
        if feed.kind == "export":
            return self._shaped(object, feed, self._export(object, feed, cursor or start))
        state = orjson.loads(cursor) if cursor else {"since": start} if start else {}
        if feed.under:
            listed = FEEDS[feed.under.object].kind == "paged"
            return (self._listed if listed else self._under)(object, feed, state)
        return self._shaped(object, feed, self.paged(object, feed, state))

    def probe(self, object: str, feed: Feed) -> None:
        """The least calls that tell whether the object is open to us. Raises MissingScope or
        NoSuchAddress."""
        if feed.kind == "catalogue":
            self._all(object, feed)
            return
        if not feed.under:
            next(self.pages(object, feed, None, None))
            return
        above = FEEDS[feed.under.object]
        listed = above.kind == "paged"
        read = (
            self.paged(feed.under.object, above, {})
            if listed
            else self._export(feed.under.object, above, "")
        )
        parents = next(read)
        for parent in parents.records[:1]:
            next(self.paged(object, feed, {}, parent["id"]))

    def _get(
        self, object: str, feed: Feed, params: Mapping[str, str], id: Any = ""
    ) -> dict[str, Any]:
        try:
            return self._client.get(feed.url(self._client.tenant, id=id), params, feed.scope)
        except MissingScope as error:
            if object in REQUIRED:
                raise
            raise MissingScope(
                f"{error} Or leave {object} out: nothing else depends on it."
            ) from None

    def _catalogue(self, object: str, feed: Feed, cursor: str) -> Iterator[Page]:
        """A page a category: the descriptions of what its list names. The cursor is the id of
        the category read last; categories are read in the order of their ids."""
        listed = self._all(object, feed)
        left = sorted((c for c in listed if str(c["id"]) > cursor), key=lambda c: str(c["id"]))
        for number, category in enumerate(left, start=1):
            path = f"report-category/{category['id']}/reports"
            found = (
                self._get(object, replace(feed, path=f"{path}/{each['id']}"), {})
                for each in self._all(object, replace(feed, path=path))
            )
            records = tuple({**report, "category": category} for report in found)
            last = number == len(left)
            yield Page(records, "" if last else str(category["id"]), last=last)
        if not left:
            yield Page((), "", last=True)

    def _all(self, object: str, feed: Feed) -> Records:
        """A whole list that is short."""
        return tuple(record for page in self.paged(object, feed, {}) for record in page.records)

    def _shaped(self, object: str, feed: Feed, pages: Iterator[Page]) -> Iterator[Page]:
        """The pages with records taken out of others, and owners told apart."""
        for page in pages:
            records = page.records
            if feed.inside:
                records = tuple(
                    part for record in records for part in _parts(object, record, feed.inside)
                )
            if feed.owners:
                records = tuple({**record, **_owned(record, feed.owners)} for record in records)
            if feed.found:
                records = tuple(part for record in records for part in feed.found(record))
            yield replace(page, records=records)

    def _single(self, object: str, feed: Feed) -> Iterator[Page]:
        # The only one of its kind has no id: it is number one.
        yield Page(({"id": 1, **self._get(object, feed, {})},), "", last=True)

    def _export(self, object: str, feed: Feed, token: str) -> Iterator[Page]:
        # Without includeRecentChanges a change shows only after 15 minutes: a last delta
        # would miss it. The price is that recent rows may come twice, which readers allow.
        params = {**feed.params, "includeRecentChanges": "true"}
        for number in counting(1):
            asked = {**params, "from": token} if token else params
            body = self._get(object, feed, asked)
            where = f"page {number} of this reading of {object}"
            records, more = _envelope(body, where, ("hasMore", "continueFrom", "data"))
            before, token = token, body["continueFrom"] or token
            if more and token == before:
                raise Refused(f"{NAME}: {where} promises more but does not move on. {REPORT_IT}")
            yield Page(records, token, last=not more)
            if not more:
                return

    def paged(self, object: str, feed: Feed, state: State, id: Any = "") -> Iterator[Page]:
        """A list, or the one under the parent of that id."""
        params = {**feed.params, "pageSize": str(min(PAGE_SIZE, feed.most_rows))}
        if "since" in state and feed.since:
            params[feed.since] = state["since"]
        for number in counting(int(state.get("page", 1))):
            asked = {**params, "page": str(number)}
            body = self._get(object, feed, asked, id)
            records, more = _envelope(body, f"page {number} of {object}", ("hasMore", "data"))
            # A list has no tombstones: after the last page a later reading starts anew.
            after = {**state, "page": number + 1} if more else {"page": 1}
            yield Page(records, orjson.dumps(after).decode(), last=not more)
            if not more:
                return

    def _under(self, object: str, feed: Feed, state: State) -> Iterator[Page]:
        """The lists under all parents, in the order of the parents' feed and, within a page of
        it, of their ids.

        A parent that is edited while we read leaves its page of the feed, another moves up
        into its place. So a cursor within a page holds how far we are in it (`above`) and
        where the page ended when we began it (`next`): no parent is passed over. The lists
        themselves tell nothing of what is gone: after the last page a reading starts anew.
        """
        assert feed.under
        parents = feed.under.object
        kept = {"since": state["since"]} if "since" in state else {}
        token, above, after = state.get("from", ""), state.get("above", 0), state.get("next", "")
        while True:
            page = next(self._export(parents, FEEDS[parents], token))
            last, onward = page.last and not after, after or page.cursor
            ids = sorted(id for id in (int(row["id"]) for row in page.records) if id > above)
            *before, rest = list(chunked(ids, PARENTS_A_PAGE)) or [[]]
            for some in before:
                cursor = kept | {"from": token, "above": some[-1], "next": onward}
                yield Page(self._lists(object, feed, some, kept), _text(cursor), last=False)
            end = {} if last else kept | {"from": onward}
            yield Page(self._lists(object, feed, rest, kept), _text(end), last=last)
            if last:
                return
            token, above, after = onward, 0, ""

    def _listed(self, object: str, feed: Feed, state: State) -> Iterator[Page]:
        """The same under parents that have no feed: their list is read whole, and in the order
        of their ids; the cursor is how far we are."""
        assert feed.under
        parents = feed.under.object
        kept = {"since": state["since"]} if "since" in state else {}
        found = {str(row["id"]) for row in self._all(parents, FEEDS[parents])}
        left = sorted(id for id in found if id > state.get("above", ""))
        *before, rest = list(chunked(left, PARENTS_A_PAGE)) or [[]]
        for some in before:
            cursor = _text({**kept, "above": some[-1]})
            yield Page(self._lists(object, feed, some, kept), cursor, last=False)
        yield Page(self._lists(object, feed, rest, kept), _text({}), last=True)

    def _lists(self, object: str, feed: Feed, ids: Iterable[Any], kept: State) -> Records:
        """The lists under those parents; one that is gone since its feed was read has none."""
        assert feed.under
        records: list[dict[str, Any]] = []
        for id in ids:
            with suppress(NoSuchAddress):
                for page in self.paged(object, feed, kept, id):
                    records += ({feed.under.field: id, **record} for record in page.records)
        return tuple(records)


def _parts(object: str, record: dict[str, Any], inside: Inside) -> Iterator[dict[str, Any]]:
    """The records in a record; none where the vendor sends null for an empty list."""
    parts = record.get(inside.key) or []
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise Refused(f"{NAME}: {inside.key} of a record of {object} is no list. {REPORT_IT}")
    outer = {name: _at(record, place) for name, place in inside.outer.items()}
    for part in parts:
        yield {**part, **outer, **{name: part.get(own) for name, own in inside.inner.items()}}


def _owned(record: dict[str, Any], owners: Mapping[str, str]) -> dict[str, Any]:
    """The id of the first owner of each kind, None where there is none."""
    ids = {owner["type"]: owner["id"] for owner in reversed(record.get("owners") or [])}
    return {name: ids.get(kind) for name, kind in owners.items()}


def _at(record: Any, place: str) -> Any:
    for step in place.split("."):
        record = (record or {}).get(step)
    return record


def _text(state: State) -> str:
    return orjson.dumps(state).decode()


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
