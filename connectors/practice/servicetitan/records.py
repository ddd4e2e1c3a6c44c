"""The tenant's records: one SQLite table, a JSON body a row and the columns that feeds need."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from connectors.practice.database import open_database

TABLE = """CREATE TABLE records (object TEXT, id INTEGER, modified INTEGER, created INTEGER,
active INTEGER, parent INTEGER, body BLOB)"""
INDEXES = (
    "CREATE UNIQUE INDEX by_id ON records (object, id)",
    "CREATE INDEX by_time ON records (object, modified, id)",
    "CREATE INDEX by_parent ON records (object, parent)",
)


KEPT_UP_TO = 400_000_000  # bytes: a larger tenant is drawn again rather than kept twice


class Row(NamedTuple):
    """One record as it is stored; times in ticks, `parent` is what its lists filter by."""

    object: str
    id: int
    modified: int
    created: int
    active: bool
    parent: int
    body: bytes


class Records:
    """All records of the tenant. Bodies go out as the bytes they are stored in."""

    def __init__(self, directory: Path) -> None:
        self._path, self._pristine = directory / "tenant.db", directory / "tenant-seed.db"
        self._seeded: object = None
        self.db: sqlite3.Connection | None = None

    def refill(self, token: object, rows: Iterable[Row]) -> None:
        """Start anew from `rows`, or from a copy kept since the last time for an equal token."""
        if self.db:
            self.db.close()
        for path in self._path.parent.glob(self._path.name + "*"):
            path.unlink()
        if token != self._seeded:
            self._pristine.unlink(missing_ok=True)
            self._fill(rows)
            self._seeded = token
        if self._pristine.stat().st_size < KEPT_UP_TO:
            shutil.copyfile(self._pristine, self._path)
        else:
            self._pristine.rename(self._path)
            self._seeded = None
        self.db = open_database(self._path)

    def _fill(self, rows: Iterable[Row]) -> None:
        db = sqlite3.connect(self._pristine)
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute(TABLE)
        db.executemany("INSERT INTO records VALUES (?,?,?,?,?,?,?)", rows)
        for statement in INDEXES:
            db.execute(statement)
        db.commit()
        db.close()

    def query(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Any statement over the table `records`."""
        assert self.db is not None, "the tenant was not seeded"
        return self.db.execute(sql, values)

    def get(self, object: str, id: int) -> dict[str, Any] | None:
        """One record, or None."""
        row = self.query(
            "SELECT body FROM records WHERE object = ? AND id = ?", (object, id)
        ).fetchone()
        return orjson.loads(row[0]) if row else None

    def parent(self, object: str, id: int) -> int:
        """What a stored record hangs under; 0 where there is no such record."""
        found = self.query("SELECT parent FROM records WHERE object = ? AND id = ?", (object, id))
        return int((found.fetchone() or (0,))[0])

    def put(self, row: Row) -> None:
        """Insert or replace."""
        self.query("INSERT OR REPLACE INTO records VALUES (?,?,?,?,?,?,?)", row)

    def remove(self, object: str, id: int) -> None:
        """Take a record away without a trace."""
        self.query("DELETE FROM records WHERE object = ? AND id = ?", (object, id))

    def feed(
        self, object: str, after: tuple[int, int], until: int, n: int, active: bool | None
    ) -> list[tuple[int, int, bytes]]:
        """Up to n rows (modified, id, body) past that position and not newer than `until`."""
        chosen = "" if active is None else f" AND active = {int(active)}"
        return self.query(
            "SELECT modified, id, body FROM records WHERE object = ? AND (modified, id) > (?, ?)"
            f" AND modified <= ?{chosen} ORDER BY modified, id LIMIT ?",
            (object, *after, until, n),
        ).fetchall()

    def each(self, object: str) -> Iterator[dict[str, Any]]:
        """Every record of an object, by id."""
        for (body,) in self.query(
            "SELECT body FROM records WHERE object = ? ORDER BY id", (object,)
        ):
            yield orjson.loads(body)

    def objects(self) -> list[str]:
        """The objects that have records."""
        return [name for (name,) in self.query("SELECT DISTINCT object FROM records ORDER BY 1")]

    def last_id(self) -> int:
        """The highest id in use; the vendor counts all objects together."""
        return int(self.query("SELECT max(id) FROM records").fetchone()[0] or 0)
