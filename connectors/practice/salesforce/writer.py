"""Creating, changing and upserting one record, with every rule the org has.

In go bound names with raw values and a reader for them; out comes an id, or a RowError.
Nothing is written before the whole record passed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from connectors.practice.salesforce import orders, relations, rules
from connectors.practice.salesforce.bound import Bound
from connectors.practice.salesforce.content_objects import VERSION
from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.fields import Field
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.schema import AUDIT
from connectors.practice.salesforce.store import AUDITED
from connectors.practice.salesforce.values import Stored, malformed

Pairs = Iterable[tuple[Bound, Any]]
Reader = Callable[[Field, Any], Stored]


@dataclass(frozen=True, slots=True)
class Options:
    """Who writes, and what the headers of the call said. `assign`: run the assignment rule;
    `binary`: the bytes of a file came along."""

    user: str
    assign: bool = False
    allow_duplicates: bool = False
    binary: bool = False


class Writer:
    """Writes for one call or one chunk; `fresh` is what it created so far."""

    def __init__(self, org: Org, options: Options, reader: Reader) -> None:
        self._org, self._options, self._read = org, options, reader
        self._shapes: dict[str, tuple[dict[str, Any], list[str]]] = {}
        self.fresh: set[str] = set()

    def insert(self, object: Object, pairs: Pairs, upsert: bool = False) -> str:
        """Create a record; the answer is its id."""
        if "C" not in object.rights:
            raise RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {object.name}"
                           " does not support create")  # fmt: skip
        if object.name == VERSION and not self._options.binary:
            raise _missing(["VersionData"])
        given = self._values(object, pairs, lambda field: self._createable(object, field, upsert))
        row = self._born(object) | {k: v for k, v in given.items() if v is not None}
        self._require(object, row)
        audited = any(name.lower() in AUDIT for name in given)
        if audited:
            self._audit_dates(row)
        rules.derive(self._org, object, row, given, self._options.assign)
        rules.check_owner(self._org, object, row.get("OwnerId"))
        rules.check_unique(self._org, object, given, None, self.fresh)
        rules.check_duplicates(self._org, object, given, None, self._options.allow_duplicates)
        rules.check_masters(self._org, object, row, self._options.user)
        rules.check_assignment(self._org, object, row)
        orders.check_new(self._org, object, row)
        relations.check_new(self._org, object, row)
        if self._org.storage_left() <= 0:
            raise RowError("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
        self._lock(object, row)
        row["Id"] = self._org.store.next_id(object.prefix)
        rules.name(self._org, object, row)
        self._org.store.insert(object, row | {AUDITED: int(audited)})
        relations.follow(self._org, object, row["Id"], self._options.user)
        self._org.access_changed |= object.name == "PermissionSetAssignment"
        self.fresh.add(row["Id"])
        return str(row["Id"])

    def update(self, object: Object, id: str, pairs: Pairs) -> None:
        """Change the fields named; others stay."""
        before = self.existing(object, id)
        given = self._values(object, pairs, lambda field: self._updateable(object, field))
        for name, value in given.items():
            if value is None and object.fields[name.lower()].required:
                raise _missing([name])
        rules.check_access(self._org, object, before, self._options.user)
        orders.check_change(self._org, object, given, before)
        changed = dict(given)
        rules.derive(self._org, object, changed, given, self._options.assign, before)
        self._check_owner(object, changed, before)
        rules.check_unique(self._org, object, given, id, self.fresh)
        moved = {name: value for name, value in given.items() if value != before.get(name)}
        rules.check_duplicates(self._org, object, moved, id, self._options.allow_duplicates)
        self._lock(object, before)
        now, user = self._org.now(), self._options.user
        stamp = {"LastModifiedDate": now, "LastModifiedById": user, "SystemModstamp": now}
        self._org.store.update(object, id, changed | stamp)
        relations.follow(self._org, object, id, user)

    def upsert(self, object: Object, key: Field, value: Any, pairs: Pairs) -> tuple[str, bool]:
        """Change the record with that key, or create one. The answer: id, whether created."""
        wanted = self._read(key, value)
        if wanted is None:
            raise RowError("MISSING_ARGUMENT", f"{key.name} not specified")
        found = self._org.store.ids(object, key.name, wanted, 3)
        if len(found) > 1:
            shown = ", ".join(found)
            raise RowError(
                "DUPLICATE_EXTERNAL_ID",
                f"{key.name}: more than one record found for external id field: [{shown}]",
                key.name,
            )
        if found:
            self.update(object, found[0], pairs)
            return found[0], False
        if key.name == "Id":
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        return self.insert(object, [(Bound(key), value), *pairs], upsert=True), True

    def existing(self, object: Object, id: str) -> dict[str, Any]:
        """The live row of that id. Raises RowError."""
        row = self._org.store.get(object, id)
        if row is None:
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if row["IsDeleted"]:
            raise RowError("ENTITY_IS_DELETED", "entity is deleted")
        return row

    def _values(
        self, object: Object, pairs: Pairs, writable: Callable[[Field], bool]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for bound, raw in pairs:
            field = bound.field
            if not writable(field):
                raise _read_only(field)
            values[field.name] = self._value(object, bound, raw)
        return values

    def _value(self, object: Object, bound: Bound, raw: Any) -> Stored:
        field = bound.field
        if bound.parent and bound.key and raw is not None:
            return self._parent(bound.parent, bound.key, self._read(bound.key, raw))
        value = self._read(field, raw)
        if value is not None and field.type == "reference":
            self._check_reference(field, str(value))
        elif value is not None and field.choices and not (field.restricted or field.closed):
            several = field.type == "multipicklist"
            for each in str(value).split(";") if several else (str(value),):
                known = {c.value.lower() for c in object.fields[field.name.lower()].choices}
                if each.lower() not in known:
                    self._org.schema.add_choice(object, field, each)
        return value

    def _parent(self, parent: Object, key: Field, value: Stored) -> str:
        found = self._org.store.ids(parent, key.name, value, 2)
        if len(found) == 1:
            return found[0]
        how = "not found" if not found else "matches more than one record"
        raise RowError(
            "INVALID_FIELD",
            f"Foreign key external ID: {str(value).lower()} {how} for field {key.name}"
            f" in entity {parent.name}",
        )

    def _check_reference(self, field: Field, id: str) -> None:
        target = self._org.schema.by_prefix(id[:3])
        if target is None or target.name not in field.references:
            raise malformed(field, id)
        gone = self._org.store.value(target, id, "IsDeleted")
        if gone is None:
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", field.name)
        if gone:
            raise RowError("ENTITY_IS_DELETED", "entity is deleted", field.name)

    def _createable(self, object: Object, field: Field, upsert: bool) -> bool:
        if field.name == "Id":
            raise RowError(
                "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", "Id"
            )
        granted = self._org.schema.as_granted(object, field).createable
        return granted and (field.createable or not upsert)

    def _updateable(self, object: Object, field: Field) -> bool:
        return self._org.schema.as_granted(object, field).updateable

    def _born(self, object: Object) -> dict[str, Any]:
        now, user = self._org.now(), self._options.user
        row = {"IsDeleted": 0, "CreatedDate": now, "CreatedById": user, "LastModifiedDate": now}
        row |= {"LastModifiedById": user, "SystemModstamp": now} | self._shape(object)[0]
        if "ownerid" in object.fields:
            row["OwnerId"] = user
        return row

    def _require(self, object: Object, row: dict[str, Any]) -> None:
        empty = [name for name in self._shape(object)[1] if row.get(name) is None]
        if empty:
            raise _missing(empty)

    def _shape(self, object: Object) -> tuple[dict[str, Any], list[str]]:
        """Defaults and required fields of an object; they hold for one call or chunk."""
        if object.name not in self._shapes:
            defaults: dict[str, Any] = {}
            for field in object.fields.values():
                if field.type == "boolean" and field.name != "IsDeleted":
                    defaults[field.name] = int(bool(field.default))
                elif field.default is not None:
                    defaults[field.name] = field.default
            required = [field.name for field in object.fields.values() if field.required]
            self._shapes[object.name] = defaults, required
        return self._shapes[object.name]

    def _audit_dates(self, row: dict[str, Any]) -> None:
        if min(row["CreatedDate"], row["LastModifiedDate"]) < 0:
            raise RowError("FIELD_INTEGRITY_EXCEPTION", "audit date out of range", "CreatedDate")
        if row["LastModifiedDate"] < row["CreatedDate"]:
            raise RowError(
                "FIELD_INTEGRITY_EXCEPTION",
                "Last Modified Date must not precede Created Date",
                "LastModifiedDate",
            )

    def _check_owner(self, object: Object, changed: dict[str, Any], before: dict[str, Any]) -> None:
        owner = changed.get("OwnerId", before.get("OwnerId"))
        if owner != before.get("OwnerId") or not self._org.settings.audit_fields:
            rules.check_owner(self._org, object, owner)

    def _lock(self, object: Object, row: dict[str, Any]) -> None:
        names = [f.name for f in object.fields.values() if f.custom and f.references]
        parents = [row[n] for n in ("AccountId", "ContactId", *names, "Id") if row.get(n)]
        if parents and self._org.take_lock():
            raise RowError(
                "UNABLE_TO_LOCK_ROW",
                "unable to obtain exclusive access to this record or 200 records: "
                + ",".join(parents),
            )


def _missing(names: list[str]) -> RowError:
    shown = ", ".join(names)
    return RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{shown}]", *names)


def _read_only(field: Field) -> RowError:
    return RowError(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {field.name}. Please check the security settings of"
        " this field and verify that it is read/write for your profile or permission set.",
        field.name,
    )
