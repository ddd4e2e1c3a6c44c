"""Reading records: by our key, by id, by key prefix, and those that hang under ours.

In: keys, ids, field names. Out: records in canonical form. Nothing is asked one by one where a
list of hundreds costs the same.
Source: Pipedrive API Reference v2 and v1, the list calls and `include_fields`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from more_itertools import chunked

from connectors.canonical import newlines
from connectors.marker import unmarked
from connectors.onebyone import Where
from connectors.pipedrive import sold
from connectors.pipedrive.answers import NotFound
from connectors.pipedrive.client import Client
from connectors.pipedrive.lists import IDS_A_CALL, Keys, by_ids, every, key_of, living
from connectors.pipedrive.objects import THINGS, Thing
from connectors.pipedrive.schema import Schema
from connectors.pipedrive.values import from_html, from_json, moment_of, unmarked_name
from connectors.values import Child, Record, Row, Value

THREADS = 8
LABEL_LENGTH = 80

BELOW: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "organizations": (
        (("people_count",), "persons"),
        (("open_deals_count", "closed_deals_count"), "deals"),
        (("activities_count",), "activities"),
        (("notes_count",), "notes"),
        (("files_count",), "files"),
    ),
    "persons": (
        (("open_deals_count", "closed_deals_count"), "deals"),
        (("activities_count",), "activities"),
        (("notes_count",), "notes"),
        (("files_count",), "files"),
    ),
    "deals": (
        (("products_count",), "deal products"),
        (("activities_count",), "activities"),
        (("notes_count",), "notes"),
        (("files_count",), "files"),
    ),
}
"""Object → the vendor's own counts of what hangs under a record, and what that is. Only where
one is not zero are the records themselves listed."""
FILES_OF = {"organizations": "organizations", "persons": "persons", "deals": "deals"}
LABELS = ("name", "title", "subject", "content")


class Reader:
    """Reads one account's records as the protocol wants them."""

    def __init__(self, client: Client, schema: Schema) -> None:
        self._client, self._schema = client, schema
        self._keys: dict[str, Keys] = {}

    def find(self, object: str, rows: Sequence[Row]) -> Iterator[Record]:
        if not rows:
            return
        thing, wanted = THINGS[object], {row.key for row in rows}
        if thing.under:
            lines = sold.of_deals(self._client, filter(None, map(sold.deal_of, rows)))
            yield from self._with_keys(thing, lines, wanted)
            return
        keys = self._keys.setdefault(object, Keys(self._client, self._schema, thing))
        keys.refresh()
        ids = sorted({id for key in wanted for id in keys.ids(key)}, key=int)
        yield from self._with_keys(thing, self._having(thing, ids), wanted)

    def _with_keys(
        self, thing: Thing, raws: Iterable[dict[str, Any]], wanted: set[str]
    ) -> Iterator[Record]:
        records = (self._record(thing, raw, ()) for raw in raws)
        return (record for record in records if record.key in wanted)

    def listed(self, object: str, fields: Sequence[str], where: Where) -> Iterator[Record]:
        """All records, or those with the ids that `where` names."""
        thing = THINGS[object]
        self._schema.columns(object, fields)
        for raw in self._having(thing, where["id"]) if where else self._every(thing):
            yield self._record(thing, raw, fields)

    def _every(self, thing: Thing) -> Iterator[dict[str, Any]]:
        return sold.all_lines(self._client) if thing.under else every(self._client, thing)

    def children(self, object: str, ids: Sequence[str]) -> Iterator[Child]:
        thing = THINGS[object]
        if object == "products":
            yield from self._sold(ids)
        if object not in BELOW:
            return
        asked = {"include_fields": ",".join(thing.counts)}
        for some in chunked(dict.fromkeys(ids), IDS_A_CALL):
            for raw in by_ids(self._client, thing, some, **asked):
                for counts, child in BELOW[object]:
                    if any(raw.get(name) for name in counts):
                        yield from self._below(thing, str(raw["id"]), THINGS[child])

    def _sold(self, products: Sequence[str]) -> Iterator[Child]:
        """A product tells no number of the deals that it is on: one call each."""
        for id in products:
            for raw in sold.deals_with(self._client, id):
                yield Child(id, "deals", str(raw["id"]), _label(raw), False)

    def _below(self, parent: Thing, id: str, child: Thing) -> Iterator[Child]:
        of: dict[str, Any] = {parent.parent: id}
        if child.name == "files":
            path = f"/api/v1/{FILES_OF[parent.name]}/{id}/files"
            pages = self._client.pages_v1(path, IDS_A_CALL)
        elif child.under:
            pages = iter([list(sold.of_deals(self._client, [id]))])
        elif child.new:
            pages = self._client.pages(child.path, **of)
        else:
            pages = self._client.pages_v1(child.path, **of)
        for raw in (raw for page in pages for raw in living(page)):
            ours, name = self._ours(child, raw), sold.id_of(child, raw)
            yield Child(id, child.name, name, _label(raw), ours)

    def _having(self, thing: Thing, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
        """What version 1 serves has no list by ids."""
        wanted = list(dict.fromkeys(ids))
        if thing.under:
            lines = sold.of_deals(self._client, (id.partition("/")[0] for id in wanted))
            yield from (raw for raw in lines if sold.id_of(thing, raw) in set(wanted))
            return
        if thing.new:
            for some in chunked(wanted, IDS_A_CALL):
                yield from by_ids(self._client, thing, some)
            return
        with ThreadPoolExecutor(THREADS) as pool:
            for raw in pool.map(self._one(thing), wanted):
                yield from living([raw] if raw else [])

    def _one(self, thing: Thing) -> Callable[[str], dict[str, Any] | None]:
        def ask(id: str) -> dict[str, Any] | None:
            try:
                found: dict[str, Any] = self._client.call("GET", f"{thing.path}/{id}")["data"]
            except NotFound:
                return None
            return found

        return ask

    def _record(self, thing: Thing, raw: Mapping[str, Any], fields: Sequence[str]) -> Record:
        return Record(
            id=sold.id_of(thing, dict(raw)),
            key=key_of(self._schema, thing, dict(raw)),
            values={name: self._value(thing, raw, name) for name in fields},
            created_at=moment_of(raw.get("add_time")),
            modified_at=moment_of(raw.get("update_time") or raw.get("add_time")),
            ours=self._ours(thing, raw),
        )

    def _value(self, thing: Thing, raw: Mapping[str, Any], name: str) -> Value:
        column = self._schema.columns(thing.name)[name]
        if column.custom:
            return from_json((raw.get("custom_fields") or {}).get(column.code), column)
        value = raw.get(name)
        if name == thing.mark and thing.name == "files":
            return unmarked_name(str(value or ""))[0]
        if name == thing.mark:
            text = str(value or "")
            return unmarked(from_html(text) if column.kind == "html" else newlines(text))[0]
        return from_json(value, column)

    def _ours(self, thing: Thing, raw: Mapping[str, Any]) -> bool:
        """Made by the user we work as. Of what does not name its maker, whatever bears a key."""
        if thing.creator:
            maker = raw.get(thing.creator)
            maker = maker.get("value", maker.get("id")) if isinstance(maker, dict) else maker
            return str(maker) == str(self._schema.me["id"])
        return bool(key_of(self._schema, thing, dict(raw)))


def _label(raw: Mapping[str, Any]) -> str:
    text = next((str(raw[name]) for name in LABELS if raw.get(name)), "")
    return from_html(text)[:LABEL_LENGTH]
