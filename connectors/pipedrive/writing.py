"""Writing: one call a record, several under way at once, an outcome each.

In: a chunk. Out: outcomes by key. There is no upsert and no bulk call; a create or a change
whose answer is lost raises Unavailable, for only a look-up tells whether it was done. A delete
may be repeated, and is.
Source: Pipedrive API Reference v2 (add, update and delete of deals, persons, organizations,
activities) and v1 (notes, files).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from threading import Event
from typing import Any

from connectors.errors import ConnectorError, Refused
from connectors.pipedrive.answers import REPORT_IT, RecordRefused
from connectors.pipedrive.client import Client
from connectors.pipedrive.ledger import NAME
from connectors.pipedrive.objects import THINGS, Thing
from connectors.pipedrive.reading import THREADS
from connectors.pipedrive.schema import Schema
from connectors.pipedrive.values import Unsendable, marked, marked_name, to_json
from connectors.values import Chunk, Outcome, Row, Verb

OWNERS = ("owner_id", "user_id")
GONE = (404, 410)
IN_MEMORY = 1 << 20

Body = dict[str, Any]


class Writer:
    """Writes to one account."""

    def __init__(self, client: Client, schema: Schema) -> None:
        self._client, self._schema = client, schema

    def send(self, chunk: Chunk) -> list[Outcome]:
        """The outcome of each row. Raises what one of the calls raised once those under way have
        ended; the others are then not begun."""
        thing = THINGS[chunk.object]
        names = sorted({name for row in chunk.rows for name in row.values})
        self._schema.columns(chunk.object, names)
        if set(OWNERS) & set(names):
            self._schema.users()  # asked for once, before many ask at once
        _ = self._schema.currency
        return in_parallel(lambda row: self._one(thing, chunk.verb, row), chunk.rows)

    def _one(self, thing: Thing, verb: Verb, row: Row) -> Outcome:
        try:
            if verb == "delete":
                self._client.call("DELETE", f"{thing.path}/{row.id}")
                return Outcome(row.key, "done", row.id)
            body = self._body(thing, verb, row)
            if verb == "update":
                method = "PATCH" if thing.new else "PUT"
                # Not repeated here: the journal must know of one that may be committed late.
                self._client.call(method, f"{thing.path}/{row.id}", body, again=False)
                return Outcome(row.key, "done", row.id)
            return Outcome(row.key, "done", self._create(thing, row, body))
        except Unsendable as reason:
            return Outcome(row.key, "failed", row.id, str(reason))
        except RecordRefused as refusal:
            gone = verb != "create" and refusal.status in GONE
            return Outcome(row.key, "gone" if gone else "failed", row.id, str(refusal))

    def _create(self, thing: Thing, row: Row, body: Body) -> str:
        if thing.name == "files":
            answer = self._upload(thing, row, body)
        else:
            answer = self._client.call("POST", thing.path, body)
        id = (answer.get("data") or {}).get("id")
        if id is None:
            raise Refused(f"{NAME}: POST {thing.path} was answered without an id. {REPORT_IT}")
        return str(id)

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
        if not thing.mark or not (creating or thing.mark in row.values):
            return row.values
        text = row.values.get(thing.mark)
        if thing.name == "files":
            return {**row.values, thing.mark: marked_name(str(text or "file"), row.key)}
        return {**row.values, thing.mark: marked(str(text) if text else None, row.key)}

    def _check_owner(self, name: str, value: Any) -> None:
        """The vendor gives a record without a valid owner to whomever the token is of."""
        active = {user.id for user in self._schema.users() if user.active}
        if value is not None and str(value) not in active:
            raise Unsendable(f"NOT_SENT: {name}: user {value} is not active in this account.")

    def _pipeline(self, stage: int) -> int:
        return next(int(s["pipeline_id"]) for s in self._schema.stages() if s["id"] == stage)


def in_parallel(work: Callable[[Row], Outcome], rows: Sequence[Row]) -> list[Outcome]:
    """`work` on every row, THREADS at a time; after an error no further one is begun."""
    stop = Event()

    def guarded(row: Row) -> Outcome | None:
        if stop.is_set():
            return None
        try:
            return work(row)
        except ConnectorError:
            stop.set()
            raise

    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(guarded, row) for row in rows]
    outcomes = [future.result() for future in futures]
    return [outcome for outcome in outcomes if outcome is not None]
