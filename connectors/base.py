"""What every connector is: two small protocols. What only some destinations can do is in
`connectors.capabilities`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, Self

from connectors.values import (
    Account,
    Child,
    Chunk,
    ObjectSpec,
    Outcome,
    Page,
    Pending,
    Record,
    Row,
    Setting,
    Ticket,
    User,
    Verb,
)


class Connector(Protocol):
    """What both sides have. Construct with `settings` (plain) and `secrets`; `__repr__`
    shows neither. `close()` ends every socket; a connector is a context manager."""

    SETTINGS: tuple[Setting, ...]

    def check(self) -> Account:
        """Sign in and prove the rights we need. Raises NotAuthorised or Misconfigured."""

    def describe(self, objects: Sequence[str] = ()) -> list[ObjectSpec]:
        """The named objects, or all that this product knows, as the account has them.
        A named object that the account lacks is left out of the answer."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


class Source(Connector, Protocol):
    """The account we read. It has no write method: read-only by construction."""

    OBJECTS: tuple[str, ...]

    WHOLE: frozenset[str]
    """Those of which every reading gives all records, whatever cursor it begins at: what is
    absent from a later one is gone. Of the others a reading from the last page's cursor gives
    what changed since."""

    def count(self, object: str) -> int | None:
        """How many records `read` would give, or None where only reading tells."""

    def read(
        self, object: str, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        """Every record, inactive ones too; from `cursor` on where one is given.
        The same record may come twice (edited while we read): the later one wins."""

    def identity(self, object: str, record: Mapping[str, Any]) -> str:
        """The record's id as text. Raises Refused where it has none."""

    def modified_at(self, object: str, record: Mapping[str, Any]) -> datetime | None:
        """When the vendor says the record last changed."""

    def size(self, object: str, record: Mapping[str, Any]) -> int | None:
        """How many bytes `download` would give, without fetching them; None where the vendor
        does not tell. Raises what `download` raises."""

    def download(self, object: str, record: Mapping[str, Any]) -> Iterator[bytes]:
        """The bytes of the file that a record stands for, in pieces; closing the iterator
        ends the transfer. Raises Misconfigured for an object without files, and the built-in
        FileNotFoundError where the vendor lists the file but has lost it."""


class Destination(Connector, Protocol):
    """The account we write to. There is no upsert: the journal must know before the call
    which of create, update, delete it is."""

    ORDER: tuple[str, ...]
    """Objects we write, parents first."""

    KEY_FIELDS: Mapping[str, str]
    """Object → the field that holds our key `<tenant>/<object>/<id>`. An object that is not
    named here can hold none: the connector keeps the key as a marker in a text of it. Where the
    field is not `unique`, the vendor takes one key twice: doubles are then looked for."""

    STAYS: tuple[str, ...]
    """What a rollback cannot take back there, a sentence each."""

    def users(self) -> list[User]: ...

    def find(self, object: str, rows: Sequence[Row]) -> Iterator[Record]:
        """Records that carry the key of one of these rows, values empty, read from the vendor's
        own list and not from a search that lags behind it. More than one a key is possible.
        Where a key cannot be asked for, the rows' own values tell where to look: under the
        parent that a row to be created points at."""

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Iterator[Record]:
        """Those records with those fields; a deleted one is left out."""

    def sweep(self, object: str, prefix: str, fields: Sequence[str]) -> Iterator[Record]:
        """Every record whose key starts with `prefix`, in bounded memory."""

    def children(self, object: str, ids: Sequence[str]) -> Iterator[Child]:
        """Records of any object that a delete of these would take along or be stopped by."""

    def chunk_size(self, object: str, verb: Verb, total: int) -> int:
        """How many rows a chunk should hold when `total` rows of it are to be written."""

    def submit(self, chunk: Chunk, opened: Callable[[Ticket], None]) -> Ticket:
        """Send the chunk. Where the vendor gives a remote id, `opened` is called with it
        before any row is sent, so that the caller can commit it first."""

    def collect(self, ticket: Ticket) -> Pending | Iterable[Outcome]:
        """What became of the rows, or that the vendor is still at work.
        A ticket without remote id can be collected only by the process that holds it."""

    def abort(self, ticket: Ticket) -> None:
        """Ask the vendor to stop working on the chunk; `collect` then tells what was done."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the CONNECTORS table. `path` is the dotted path of its class."""

    label: str
    path: str
    role: Literal["source", "destination"]
