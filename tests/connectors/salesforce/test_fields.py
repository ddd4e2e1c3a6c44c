"""Creating our objects and fields in an org, and taking them away again."""

from dataclasses import replace

import pytest

from connectors.errors import Misconfigured, NotAuthorised
from connectors.salesforce.destination import Salesforce
from connectors.salesforce.objects import KEY_FIELDS, ORDER, PLAIN_KEYS
from connectors.salesforce.plans import FIELDS
from connectors.values import FieldPlan, Pending, Row
from tests.connectors.salesforce.conftest import Desk, Open, calls, key
from tests.practice import Practice

PERMIT = FieldPlan("Case", "Permit #", "Permit #", "string", length=80, help="Of the city")
BORN = tuple(name for name in ORDER if not name.endswith("__c"))
"""What every org has."""
POSSIBLE = [f for f in FIELDS if f.references != "Opportunity"]
"""The practice org has no opportunities."""


@pytest.fixture
def bare(vendor: Practice) -> Practice:
    """An org that was not prepared: no custom objects, and only the first custom fields."""
    vendor.limits("salesforce", custom_objects=False, shared_contacts=True)
    vendor.reset()
    vendor.limits("salesforce", deploy_delay=0, bulk_delay=0)
    return vendor


def deploy(destination: Salesforce, package: bytes, check_only: bool = False) -> list[str]:
    id = destination.deploy(package, check_only)
    while isinstance(answer := destination.deployed(id), Pending):
        assert answer.seconds > 0
    return answer


def create(destination: Salesforce, fields: list[FieldPlan]) -> list[FieldPlan]:
    """What was missing, now there and ours to use."""
    missing = destination.missing(destination.manifest(fields))
    assert deploy(destination, destination.package(missing)) == []
    destination.grant()
    return missing


def there(destination: Salesforce) -> set[str]:
    shown = {f"{o.name}.{f.name}" for o in destination.describe() for f in o.fields}
    return shown & {f"{f.object}.{f.name}" for f in FIELDS}


def test_a_bare_org_gets_every_object_and_field_and_may_write_them(
    desk: Desk, bare: Practice
) -> None:
    assert [spec.name for spec in desk.destination.describe()] == list(BORN)
    missing = create(desk.destination, list(FIELDS))
    assert {f.object for f in missing} == KEY_FIELDS.keys()
    specs = {spec.name: spec for spec in desk.destination.describe()}
    assert list(specs) == list(ORDER)
    assert there(desk.destination) == {f"{f.object}.{f.name}" for f in POSSIBLE}
    hidden = [
        f"{f.object}.{f.name}"
        for f in POSSIBLE
        if not (field := specs[f.object].field(f.name)) or not field.createable
    ]
    assert hidden == []
    case = desk.create("Case", {key(1, "jobs"): {"Subject": "Fix"}})[key(1, "jobs")]
    values = {"Case__c": case, "Name": "Filter", "Quantity__c": "2.5", "Total__c": "19.99"}
    ids = desk.create("Line_Item__c", {key(1, "lines"): values})
    assert desk.read("Line_Item__c", ids[key(1, "lines")], *values) == values


def test_nothing_is_missing_once_all_is_there(desk: Desk) -> None:
    manifest = desk.destination.manifest(FIELDS)
    assert manifest == list(FIELDS)
    assert desk.destination.missing(manifest) == []


def test_a_check_changes_nothing(desk: Desk, bare: Practice) -> None:
    before = there(desk.destination)
    missing = desk.destination.missing(FIELDS)
    assert deploy(desk.destination, desk.destination.package(missing), check_only=True) == []
    assert there(desk.destination) == before
    with pytest.raises(Misconfigured, match="Deploy the package first"):
        desk.destination.grant()


def test_what_was_created_can_be_taken_away_again_and_nothing_else(
    desk: Desk, bare: Practice
) -> None:
    before = there(desk.destination)
    missing = create(desk.destination, [*FIELDS, PERMIT])
    assert deploy(desk.destination, desk.destination.undo_package(missing)) == []
    assert there(desk.destination) == before
    assert [spec.name for spec in desk.destination.describe()] == list(BORN)
    (case,) = desk.destination.describe(["Case"])
    assert case.field("Permit__c") is None


def test_a_field_that_nobody_granted_is_hidden_until_the_permission_set_is_ours(
    desk: Desk, bare: Practice
) -> None:
    (plan,) = desk.destination.manifest([PERMIT])
    assert deploy(desk.destination, desk.destination.package([plan])) == []
    assert desk.destination.missing([plan]) == [plan]
    desk.destination.grant()
    assert desk.destination.missing([plan]) == []
    seen = calls(bare)
    desk.destination.grant()
    assert not [c for c in bare.history(seen) if c["write"]]


def test_a_second_package_takes_no_right_away_that_the_first_gave(
    desk: Desk, bare: Practice
) -> None:
    create(desk.destination, list(FIELDS))
    before = there(desk.destination)
    assert [f.name for f in create(desk.destination, [PERMIT])] == ["Permit__c"]
    assert there(desk.destination) == before


def test_a_clients_own_field_is_used_where_it_serves_and_never_deployed_over(
    desk: Desk, vendor: Practice
) -> None:
    vendor.edit("salesforce", op="field", action="add", object="Case", field="Permit__c",
                type="Text", length=255)  # fmt: skip
    (plan,) = desk.destination.manifest([PERMIT])
    assert plan.name == "Permit__c"
    assert desk.destination.missing([plan]) == []


def test_a_clients_own_field_of_another_kind_keeps_its_name_to_itself(
    desk: Desk, vendor: Practice
) -> None:
    vendor.limits("salesforce", deploy_delay=0)
    vendor.edit("salesforce", op="field", action="add", object="Case", field="Permit__c",
                type="Checkbox")  # fmt: skip
    created = create(desk.destination, [PERMIT])
    assert [f.name for f in created] == ["Permit_2__c"]
    (case,) = desk.destination.describe(["Case"])
    old, new = case.field("Permit__c"), case.field("Permit_2__c")
    assert old is not None
    assert new is not None
    assert (old.type, new.type, new.length) == ("boolean", "string", 80)


@pytest.mark.parametrize(
    "type",
    ["string", "textarea", "boolean", "int", "double", "currency", "percent", "date", "datetime",
     "email", "phone", "url", "picklist"],
)  # fmt: skip
def test_a_field_of_any_kind_that_describe_knows_can_be_created_again(
    desk: Desk, vendor: Practice, type: str
) -> None:
    vendor.limits("salesforce", deploy_delay=0)
    wish = replace(PERMIT, name="New one", type=type, picklist=("A & B", "c"), scale=2)
    (plan,) = create(desk.destination, [wish])
    (case,) = desk.destination.describe(["Case"])
    field = case.field(plan.name)
    assert field is not None
    assert field.type == ("double" if type == "int" else type)
    assert field.label == "Permit #"
    assert field.picklist == (("A & B", "c") if type == "picklist" else ())


def test_a_lookup_to_an_object_that_the_org_lacks_is_left_out(desk: Desk, bare: Practice) -> None:
    missing = desk.destination.missing(desk.destination.manifest(FIELDS))
    assert "Opportunity" not in {f.references for f in missing}
    assert "Invoice__c" in {f.references for f in missing}


def test_a_clients_own_object_under_a_name_of_ours_is_told_used_and_never_removed(
    desk: Desk, bare: Practice
) -> None:
    own = FieldPlan("Skill__c", "Level__c", "Level", "string", length=20)
    create(desk.destination, [own])
    assert list(desk.destination.sweep("Skill__c", "7001/", [])) == []
    told = [o.message for o in desk.destination.obstacles() if o.code == "further_object"]
    lacking = [message.partition(" has no field Source_Id__c")[0] for message in told]
    assert lacking == ["AccountContactRelation", "Task", "Skill__c", "ContentVersion"]
    added = create(desk.destination, [f for f in FIELDS if f.object == "Skill__c"])
    assert len(added) == 5
    assert deploy(desk.destination, desk.destination.undo_package(added)) == []
    (skill,) = desk.destination.describe(["Skill__c"])
    assert [f.name for f in skill.fields if f.custom] == ["Level__c"]


def test_an_object_with_records_that_are_not_ours_is_not_removed(
    desk: Desk, bare: Practice
) -> None:
    added = create(desk.destination, [f for f in FIELDS if f.object == "Skill__c"])
    bare.edit("salesforce", op="create", object="Skill__c", values={"Name": "Welding"})
    assert deploy(desk.destination, desk.destination.undo_package(added)) == []
    assert [spec.name for spec in desk.destination.describe(["Skill__c"])] == ["Skill__c"]


def test_an_object_whose_key_is_hidden_is_not_judged_to_be_ours(desk: Desk, bare: Practice) -> None:
    added = create(desk.destination, [f for f in FIELDS if f.object == "Skill__c"])
    bare.edit("salesforce", op="field", action="hide", object="Skill__c", field="Source_Id__c")
    desk.destination.describe()
    assert deploy(desk.destination, desk.destination.undo_package(added)) == []
    assert [spec.name for spec in desk.destination.describe(["Skill__c"])] == ["Skill__c"]


def test_a_detail_is_not_created_without_its_master(desk: Desk, bare: Practice) -> None:
    items = [f for f in FIELDS if f.object == "Invoice_Item__c"]
    assert desk.destination.missing(items) == []
    both = [f for f in FIELDS if f.object in ("Invoice__c", "Invoice_Item__c")]
    assert desk.destination.missing(both) == both


def test_every_problem_of_a_deployment_is_told_by_component(desk: Desk, bare: Practice) -> None:
    wrong = replace(PERMIT, name="Per__mit__c", type="Text")
    lost = replace(PERMIT, name="To__c", type="Lookup", references="Nowhere__c", length=0,
                   relationship="Cases")  # fmt: skip
    problems = deploy(desk.destination, desk.destination.package([wrong, lost]))
    assert any("Per__mit__c" in each for each in problems)
    assert any("To__c" in each for each in problems)
    assert len(set(problems)) == len(problems)


def test_a_package_that_is_none_is_a_problem_and_no_success(desk: Desk, bare: Practice) -> None:
    (problem,) = deploy(desk.destination, b"no zip")
    assert "zip" in problem


def test_without_the_right_to_change_metadata_the_way_by_hand_is_told(
    desk: Desk, vendor: Practice
) -> None:
    vendor.edit("salesforce", op="user", set={"modify_metadata": False})
    with pytest.raises(NotAuthorised, match=r"Modify Metadata.*by hand"):
        desk.destination.deploy(b"", check_only=True)


def test_a_right_that_somebody_gave_meanwhile_is_as_good(desk: Desk, bare: Practice) -> None:
    create(desk.destination, [PERMIT])
    bare.fault("status", status=200, match={"path": "/query"}, at=2,
               body={"totalSize": 0, "done": True, "records": []})  # fmt: skip
    desk.destination.grant()


def test_an_assignment_that_is_refused_says_how_to_do_it_by_hand(
    desk: Desk, bare: Practice
) -> None:
    (plan,) = desk.destination.manifest([PERMIT])
    deploy(desk.destination, desk.destination.package([plan]))
    body = [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]
    bare.fault("status", status=403, body=body, match={"method": "POST"})
    with pytest.raises(NotAuthorised, match="Manage Assignments"):
        desk.destination.grant()


def test_a_core_org_passes_the_check_and_reads_nothing_of_what_it_lacks(
    desk: Desk, bare: Practice, open_destination: Open
) -> None:
    destination = desk.destination
    assert destination.check().name == "Practice Org"
    for object in ORDER:
        assert list(destination.sweep(object, "7001/", [])) == []
        assert list(destination.children(object, ["a00000000000001AAA"])) == []
        assert destination.chunk_size(object, "update", 10) == 200
    assert destination.forecast(dict.fromkeys(ORDER, 10))
    with pytest.raises(Misconfigured):
        desk.submit("create", "Skill__c", [Row(key(1), None, {"Name": "x"})])


def test_every_object_has_a_key_of_its_own_in_the_plans() -> None:
    for object, name in KEY_FIELDS.items():
        (plan,) = [f for f in FIELDS if f.object == object and f.name == name]
        assert plan.unique is plan.external_id is (object not in PLAIN_KEYS)


def test_our_fields_and_related_lists_are_on_layouts_and_the_clients_are_left_alone(
    desk: Desk, bare: Practice
) -> None:
    before = bare.edit("salesforce", op="layouts")
    create(desk.destination, list(FIELDS))
    after = bare.edit("salesforce", op="layouts")
    assert {name: after[name] for name in before} == before
    case = after["Case-CRM Migration"]
    assert case["fields"]["Status"] == "Required"
    assert {"Source_Id__c", "Permit_Number__c", "Campaign__c"} < case["fields"].keys()
    assert {
        "Appointment__c.Case__c", "Invoice__c.Case__c", "Line_Item__c.Case__c",
        "Job_Milestone__c.Case__c",
    } <= set(case["related"])  # fmt: skip
    item = after["Invoice_Item__c-Invoice Item Layout"]
    assert item["fields"]["Invoice__c"] == "Required"
    assert (
        "Case.Service_Location__c"
        in after["Service_Location__c-Service Location Layout"]["related"]
    )
    assert not any(name.startswith("User") for name in after)


def test_layouts_of_ours_go_with_the_fields(desk: Desk, bare: Practice) -> None:
    before = bare.edit("salesforce", op="layouts")
    missing = create(desk.destination, list(FIELDS))
    assert deploy(desk.destination, desk.destination.undo_package(missing)) == []
    assert bare.edit("salesforce", op="layouts") == before
