"""What destinations share whose vendor takes one record a call and answers at once.

A connector may build on this: it then says how one row is sent (`send_row`) and how records are
listed (`listed`), and has the rest of `connectors.base.Destination` from here, whatever it does
better itself excepted. What is not of the vendor's HTTP belongs here, what is does not.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Literal, Self

from more_itertools import chunked

from connectors.errors import ConnectorError, RecordRefused
from connectors.values import Child, Chunk, ObjectSpec, Outcome, Record, Row, Ticket, Verb

Where = Mapping[str, Sequence[str]]
"""Field → the values of which it has one; empty for every record."""

GONE = (404, 410)
LOCKED = 423


class OneByOne(ABC):
    """Sends a chunk row by row and has its outcomes at once; finds records in lists.
    What is abstract, the connector says."""

    KEY_FIELDS: Mapping[str, str] = {}
    STAYS: tuple[str, ...] = ()
    AT_ONCE = 1
    """Rows under way at the same time."""
    ROWS_A_CHUNK = 20
    VALUES_A_CALL = 50
    """How many values a filter may name."""

    @abstractmethod
    def send_row(self, object: str, verb: Verb, row: Row) -> str:
        """Write one record by one call; its id. Raises RecordRefused for a no to this row and
        Unavailable where the answer is lost."""

    @abstractmethod
    def listed(self, object: str, fields: Sequence[str], where: Where) -> Iterator[Record]:
        """Records with those fields, from the vendor's own list and never from a search that
        may lag behind it: all of them, or those that `where` lets through. It names one field
        at most: of KEY_FIELDS, a lookup, or "id"."""

    @abstractmethod
    def describe(self, objects: Sequence[str] = ()) -> list[ObjectSpec]: ...

    @abstractmethod
    def close(self) -> None: ...

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def chunk_size(self, object: str, verb: Verb, total: int) -> int:
        return self.ROWS_A_CHUNK

    def submit(self, chunk: Chunk, opened: Callable[[Ticket], None]) -> Ticket:
        """Send every row. Raises what one of the calls raised, once those under way have ended;
        the others are then not begun."""
        send = partial(self._outcome, chunk.object, chunk.verb)
        sent = in_parallel(send, chunk.rows, self.AT_ONCE)
        return Ticket(chunk.verb, chunk.object, outcomes=tuple(sent))

    def _outcome(self, object: str, verb: Verb, row: Row) -> Outcome:
        try:
            return Outcome(row.key, "done", self.send_row(object, verb, row))
        except RecordRefused as no:
            gone = verb != "create" and no.status in GONE
            status: Literal["gone", "failed"] = "gone" if gone else "failed"
            return Outcome(row.key, status, row.id, str(no), retry=no.status == LOCKED)

    def collect(self, ticket: Ticket) -> Iterable[Outcome]:
        return ticket.outcomes

    def abort(self, ticket: Ticket) -> None:  # noqa: B027  (nothing to do, and not to be asked for)
        """Nothing is ever left at work."""

    def find(self, object: str, rows: Sequence[Row]) -> Iterator[Record]:
        """By the field that holds our key; where there is none, under the rows' parents."""
        keys = {row.key for row in rows}
        field = self.KEY_FIELDS.get(object, "")
        values: Iterable[str] = keys
        if keys and not field:
            field = next(f.name for f in self._spec(object).fields if f.references)
            values = {str(row.values[field]) for row in rows if row.values.get(field)}
        found = self._having(object, (), field, values)
        return (record for record in found if record.key in keys)

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Iterator[Record]:
        return self._having(object, fields, "id", ids)

    def sweep(self, object: str, prefix: str, fields: Sequence[str]) -> Iterator[Record]:
        found = self.listed(object, fields, {})
        return (record for record in found if record.key.startswith(prefix))

    def children(self, object: str, ids: Sequence[str]) -> Iterator[Child]:
        """Whatever points at them, each called by the first field that is no lookup."""
        links = [
            (spec, field.name)
            for spec in (self.describe() if ids else ())
            for field in spec.fields
            if object in field.references
        ]
        for spec, link in links:
            called = next(f.name for f in spec.fields if not f.references)
            for record in self._having(spec.name, (link, called), link, ids):
                parent, label = str(record.values[link]), str(record.values[called] or "")
                yield Child(parent, spec.name, record.id, label, record.ours)

    def _having(
        self, object: str, fields: Sequence[str], field: str, values: Iterable[str]
    ) -> Iterator[Record]:
        for some in chunked(sorted(set(values)), self.VALUES_A_CALL):
            yield from self.listed(object, fields, {field: some})

    def _spec(self, object: str) -> ObjectSpec:
        return self.describe([object])[0]


def in_parallel(work: Callable[[Row], Outcome], rows: Sequence[Row], at_once: int) -> list[Outcome]:
    """`work` on every row, so many at a time; after an error no further one is begun."""
    stop = Event()

    def guarded(row: Row) -> Outcome | None:
        if stop.is_set():
            return None
        try:
            return work(row)
        except ConnectorError:
            stop.set()
            raise

    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(guarded, row) for row in rows]
    outcomes = [future.result() for future in futures]
    return [outcome for outcome in outcomes if outcome is not None]
