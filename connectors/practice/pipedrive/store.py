"""The company's records: one SQLite table per entity, a record as JSON, in `world.directory`.

A record is a dict with at least `id`, `add_time`, `update_time` and `is_deleted`. Deleted ones
stay until they are purged. Ids ascend per entity.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from connectors.practice.database import open_database

Record = dict[str, Any]
# Entity → the members that records are looked up by.
TABLES: dict[str, tuple[str, ...]] = {
    "organizations": (),
    "persons": ("org_id",),
    "deals": ("org_id", "person_id", "stage_id"),
    "activities": ("deal_id", "person_id", "org_id"),
    "notes": ("deal_id", "person_id", "org_id"),
    "files": ("deal_id", "person_id", "org_id", "activity_id"),
    "products": (),
    "dealProducts": ("deal_id", "product_id"),
    "participants": ("deal_id",),
    "followers": ("item_id",),
    "leads": ("uuid",),
    "pipelines": (),
    "stages": (),
    "activityTypes": (),
    "users": (),
}


def member(name: str) -> str:
    """The SQL expression of a member; the indexes are on exactly these."""
    return f"json_extract(body, '$.{name}')"


COUNTED = f"{member('is_archived')} = 0"


def _columns(record: Record) -> tuple[str, str, bool, str]:
    times = record["add_time"], record["update_time"]
    return *times, bool(record["is_deleted"]), orjson.dumps(record).decode()


class Store:
    """Reads and writes records by entity and id."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "pipedrive.db"
        self.db: sqlite3.Connection = open_database(self._path)
        self._last = dict.fromkeys(TABLES, 0)

    def rebuild(self) -> None:
        """Throw every record away."""
        self.db.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self.db = open_database(self._path)
        self._last = dict.fromkeys(TABLES, 0)
        with self.transaction():
            for entity, members in TABLES.items():
                self.db.execute(
                    f'CREATE TABLE "{entity}" (id INTEGER PRIMARY KEY,'
                    " add_time TEXT, update_time TEXT, gone INTEGER, body TEXT)"
                )
                for name in members:
                    self._index(entity, name, member(name))
                self._index(entity, "update_time", "update_time")
            self._index("deals", "counted", f"id) WHERE (gone = 0 AND {COUNTED}")

    def _index(self, entity: str, name: str, expression: str) -> None:
        self.db.execute(f'CREATE INDEX "{entity}.{name}" ON "{entity}" ({expression})')

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; what raises undoes it. Never awaited inside, nor nested."""
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def insert(self, entity: str, record: Record) -> int:
        """Add a record under a new id, which is written into it too."""
        self._last[entity] += 1
        record["id"] = self._last[entity]
        self.db.execute(
            f'INSERT INTO "{entity}" VALUES (?, ?, ?, ?, ?)', (record["id"], *_columns(record))
        )
        return self._last[entity]

    def made(self, entity: str) -> int:
        """How many records there ever were."""
        return self._last[entity]

    def save(self, entity: str, record: Record) -> None:
        """Write a record that exists."""
        self.db.execute(
            f'UPDATE "{entity}" SET add_time = ?, update_time = ?, gone = ?, body = ? WHERE id = ?',
            (*_columns(record), record["id"]),
        )

    def get(self, entity: str, id: int) -> Record | None:
        """The record of that id, deleted or not."""
        row = self.db.execute(f'SELECT body FROM "{entity}" WHERE id = ?', (id,)).fetchone()
        return orjson.loads(row[0]) if row else None

    def select(
        self, entity: str, where: str = "gone = 0", values: tuple[Any, ...] = (), end: str = ""
    ) -> list[Record]:
        """The records of a condition; `end` says how they are ordered and how many."""
        rows = self.db.execute(
            f'SELECT body FROM "{entity}" WHERE {where} {end or "ORDER BY id"}', values
        )
        return [orjson.loads(body) for (body,) in rows]

    def holding(self, entity: str, term: str, until: str) -> list[Record]:
        """The live records, changed by then at the latest, that hold a text, in any case."""
        inside = orjson.dumps(term).decode()[1:-1]
        escaped = inside.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        condition = "gone = 0 AND update_time <= ? AND body LIKE ? ESCAPE '!'"
        return self.select(entity, condition, (until, f"%{escaped}%"))

    def each(self, entity: str) -> Iterator[Record]:
        """Every live record, oldest first."""
        for (body,) in self.db.execute(f'SELECT body FROM "{entity}" WHERE gone = 0 ORDER BY id'):
            yield orjson.loads(body)

    def where(self, entity: str, **members: Any) -> list[Record]:
        """The live records with those values, oldest first."""
        conditions = "".join(f" AND {member(name)} = ?" for name in members)
        return self.select(entity, f"gone = 0{conditions}", tuple(members.values()))

    def count(self, entity: str, condition: str = "1", values: tuple[Any, ...] = ()) -> int:
        """How many live records meet a condition."""
        found = self.db.execute(
            f'SELECT COUNT(*) FROM "{entity}" WHERE gone = 0 AND {condition}', values
        )
        return int(found.fetchone()[0])

    def remove(self, entity: str, id: int) -> None:
        """Remove a record for good."""
        self.db.execute(f'DELETE FROM "{entity}" WHERE id = ?', (id,))

    def purge(self, before: str) -> None:
        """Remove for good what was deleted before that time."""
        for entity in TABLES:
            self.db.execute(f'DELETE FROM "{entity}" WHERE gone = 1 AND update_time < ?', (before,))
