"""Permission sets: a file becomes rows of PermissionSet, FieldPermissions, ObjectPermissions."""

from typing import Any

from connectors.practice.salesforce.content_objects import FILES
from connectors.practice.salesforce.metadata.elements import Node, Problem
from connectors.practice.salesforce.metadata.newfields import NAME, NAMED, check_label
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.setup_objects import OBJECT_RIGHTS, RIGHTS

# Right → the rights on the same object that it needs
NEEDS = {
    "allowCreate": ("allowRead",),
    "allowEdit": ("allowRead",),
    "allowDelete": ("allowRead", "allowEdit"),
    "viewAllRecords": ("allowRead",),
    "modifyAllRecords": ("allowRead", "allowEdit", "allowDelete", "viewAllRecords"),
}
SPOKEN = {
    "allowCreate": "Create",
    "allowRead": "Read",
    "allowEdit": "Edit",
    "allowDelete": "Delete",
    "viewAllRecords": "View All",
    "modifyAllRecords": "Modify All",
}
PROFILE = "X00ex00000018ozh_128_09_04_12_1"
"""As the vendor calls the set that belongs to a profile."""
Rows = list[dict[str, Any]]


def deploy_set(org: Org, name: str, node: Node) -> tuple[str, bool]:
    """Write the set as the file has it, instead of what it was. The answer: id, whether it is
    new. Raises Problem."""
    if len(name) > 80 or not NAME.match(name):
        raise Problem(NAMED.format("Permission Set Name"))
    label = check_label(node.text("label"), "PermissionSet", longest=80)
    if len(node.text("description")) > 255:
        raise Problem("Value too long for field: Description maximum length is:255")
    fields = _fields(org, node)
    objects = _objects(org, node)
    values: dict[str, Any] = {
        "Name": name,
        "Label": label,
        "Description": node.text("description") or None,
    }
    values |= {"IsOwnedByProfile": 0, "IsCustom": 1} | _rights(node)
    kind = org.schema.named("PermissionSet")
    found = org.store.ids(kind, "Name", name, 1)
    id = found[0] if found else _add(org, kind, values)
    if found:
        org.store.update(kind, id, values | {"LastModifiedDate": org.now()})
        _clear(org, id)
    for table, rows in (("FieldPermissions", fields), ("ObjectPermissions", objects)):
        for row in rows:
            _add(org, org.schema.named(table), {"ParentId": id} | row)
    org.access_changed = True
    return id, not found


def remove_set(org: Org, name: str) -> bool:
    """Remove the set of that name, its assignments too; False where there is none."""
    kind = org.schema.named("PermissionSet")
    found = org.store.ids(kind, "Name", name, 1)
    for id in found:
        _clear(org, id)
        assigned = "SELECT COUNT(*) FROM PermissionSetAssignment WHERE PermissionSetId = ?"
        org.store.total -= 1 + int(org.store.db.execute(assigned, (id,)).fetchone()[0])
        org.store.db.execute("DELETE FROM PermissionSetAssignment WHERE PermissionSetId = ?", (id,))
        org.store.db.execute("DELETE FROM PermissionSet WHERE Id = ?", (id,))
    org.access_changed = True
    return bool(found)


def forget_rights(org: Org, object: str, field: str = "") -> None:
    """No set grants a removed object, or a removed field of it, any longer."""
    where, value = ("Field", f"{object}.{field}") if field else ("SobjectType", object)
    tables = ("FieldPermissions",) if field else ("FieldPermissions", "ObjectPermissions")
    for table in tables:
        gone = org.store.db.execute(f"DELETE FROM {table} WHERE {where} = ?", (value,))
        org.store.total -= gone.rowcount
    org.access_changed = True


def others_right(org: Org, object: str, field: str) -> None:
    """A profile that is not our user's may see the field: that it is there can be read."""
    sets = org.schema.named("PermissionSet")
    found = org.store.ids(sets, "Name", PROFILE, 1)
    values: dict[str, Any] = {"Name": PROFILE, "Label": PROFILE, "IsOwnedByProfile": 1}
    parent = found[0] if found else _add(org, sets, values | {"IsCustom": 0} | _rights(Node("")))
    rights = {"PermissionsRead": 1, "PermissionsEdit": 1}
    row = {"ParentId": parent, "SobjectType": object, "Field": f"{object}.{field}"}
    _add(org, org.schema.named("FieldPermissions"), row | rights)


def _clear(org: Org, id: str) -> None:
    for table in ("FieldPermissions", "ObjectPermissions"):
        gone = org.store.db.execute(f"DELETE FROM {table} WHERE ParentId = ?", (id,))
        org.store.total -= gone.rowcount


def _add(org: Org, kind: Object, values: dict[str, Any]) -> str:
    id, now, user = org.store.next_id(kind.prefix), org.now(), org.people.integration
    stamp = {"CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now}
    who = {"CreatedById": user, "LastModifiedById": user, "IsDeleted": 0}
    org.store.insert(kind, {"Id": id} | stamp | who | values)
    return id


def _fields(org: Org, node: Node) -> Rows:
    rows: dict[str, dict[str, Any]] = {}
    for each in node.inner.get("fieldPermissions", []):
        full = each.text("field")
        object, field = _find(org, full)
        readable, editable = each.truth("readable"), each.truth("editable")
        if editable and not readable:
            raise Problem(f"Permission Edit {full} depends on permission(s): Read {full}")
        if full.lower() in rows:
            raise Problem(f"Duplicate fieldPermissions: {full}")
        rows[full.lower()] = {
            "SobjectType": object,
            "Field": f"{object}.{field}",
            "PermissionsRead": int(readable),
            "PermissionsEdit": int(editable),
        }
    return [row for row in rows.values() if row["PermissionsRead"]]


def _find(org: Org, full: str) -> tuple[str, str]:
    name, _, own = full.partition(".")
    object = org.schema.object(name)
    field = object.fields.get(own.lower()) if object else None
    if object is None or field is None:
        raise Problem(f"In field: field - no CustomField named {full} found")
    if field.required or field.name == "Name":
        raise Problem(f"You cannot deploy to a required field: {object.name}.{field.name}")
    if not (field.guarded or (field.nillable and field.createable)):
        raise Problem(f"In field: field - {full} takes no field permissions")
    return object.name, field.name


def _objects(org: Org, node: Node) -> Rows:
    given = {each.text("object"): each for each in node.inner.get("objectPermissions", [])}
    if len(given) < len(node.inner.get("objectPermissions", [])):
        raise Problem("Duplicate objectPermissions")
    rows: Rows = []
    for name, each in given.items():
        object = org.schema.object(name)
        fixed = object is not None and (
            object.name.startswith("Permission") or object.name in FILES
        )
        if object is None or fixed or "D" not in object.rights:
            raise Problem(f"In field: field - no CustomObject named {name} found")
        _check_needs(name, each)
        if each.truth("allowRead"):
            for master in object.masters:
                parent = given.get(master.references[0])
                if parent is None or not parent.truth("allowRead"):
                    needed = f"Read {master.references[0]}"
                    raise Problem(f"Permission Read {name} depends on permission(s): {needed}")
        columns = {column: int(each.truth(right)) for right, column in OBJECT_RIGHTS.items()}
        rows.append({"SobjectType": object.name} | columns)
    return rows


def _check_needs(name: str, node: Node) -> None:
    for right, needed in NEEDS.items():
        lacking = [other for other in needed if not node.truth(other)]
        if node.truth(right) and lacking:
            spoken = ", ".join(f"{SPOKEN[other]} {name}" for other in lacking)
            raise Problem(f"Permission {SPOKEN[right]} {name} depends on permission(s): {spoken}")


def _rights(node: Node) -> dict[str, int]:
    found = {f"Permissions{name}": 0 for name in RIGHTS}
    for each in node.inner.get("userPermissions", []):
        if each.text("name") not in RIGHTS:
            raise Problem(f"Unknown user permission: {each.text('name')}")
        found[f"Permissions{each.text('name')}"] = int(each.truth("enabled"))
    return found
