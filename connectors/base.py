"""What every connector is: two small protocols and the frozen values that cross them.

Values of a record are `str | int | bool | None` in one canonical form on both sides
of the boundary, so that a planned and a read-back value compare with `==`:

- a decimal is a plain string without exponent or trailing zeros ("1287.4", "-0.5", "0");
- an instant is UTC to the second, "2026-02-11T15:02:18Z"; a date is "2026-02-11";
- text has "\\n" line ends; a multi-select is its values joined by ";" in sorted order;
- an empty text and an absent value are both `None`, and `None` in a write clears the field.

A destination converts to and from its vendor's own forms inside its own folder.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, Self

Value = str | int | bool | None
Values = Mapping[str, Value]
Verb = Literal["create", "update", "delete"]
Severity = Literal["blocks", "to confirm", "to know"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of the connection form that admin builds for a connector."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    multiline: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are at the vendor, as `check()` found it. `id` is the tenant or org id."""

    id: str
    name: str
    user_id: str = ""
    user_name: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field as the account has it now. `length` 0 means unlimited or not a text.

    `type` is the vendor's own word (string, picklist, reference, datetime, …).
    `required` means: a create without it fails. `restricted` means: a value outside
    `picklist` is refused rather than silently added. A picklist with a default begins with it.
    """

    name: str
    label: str
    type: str
    length: int = 0
    required: bool = False
    createable: bool = True
    updateable: bool = True
    custom: bool = False
    unique: bool = False
    external_id: bool = False
    restricted: bool = False
    picklist: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """One object as the account has it now."""

    name: str
    label: str
    custom: bool
    fields: tuple[FieldSpec, ...]

    def field(self, name: str) -> FieldSpec | None:
        """The field of that API name, or None where the account has or shows none."""
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True)
class Page:
    """Records as the vendor sent them, and the cursor that resumes *after* them.

    The caller saves records and cursor in one transaction. `last` is true on the page
    after which nothing is left for now; its cursor still serves a later `read`.
    """

    records: tuple[dict[str, Any], ...]
    cursor: str
    last: bool


@dataclass(frozen=True, slots=True)
class User:
    """A person who may own records at the destination."""

    id: str
    name: str
    email: str
    active: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a chunk: our key, its destination id (None on create), its values.

    `content` begins, anew at each call, the bytes of the file that a record of one of
    `Destination.FILES` stands for.
    """

    key: str
    id: str | None
    values: Values
    content: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True, slots=True)
class FileObject:
    """Which fields of a file's record tell what the vendor holds: its size in bytes and the
    MD5 of its bytes in hex ("" where the vendor tells none). `limit` is the largest file it
    takes, in bytes; 0 where none is known."""

    size: str
    md5: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one call, or one remote job, carries: rows of one object and one verb."""

    verb: Verb
    object: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. Matched by `key`, never by position.

    status: "done" (the vendor says so) · "failed" (a definite no; `error` starts with the
    vendor's code) · "exists" (a create was refused because our key is already there; `id`
    names the record) · "gone" (a delete or update of a record that is no longer there) ·
    "unprocessed" (a remote job ended before it reached the row: nothing happened).
    `retry` is true where the same row may succeed if sent again (a locked parent).
    """

    key: str
    status: Literal["done", "failed", "exists", "gone", "unprocessed"]
    id: str | None = None
    error: str = ""
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """The handle of a submitted chunk. `remote_id` is "" where the vendor answers at once;
    then `outcomes` holds the whole answer. With a remote id the chunk can be collected
    by another process later."""

    verb: Verb
    object: str
    remote_id: str = ""
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """The remote job is still at work; ask again after `seconds`."""

    seconds: float
    processed: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One destination record as it stands now. `key` is "" where it carries none of ours.

    `ours` is true where the user we write with created it. `modified_at` is the vendor's
    own last-change time.
    """

    id: str
    key: str
    values: Values
    created_at: datetime
    modified_at: datetime
    ours: bool


@dataclass(frozen=True, slots=True)
class Child:
    """A record that hangs under one of ours, found before a delete."""

    parent_id: str
    object: str
    id: str
    label: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of one limit now, read live."""

    name: str
    limit: int
    left: int
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a load of given counts will use of one limit."""

    name: str
    needed: int
    left: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One field to be created. `type` is the vendor's word for it, or one of those that
    `FieldSpec.type` has; `manifest` turns the second into the first.

    `references` names the object a lookup points at, `relationship` how the records that
    point are called there; `detail` means: deleted with that object's record. `open` means
    that its picklist takes in whatever values are mapped to the field.
    """

    object: str
    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    picklist: tuple[str, ...] = ()
    references: str = ""
    relationship: str = ""
    detail: bool = False
    open: bool = False
    unique: bool = False
    external_id: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class ObjectPlan:
    """An object and the fields of it that this product creates; a standard object is only
    given the fields."""

    name: str
    label: str
    plural: str
    fields: tuple[FieldPlan, ...]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in the account that stands in a load's way. "blocks": the load would fail
    as things are. "to confirm": it may set something off; a person says by name that they saw to
    it, before anything is written. "to know": a person should look at it first."""

    code: str
    severity: Severity
    message: str


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

    FILES: Mapping[str, FileObject]
    """Objects whose records are files. Their rows carry content, on creation only."""

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

    def allowance(self) -> list[Allowance]: ...

    def forecast(
        self, counts: Mapping[str, int], sizes: Mapping[str, int] | None = None
    ) -> list[Forecast]:
        """What creating so many records of each object will use. `sizes`: object → bytes of
        its files together, as far as they are known."""

    def obstacles(self) -> list[Obstacle]:
        """What to see to before a load. Reads only."""

    STAYS: tuple[str, ...]
    """What a rollback cannot take back there, a sentence each."""

    FIELDS: tuple[FieldPlan, ...]
    """Every field that this product would have at the destination, parents' objects first."""

    def manifest(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """The fields as they can be created: as many and in the same order, with names that
        are valid and taken by nothing else, and lengths within the vendor's limits. A field
        that the account has already, able to hold the values, keeps its name."""

    def missing(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """Those of a manifest that the account has not and could have. Keep this list: only
        what is on it may ever be removed again."""

    def hidden(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """Those of a manifest that the account has, but does not show our user. They are
        somebody else's: never created over."""

    def package(self, fields: Sequence[FieldPlan]) -> bytes:
        """What `deploy` takes to create exactly these fields and their objects, with our
        right to use them. A person may carry it into the account by hand as well."""

    def undo_package(self, fields: Sequence[FieldPlan]) -> bytes:
        """What `deploy` takes to remove exactly these fields again, with every value in
        them; a custom object that holds nothing but them and our records goes as a whole."""

    def deploy(self, package: bytes, check_only: bool) -> str:
        """Hand the package in; the remote id of the work. `check_only` changes nothing.
        Where the answer is lost the same package may be handed in again."""

    def deployed(self, id: str) -> Pending | list[str]:
        """Problems, each a sentence with the component's name; none means it succeeded."""

    def grant(self) -> None:
        """Give our user the rights that a deployed package holds. Doing so twice is harmless."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the CONNECTORS table. `path` is the dotted path of its class."""

    label: str
    path: str
    role: Literal["source", "destination"]
