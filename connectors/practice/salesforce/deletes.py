"""Deleting one record: what goes along, what stands in the way, what is merely emptied."""

from connectors.practice.salesforce import orders, relations, rules
from connectors.practice.salesforce.content_objects import FILES, VERSION
from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org

NAMES = {"Account": "Name", "Case": "CaseNumber", "Contact": "LastName"}


def delete(org: Org, object: Object, id: str, user: str) -> None:
    """Put the record and its cascade into the recycle bin. Raises RowError."""
    if "D" not in object.rights:
        raise RowError(
            "INSUFFICIENT_ACCESS_OR_READONLY", f"entity type {object.name} does not support delete"
        )
    row = org.store.get(object, id)
    if row is None:
        raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if row["IsDeleted"]:
        raise RowError("ENTITY_IS_DELETED", "entity is deleted")
    rules.check_access(org, object, row, user)
    relations.check_gone(object, row)
    if org.take_lock():
        raise RowError(
            "UNABLE_TO_LOCK_ROW",
            f"unable to obtain exclusive access to this record or 200 records: {id}",
        )
    doomed = _cascade(org, object, id)
    _check_restrictions(org, object, row, doomed)
    orders.check_gone(org, doomed)
    _remove(org, doomed, user)
    org.access_changed |= object.name == "PermissionSetAssignment"


def _cascade(org: Org, object: Object, id: str) -> dict[str, Object]:
    doomed, queue = {id: object}, [(id, object)]
    while queue:
        parent, kind = queue.pop()
        for child, field in org.schema.children(kind):
            if field.on_delete == "cascade":
                found = [c for c in org.store.ids(child, field.name, parent) if c not in doomed]
                doomed |= dict.fromkeys(found, child)
                queue += [(each, child) for each in found]
    return doomed


def _check_restrictions(
    org: Org, object: Object, row: dict[str, object], doomed: dict[str, Object]
) -> None:
    for id, kind in doomed.items():
        for child, field in org.schema.children(kind):
            if field.on_delete != "restrict":
                continue
            found = [c for c in org.store.ids(child, field.name, id, 50) if c not in doomed]
            if found:
                name = row.get(NAMES.get(object.name, "Id"))
                own = NAMES.get(child.name, "Name")
                numbers = ", ".join(str(org.store.value(child, c, own)) for c in found)
                raise RowError(
                    "DELETE_FAILED",
                    f"Your attempt to delete {name} could not be completed because it is"
                    f" associated with the following {child.plural.lower()}.: {numbers}\n",
                )


def _remove(org: Org, doomed: dict[str, Object], user: str) -> None:
    now = org.now()
    stamp = {"LastModifiedDate": now, "LastModifiedById": user, "SystemModstamp": now}
    for id, kind in doomed.items():
        for child, field in org.schema.children(kind):
            if not field.on_delete:
                for each in org.store.ids(child, field.name, id):
                    org.store.update(child, each, {field.name: None})
        org.store.update(kind, id, {"IsDeleted": 1} | stamp)
        org.store.total -= kind.name not in FILES
        if kind.name == VERSION:
            org.store.file_bytes -= org.store.value(kind, id, "ContentSize")
