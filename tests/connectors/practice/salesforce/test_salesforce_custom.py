"""The practice org's custom objects: describe, parents, masters, keys, deletion, state."""

from typing import Any

from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.test_salesforce_records import code, errors, of

QUIET = {"Sforce-Auto-Assign": "FALSE"}
PREFIXES = {
    "Service_Location__c": "a00",
    "Appointment__c": "a01",
    "Invoice__c": "a02",
    "Invoice_Item__c": "a03",
    "Line_Item__c": "a04",
    "Payment__c": "a05",
    "Job_Milestone__c": "a06",
    "Skill__c": "a07",
}
DETAILS = {
    "Invoice_Item__c": "Invoice__c",
    "Line_Item__c": "Case__c",
    "Job_Milestone__c": "Case__c",
}


def described(org: Org, object: str) -> dict[str, Any]:
    answer: dict[str, Any] = org.call("GET", f"/sobjects/{object}/describe").json()
    return answer


def fields(org: Org, object: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in described(org, object)["fields"]}


def test_the_custom_objects_are_there_and_empty(org: Org) -> None:
    listed = {o["name"]: o for o in org.call("GET", "/sobjects").json()["sobjects"]}
    assert {n: o["keyPrefix"] for n, o in listed.items() if o["custom"]} == PREFIXES
    state = org.steer.state()["salesforce"]
    assert {state[name]["count"] for name in PREFIXES} == {0}
    for name in PREFIXES:
        found = fields(org, name)
        assert {"type": "string", "length": 80, "unique": True, "externalId": True}.items() <= (
            found["Source_Id__c"].items()
        )
        assert ("OwnerId" in found) is (name not in DETAILS)
        assert found["CreatedDate"]["createable"] is True


SHAPES = [
    ("Service_Location__c", "Street__c", ("textarea", 255, 0, 0)),
    ("Service_Location__c", "Latitude__c", ("double", 0, 18, 8)),
    ("Service_Location__c", "Active__c", ("boolean", 0, 0, 0)),
    ("Appointment__c", "Technicians__c", ("textarea", 32768, 0, 0)),
    ("Appointment__c", "Scheduled_Start__c", ("datetime", 0, 0, 0)),
    ("Invoice__c", "Balance__c", ("currency", 0, 16, 2)),
    ("Invoice__c", "Due_Date__c", ("date", 0, 0, 0)),
    ("Line_Item__c", "Quantity__c", ("double", 0, 16, 4)),
    ("Line_Item__c", "Sort_Order__c", ("double", 0, 18, 0)),
    ("Job_Milestone__c", "Event__c", ("string", 120, 0, 0)),
    ("Skill__c", "User__c", ("reference", 18, 0, 0)),
    ("Case", "Appointment_Count__c", ("double", 0, 18, 0)),
    ("Case", "Service_Location__c", ("reference", 18, 0, 0)),
    ("Contact", "Is_Primary__c", ("boolean", 0, 0, 0)),
    ("Contact", "Further_Phones__c", ("textarea", 32768, 0, 0)),
]


def test_fields_have_their_types_and_sizes(org: Org) -> None:
    found = {name: fields(org, name) for name in {object for object, _, _ in SHAPES}}
    for object, name, kind in SHAPES:
        shown = tuple(found[object][name][k] for k in ("type", "length", "precision", "scale"))
        assert (object, name, shown) == (object, name, kind)
        assert found[object][name]["custom"] is True


def test_a_master_is_required_fixed_and_takes_its_details_along(org: Org) -> None:
    for object, name in DETAILS.items():
        found = fields(org, object)[name]
        shown = ("createable", "updateable", "nillable", "permissionable", "cascadeDelete")
        assert [found[key] for key in shown] == [True, False, False, False, True]
        assert (found["relationshipOrder"], found["writeRequiresMasterRead"]) == (0, False)
    lookup = fields(org, "Payment__c")["Invoice__c"]
    assert (lookup["nillable"], lookup["updateable"], lookup["cascadeDelete"]) == (
        True,
        True,
        False,
    )
    children = {
        (c["childSObject"], c["field"]): (c["relationshipName"], c["cascadeDelete"])
        for c in described(org, "Case")["childRelationships"]
    }
    assert children["Line_Item__c", "Case__c"] == ("Line_Items__r", True)
    assert children["Appointment__c", "Case__c"] == ("Appointments__r", False)


def test_a_detail_needs_a_master_and_keeps_it(org: Org) -> None:
    answer = org.call("POST", "/sobjects/Line_Item__c", json={"Kind__c": "Labor"})
    assert code(answer) == "REQUIRED_FIELD_MISSING"
    assert answer.json()[0]["fields"] == ["Case__c"]
    case, other = org.create("Case", Source_Id__c="m/1"), org.create("Case")
    item = org.create("Line_Item__c", Case__r={"Source_Id__c": "m/1"}, Quantity__c=1.23456)
    for move in ({"Case__c": other}, {"Case__c": case}, {"Case__c": None}):
        answer = org.call("PATCH", f"/sobjects/Line_Item__c/{item}", json=move)
        assert code(answer) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    owned = org.call("POST", "/sobjects/Line_Item__c", json={"Case__c": case, "OwnerId": case})
    assert code(owned) == "INVALID_FIELD"
    assert org.query("SELECT OwnerId FROM Line_Item__c")[0]["errorCode"] == "INVALID_FIELD"
    found = org.one(f"SELECT Case__c, Quantity__c, Name FROM Line_Item__c WHERE Id = '{item}'")
    assert found == {"Case__c": case, "Quantity__c": 1.2346, "Name": item[:15]}


def test_soql_walks_to_custom_parents_and_names_their_types(org: Org) -> None:
    account = org.create("Account", Name="Payer")
    org.create("Case", Source_Id__c="p/1", AccountId=account)
    invoice = org.create("Invoice__c", Case__r={"Source_Id__c": "p/1"}, Source_Id__c="i/1")
    org.create("Invoice_Item__c", Invoice__r={"Source_Id__c": "i/1"}, Source_Id__c="ii/1")
    org.create("Payment__c", Source_Id__c="alone")
    text = "SELECT Invoice__r.Case__r.Account.Name, invoice__r.case__r.Source_Id__c FROM"
    (found,) = org.query(f"{text} Invoice_Item__c WHERE Invoice__r.Case__r.Source_Id__c = 'p/1'")[
        "records"
    ]
    case = found["Invoice__r"]["Case__r"]
    assert found["Invoice__r"]["attributes"]["type"] == "Invoice__c"
    assert found["Invoice__r"]["attributes"]["url"].endswith(invoice)
    assert case["attributes"]["type"] == "Case"
    assert case["Account"]["attributes"]["url"].endswith(account)
    assert (case["Account"]["Name"], case["Source_Id__c"]) == ("Payer", "p/1")
    lone = org.one("SELECT Case__r.Account.Name FROM Payment__c WHERE Source_Id__c = 'alone'")
    assert lone == {"Case__r": None}


def test_a_collection_and_a_job_write_children_by_their_parents_keys(org: Org) -> None:
    org.create("Case", Source_Id__c="b/1")
    records = [
        of("Appointment__c", Source_Id__c=f"ap/{n}", Case__r={"Source_Id__c": parent})
        for n, parent in enumerate(("b/1", "nobody"))
    ]
    assert errors(org.collect("POST", records)) == ["", "INVALID_FIELD"]
    rows = "Case__r.Source_Id__c,Event__c,Source_Id__c\nb/1,Arrived,ms/1\n,Lost,ms/2\nno,Odd,ms/3\n"
    done = org.bulk("Job_Milestone__c", "insert", rows)
    assert [row["Source_Id__c"] for row in done["ok"]] == ["ms/1"]
    said = {row["Source_Id__c"]: row["sf__Error"] for row in done["bad"]}
    assert said["ms/2"].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [Case__c]")
    assert said["ms/3"].startswith("INVALID_FIELD:Foreign key external ID: no not found")
    named = org.bulk("Skill__c", "insert", "User__r.Username,Kind__c\n"
                     "dana.dispatcher@crm.example.com.practice,HVAC\n")  # fmt: skip
    assert len(named["ok"]) == 1
    wrong = org.bulk("Line_Item__c", "insert", "Case:Case__r.Source_Id__c\nb/1\n")
    assert wrong["errorMessage"].startswith("InvalidBatch : type is not needed")


def test_deleting_a_parent_takes_details_along_and_empties_lookups(org: Org) -> None:
    case = org.create("Case")
    invoice = org.create("Invoice__c", Case__c=case)
    org.create("Line_Item__c", Case__c=case)
    org.create("Invoice_Item__c", Invoice__c=invoice)
    org.create("Payment__c", Case__c=case, Invoice__c=invoice)
    assert org.call("DELETE", f"/sobjects/Case/{case}").status_code == 204
    assert org.records("SELECT Id FROM Line_Item__c") == []
    assert len(org.records("SELECT Id FROM Line_Item__c WHERE IsDeleted = true", "queryAll")) == 1
    assert org.one("SELECT Case__c, Invoice__c FROM Payment__c") == {
        "Case__c": None,
        "Invoice__c": invoice,
    }
    assert org.one("SELECT Invoice__c FROM Invoice_Item__c") == {"Invoice__c": invoice}
    assert org.call("DELETE", f"/sobjects/Invoice__c/{invoice}").status_code == 204
    assert org.records("SELECT Id FROM Invoice_Item__c") == []
    assert org.one("SELECT Invoice__c FROM Payment__c") == {"Invoice__c": None}
    gone = org.call("POST", "/sobjects/Line_Item__c", json={"Case__c": case})
    assert code(gone) == "ENTITY_IS_DELETED"


def test_a_detail_is_within_reach_as_its_master_is(org: Org) -> None:
    theirs = org.one("SELECT Id FROM Case WHERE Owner.Name = 'Dana Dispatcher' LIMIT 1")["Id"]
    ours = org.create("Case", headers=QUIET)
    items = [org.create("Line_Item__c", Case__c=case) for case in (theirs, ours)]
    org.steer.edit("salesforce", op="user", set={"modify_all": False})
    change = [
        org.call("PATCH", f"/sobjects/Line_Item__c/{i}", json={"Kind__c": "x"}) for i in items
    ]
    assert [answer.status_code for answer in change] == [400, 204]
    assert code(change[0]) == "INSUFFICIENT_ACCESS_OR_READONLY"
    made = org.call("POST", "/sobjects/Line_Item__c", json={"Case__c": theirs})
    assert code(made) == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_the_queue_owns_no_custom_object(org: Org) -> None:
    queue = org.one("SELECT Id FROM Group WHERE Type = 'Queue'")["Id"]
    answer = org.call("POST", "/sobjects/Invoice__c", json={"OwnerId": queue})
    assert code(answer) == "INVALID_OPERATION"


def test_audit_dates_hold_and_storage_and_locks_refuse_custom_records_too(org: Org) -> None:
    case = org.create("Case")
    dated = {"Case__c": case, "CreatedDate": "2020-01-02T03:04:05Z"}
    id = org.create("Job_Milestone__c", **dated)
    found = org.one(f"SELECT CreatedDate FROM Job_Milestone__c WHERE Id = '{id}'")
    assert found["CreatedDate"] == "2020-01-02T03:04:05.000+0000"
    org.steer.limits("salesforce", lock_rows=1)
    child = [of("Line_Item__c", Case__c=case)]
    assert errors(org.collect("POST", child)) == ["UNABLE_TO_LOCK_ROW"]
    assert errors(org.collect("POST", child)) == [""]


def test_the_checksum_names_custom_parents_by_key_and_forgets_names_the_org_gave(org: Org) -> None:
    def load() -> Any:
        case = org.create("Case", headers=QUIET, Source_Id__c="k/1")
        item = org.create("Line_Item__c", Case__c=case, Source_Id__c="k/2")
        return case, item, org.steer.state()["salesforce"]["Line_Item__c"]

    case, first, before = load()
    org.call("DELETE", f"/sobjects/Case/{case}")
    _, second, after = load()
    assert first != second
    assert after == before
    named = org.steer.edit(
        "salesforce", op="update", object="Line_Item__c", key="k/2", set={"Name": "Kept"}
    )
    assert named == {"id": second}
    assert org.steer.state()["salesforce"]["Line_Item__c"] != before


def test_an_org_may_be_born_without_them_once(org: Org) -> None:
    steer = org.steer
    full = steer.state()["salesforce"]
    steer.limits("salesforce", custom_objects=False)
    steer.reset()
    bare = steer.state()["salesforce"]
    assert {name: full[name] for name in bare} == bare
    assert set(full) - set(bare) == set(PREFIXES)
    assert "Is_Primary__c" not in fields(org, "Contact")
    assert "Campaign__c" not in fields(org, "Case")
    assert "Site_Name__c" in fields(org, "Case")
    assert org.query("SELECT Id FROM Invoice__c")[0]["errorCode"] == "INVALID_TYPE"
    steer.reset()
    assert steer.state()["salesforce"] == full
