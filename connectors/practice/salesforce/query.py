"""Running queries: the rows are fixed at the first page, their values are read per page."""

from array import array
from typing import Any

from connectors.practice.salesforce.compile import ADDRESS, Column, Compiled, Compiler
from connectors.practice.salesforce.errors import CallError
from connectors.practice.salesforce.fields import Field
from connectors.practice.salesforce.groups import aggregate
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.soql import parse
from connectors.practice.salesforce.values import instant

KEPT = 200
OWNERS = {"005": "User", "00G": "Group"}


class Cursor:
    """A query whose rows are known by number."""

    def __init__(self, compiled: Compiled, rows: "array[int]") -> None:
        self.compiled, self.rows = compiled, rows


class Queries:
    """Query answers and the cursors that continue them."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._cursors: dict[str, Cursor] = {}

    def start(self, text: str, deleted: bool, base: str, size: int) -> dict[str, Any]:
        """The answer of `/query?q=`."""
        parsed = parse(text)
        if any(item.aggregate not in ("", "fields") for item in parsed.items) or parsed.group:
            return aggregate(self._org, parsed, deleted)
        cursor = self.open(text, deleted)
        return self._page(cursor, 0, base, size, None)

    def open(self, text: str, deleted: bool) -> Cursor:
        """Find the rows of a query that has no aggregates."""
        compiled = Compiler(self._org.schema, parse(text), deleted).compile()
        sql = (
            f'SELECT t0.rowid FROM "{compiled.object.name}" t0 {compiled.joins}'
            f" WHERE {compiled.where} ORDER BY {compiled.order or 't0.rowid'}"
        )
        limit = -1 if compiled.limit is None else compiled.limit
        sql += f" LIMIT {limit} OFFSET {compiled.offset}"
        found = self._org.store.db.execute(sql, compiled.parameters)
        return Cursor(compiled, array("q", (row for (row,) in found)))

    def resume(self, locator: str, base: str, size: int) -> dict[str, Any]:
        """The answer of a `nextRecordsUrl`."""
        name, _, start = locator.rpartition("-")
        cursor = self._cursors.get(name)
        if cursor is None or not start.isdigit():
            raise CallError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(cursor, int(start), base, size, name)

    def _page(
        self, cursor: Cursor, start: int, base: str, size: int, name: str | None
    ) -> dict[str, Any]:
        end = start + size
        rows = self.fetch(cursor, start, end)
        object = cursor.compiled.object.name
        columns = cursor.compiled.columns
        answer: dict[str, Any] = {
            "totalSize": len(cursor.rows),
            "done": end >= len(cursor.rows),
            "records": [record(object, base, columns, row) for row in rows],
        }
        if not answer["done"]:
            name = name or self._keep(cursor)
            answer["nextRecordsUrl"] = f"{base}/query/{name}-{end}"
        return answer

    def _keep(self, cursor: Cursor) -> str:
        name = self._org.store.next_id("01g")
        self._cursors[name] = cursor
        if len(self._cursors) > KEPT:
            del self._cursors[next(iter(self._cursors))]
        return name

    def fetch(self, cursor: Cursor, start: int, end: int) -> list[tuple[Any, ...]]:
        """The stored values of those rows, with the row number and id first."""
        wanted = cursor.rows[start:end]
        compiled = cursor.compiled
        columns = ", ".join(["t0.rowid", "t0.Id", *(s for c in compiled.columns for s in c.sql)])
        numbers = ",".join(map(str, wanted))
        found = self._org.store.db.execute(
            f'SELECT {columns} FROM "{compiled.object.name}" t0 {compiled.joins}'
            f" WHERE t0.rowid IN ({numbers})"
        )
        rows = {row[0]: row for row in found}
        return [rows[number] for number in wanted if number in rows]


def record(object: str, base: str, columns: list[Column], row: tuple[Any, ...]) -> dict[str, Any]:
    """One record as JSON, parents nested; a missing parent is null."""
    id = row[1]
    answer: dict[str, Any] = {
        "attributes": {"type": object, "url": f"{base}/sobjects/{object}/{id}"}
    }
    place = 2
    for column in columns:
        values = row[place : place + len(column.sql)]
        place += len(column.sql)
        if len(column.path) == 1:
            answer[column.path[0]] = shown(column.field, values)
        else:
            _nest(answer, column, values, base)
    return answer


def _nest(answer: dict[str, Any], column: Column, values: tuple[Any, ...], base: str) -> None:
    *steps, name = column.path
    own = len(values) - len(steps)
    target = answer
    for step, known, id in zip(steps, column.kinds, values[own:], strict=True):
        inner = target.setdefault(step, None)
        if inner is None:
            if id is None:
                return
            kind = OWNERS.get(id[:3], known)
            url = f"{base}/sobjects/{kind}/{id}"
            inner = target[step] = {"attributes": {"type": kind, "url": url}}
        target = inner
    target[name] = shown(column.field, values[:own])


def shown(field: Field, values: tuple[Any, ...]) -> Any:
    """A stored value as JSON has it."""
    if field.type == "address":
        if all(value is None for value in values):
            return None
        names = (name[0].lower() + name[1:] for name in ADDRESS)
        return dict(zip(names, values, strict=True)) | {"geocodeAccuracy": None}
    value = values[0]
    if value is None:
        return False if field.type == "boolean" else None
    if field.type == "datetime":
        return instant(value)
    return bool(value) if field.type == "boolean" else value
