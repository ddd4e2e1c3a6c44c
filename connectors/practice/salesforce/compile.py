"""SOQL trees to SQL: names are looked up as our user sees them, parents become joins.

SOQL knows no third truth value: a null is never equal, so always unequal.
"""

from dataclasses import dataclass
from typing import Any

from connectors.practice.salesforce.content_objects import LINK
from connectors.practice.salesforce.errors import CallError
from connectors.practice.salesforce.fields import NUMBERS, TEXTS, Field
from connectors.practice.salesforce.ids import full_id
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.schema import Schema
from connectors.practice.salesforce.soql import Group, Item, Literal, Query, Test, malformed
from connectors.practice.salesforce.values import seconds

OWNER = Object(
    "Name",
    "Name",
    "Names",
    "",
    fields={
        name: Field(label, label, kind, 255)
        for name, label, kind in (
            ("id", "Id", "id"),
            ("name", "Name", "string"),
            ("email", "Email", "email"),
            ("username", "Username", "string"),
            ("isactive", "IsActive", "boolean"),
            ("type", "Type", "string"),
        )
    },
)


def live(object: Object, alias: str) -> list[str]:
    """What leaves deleted rows and archived activities out."""
    hidden = ("IsDeleted", "IsArchived")
    return [f"{alias}.{name} = 0" for name in hidden if name.lower() in object.fields]


@dataclass(frozen=True, slots=True)
class Column:
    """One answered value: where it goes, its field, its SQL (several for an address).
    A value of a parent has the ids of the parents on its path last; `kinds` their objects."""

    path: tuple[str, ...]
    field: Field
    sql: tuple[str, ...]
    kinds: tuple[str, ...] = ()


@dataclass(slots=True)
class Compiled:
    """SQL of the row numbers in order, and what to fetch for a page of them."""

    object: Object
    columns: list[Column]
    joins: str
    where: str
    order: str
    parameters: list[Any]
    limit: int | None
    offset: int


class Compiler:
    """Compiles one query, or a semi-join inside one."""

    def __init__(self, schema: Schema, query: Query, deleted: bool, level: int = 0) -> None:
        self._schema, self._query, self._deleted, self._level = schema, query, deleted, level
        self._root = f"t{level}"
        self._joins: dict[tuple[str, ...], tuple[str, Object]] = {}
        self._join_sql: list[str] = []
        self.parameters: list[Any] = []
        found = schema.object(query.object)
        if found is None:
            raise CallError(
                400,
                "INVALID_TYPE",
                f"sObject type '{query.object}' is not supported. If you are attempting to use a"
                " custom object, be sure to append the '__c' after the entity name. Please"
                " reference your WSDL or the describe call for the appropriate names.",
            )
        self.object = found

    def compile(self) -> Compiled:
        """The whole query."""
        if self.object.name == LINK and not self._by_file_or_record(self._query.where):
            raise malformed(
                "Implementation restriction: ContentDocumentLink requires a filter by a single Id"
                " on ContentDocumentId or LinkedEntityId using the equals operator or multiple"
                " Id's using the IN operator."
            )
        columns = [c for item in self._query.items for c in self._columns(item)]
        where = self.condition()
        order = ", ".join(self._order(*each) for each in self._query.order)
        return Compiled(
            self.object, columns, " ".join(self._join_sql), where, order, self.parameters,
            self._query.limit, self._query.offset,
        )  # fmt: skip

    def _by_file_or_record(self, node: Any) -> bool:
        """Whether every row that is found must name its file, or its record."""
        if isinstance(node, Group):
            return node.operator == "and" and any(map(self._by_file_or_record, node.parts))
        if not isinstance(node, Test) or node.operator not in ("=", "in"):
            return False
        return node.item.path.lower() in ("contentdocumentid", "linkedentityid")

    def condition(self) -> str:
        """The WHERE clause, soft deletion included."""
        parts = [] if self._deleted else live(self.object, self._root)
        if self._query.where is not None:
            parts.append(self._where(self._query.where, False))
        return " AND ".join(parts) or "1"

    def joins(self) -> str:
        """The parents joined so far."""
        return " ".join(self._join_sql)

    def _columns(self, item: Item) -> list[Column]:
        if item.aggregate == "fields":
            return self._all_fields(item.path.upper())
        steps, field, alias = self.resolve(item.path)
        joined = [self._joins[tuple(steps[: n + 1])] for n in range(len(steps))]
        ids = tuple(f"{alias}.Id" for alias, _ in joined)
        kinds = tuple(object.name for _, object in joined)
        return [Column((*steps, field.name), field, self._sql(field, alias) + ids, kinds)]

    def _all_fields(self, which: str) -> list[Column]:
        if which not in ("ALL", "STANDARD", "CUSTOM"):
            raise malformed(f"unexpected token: '{which}'")
        if which != "STANDARD" and (self._query.limit is None or self._query.limit > 200):
            raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
        wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[which]
        fields = [f for f in self._schema.fields(self.object) if f.custom in wanted]
        return [Column((f.name,), f, self._sql(f, self._root)) for f in fields]

    def _sql(self, field: Field, alias: str) -> tuple[str, ...]:
        if field.formula:
            return (field.formula.replace("{t}", alias),)
        if field.type == "address":
            prefix = field.name.removesuffix("Address")
            return tuple(f'{alias}."{prefix}{part}"' for part in ADDRESS)
        return (f'{alias}."{field.name}"',)

    def resolve(self, path: str) -> tuple[list[str], Field, str]:
        """Relationship names, the field, and the alias of its table. Raises CallError."""
        names = path.split(".")
        own = (self._query.alias.lower(), self.object.name.lower())
        if len(names) > 1 and names[0].lower() in own and not self._is_parent(names[0]):
            names = names[1:]
        object, alias, steps = self.object, self._root, list[str]()
        for name in names[:-1]:
            step, alias, object = self._join(object, alias, name, steps)
            steps.append(step)
        field = self._field(object, names[-1])
        if field is None:
            raise self._no_column(names[-1], object)
        return steps, field, alias

    def _is_parent(self, name: str) -> bool:
        if name.lower() == self._query.alias.lower():
            return False
        return any(
            (f.relationship or "").lower() == name.lower() for f in self.object.fields.values()
        )

    def _field(self, object: Object, name: str) -> Field | None:
        return (
            OWNER.fields.get(name.lower()) if object is OWNER else self._schema.field(object, name)
        )

    def _no_column(self, name: str, object: Object) -> CallError:
        return CallError(
            400,
            "INVALID_FIELD",
            f"\nSELECT {name} FROM {self._query.object}\n       ^\nERROR at Row:1:Column:8\n"
            f"No such column '{name}' on entity '{object.name}'. If you are attempting to use a"
            " custom field, be sure to append the '__c' after the custom field name. Please"
            " reference your WSDL or the describe call for the appropriate names.",
        )

    def _join(
        self, object: Object, alias: str, name: str, steps: list[str]
    ) -> tuple[str, str, Object]:
        fields = [] if object is OWNER else self._schema.fields(object)
        field = next((f for f in fields if (f.relationship or "").lower() == name.lower()), None)
        if field is None or not field.relationship:
            raise CallError(
                400,
                "INVALID_FIELD",
                f"Didn't understand relationship '{name}' in field path. If you are attempting to"
                " use a custom relationship, be sure to append the '__r' after the custom"
                " relationship name.",
            )
        path = (*steps, field.relationship)
        if path not in self._joins:
            known = self._schema.object(field.references[0])
            target = OWNER if len(field.references) > 1 or known is None else known
            joined = f"j{self._level}_{len(self._joins)}"
            self._joins[path] = (joined, target)
            self._join_sql.append(
                f'LEFT JOIN "{target.name}" {joined} ON {joined}.Id = {alias}."{field.name}"'
            )
        return field.relationship, *self._joins[path]

    def _order(self, item: Item, down: bool, last: bool) -> str:
        _, field, alias = self.resolve(item.path)
        self._check_filterable(field, "sorted")
        way = "DESC" if down else "ASC"
        return f"{self._sql(field, alias)[0]} {way} NULLS {'LAST' if last else 'FIRST'}"

    def _check_filterable(self, field: Field, how: str) -> None:
        if not field.filterable:
            raise CallError(
                400, "INVALID_FIELD", f"field '{field.name}' can not be {how} in a query call"
            )

    def _where(self, node: Any, negated: bool) -> str:
        if isinstance(node, Test):
            return self._test(node, negated)
        assert isinstance(node, Group)
        if node.operator == "not":
            return f"NOT ({self._where(node.parts[0], True)})"
        joined = f" {node.operator.upper()} ".join(self._where(p, negated) for p in node.parts)
        return f"({joined})"

    def _test(self, test: Test, negated: bool) -> str:
        _, field, alias = self.resolve(test.item.path)
        self._check_filterable(field, "filtered")
        left = self._sql(field, alias)[0]
        if isinstance(test.value, Query):
            return self._semi_join(left, test)
        if isinstance(test.value, list):
            return self._in(left, field, test)
        if test.operator in ("=", "!="):
            self.parameters.append(constant(field, test.value))
            return f"{left} IS {'NOT ' if test.operator == '!=' else ''}?"
        return self._compare(left, field, test, negated)

    def _compare(self, left: str, field: Field, test: Test, negated: bool) -> str:
        if test.operator == "like":
            if field.type not in TEXTS or test.value.kind != "text":
                raise CallError(
                    400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.type} field"
                )
            self.parameters.append(test.value.value)
            escape = " ESCAPE '\\'" if "\\" in test.value.value else ""
            sql = f"{left} LIKE ?{escape}"
        else:
            self.parameters.append(constant(field, test.value))
            sql = f"{left} {test.operator} ?"
        return f"COALESCE({sql}, 0)" if negated else sql

    def _in(self, left: str, field: Field, test: Test) -> str:
        values = [constant(field, each) for each in test.value]
        known = [each for each in values if each is not None]
        self.parameters += known
        sql = f"({left} IS NOT NULL AND {left} IN ({', '.join('?' * len(known))}))"
        if len(known) < len(values):
            sql = f"({left} IS NULL OR {sql})"
        return sql if test.operator == "in" else f"NOT {sql}"

    def _semi_join(self, left: str, test: Test) -> str:
        inner = Compiler(self._schema, test.value, self._deleted, self._level + 1)
        _, field, alias = inner.resolve(test.value.items[0].path)
        where = inner.condition()
        self.parameters += inner.parameters
        sql = (
            f'SELECT {inner._sql(field, alias)[0]} FROM "{inner.object.name}" {inner._root}'
            f" {inner.joins()} WHERE {where}"
        )
        return f"({left} IS NOT NULL AND {left} {test.operator.upper()} ({sql}))"


ADDRESS = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude")


def constant(field: Field, literal: Literal) -> Any:
    """The stored form of a constant compared with that field. Raises CallError."""
    kind, value = literal.kind, literal.value
    if kind == "word" and value == "null":
        return None
    if field.type in ("id", "reference") and kind == "text":
        id = full_id(value) if value else None
        if value and id is None:
            raise CallError(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value}")
        return id
    if field.type in TEXTS and kind == "text":
        return value or None
    if field.type == "boolean" and kind == "word":
        return int(value == "true")
    if field.type in NUMBERS and kind == "number":
        return float(value)
    if field.type == "datetime" and kind == "instant" and seconds(value) is not None:
        return seconds(value)
    if field.type == "date" and kind == "day":
        return value
    quotes = "should" if field.type in TEXTS else "should not"
    name = "dateTime" if field.type == "datetime" else field.type
    raise CallError(
        400,
        "INVALID_FIELD",
        f"value of filter criterion for field '{field.name}' must be of type {name} and"
        f" {quotes} be enclosed in quotes",
    )
