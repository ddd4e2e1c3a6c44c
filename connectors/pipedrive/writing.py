"""Writing: one call a record.

In: a row. Out: the id of its record. There is no upsert and no bulk call; a create or a change
whose answer is lost raises Unavailable, for only a look-up tells whether it was done. A delete
may be repeated, and is.
Source: Pipedrive API Reference v2 (add, update and delete of deals, persons, organizations,
activities, products, products of deals) and v1 (notes, files).
"""

from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import Any

from connectors.errors import Refused
from connectors.marker import bearing
from connectors.pipedrive import sold
from connectors.pipedrive.answers import REPORT_IT
from connectors.pipedrive.client import Client
from connectors.pipedrive.ledger import NAME
from connectors.pipedrive.objects import THINGS, Thing
from connectors.pipedrive.schema import Schema
from connectors.pipedrive.values import Unsendable, marked_name, to_json
from connectors.values import Chunk, Row, Verb

OWNERS = ("owner_id", "user_id")
IN_MEMORY = 1 << 20

Body = dict[str, Any]


class Writer:
    """Writes to one account."""

    def __init__(self, client: Client, schema: Schema) -> None:
        self._client, self._schema = client, schema

    def prepare(self, chunk: Chunk) -> None:
        """Ask once for what many rows at once would each ask for."""
        names = sorted({name for row in chunk.rows for name in row.values})
        self._schema.columns(chunk.object, names)
        if set(OWNERS) & set(names):
            self._schema.users()
        _ = self._schema.currency

    def send(self, object: str, verb: Verb, row: Row) -> str:
        """Write one record; its id. Raises RecordRefused."""
        thing = THINGS[object]
        path = sold.path_of(thing, row)
        if verb == "delete":
            self._client.call("DELETE", path)
        elif verb == "update":
            # Not repeated here: the journal must know of one that may be committed late.
            body, method = self._body(thing, verb, row), "PATCH" if thing.new else "PUT"
            self._client.call(method, path, body, again=False)
        else:
            return self._create(thing, path, row)
        return str(row.id)

    def _create(self, thing: Thing, path: str, row: Row) -> str:
        body = self._body(thing, "create", row)
        if thing.under:
            del body["deal_id"]
        if thing.name == "files":
            answer = self._upload(thing, row, body)
        else:
            answer = self._client.call("POST", path, body)
        made = answer.get("data") or {}
        if made.get("id") is None:
            raise Refused(f"{NAME}: POST {path} was answered without an id. {REPORT_IT}")
        return sold.id_of(thing, {**row.values, **made})

    def _upload(self, thing: Thing, row: Row, body: Body) -> Body:
        if row.content is None:
            raise Unsendable(f"NOT_SENT: the file of {row.key} has no content.")
        name = body.pop("name")
        form = {field: str(value) for field, value in body.items()}
        with SpooledTemporaryFile(IN_MEMORY) as file:
            for block in row.content():
                file.write(block)
            file.seek(0)
            parts = {"file": (name, file)}
            return self._client.call("POST", thing.path, form=form, files=parts)

    def _body(self, thing: Thing, verb: Verb, row: Row) -> Body:
        """Raises Unsendable."""
        columns = self._schema.columns(thing.name)
        body: Body = {}
        custom: Body = {}
        creating = verb == "create"
        for name, value in self._marked(thing, row, creating).items():
            column = columns[name]
            if creating and value is None:
                continue
            if name in OWNERS:
                self._check_owner(name, value)
            into = custom if column.custom else body
            into[column.code] = to_json(value, column, self._schema.currency)
        if creating and not thing.mark:
            custom[self._schema.key(thing.name).code] = row.key
        if custom:
            body["custom_fields"] = custom
        if body.get("stage_id") is not None:
            body["pipeline_id"] = self._pipeline(body["stage_id"])
        return body

    def _marked(self, thing: Thing, row: Row, creating: bool) -> Mapping[str, Any]:
        """The row's values, with our key at the end of the text that has to hold it."""
        if not thing.mark:
            return row.values
        if thing.name != "files":
            return bearing(row, thing.mark)
        if not (creating or thing.mark in row.values):
            return row.values
        name = str(row.values.get(thing.mark) or "file")
        return {**row.values, thing.mark: marked_name(name, row.key)}

    def _check_owner(self, name: str, value: Any) -> None:
        """The vendor gives a record without a valid owner to whomever the token is of."""
        active = {user.id for user in self._schema.users() if user.active}
        if value is not None and str(value) not in active:
            raise Unsendable(f"NOT_SENT: {name}: user {value} is not active in this account.")

    def _pipeline(self, stage: int) -> int:
        return next(int(s["pipeline_id"]) for s in self._schema.stages() if s["id"] == stage)
