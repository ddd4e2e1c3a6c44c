"""sObject Collections: up to 200 records a call, results in the order of the request."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.routing import Route

from connectors.practice.salesforce.api import Call, Door
from connectors.practice.salesforce.bodies import body_pairs, options
from connectors.practice.salesforce.compile import Compiler
from connectors.practice.salesforce.deletes import delete
from connectors.practice.salesforce.errors import CallError, RowError
from connectors.practice.salesforce.ids import full_id
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.query import record as shown_record
from connectors.practice.salesforce.soql import Item, Query
from connectors.practice.salesforce.values import from_json
from connectors.practice.salesforce.writer import Writer

LARGEST = 200
LARGEST_READ = 2000
ROLLED_BACK = RowError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using"
    " AllOrNone header",
)
SKIP_ID = frozenset({"id"})


class Undo(Exception):
    """Leaves a transaction without keeping it."""


One = Callable[[Any], dict[str, Any]]


class Collections:
    """The endpoints over one org."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def routes(self, door: Door) -> list[Route]:
        """All routes of this module."""
        path = "/composite/sobjects"
        return [
            *door.routes(path, POST=self.insert, PATCH=self.update, DELETE=self.delete),
            *door.routes(f"{path}/{{object}}", POST=self.retrieve),
            *door.routes(f"{path}/{{object}}/{{key}}", PATCH=self.upsert),
        ]

    async def insert(self, call: Call) -> Any:
        records, together = await self._records(call)
        writer = Writer(self._org, options(self._org, call), from_json)

        def one(record: dict[str, Any]) -> dict[str, Any]:
            object = self._object(record)
            pairs = body_pairs(self._org.schema, object, record)
            return {"id": writer.insert(object, pairs)}

        return self._all(records, one, together)

    async def update(self, call: Call) -> Any:
        records, together = await self._records(call)
        writer = Writer(self._org, options(self._org, call), from_json)

        def one(record: dict[str, Any]) -> dict[str, Any]:
            object = self._object(record)
            sent = next((record[name] for name in record if name.lower() == "id"), None)
            if sent is None:
                raise RowError("MISSING_ARGUMENT", "Id not specified in an update call", "Id")
            id = self._checked(str(sent), object)
            writer.update(object, id, body_pairs(self._org.schema, object, record, SKIP_ID))
            return {"id": id}

        return self._all(records, one, together)

    async def upsert(self, call: Call) -> Any:
        records, together = await self._records(call)
        object = call.object(self._org.schema)
        key = self._org.schema.field(object, call.path["key"])
        if key is None or not (key.external_id or key.name == "Id"):
            raise CallError(400, "INVALID_FIELD", f"{call.path['key']} is no external id field")
        writer = Writer(self._org, options(self._org, call), from_json)
        skip = frozenset({key.name.lower()})

        def one(record: dict[str, Any]) -> dict[str, Any]:
            value = next((record[name] for name in record if name.lower() in skip), None)
            pairs = body_pairs(self._org.schema, object, record, skip)
            id, created = writer.upsert(object, key, value, pairs)
            return {"id": id, "created": created}

        return self._all(records, one, together)

    async def delete(self, call: Call) -> Any:
        ids = [id for id in call.query.get("ids", "").split(",") if id]
        together = call.query.get("allOrNone", "false").lower() == "true"
        _check_size(len(ids))

        def one(id: str) -> dict[str, Any]:
            object = self._org.schema.by_prefix(id[:3])
            if object is None:
                raise RowError("MALFORMED_ID", f"bad id {id}")
            checked = self._checked(id, object)
            delete(self._org, object, checked, self._org.people.integration)
            return {"id": checked}

        return self._all(ids, one, together)

    async def retrieve(self, call: Call) -> Any:
        object, body = call.object(self._org.schema), await call.json_object()
        ids, names = body.get("ids"), body.get("fields")
        if not isinstance(ids, list) or not isinstance(names, list) or not names:
            raise CallError(400, "JSON_PARSER_ERROR", "ids and fields must be given")
        if len(ids) > LARGEST_READ:
            raise CallError(400, "EXCEEDED_ID_LIMIT", f"record limit reached: {LARGEST_READ}")
        whole = [full_id(str(id)) for id in ids]
        if bad := [id for id, found in zip(ids, whole, strict=True) if found is None]:
            raise CallError(400, "MALFORMED_ID", f"malformed id {bad[0]}")
        query = Query(object.name, [Item(str(name)) for name in ["Id", *names]])
        compiled = Compiler(self._org.schema, query, False).compile()
        columns = ", ".join(sql for column in compiled.columns for sql in column.sql)
        marks = ", ".join("?" * len(whole))
        rows = self._org.store.db.execute(
            f'SELECT t0.rowid, t0.Id, {columns} FROM "{object.name}" t0 {compiled.joins}'
            f" WHERE {compiled.where} AND t0.Id IN ({marks})",
            whole,
        )
        found = {
            row[1]: shown_record(object.name, call.base, compiled.columns, row) for row in rows
        }
        return [found.get(id) for id in whole]

    async def _records(self, call: Call) -> tuple[list[dict[str, Any]], bool]:
        body = await call.json_object()
        records = body.get("records")
        if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
            raise CallError(400, "JSON_PARSER_ERROR", "records must be a list of objects")
        _check_size(len(records))
        return records, bool(body.get("allOrNone", False))

    def _object(self, record: dict[str, Any]) -> Object:
        name = (record.get("attributes") or {}).get("type", "")
        object = self._org.schema.object(name)
        if object is None:
            raise RowError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return object

    def _checked(self, sent: str, object: Object) -> str:
        id = full_id(sent)
        if id is None or not id.startswith(object.prefix):
            raise RowError("MALFORMED_ID", f"{object.label} ID: id value of incorrect type: {sent}",
                           "Id")  # fmt: skip
        return id

    def _all(self, things: list[Any], one: One, together: bool) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = []
        with suppress(Undo), self._org.store.transaction():
            results = [self._tried(thing, one) for thing in things]
            if together and not all(result["success"] for result in results):
                raise Undo
        if together and not all(result["success"] for result in results):
            undone = {"success": False, "errors": [ROLLED_BACK.result()]}
            return [undone if result["success"] else result for result in results]
        return results

    def _tried(self, thing: Any, one: One) -> dict[str, Any]:
        try:
            return {**one(thing), "success": True, "errors": []}
        except RowError as refused:
            return {"success": False, "errors": [refused.result()]}


def _check_size(count: int) -> None:
    if count > LARGEST:
        raise CallError(400, "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than"
                        f" {LARGEST} records into this call")  # fmt: skip
    if not count:
        raise CallError(400, "REQUIRED_FIELD_MISSING", "at least one record is required")
