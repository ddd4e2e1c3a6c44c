"""Metadata deployments of the practice org: what they make, and who sees it when."""

import json
from typing import Any

from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.deploying import (
    DETAIL,
    FULL,
    KEY,
    OBJECT,
    assign,
    deploy,
    ended,
    grants,
    manifest,
    parent,
    problems,
    send,
    text,
    xml,
    zipped,
)
from tests.connectors.practice.salesforce.test_salesforce_custom import DETAILS, PREFIXES, fields
from tests.connectors.practice.salesforce.test_salesforce_records import code

TYPES = {
    ("string", False): "Text", ("textarea", False): "TextArea", ("textarea", True): "LongTextArea",
    ("double", False): "Number", ("currency", False): "Currency", ("boolean", False): "Checkbox",
    ("date", False): "Date", ("datetime", False): "DateTime",
}  # fmt: skip


def visit(*more: dict[str, Any], **other: Any) -> dict[str, str]:
    """A package of one object Visit__c with those fields besides its key."""
    whole = {"fields": [KEY, *more]} | OBJECT | other
    return {
        "package.xml": manifest(CustomObject=["Visit__c"]),
        "objects/Visit__c.object": xml("CustomObject", whole),
    }


def permissions(files: dict[str, str], *listed: dict[str, Any], **other: Any) -> dict[str, str]:
    """That package with a permission set of those field permissions."""
    packed = {"label": "Loading", "fieldPermissions": list(listed)} | other
    types = manifest(CustomObject=["Visit__c"], PermissionSet=["Loading"])
    return files | {
        "package.xml": types,
        "permissionsets/Loading.permissionset": xml("PermissionSet", packed),
    }


def test_a_deployment_is_pending_then_in_progress_then_done(org: Org) -> None:
    org.steer.limits("salesforce", deploy_delay=0.05)
    answer = send(org, zipped(visit(text("Note__c"))))
    assert answer.status_code == 201
    body = answer.json()
    assert body["id"].startswith("0Af")
    assert (body["deployResult"]["status"], body["deployResult"]["done"]) == ("Pending", False)
    seen = []
    while not seen or not seen[-1]["done"]:
        seen.append(
            org.call("GET", f"/metadata/deployRequest/{body['id']}/").json()["deployResult"]
        )
    order = ["Pending", "InProgress", "Succeeded"]
    statuses = [each["status"] for each in seen]
    assert statuses == sorted(statuses, key=order.index)
    assert seen[-1]["success"] is True
    assert seen[-1]["details"] is None
    counts = [seen[-1][f"numberComponents{n}"] for n in ("Total", "Deployed")]
    assert counts == [3, 3]
    successes = ended(org, body["id"])["details"]["componentSuccesses"]
    made = {each["fullName"]: (each["componentType"], each["created"]) for each in successes}
    assert made["Visit__c.Note__c"] == ("CustomField", True)
    assert made["Visit__c"] == ("CustomObject", True)
    assert made["package.xml"] == ("", False)


def test_new_fields_are_seen_by_nobody_before_a_permission_set_is_assigned(org: Org) -> None:
    files = visit(text("Note__c"), parent("Case__c", "Case", "Visits"))
    named = ("Visit__c.Source_Id__c", "Visit__c.Note__c", "Visit__c.Case__c")
    assert deploy(org, permissions(files, *grants(*named)))["status"] == "Succeeded"
    hidden = {"Source_Id__c", "Note__c", "Case__c"}
    assert not hidden & set(fields(org, "Visit__c"))
    assert org.query("SELECT Note__c FROM Visit__c")[0]["errorCode"] == "INVALID_FIELD"
    failed = org.bulk("Visit__c", "insert", "Note__c\nx\n")
    assert failed["errorMessage"] == "InvalidBatch : Field name not found : Note__c"
    assert code(org.call("POST", "/sobjects/Visit__c", json={"Note__c": "x"})) == "INVALID_FIELD"
    assigned = assign(org, "Loading")
    assert hidden <= set(fields(org, "Visit__c"))
    case = org.create("Case", Source_Id__c="v/1")
    row = "Note__c,Source_Id__c,Case__r.Source_Id__c\nx,n/1,v/1\n"
    assert len(org.bulk("Visit__c", "insert", row)["ok"]) == 1
    assert org.one("SELECT Case__c, Case__r.Source_Id__c FROM Visit__c") == {
        "Case__c": case,
        "Case__r": {"attributes": org.query("SELECT Case__r.Source_Id__c FROM Visit__c")["records"]
                    [0]["Case__r"]["attributes"], "Source_Id__c": "v/1"},
    }  # fmt: skip
    assert org.call("DELETE", f"/sobjects/PermissionSetAssignment/{assigned}").status_code == 204
    assert not hidden & set(fields(org, "Visit__c"))


def test_read_only_field_permissions_show_a_field_but_let_nobody_write_it(org: Org) -> None:
    files = permissions(
        visit(text("Note__c")), *grants("Visit__c.Note__c", editable=False), label="Look"
    )
    deploy(org, files)
    assign(org, "Loading")
    found = fields(org, "Visit__c")["Note__c"]
    assert (found["createable"], found["updateable"]) == (False, False)
    answer = org.call("POST", "/sobjects/Visit__c", json={"Note__c": "x"})
    assert code(answer) == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_permission_set_is_replaced_by_its_next_file_and_not_added_to(org: Org) -> None:
    files = visit(text("Note__c"), text("More__c"))
    deploy(org, permissions(files, *grants("Visit__c.Note__c")))
    assign(org, "Loading")
    assert "Note__c" in fields(org, "Visit__c")
    deploy(org, permissions(files, *grants("Visit__c.More__c")))
    assert {"Note__c", "More__c"} & set(fields(org, "Visit__c")) == {"More__c"}


def test_the_permission_sets_are_rows_and_are_assigned_once(org: Org) -> None:
    rights = {"objectPermissions": {"object": "Visit__c"} | FULL}
    rights |= {"userPermissions": {"enabled": True, "name": "BulkApiHardDelete"}}
    deploy(org, permissions(visit(text("Note__c")), *grants("Visit__c.Note__c"), **rights))
    wish = {"object": "Case", "operation": "hardDelete", "contentType": "CSV"}
    assert code(org.call("POST", "/jobs/ingest", json=wish)) == "FEATURENOTENABLED"
    id = assign(org, "Loading")
    assert id.startswith("0Pa")
    assert org.call("POST", "/jobs/ingest", json=wish).status_code == 200
    one = org.one("SELECT Id, Label, PermissionsBulkApiHardDelete FROM PermissionSet")
    assert (one["Label"], one["PermissionsBulkApiHardDelete"]) == ("Loading", True)
    granted = org.one("SELECT Field, PermissionsEdit, Parent.Name FROM FieldPermissions")
    assert (granted["Field"], granted["Parent"]["Name"]) == ("Visit__c.Note__c", "Loading")
    assert org.one("SELECT SobjectType FROM ObjectPermissions") == {"SobjectType": "Visit__c"}
    row = org.one("SELECT AssigneeId, PermissionSetId FROM PermissionSetAssignment")
    again = org.call("POST", "/sobjects/PermissionSetAssignment", json=row)
    assert code(again) == "DUPLICATE_VALUE"
    assert again.json()[0]["message"].endswith(id)
    assert code(org.call("POST", "/sobjects/PermissionSet", json={"Name": "x"})) == (
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    )


def test_a_master_is_seen_at_once_and_makes_a_detail(org: Org) -> None:
    fixed = parent("Case__c", "Case", "Visits", "MasterDetail", relationshipOrder=0,
                   reparentableMasterDetail=False, writeRequiresMasterRead=False)  # fmt: skip
    loose = parent("Account__c", "Account", "Trips", "MasterDetail", reparentableMasterDetail=True)
    files = visit(fixed, **DETAIL)
    trip = {"fields": [loose]} | DETAIL | {"label": "Trip", "pluralLabel": "Trips"}
    files |= {
        "package.xml": manifest(CustomObject=["Visit__c", "Trip__c"]),
        "objects/Trip__c.object": xml("CustomObject", trip),
    }
    assert problems(deploy(org, files)) == {}
    found = fields(org, "Visit__c")
    assert {"Case__c", "Name"} <= set(found)
    assert "OwnerId" not in found
    shown = ("createable", "updateable", "nillable", "cascadeDelete")
    assert [found["Case__c"][key] for key in shown] == [True, False, False, True]
    assert fields(org, "Trip__c")["Account__c"]["updateable"] is True
    case = org.create("Case")
    id = org.create("Visit__c", Case__c=case)
    assert id.startswith("a08")
    org.call("DELETE", f"/sobjects/Case/{case}")
    assert org.records("SELECT Id FROM Visit__c") == []


def test_an_auto_number_names_the_records(org: Org) -> None:
    named = {"label": "Visit Number", "type": "AutoNumber", "displayFormat": "V-{0000}"}
    assert problems(deploy(org, visit(nameField=named))) == {}
    found = fields(org, "Visit__c")["Name"]
    assert (found["autoNumber"], found["createable"]) == (True, False)
    for _ in range(2):
        org.create("Visit__c")
    assert [r["Name"] for r in org.records("SELECT Name FROM Visit__c")] == ["V-0001", "V-0002"]


def test_checking_only_and_failing_leave_no_trace(org: Org) -> None:
    before = org.call("GET", "/sobjects").json(), org.steer.state()["salesforce"]
    files = permissions(visit(text("Note__c")), *grants("Visit__c.Note__c"))
    checked = deploy(org, files, checkOnly=True)
    assert (checked["status"], checked["checkOnly"]) == ("Succeeded", True)
    failed = deploy(org, permissions(visit(text("Note__c")), *grants("Visit__c.Nope__c")))
    assert (failed["status"], failed["success"]) == ("Failed", False)
    assert problems(failed) == {"Loading": "In field: field - no CustomField named"
                                           " Visit__c.Nope__c found"}  # fmt: skip
    assert (org.call("GET", "/sobjects").json(), org.steer.state()["salesforce"]) == before
    assert deploy(org, files)["status"] == "Succeeded"
    assert org.query("SELECT Id FROM Visit__c")["totalSize"] == 0


def test_only_a_sandbox_keeps_what_went_well_beside_what_failed(org: Org) -> None:
    files = visit(text("Note__c"), text("Wrong__c", length=256))
    refused = send(org, zipped(files), rollbackOnError=False)
    assert (refused.status_code, code(refused)) == (400, "INVALID_OPERATION")
    org.steer.limits("salesforce", sandbox=True)
    assert org.one("SELECT IsSandbox FROM Organization") == {"IsSandbox": True}
    result = deploy(org, files, rollbackOnError=False)
    assert result["status"] == "SucceededPartial"
    assert set(problems(result)) == {"Visit__c.Wrong__c"}
    assert org.query("SELECT Id FROM Visit__c")["totalSize"] == 0


def test_a_second_deployment_changes_what_differs_and_nothing_else(org: Org) -> None:
    deploy(org, permissions(visit(text("Note__c")), *grants("Visit__c.Note__c")))
    assign(org, "Loading")
    org.create("Visit__c", Note__c="n" * 80)
    longer = permissions(visit(text("Note__c", length=100)), *grants("Visit__c.Note__c"),
                         label="Loads")  # fmt: skip
    again = deploy(org, longer)
    assert [each["created"] for each in again["details"]["componentSuccesses"]] == [False] * 5
    assert fields(org, "Visit__c")["Note__c"]["length"] == 100
    assert org.one("SELECT Label FROM PermissionSet") == {"Label": "Loads"}
    unique = text("Note__c", length=100, unique=True, externalId=True, caseSensitive=True)
    assert problems(deploy(org, visit(unique))) == {}
    found = fields(org, "Visit__c")["Note__c"]
    assert (found["unique"], found["externalId"], found["caseSensitive"]) == (True, True, True)
    org.create("Visit__c", Note__c="N" * 80)
    twin = org.call("POST", "/sobjects/Visit__c", json={"Note__c": "N" * 80})
    assert code(twin) == "DUPLICATE_VALUE"


def test_destructive_changes_remove_fields_objects_and_permission_sets(org: Org) -> None:
    files = visit(text("Note__c"), parent("Case__c", "Case", "Visits"))
    deploy(org, permissions(files, *grants("Visit__c.Note__c", "Visit__c.Case__c")))
    assign(org, "Loading")
    org.create("Visit__c", Note__c="secret")
    gone = {"package.xml": manifest(), "destructiveChanges.xml": manifest(
        CustomField=["Visit__c.Note__c"])}  # fmt: skip
    result = deploy(org, gone)
    assert result["status"] == "Succeeded"
    assert [each["deleted"] for each in result["details"]["componentSuccesses"]] == [True, False]
    assert org.query("SELECT Note__c FROM Visit__c")[0]["errorCode"] == "INVALID_FIELD"
    assert org.one("SELECT Field FROM FieldPermissions") == {"Field": "Visit__c.Case__c"}
    deploy(org, permissions(visit(text("Note__c")), *grants("Visit__c.Note__c")))
    assert org.one("SELECT Note__c FROM Visit__c") == {"Note__c": None}
    every = manifest(CustomObject=["Visit__c"], PermissionSet=["Loading"])
    result = deploy(org, {"package.xml": manifest(), "destructiveChangesPost.xml": every})
    assert result["status"] == "Succeeded"
    assert org.query("SELECT Id FROM Visit__c")[0]["errorCode"] == "INVALID_TYPE"
    for table in ("PermissionSet", "PermissionSetAssignment", "FieldPermissions"):
        assert org.query(f"SELECT Id FROM {table}")["totalSize"] == 0
    children = org.call("GET", "/sobjects/Case/describe").json()["childRelationships"]
    assert "Visit__c" not in {each["childSObject"] for each in children}


def test_settings_switch_the_audit_dates_on(org: Org) -> None:
    org.steer.limits("salesforce", audit_fields=False)
    files = {
        "package.xml": manifest(Settings=["Security"]),
        "settings/Security.settings": xml(
            "SecuritySettings", {"enableAuditFieldsInactiveOwner": True}
        ),
    }
    deploy(org, files, checkOnly=True)
    assert fields(org, "Case")["CreatedDate"]["createable"] is False
    assert deploy(org, files)["status"] == "Succeeded"
    assert fields(org, "Case")["CreatedDate"]["createable"] is True


def test_one_deployment_works_at_a_time_and_may_be_canceled_before(org: Org) -> None:
    org.steer.limits("salesforce", deploy_delay=3600)
    first, second = (send(org, zipped(visit())).json()["id"] for _ in range(2))
    for id in (first, second):
        answer = org.call(
            "PATCH", f"/metadata/deployRequest/{id}", json={"deployResult": {"status": "Canceling"}}
        )
        assert (answer.status_code, ended(org, id)["status"]) == (202, "Canceled")
    org.steer.limits("salesforce", deploy_delay=0)
    ids = [send(org, zipped(visit(text(f"Note{n}__c")))).json()["id"] for n in range(3)]
    assert [ended(org, id)["status"] for id in ids] == ["Succeeded"] * 3
    late = org.call(
        "PATCH", f"/metadata/deployRequest/{ids[0]}", json={"deployResult": {"status": "Canceling"}}
    )
    assert code(late) == "INVALID_ID_FIELD"


def test_the_other_clients_name_of_the_json_part_is_taken_too(org: Org) -> None:
    wish = json.dumps({"deployOptions": {"singlePackage": True, "testLevel": "NoTestRun"}})
    parts = {
        "file": ("package.zip", zipped(visit()), "application/zip"),
        "entity_content": (None, wish, "application/json"),
    }
    answer = org.call("POST", "/metadata/deployRequest", files=parts)
    assert ended(org, answer.json()["id"])["status"] == "Succeeded"


def _described(found: dict[str, Any]) -> dict[str, Any]:
    """A `<fields>` element that gives such a field."""
    kind = TYPES.get((found["type"], found["length"] > 255), "Lookup")
    node: dict[str, Any] = {"fullName": found["name"], "label": found["label"], "type": kind}
    if kind in ("Text", "LongTextArea"):
        node["length"] = found["length"]
    if kind == "LongTextArea":
        node["visibleLines"] = 4
    if kind in ("Number", "Currency"):
        node |= {"precision": found["precision"], "scale": found["scale"]}
    if kind == "Checkbox":
        node["defaultValue"] = False
    if found["unique"]:
        node |= {"unique": True, "externalId": True}
    if kind == "Lookup":
        node["referenceTo"] = found["referenceTo"][0]
        node["type"] = "MasterDetail" if found["cascadeDelete"] else "Lookup"
    return node


EXTENDED = ("Case", "Contact", "Account", "Order")


def _describes(org: Org, *names: str) -> dict[str, Any]:
    return {name: org.call("GET", f"/sobjects/{name}/describe").json() for name in names}


def _package(whole: dict[str, Any], bare: dict[str, Any]) -> dict[str, str]:
    """A package of what those describes have and the bare ones have not."""
    known = {name: {f["name"] for f in described["fields"]} for name, described in bare.items()}
    wanted = {
        (each["childSObject"], each["field"]): each["relationshipName"]
        for described in whole.values()
        for each in described["childRelationships"]
    }
    files, added = {}, []
    for name in (*PREFIXES, *EXTENDED):
        nodes = []
        for found in whole[name]["fields"]:
            if not found["custom"] or found["name"] in known.get(name, ()):
                continue
            node = _described(found)
            if found["referenceTo"]:
                node["relationshipName"] = wanted[name, found["name"]].removesuffix("__r")
            nodes.append(node)
            added += [f"{name}.{found['name']}"] * found["permissionable"]
        about = _object(name, whole[name]) if name in PREFIXES else {}
        files[f"objects/{name}.object"] = xml("CustomObject", {"fields": nodes} | about)
    rights = {"label": "Loading", "fieldPermissions": grants(*added)}
    files["permissionsets/Loading.permissionset"] = xml("PermissionSet", rights)
    custom = [each for each in added if each.split(".")[0] in EXTENDED]
    types = {"CustomObject": ["*"], "CustomField": custom, "PermissionSet": ["Loading"]}
    return files | {"package.xml": manifest(**types)}


def _object(name: str, described: dict[str, Any]) -> dict[str, Any]:
    model = "ControlledByParent" if name in DETAILS else "ReadWrite"
    labels = {"label": described["label"], "pluralLabel": described["labelPlural"]}
    shown = {"label": f"{described['label']} Name", "type": "Text"}
    return OBJECT | labels | {"sharingModel": model, "nameField": shown}


def test_an_org_without_the_objects_can_be_given_all_of_them(org: Org) -> None:
    whole = _describes(org, *PREFIXES, *EXTENDED, "User")
    org.steer.limits("salesforce", custom_objects=False)
    org.steer.reset()
    org.steer.limits("salesforce", deploy_delay=0)
    files = _package(whole, _describes(org, *EXTENDED))
    result = deploy(org, files)
    assert (result["status"], problems(result)) == ("Succeeded", {})
    assign(org, "Loading")

    def about(described: dict[str, Any]) -> Any:
        plain = {k: v for k, v in described.items() if k not in ("keyPrefix", "childRelationships")}
        children = described["childRelationships"]
        ordered = sorted(children, key=lambda c: (c["childSObject"], c["field"]))
        return plain | {"children": ordered, "fields": sorted(plain["fields"], key=str)}

    for name, before in whole.items():
        assert about(org.call("GET", f"/sobjects/{name}/describe").json()) == about(before)
