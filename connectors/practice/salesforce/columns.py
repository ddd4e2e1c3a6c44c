"""What `/query?columns=true` tells of a query's columns, and nothing of its rows.

The Salesforce CLI asks this before it prints a table. Parents nest as `joinColumns`.
"""

from typing import Any

from connectors.practice.salesforce.compile import Compiler
from connectors.practice.salesforce.fields import NUMBERS, TEXTS, Field
from connectors.practice.salesforce.groups import named
from connectors.practice.salesforce.schema import Schema
from connectors.practice.salesforce.soql import Item, parse


def columns(schema: Schema, text: str) -> dict[str, Any]:
    """The answer. Raises CallError as the query itself would."""
    query = parse(text)
    compiler = Compiler(schema, query, deleted=False)
    aggregates = bool(query.group) or any(i.aggregate not in ("", "fields") for i in query.items)
    found: list[dict[str, Any]] = []
    if aggregates:
        found += [
            _column(name, _field(compiler, item), aggregate=bool(item.aggregate))
            for name, item in zip(named(query), query.items, strict=True)
        ]
    else:
        for column in compiler.compile().columns:
            _place(found, column.path, column.field)
    return {
        "columnMetadata": found,
        "entityName": compiler.object.name,
        "groupBy": bool(query.group),
        "idSelected": any(each["columnName"] == "Id" for each in found),
        "keyPrefix": compiler.object.prefix,
    }


def _field(compiler: Compiler, item: Item) -> Field | None:
    return compiler.resolve(item.path)[1] if item.path else None


def _place(found: list[dict[str, Any]], path: tuple[str, ...], field: Field) -> None:
    """Add a column below the parents on its path."""
    for step in path[:-1]:
        parent = next((each for each in found if each["columnName"] == step), None)
        if parent is None:
            parent = _column(step, None)
            found.append(parent)
        found = parent["joinColumns"]
    found.append(_column(path[-1], field))


def _column(name: str, field: Field | None, aggregate: bool = False) -> dict[str, Any]:
    kind = field.type if field else ""
    return {
        "aggregate": aggregate,
        "apexType": kind.capitalize() or None,
        "booleanType": kind == "boolean",
        "columnName": name,
        "custom": bool(field and field.custom),
        "displayName": name,
        "foreignKeyName": None,
        "insertable": bool(field and field.createable),
        "joinColumns": [],
        "numberType": kind in NUMBERS or aggregate,
        "textType": kind in TEXTS,
        "updatable": bool(field and field.updateable),
    }
