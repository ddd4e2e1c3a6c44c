"""What metadata deployments to the practice org refuse of what is there, and of a call."""

from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.deploying import (
    OBJECT,
    assign,
    deploy,
    grants,
    manifest,
    parent,
    problems,
    send,
    text,
    zipped,
)
from tests.connectors.practice.salesforce.test_salesforce_metadata import permissions, visit
from tests.connectors.practice.salesforce.test_salesforce_records import code


def test_a_master_comes_with_its_object_only(org: Org) -> None:
    deploy(org, visit())
    node = parent("Case__c", "Case", "Visits", "MasterDetail")
    files = visit(node) | {"package.xml": manifest(CustomField=["Visit__c.Case__c"])}
    found = problems(deploy(org, files))
    assert found == {"Visit__c.Case__c": "A MasterDetail field comes with its object in the"
                                         " practice org"}  # fmt: skip


def test_what_exists_may_not_change_its_kind(org: Org) -> None:
    twice = deploy(org, visit(text("Note__c"), text("Note__c")))
    assert problems(twice)["Visit__c.Note__c"].startswith("duplicate value found")
    deploy(org, permissions(visit(text("Note__c")), *grants("Visit__c.Note__c")))
    assign(org, "Loading")
    for note in ("same", "same"):
        org.create("Visit__c", Note__c=note)
    day = {"fullName": "Note__c", "label": "Note", "type": "Date"}
    named = {"label": "V", "type": "AutoNumber", "displayFormat": "V-{0}"}
    wrong = {
        "Cannot change the type of the field Visit__c.Note__c": visit(day),
        "Visit__c.Note__c holds values longer than 3": visit(text("Note__c", length=3)),
        "Visit__c.Note__c holds the same value more than once": visit(text("Note__c", unique=True)),
        "Cannot change the type of the nameField in the practice org": visit(nameField=named),
    }
    for sentence, files in wrong.items():
        assert sentence in problems(deploy(org, files)).values()


def test_missing_files_and_missing_components_may_be_overlooked(org: Org) -> None:
    missing = visit() | {"package.xml": manifest(CustomObject=["Visit__c", "Other__c"])}
    assert deploy(org, missing)["status"] == "Failed"
    assert deploy(org, missing, allowMissingFiles=True)["status"] == "Succeeded"
    gone = {
        "package.xml": manifest(),
        "destructiveChanges.xml": manifest(CustomField=["Case.Never__c"]),
    }
    result = deploy(org, gone)
    (failure,) = result["details"]["componentFailures"]
    assert (result["status"], failure["problemType"]) == ("Failed", "Warning")
    assert failure["problem"] == "No CustomField named: Case.Never__c found"
    assert deploy(org, gone, ignoreWarnings=True)["status"] == "Succeeded"


def test_objects_that_refer_to_each_other_go_together(org: Org) -> None:
    before = org.steer.state()["salesforce"]
    removed = manifest(
        CustomObject=["Invoice__c", "Invoice_Item__c"], CustomField=["Payment__c.Invoice__c"]
    )
    files = {"package.xml": manifest(), "destructiveChanges.xml": removed}
    assert problems(deploy(org, files)) == {}
    after = org.steer.state()["salesforce"]
    assert set(before) - set(after) == {"Invoice__c", "Invoice_Item__c"}


def test_the_call_itself_is_refused_where_it_makes_no_sense(org: Org) -> None:
    content = zipped(visit())
    path = "/metadata/deployRequest"
    assert org.call("POST", path, json={}).status_code == 415
    only = {"file": ("deploy.zip", content, "application/zip")}
    assert code(org.call("POST", path, files=only)) == "INVALID_MULTIPART_REQUEST"
    for wrong in ({"fast": True}, {"checkOnly": "yes"}, {"testLevel": "Some"}):
        assert code(send(org, content, **wrong)) == "JSON_PARSER_ERROR"
    for body in ("{", "[]", '{"deployOptions": 1}'):
        parts = only | {"json": (None, body, "application/json")}
        assert code(org.call("POST", path, files=parts)) == "JSON_PARSER_ERROR"
    missing = org.call("GET", f"{path}/0AfHs0000000001AAA")
    assert (missing.status_code, code(missing)) == (404, "NOT_FOUND")
    org.steer.edit("salesforce", op="user", set={"modify_metadata": False})
    refused = send(org, content)
    assert (refused.status_code, code(refused)) == (403, "INSUFFICIENT_ACCESS")


def test_a_restricting_lookup_keeps_its_parent(org: Org) -> None:
    node = parent("Case__c", "Case", "Visits", deleteConstraint="Restrict", required=True)
    assert problems(deploy(org, visit(node))) == {}
    case = org.create("Case")
    org.create("Visit__c", Case__c=case, Name="First visit")
    answer = org.call("DELETE", f"/sobjects/Case/{case}")
    assert code(answer) == "DELETE_FAILED"
    assert answer.json()[0]["message"].endswith("following visits.: First visit\n")


def test_a_picklist_deployed_as_restricted_refuses_what_it_does_not_list(org: Org) -> None:
    values = [{"fullName": v, "default": v == "Low", "label": v} for v in ("High", "Low")]
    definition = {"sorted": False, "value": values}
    node = {
        "fullName": "Level__c", "label": "Level", "type": "Picklist",
        "valueSet": {"restricted": True, "valueSetDefinition": definition},
    }  # fmt: skip
    named = grants("Visit__c.Level__c")
    assert problems(deploy(org, permissions(visit(node, **OBJECT), *named))) == {}
    assign(org, "Loading")
    assert org.one(f"SELECT Level__c FROM Visit__c WHERE Id = '{org.create('Visit__c')}'") == {
        "Level__c": "Low"
    }
    answer = org.call("POST", "/sobjects/Visit__c", json={"Level__c": "Middle"})
    assert code(answer) == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_removed_object_gives_its_storage_back(org: Org) -> None:
    def left() -> int:
        return int(org.call("GET", "/limits").json()["DataStorageMB"]["Remaining"])

    before = left()
    done = org.bulk("Skill__c", "insert", "Kind__c\n" + "HVAC\n" * 1024)
    assert (len(done["ok"]), left()) == (1024, before - 2)
    removed = manifest(CustomObject=["Skill__c"])
    deploy(org, {"package.xml": manifest(), "destructiveChanges.xml": removed})
    assert left() == before
