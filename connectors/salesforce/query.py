"""Reading records: by our key, by id, by key prefix, and those that hang under ours.

SOQL goes out escaped by simple-salesforce and in lists that fit the URI; rows come back page
by page as `Record` or `Child`. Deleted records are never read.
Source: REST API Developer Guide, "Query" and "sObject Collections"; URI limit of 16,384 bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from more_itertools import chunked, constrained_batches
from simple_salesforce.format import format_soql

from connectors.salesforce.client import Client
from connectors.salesforce.identity import BY_PARENT, MARKED, column, key_of, without_key
from connectors.salesforce.objects import ARCHIVED, BELOW, CORE, Below
from connectors.salesforce.schema import Schema
from connectors.salesforce.values import from_vendor
from connectors.values import Child, Record, Row, User

URI_ROOM = 12_000
"""Bytes for a list of values; headers and the rest of the query share the limit with it."""
READ_ROWS = 2000
SYSTEM = ("Id", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById")
LABEL_LENGTH = 80


PAGE = {"Sforce-Query-Options": "batchSize=500"}
"""Rows a page: the vendor's 2,000 of wide records would be most of a worker's memory."""


def query(
    client: Client, soql: str, archived: bool = False, tooling: bool = False
) -> Iterator[dict[str, Any]]:
    """Every row of a query, page by page. `archived` reads old activities too; `tooling` asks
    the Tooling API."""
    path = "/tooling/query" if tooling else "/queryAll" if archived else "/query"
    answer = client.call("GET", path, params={"q": soql}, headers=PAGE)
    yield from answer.pop("records")
    while not answer["done"]:
        answer = client.call("GET", answer["nextRecordsUrl"], headers=PAGE)
        yield from answer.pop("records")


def lists(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The values in groups that fit a query's URI. No group where there is no value."""
    size = 1 + len(quote("'',"))
    yield from constrained_batches(
        dict.fromkeys(values), URI_ROOM, get_len=lambda value: len(quote(value, safe="")) + size
    )


class Reader:
    """Reads one org's records as the protocol wants them."""

    def __init__(self, client: Client, schema: Schema) -> None:
        self._client, self._schema = client, schema

    def users(self) -> list[User]:
        """Standard users, active and not, that have an e-mail address. A sandbox appends
        ".invalid" to every address when it is made or refreshed (Salesforce Help, "Sandbox
        Setup Considerations"); here it is the person's own again."""
        soql = "SELECT Id, Name, Email, IsActive FROM User WHERE UserType = 'Standard' ORDER BY Id"
        found = query(self._client, soql)
        return [
            User(r["Id"], r["Name"], r["Email"].removesuffix(".invalid"), r["IsActive"])
            for r in found
            if r["Email"]
        ]

    def find(self, object: str, rows: Sequence[Row]) -> Iterator[Record]:
        field, values = column(object), {row.key for row in rows}
        if marked := MARKED.get(object):
            field = marked.parent
            values = {str(parent) for row in rows if (parent := row.values.get(field))}
        wanted = {row.key for row in rows}
        for some in lists(sorted(values)):
            where = format_soql("{:literal} IN {}", field, list(some))
            for row in self._rows(object, (), where):
                # SOQL does not tell upper from lower case; keys do.
                if key_of(object, row) in wanted:
                    yield self._record(object, row, ())

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Iterator[Record]:
        self._schema.fields(object, fields)
        wanted = self._columns(object, fields)
        if object in ARCHIVED or object in BY_PARENT:
            for few in lists(ids):
                for row in self._rows(object, fields, format_soql("Id IN {}", list(few))):
                    yield self._record(object, row, fields)
            return
        for some in chunked(dict.fromkeys(ids), READ_ROWS):
            body = {"ids": some, "fields": wanted}
            answer = self._client.call("POST", f"/composite/sobjects/{object}", body, retry=True)
            for row in answer:
                if row is not None:
                    yield self._record(object, row, fields)

    def sweep(self, object: str, prefix: str, fields: Sequence[str]) -> Iterator[Record]:
        if self._holds_no_keys(object):
            return
        self._schema.fields(object, fields)
        field, start = column(object), prefix
        if marked := MARKED.get(object):
            # What they hang under is of the same account, though not of the same source object.
            field, start = marked.above, "".join(prefix.partition("/")[:2])
        like = format_soql("{:literal} LIKE '{:like}%'", field, start)
        for row in self._rows(object, fields, like, " ORDER BY Id"):
            record = self._record(object, row, fields)
            if record.key.startswith(prefix):
                yield record

    def children(self, object: str, ids: Sequence[str]) -> Iterator[Child]:
        for child, field in self._below(object):
            below = BELOW.get(child, Below())
            select = (
                f"SELECT Id, {below.label}, {below.creator}, {field} FROM {child} WHERE {field} IN "
            )
            alive = "" if child == "ContentDocumentLink" else " AND IsDeleted = false"
            alive += f" AND {below.where}" if below.where else ""
            for some in lists(ids):
                soql = format_soql("{:literal}{}{:literal}", select, list(some), alive)
                for row in query(self._client, soql, child in ARCHIVED):
                    yield self._child(child, field, row, below)

    def _holds_no_keys(self, object: str) -> bool:
        """Whether the org lacks the object, or has one of that name that is not ours. That
        of a core object is an error instead."""
        if object in BY_PARENT and self._schema.spec(object) is not None:
            object = BY_PARENT[object]
        spec = None if object in CORE else self._schema.spec(object)
        return object not in CORE and (spec is None or spec.field(column(object)) is None)

    def _below(self, object: str) -> Iterator[tuple[str, str]]:
        """Object and lookup field of what a delete takes along, is stopped by, or cuts loose:
        an emptied lookup is a change of somebody's record too."""
        answer = self._schema.describe(object) or {"childRelationships": ()}
        for each in answer["childRelationships"]:
            name, field = each["childSObject"], each["field"]
            known = name in BELOW or name.endswith("__c")
            if field and known and not each["deprecatedAndHidden"]:
                yield name, field

    def _rows(
        self, object: str, fields: Sequence[str], where: str, order: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Live rows, old activities too."""
        archived = object in ARCHIVED
        alive = " AND IsDeleted = false" if archived else ""
        if object in BY_PARENT:
            alive += " AND Pricebook2.IsStandard = true"
        columns = ", ".join(self._columns(object, fields))
        soql = f"SELECT {columns} FROM {object} WHERE {where}{alive}{order}"
        return query(self._client, soql, archived)

    def _columns(self, object: str, fields: Sequence[str]) -> list[str]:
        return list(dict.fromkeys([*SYSTEM, column(object), *fields]))

    def _record(self, object: str, row: Mapping[str, Any], fields: Sequence[str]) -> Record:
        specs = self._schema.fields(object, fields)
        return Record(
            id=row["Id"],
            key=key_of(object, row),
            values={
                name: without_key(object, name, from_vendor(row[name], specs[name].type))
                for name in fields
            },
            created_at=datetime.fromisoformat(row["CreatedDate"]),
            # Not SystemModstamp: background jobs of the org move that one.
            modified_at=datetime.fromisoformat(row["LastModifiedDate"]),
            # Where we name an author as the creator, we stay the one who changed it last.
            ours=self._client.session.user_id in (row["CreatedById"], row["LastModifiedById"]),
        )

    def _child(self, object: str, field: str, row: Mapping[str, Any], below: Below) -> Child:
        return Child(
            parent_id=row[field],
            object=object,
            id=row["Id"],
            label=str(_at(row, below.label) or "")[:LABEL_LENGTH],
            ours=_at(row, below.creator) == self._client.session.user_id,
        )


def _at(row: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where a parent on the way is absent."""
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
