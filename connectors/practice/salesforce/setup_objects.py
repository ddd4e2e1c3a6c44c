"""Permission sets and their parts as objects: data only. They are written by deployments."""

from connectors.practice.salesforce.fields import Field, lookup, text, truth

RIGHTS = (
    "ApiEnabled",
    "ModifyAllData",
    "ViewAllData",
    "ViewSetup",
    "ModifyMetadata",
    "CreateAuditFields",
    "BulkApiHardDelete",
    "QueryAllFiles",
    "ManageDataIntegrations",
)
OBJECT_RIGHTS = {
    "allowCreate": "PermissionsCreate",
    "allowRead": "PermissionsRead",
    "allowEdit": "PermissionsEdit",
    "allowDelete": "PermissionsDelete",
    "viewAllRecords": "PermissionsViewAllRecords",
    "modifyAllRecords": "PermissionsModifyAllRecords",
}
PARENT = lookup("ParentId", "Parent ID", "PermissionSet", "", on_delete="cascade")

# name, label, plural, prefix, rights, keeps audit dates on insert, fields
SETUP_TABLES: tuple[tuple[str, str, str, str, str, bool, tuple[Field, ...]], ...] = (
    (
        "PermissionSet", "Permission Set", "Permission Sets", "0PS", "", False,
        (
            text("Name", "Permission Set Name", 80, ""),
            text("Label", "Permission Set Label", 80, ""),
            text("Description", "Description", 255, "N"),
            truth("IsOwnedByProfile", "Is Owned By Profile"),
            truth("IsCustom", "Is Custom"),
            *(truth(f"Permissions{name}", name) for name in RIGHTS),
        ),
    ),
    (
        "PermissionSetAssignment", "Permission Set Assignment", "Permission Set Assignments",
        "0Pa", "CD", False,
        (
            lookup("PermissionSetId", "Permission Set ID", "PermissionSet", "C",
                   "Assignments", "cascade"),
            lookup("AssigneeId", "Assignee ID", "User", "C", "PermissionSetAssignments"),
        ),
    ),
    (
        "FieldPermissions", "Field Permissions", "Field Permissions", "01k", "", False,
        (
            PARENT,
            text("SobjectType", "Sobject Type Name", 40, ""),
            text("Field", "Field Name", 120, ""),
            truth("PermissionsRead", "Read Field"),
            truth("PermissionsEdit", "Edit Field"),
        ),
    ),
    (
        "ObjectPermissions", "Object Permissions", "Object Permissions", "110", "", False,
        (
            PARENT,
            text("SobjectType", "Sobject Type Name", 40, ""),
            *(truth(name, name.removeprefix("Permissions")) for name in OBJECT_RIGHTS.values()),
        ),
    ),
)  # fmt: skip
