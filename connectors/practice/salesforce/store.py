"""The org's records: one SQLite table per object, one column per field, in `world.directory`.

Text columns compare without case as SOQL does; ids compare with case. Deleted rows stay,
with IsDeleted set. The row number is the order of creation.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.practice.database import open_database
from connectors.practice.salesforce.content_objects import FILES
from connectors.practice.salesforce.fields import NUMBERS, TEXTS, Field
from connectors.practice.salesforce.ids import make_id
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.schema import Schema

AUDITED = "_audited"
PARENTS = {"Account", "Contact", "Case"}
INDEXED = {("Account", "Name"), ("Contact", "Email"), ("User", "Username")}
OWNERS = (
    "CREATE VIEW \"Name\" AS SELECT Id, IsDeleted, TRIM(COALESCE(FirstName, '') || ' ' ||"
    " LastName) AS Name, Email, Username, IsActive, 'User' AS Type FROM User"
    " UNION ALL SELECT Id, IsDeleted, Name, Email, NULL, 1, 'Queue' FROM \"Group\""
)


def column(field: Field) -> str:
    """The column definition of a field."""
    if field.type in ("boolean", "datetime", "int"):
        kind = "INTEGER"
    elif field.type in NUMBERS:
        kind = "REAL"
    else:
        kind = "TEXT" + " COLLATE NOCASE" * (field.type in TEXTS and not field.case_sensitive)
    return f'"{field.name}" {kind}'


def stored(field: Field) -> bool:
    """Whether the field has a column of its own."""
    return not field.formula and field.type != "address"


def indexed(object: Object, field: Field) -> bool:
    """Whether records are looked up by this field: keys, and parents for their deletion."""
    key = field.external_id or field.unique or (object.name, field.name) in INDEXED
    parent = PARENTS & set(field.references) or (field.custom and field.references)
    return bool(key or parent)


class Store:
    """Reads and writes rows as mappings of field name to stored value."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "salesforce.db"
        self.db: sqlite3.Connection = open_database(self._path)
        self._numbers: dict[str, int] = {}
        self._first = 1
        self.total = self.file_bytes = 0

    def rebuild(self, schema: Schema, first: int) -> None:
        """Throw every table away and make empty ones; ids are counted from `first` on."""
        self.db.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self.db = open_database(self._path)
        self._numbers, self._first = {}, first
        self.total = self.file_bytes = 0
        with self.transaction():
            for object in schema.objects.values():
                self.create(object)
            self.db.execute(OWNERS)

    def create(self, object: Object) -> None:
        """Make an empty table for an object."""
        columns = ", ".join(column(f) for f in object.fields.values() if stored(f))
        self.db.execute(f'CREATE TABLE "{object.name}" ({columns}, {AUDITED} INTEGER)')
        for field in object.fields.values():
            unique = "UNIQUE " if field.name == "Id" else ""
            if unique or indexed(object, field):
                self._index(object, field, unique)
        self.db.execute(
            f'CREATE INDEX "{object.name}.gone" ON "{object.name}"(IsDeleted) WHERE IsDeleted = 1'
        )

    def _index(self, object: Object, field: Field, unique: str = "") -> None:
        name = f"{object.name}.{field.name}"
        self.db.execute(f'CREATE {unique}INDEX "{name}" ON "{object.name}"("{field.name}")')

    def add_field(self, object: Object, field: Field) -> None:
        """Give the table a column for a field made after the org was born."""
        known = {row[1] for row in self.db.execute(f'PRAGMA table_info("{object.name}")')}
        if field.name not in known:
            self.db.execute(f'ALTER TABLE "{object.name}" ADD COLUMN {column(field)}')
            if indexed(object, field):
                self._index(object, field)

    def alter_field(self, object: Object, field: Field) -> None:
        """Make a column anew with its values, as its field is a key now, or none."""
        table, name = f'"{object.name}"', f'"{field.name}"'
        self.db.execute(f'DROP INDEX IF EXISTS "{object.name}.{field.name}"')
        self.db.execute(f"ALTER TABLE {table} RENAME COLUMN {name} TO _before")
        self.db.execute(f"ALTER TABLE {table} ADD COLUMN {column(field)}")
        self.db.execute(f"UPDATE {table} SET {name} = _before")
        self.db.execute(f"ALTER TABLE {table} DROP COLUMN _before")
        if indexed(object, field):
            self._index(object, field)

    def twins(self, object: Object, field: Field) -> bool:
        """Whether two live rows share a value of that field."""
        found = self.db.execute(
            f'SELECT 1 FROM "{object.name}" WHERE IsDeleted = 0 AND "{field.name}" IS NOT NULL'
            f' GROUP BY "{field.name}" HAVING COUNT(*) > 1'
        )
        return found.fetchone() is not None

    def drop_field(self, object: Object, field: Field) -> None:
        """Throw a field and its values away."""
        self.db.execute(f'DROP INDEX IF EXISTS "{object.name}.{field.name}"')
        self.db.execute(f'ALTER TABLE "{object.name}" DROP COLUMN "{field.name}"')

    def drop(self, object: Object) -> None:
        """Throw an object and its records away."""
        self.total -= self.count(object)
        self.db.execute(f'DROP TABLE "{object.name}"')

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; what raises undoes it. Never awaited inside."""
        total, file_bytes = self.total, self.file_bytes
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            self.total, self.file_bytes = total, file_bytes
            raise
        self.db.execute("COMMIT")

    def next_id(self, prefix: str) -> str:
        """An id nobody had before."""
        return make_id(prefix, self.next_number(prefix) + self._first)

    def next_number(self, series: str) -> int:
        """1, 2, 3 … in that series."""
        self._numbers[series] = self._numbers.get(series, 0) + 1
        return self._numbers[series]

    def insert(self, object: Object, row: Mapping[str, Any]) -> None:
        """Add a row; fields it does not name are null."""
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self.total += object.name not in FILES
        self.db.execute(
            f'INSERT INTO "{object.name}" ({names}) VALUES ({marks})', tuple(row.values())
        )

    def update(self, object: Object, id: str, row: Mapping[str, Any]) -> None:
        """Set those fields of one row."""
        names = ", ".join(f'"{name}" = ?' for name in row)
        self.db.execute(f'UPDATE "{object.name}" SET {names} WHERE Id = ?', (*row.values(), id))

    def get(self, object: Object, id: str) -> dict[str, Any] | None:
        """The row of that id, deleted or not."""
        cursor = self.db.execute(f'SELECT * FROM "{object.name}" WHERE Id = ?', (id,))
        row = cursor.fetchone()
        names = [column[0] for column in cursor.description]
        return dict(zip(names, row, strict=True)) if row else None

    def value(self, object: Object, id: str, field: str) -> Any:
        """One field of one row, or None."""
        row = self.db.execute(
            f'SELECT "{field}" FROM "{object.name}" WHERE Id = ?', (id,)
        ).fetchone()
        return row[0] if row else None

    def ids(self, object: Object, field: str, value: Any, limit: int = 1000000) -> list[str]:
        """Ids of the live rows with that value, oldest first."""
        rows = self.db.execute(
            f'SELECT Id FROM "{object.name}" WHERE "{field}" = ? AND IsDeleted = 0'
            " ORDER BY rowid LIMIT ?",
            (value, limit),
        )
        return [id for (id,) in rows]

    def live(self, object: Object) -> Iterator[dict[str, Any]]:
        """Every live row, oldest first."""
        cursor = self.db.execute(f'SELECT * FROM "{object.name}" WHERE IsDeleted = 0')
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))

    def count(self, object: Object) -> int:
        """How many live rows there are."""
        every, gone = self.db.execute(
            f'SELECT (SELECT COUNT(*) FROM "{object.name}"),'
            f' (SELECT COUNT(*) FROM "{object.name}" WHERE IsDeleted = 1)'
        ).fetchone()
        return int(every - gone)
