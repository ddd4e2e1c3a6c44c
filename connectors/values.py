"""The frozen values that cross the boundary between a connector and the rest.

Values of a record are `str | int | bool | None` in one canonical form on both sides
of the boundary, so that a planned and a read-back value compare with `==`:

- a decimal is a plain string without exponent or trailing zeros ("1287.4", "-0.5", "0");
- an instant is UTC to the second, "2026-02-11T15:02:18Z"; a date is "2026-02-11";
- text has "\\n" line ends; a multi-select is its values joined by ";" in sorted order;
- an empty text and an absent value are both `None`, and `None` in a write clears the field.

A destination converts to and from its vendor's own forms inside its own folder.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

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
    """Who we are at the vendor, as `check()` found it. `id` is the tenant or org id. `learned`:
    what the account answered where a setting leaves it to the account; keep it, and open the
    connector with it in the place of those settings, so that nothing is asked twice."""

    id: str
    name: str
    user_id: str = ""
    user_name: str = ""
    learned: Mapping[str, str] = field(default_factory=dict)


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
    `HoldsFiles.FILES` stands for.
    """

    key: str
    id: str | None
    values: Values
    content: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the vendor changes by itself where a record is written: these fields, and the time of
    change, of the record of `object` that the field `link` points at."""

    link: str
    object: str
    fields: tuple[str, ...]


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
