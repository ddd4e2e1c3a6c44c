"""What the contract suite writes with: rows made from a destination's own description."""

from dataclasses import dataclass, field
from typing import Any

from connectors.base import Destination
from connectors.capabilities import field_maker, file_object
from connectors.values import (
    Chunk,
    FieldSpec,
    ObjectSpec,
    Outcome,
    Pending,
    Record,
    Row,
    Ticket,
    Value,
    Verb,
)

PREFIX = "7002/contract/"
TEXT_TYPES = ("string", "textarea", "varchar", "text")
GIVEN = dict.fromkeys(TEXT_TYPES, "contract {}") | {"date": "2026-02-11", "currency": "{}"}
UNTOLD: dict[str, dict[str, Value]] = {
    "Event": {"StartDateTime": "2026-02-11T09:00:00Z", "EndDateTime": "2026-02-11T10:00:00Z"}
}
"""Object → what its vendor demands and does not tell in its description."""
NASTY = 'line one\nline "two",\t\n\n  漢字 🔧 שלום é'


@dataclass
class Bench:
    """One destination, its secrets, and how to write through it."""

    destination: Destination
    secrets: dict[str, str]
    opened: list[Ticket] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)

    def there(self) -> list[str]:
        """What the account has of the objects we write, in their order."""
        known = {spec.name for spec in self.destination.describe()}
        return [name for name in self.destination.ORDER if name in known]

    def records(self) -> list[str]:
        return [name for name in self.there() if file_object(self.destination, name) is None]

    def spec(self, object: str) -> ObjectSpec:
        (spec,) = self.destination.describe([object])
        return spec

    def writable(self, object: str) -> FieldSpec:
        """A text that holds line breaks and that nothing else depends on."""
        key = self.destination.KEY_FIELDS.get(object)
        found = [
            f
            for f in self.spec(object).fields
            if f.type in TEXT_TYPES and f.createable and f.updateable
            if not (f.unique or f.required) and f.name != key
            if not f.length or f.length > len(NASTY)
        ]
        return max(found, key=lambda f: f.length or 10**9)

    def rows(self, object: str, count: int, first: int = 0, **values: Value) -> list[Row]:
        needed = [f for f in self.spec(object).fields if f.required and f.type in GIVEN]
        under = UNTOLD.get(object, {}) | self.under(object) | values
        return [
            Row(f"{PREFIX}{n}", None, {f.name: GIVEN[f.type].format(n) for f in needed} | under)
            for n in range(first, first + count)
        ]

    def under(self, object: str) -> dict[str, Value]:
        """Lookups that a record cannot do without, each to a parent made once. What holds no
        key of its own hangs under one parent at least."""
        order, keyed = set(self.destination.ORDER), object in self.destination.KEY_FIELDS
        links = [f for f in self.spec(object).fields if f.createable and set(f.references) & order]
        needed = [f for f in links if f.required] or ([] if keyed else links[:1])
        return {f.name: self.parent(f.references[0]) for f in needed}

    def parent(self, object: str) -> str:
        if object not in self.parents:
            (row,) = self.rows(object, 1)
            made = self.write("create", object, [Row(f"7001/{object}/1", None, row.values)])
            self.parents[object] = str(made[f"7001/{object}/1"].id)
        return self.parents[object]

    def write(self, verb: Verb, object: str, rows: list[Row], total: int = 0) -> dict[str, Outcome]:
        """The outcomes by key, each row exactly once. `total` is of the whole load."""
        outcomes: list[Outcome] = []
        size = self.destination.chunk_size(object, verb, total or len(rows))
        for start in range(0, len(rows), size):
            chunk = Chunk(verb, object, tuple(rows[start : start + size]))
            outcomes += self.finish(self.destination, self.submit(chunk))
        assert sorted(o.key for o in outcomes) == sorted(row.key for row in rows)
        return {o.key: o for o in outcomes}

    def submit(self, chunk: Chunk) -> Ticket:
        return self.destination.submit(chunk, self.opened.append)

    def finish(self, destination: Destination, ticket: Ticket) -> list[Outcome]:
        while isinstance(answer := destination.collect(ticket), Pending):
            assert answer.seconds > 0
        return list(answer)

    def deployed(self, id: str) -> list[str]:
        while isinstance(answer := field_maker(self.destination).deployed(id), Pending):
            assert answer.seconds > 0
        return answer

    def create(self, object: str, count: int, **values: Value) -> dict[str, str]:
        outcomes = self.write("create", object, self.rows(object, count, **values))
        assert {o.status for o in outcomes.values()} == {"done"}
        return {key: str(o.id) for key, o in outcomes.items()}

    def find(self, object: str, keys: Any) -> dict[str, Record]:
        rows = [Row(key, None, self.under(object)) for key in keys]
        return {r.key: r for r in self.destination.find(object, rows)}
