"""Packages of metadata, read back from their zip, without a vendor."""

import io
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import pytest

from connectors.salesforce import package
from connectors.salesforce.naming import shaped
from connectors.salesforce.objects import KEY_FIELDS, ORDER, PLAIN_KEYS, WITHOUT_RIGHTS
from connectors.salesforce.plans import FIELDS, OBJECTS
from connectors.values import FieldPlan

NEW = [each for each in OBJECTS if each.name.endswith("__c")]
RIGHTS = [name for name in ORDER if name not in WITHOUT_RIGHTS]
WHOLE = package.create("66.0", FIELDS, NEW, RIGHTS, [])
HOME = package.DEFINED_ON
"""Object → the one whose file holds its fields."""
NASTY = 'Größe <b> & "x" ]]> \U0001f527'


def read(content: bytes) -> dict[str, Element]:
    """File → its XML without namespace."""
    with ZipFile(io.BytesIO(content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {
        name: ElementTree.fromstring(text.replace(f' xmlns="{package.NAMESPACE}"', ""))
        for name, text in texts.items()
    }


def members(manifest: Element) -> dict[str, list[str]]:
    return {
        types.findtext("name", ""): [each.text or "" for each in types.findall("members")]
        for types in manifest.findall("types")
    }


def field_of(plan: FieldPlan) -> Element:
    content = package.create("66.0", [shaped(plan)], [], [], [])
    (found,) = read(content)[f"objects/{plan.object}.object"].findall("fields")
    return found


def test_every_file_is_named_in_the_manifest_and_everything_named_is_there() -> None:
    files = read(WHOLE)
    named = members(files["package.xml"])
    assert set(named["CustomObject"]) == {each.name for each in NEW}
    homes = {(HOME.get(f.object, f.object), f.name) for f in FIELDS}
    whole = {f"{home}.{name}" for home, name in homes if home not in named["CustomObject"]}
    assert set(named["CustomField"]) == whole
    assert files["package.xml"].findtext("version") == "66.0"
    written = {
        (name.removeprefix("objects/").removesuffix(".object"), each.findtext("fullName"))
        for name, root in files.items()
        for each in root.findall("fields")
    }
    assert written == homes
    assert set(files) == {"package.xml", "permissionsets/CRM_Migration.permissionset"} | {
        f"objects/{home}.object" for home, _ in homes
    }


def test_the_same_plans_make_the_same_bytes() -> None:
    assert package.create("66.0", FIELDS, NEW, RIGHTS, []) == WHOLE


def test_a_detail_is_controlled_by_its_master_and_others_are_shared() -> None:
    files = read(WHOLE)
    details = {f.object for f in FIELDS if f.detail}
    assert details == {"Invoice_Item__c", "Line_Item__c", "Job_Milestone__c"}
    for each in NEW:
        model = files[f"objects/{each.name}.object"].findtext("sharingModel")
        assert model == ("ControlledByParent" if each.name in details else "ReadWrite")
    assert files["objects/Case.object"].find("sharingModel") is None


def test_the_permission_set_lists_every_field_that_may_be_listed_and_no_master() -> None:
    rights = read(WHOLE)["permissionsets/CRM_Migration.permissionset"]
    listed = [each.findtext("field") for each in rights.findall("fieldPermissions")]
    assert sorted(listed) == sorted(f"{f.object}.{f.name}" for f in FIELDS if not f.detail)
    objects = [each.findtext("object") for each in rights.findall("objectPermissions")]
    assert sorted(objects) == sorted(RIGHTS)
    assert {each.findtext("allowDelete") for each in rights.findall("objectPermissions")} == {
        "true"
    }


def test_fields_that_are_used_already_keep_their_right() -> None:
    content = package.create("66.0", FIELDS[:1], [], ["Case"], ["Case.Old__c"])
    rights = read(content)["permissionsets/CRM_Migration.permissionset"]
    listed = [each.findtext("field") for each in rights.findall("fieldPermissions")]
    assert listed == ["Account.Source_Id__c", "Case.Old__c"]


def test_fields_of_tasks_are_those_of_activities_and_no_keys() -> None:
    fields = read(WHOLE)["objects/Activity.object"].findall("fields")
    key = next(f for f in fields if f.findtext("fullName") == KEY_FIELDS["Task"])
    assert [key.findtext(word) for word in ("type", "length")] == ["Text", "80"]
    assert (key.find("unique"), key.find("externalId")) == (None, None)


def test_the_key_field_is_unique_and_tells_case() -> None:
    for object in KEY_FIELDS.keys() - PLAIN_KEYS:
        root = read(WHOLE)[f"objects/{object}.object"]
        key = next(
            f for f in root.findall("fields") if f.findtext("fullName") == KEY_FIELDS[object]
        )
        words = ("type", "length", "unique", "externalId", "caseSensitive")
        assert [key.findtext(word) for word in words] == ["Text", "80", "true", "true", "true"]


def test_every_text_survives_the_xml() -> None:
    plan = FieldPlan("Case", "X__c", NASTY, "Picklist", picklist=(NASTY, "b"), help=NASTY)
    found = field_of(plan)
    assert found.findtext("label") == NASTY
    assert found.findtext("inlineHelpText") == NASTY
    path = "valueSet/valueSetDefinition/value/fullName"
    assert [each.text for each in found.findall(path)] == [NASTY, "b"]


def _parts() -> Iterator[tuple[FieldPlan, dict[str, str]]]:
    base = FieldPlan("Case", "X__c", "X", "")
    yield replace(base, type="boolean"), {"type": "Checkbox", "defaultValue": "false"}
    yield replace(base, type="textarea"), {"length": "131072", "visibleLines": "4"}
    yield replace(base, type="currency", precision=16, scale=2), {"precision": "16", "scale": "2"}
    yield replace(base, type="email", unique=True), {"type": "Email", "unique": "true"}
    yield replace(base, type="multipicklist", picklist=("a",)), {"visibleLines": "4"}
    yield (
        replace(base, type="reference", references="User", relationship="Jobs"),
        {"referenceTo": "User", "relationshipName": "Jobs", "deleteConstraint": "SetNull"},
    )
    yield (
        replace(base, type="reference", references="Case", relationship="Jobs", detail=True),
        {"type": "MasterDetail", "relationshipOrder": "0", "reparentableMasterDetail": "true"},
    )


@pytest.mark.parametrize(
    ("plan", "parts"), list(_parts()), ids=lambda each: getattr(each, "type", "")
)
def test_a_field_has_the_parts_of_its_type(plan: FieldPlan, parts: dict[str, str]) -> None:
    found = field_of(plan)
    assert {name: found.findtext(name) for name in parts} == parts


def test_taking_back_names_whole_objects_or_single_fields_and_creates_nothing() -> None:
    files = read(package.destroy("66.0", FIELDS, ["Skill__c"]))
    assert members(files["package.xml"]) == {}
    gone = members(files["destructiveChanges.xml"])
    assert gone["CustomObject"] == ["Skill__c"]
    assert set(gone["CustomField"]) == {
        f"{HOME.get(f.object, f.object)}.{f.name}" for f in FIELDS if f.object != "Skill__c"
    }
