"""What a dispatcher changes while we read: in goes a command of `POST /edit`.

    {"op": "update", "object": "jobs", "id": 1, "set": {"jobStatus": "Completed"}}
    {"op": "delete", …}   as the vendor deletes: the row stays, `active` is false
    {"op": "merge", "object": "customers", "id": 1, "into": 2}
    {"op": "create", "object": "jobs", "like": 1, "set": {…}}   a copy with a new id
    {"op": "remove", …}   gone without a trace, as for objects that have no feed

In place of `id`, `"nth": 0` names the first record by id, and so on.

`set` takes any value, also one that the vendor would never send. Only the row that is named
gets a new `modifiedOn`: a contact does not touch its customer, an assignment not its job.
"""

from typing import Any

import orjson

from connectors.practice.clock import Clock
from connectors.practice.servicetitan.moments import parse, stamp, ticks
from connectors.practice.servicetitan.records import Records, Row
from connectors.practice.servicetitan.resources import BY_OBJECT, PARENTS

UNSEEN = frozenset({"id", "createdOn", "modifiedOn", "active"})


class Edits:
    """Applies commands at the practice time. Raises ValueError where one makes no sense."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._now = records, ticks(clock.now())

    def apply(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry it out; the answer is the record as it is afterwards ({} when removed)."""
        name, op = str(command.get("object")), command.get("op")
        if name not in BY_OBJECT:
            raise ValueError(f"object must be one of {', '.join(BY_OBJECT)}")
        id = self._id(name, command, "like" if op == "create" else "id")
        record = self._get(name, id)
        if op == "update":
            return self._save(name, id, record, command["set"])
        if op == "delete":
            return self._save(name, id, record, {"active": False})
        if op == "merge":
            return self._merge(name, record, int(command["into"]))
        if op == "create":
            id = self._records.last_id() + 1
            fresh = {"id": type(record.get("id", 0))(id), "createdOn": stamp(self._now)}
            parent = self._records.parent(name, self._id(name, command, "like"))
            return self._save(name, id, record, fresh | command.get("set", {}), parent)
        if op == "remove":
            self._records.remove(name, id)
            return {}
        raise ValueError(f"op must be update, delete, merge, create or remove, not {op!r}")

    def _id(self, name: str, command: dict[str, Any], key: str) -> int:
        if "nth" not in command:
            return int(command[key])
        found = self._records.query(
            "SELECT id FROM records WHERE object = ? ORDER BY id LIMIT 1 OFFSET ?",
            (name, int(command["nth"])),
        ).fetchone()
        return int(found[0]) if found else 0

    def _get(self, name: str, id: int) -> dict[str, Any]:
        record = self._records.get(name, int(id))
        if record is None:
            raise ValueError(f"{name} has no record {id}")
        return record

    def _merge(self, name: str, record: dict[str, Any], into: int) -> dict[str, Any]:
        if name != "customers":
            raise ValueError("only customers can be merged here")
        self._get(name, into)
        for child in ("locations", "jobs", "customer-contacts"):
            found = self._records.query(
                "SELECT id FROM records WHERE object = ? AND parent = ?", (child, record["id"])
            ).fetchall()
            for (id,) in found:
                self._save(child, id, self._get(child, id), {"customerId": into})
        return self._save(name, record["id"], record, {"active": False, "mergedToId": into})

    def _save(
        self, name: str, id: int, record: dict[str, Any], changes: dict[str, Any],
        parent: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Some records show neither id, nor times, nor that they are active, nor whose they are."""
        active = changes.get("active", record.get("active", True))
        unseen = UNSEEN - record.keys()
        shown = {"modifiedOn": stamp(self._now)} | changes
        record = record | {k: v for k, v in shown.items() if k not in unseen}
        fresh = row(name, record, id, self._now)._replace(active=active)
        if name not in PARENTS:
            fresh = fresh._replace(parent=parent or self._records.parent(name, id))
        self._records.put(fresh)
        return record


def row(name: str, record: dict[str, Any], id: int = 0, now: int = 0) -> Row:
    """The stored form of a record. `id` and `now` serve where the record does not tell."""
    parent: Any = record
    for step in PARENTS.get(name, ()):
        parent = (parent or {}).get(step)
    created, modified = record.get("createdOn"), record.get("modifiedOn")
    return Row(
        name,
        id or int(record["id"]),
        parse(modified) if modified else now,
        parse(created) if created else now,
        record.get("active", True),
        parent if isinstance(parent, int) else 0,
        orjson.dumps(record),
    )
