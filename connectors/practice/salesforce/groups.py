"""Aggregate queries: COUNT, COUNT(x), MIN, MAX, SUM, AVG, with GROUP BY and HAVING."""

from typing import Any

from connectors.practice.salesforce.compile import Compiler
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.soql import Group, Item, Query, Test, malformed
from connectors.practice.salesforce.values import instant

SIGNS = {"=": "=", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def aggregate(org: Org, query: Query, deleted: bool) -> dict[str, Any]:
    """The answer of a query with aggregates."""
    compiler = Compiler(org.schema, query, deleted)
    if [(i.aggregate, i.path) for i in query.items] == [("count", "")] and not query.group:
        return _count(org, compiler)
    names = named(query)
    columns = [_column(compiler, item) for item in query.items]
    grouped = [_column(compiler, Item(path)) for path in query.group]
    where = compiler.condition()
    having = _having(compiler, query.having) if query.having else ""
    sql = (
        f'SELECT {", ".join(columns)} FROM "{compiler.object.name}" t0 {compiler.joins()}'
        f" WHERE {where}"
        + (f" GROUP BY {', '.join(grouped)}" if grouped else "")
        + (f" HAVING {having}" if having else "")
        + f" LIMIT {2000 if query.limit is None else query.limit}"
    )
    rows = org.store.db.execute(sql, compiler.parameters).fetchall()
    times = [_is_time(compiler, item) for item in query.items]
    records = [_record(names, times, row) for row in rows]
    return {"totalSize": len(records), "done": True, "records": records}


def _count(org: Org, compiler: Compiler) -> dict[str, Any]:
    where = compiler.condition()
    (count,) = org.store.db.execute(
        f'SELECT COUNT(*) FROM "{compiler.object.name}" t0 {compiler.joins()} WHERE {where}',
        compiler.parameters,
    ).fetchone()
    return {"totalSize": count, "done": True, "records": []}


def named(query: Query) -> list[str]:
    """The name of each column: its alias, its field, or expr0, expr1, … for aggregates."""
    names, number = [], 0
    for item in query.items:
        if item.aggregate and not item.alias:
            names.append(f"expr{number}")
            number += 1
        else:
            names.append(item.alias or item.path.rpartition(".")[2])
    return names


def _column(compiler: Compiler, item: Item) -> str:
    if not item.path:
        return "COUNT(*)"
    _, field, alias = compiler.resolve(item.path)
    sql = field.formula.replace("{t}", alias) if field.formula else f'{alias}."{field.name}"'
    if item.aggregate == "count_distinct":
        return f"COUNT(DISTINCT {sql})"
    return f"{item.aggregate.upper()}({sql})" if item.aggregate else sql


def _is_time(compiler: Compiler, item: Item) -> bool:
    counts = item.aggregate.startswith("count")
    return bool(item.path) and not counts and compiler.resolve(item.path)[1].type == "datetime"


def _having(compiler: Compiler, node: Any) -> str:
    if isinstance(node, Group):
        parts = [f"({_having(compiler, part)})" for part in node.parts]
        return f"NOT {parts[0]}" if node.operator == "not" else f" {node.operator} ".join(parts)
    if not isinstance(node, Test) or node.operator not in SIGNS or isinstance(node.value, list):
        raise malformed("unexpected token in HAVING")
    compiler.parameters.append(
        float(node.value.value) if node.value.kind == "number" else node.value.value
    )
    return f"{_column(compiler, node.item)} {SIGNS[node.operator]} ?"


def _record(names: list[str], times: list[bool], row: tuple[Any, ...]) -> dict[str, Any]:
    values = [
        instant(value) if time and value is not None else value
        for time, value in zip(times, row, strict=True)
    ]
    attributes = {"attributes": {"type": "AggregateResult"}}
    return attributes | dict(zip(names, values, strict=True))
