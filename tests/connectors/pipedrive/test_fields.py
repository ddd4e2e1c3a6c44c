"""Our fields, stages and labels: created, added to, and taken away again."""

from dataclasses import replace

import pytest

from connectors.errors import NotAuthorised
from connectors.values import FieldPlan
from tests.connectors.pipedrive.conftest import Desk, Open, calls, key
from tests.practice import Practice


def deploy(desk: Desk, plans: list[FieldPlan]) -> list[str]:
    destination = desk.destination
    found = destination.deployed(destination.deploy(destination.package(plans), False))
    assert isinstance(found, list)
    return found


def wanted(desk: Desk, **picks: tuple[str, ...]) -> list[FieldPlan]:
    """Every field of ours; of some, by name, with these options."""
    plans = [replace(p, picklist=picks.get(p.name, p.picklist)) for p in desk.destination.FIELDS]
    return desk.destination.missing(desk.destination.manifest(plans))


def picklist(desk: Desk, object: str, field: str) -> tuple[str, ...]:
    (spec,) = desk.destination.describe([object])
    found = spec.field(field)
    return found.picklist if found else ()


def test_all_of_ours_fit_into_what_the_smallest_plan_allows(desk: Desk) -> None:
    custom = [p for p in desk.destination.FIELDS if p.name not in ("stage_id", "label_ids")]
    assert len(custom) <= 30


def test_everything_missing_is_created_once_and_taken_away_without_a_trace(
    desk: Desk, vendor: Practice
) -> None:
    before = vendor.state()["pipedrive"], desk.destination.describe()
    plans = wanted(desk, label_ids=("VIP", "Do not call"), **{"Job type": ("Repair", "Install")})
    package = desk.destination.package(plans)
    for _ in range(2):
        assert desk.destination.deployed(desk.destination.deploy(package, False)) == []
    assert wanted(desk, label_ids=("VIP",), **{"Job type": ("Repair",)}) == []
    assert set(picklist(desk, "deals", "label_ids")) >= {"VIP", "Do not call"}
    assert "Jobs / On hold" in picklist(desk, "deals", "stage_id")
    undo = desk.destination.undo_package(plans)
    assert desk.destination.deployed(desk.destination.deploy(undo, False)) == []
    after = vendor.state()["pipedrive"], desk.destination.describe()
    assert after == before


def test_trying_a_document_first_changes_nothing(desk: Desk, vendor: Practice) -> None:
    package = desk.destination.package(wanted(desk))
    before = len(calls(vendor, "POST"))
    assert desk.destination.deployed(desk.destination.deploy(package, True)) == []
    assert len(calls(vendor, "POST")) == before


def test_options_that_come_later_are_added_and_only_they_are_taken_away(desk: Desk) -> None:
    first = wanted(desk, **{"Job type": ("Repair",)})
    assert deploy(desk, first) == []
    later = wanted(desk, **{"Job type": ("Repair", "Install")})
    assert [(p.name, p.picklist) for p in later] == [("Job type", ("Install",))]
    assert deploy(desk, later) == []
    assert picklist(desk, "deals", "Job type") == ("Repair", "Install")
    undo = desk.destination.undo_package(later)
    assert desk.destination.deployed(desk.destination.deploy(undo, False)) == []
    assert picklist(desk, "deals", "Job type") == ("Repair",)


def test_a_field_to_choose_from_waits_until_its_options_are_known(desk: Desk) -> None:
    assert "Job type" not in {p.name for p in wanted(desk)}


def test_a_field_of_the_clients_that_can_hold_the_values_is_used_as_it_is(
    desk: Desk, vendor: Practice
) -> None:
    added = {"entity": "deal", "field": "Job number", "type": "varchar"}
    vendor.edit("pipedrive", op="field", action="add", **added)
    assert "Job number" not in {p.name for p in wanted(desk)}


def test_a_field_of_the_clients_that_cannot_makes_ours_take_another_name(
    desk: Desk, vendor: Practice
) -> None:
    added = {"entity": "deal", "field": "Job number", "type": "date"}
    vendor.edit("pipedrive", op="field", action="add", **added)
    assert "Job number 2" in {p.name for p in wanted(desk)}


def test_two_fields_of_one_label_are_never_guessed_between(desk: Desk, vendor: Practice) -> None:
    added = {"entity": "deal", "field": "Job number", "type": "varchar"}
    for _ in range(2):
        vendor.edit("pipedrive", op="field", action="add", **added)
    (spec,) = desk.destination.describe(["deals"])
    assert spec.field("Job number") is None
    assert sum(f.name.startswith("Job number [") for f in spec.fields) == 2
    assert any(o.code == "same_label" for o in desk.destination.obstacles())


def test_codes_are_read_anew_where_a_field_was_made_again(desk: Desk, vendor: Practice) -> None:
    field = {"entity": "deal", "field": "Job number", "type": "varchar"}
    for _ in range(2):
        vendor.edit("pipedrive", op="field", action="add", **field)
        desk.destination.describe(["deals"])
        ids = desk.create("deals", {key(1): {"title": "x", "Job number": "J-1"}})
        assert desk.read("deals", ids[key(1)], "Job number") == {"Job number": "J-1"}
        vendor.edit("pipedrive", op="field", action="remove", **field)


def test_a_plan_with_no_room_for_our_fields_is_told_before_anything_is_made(
    open_destination: Open, vendor: Practice
) -> None:
    desk = Desk(open_destination(plan="lite", seats="1"))
    for n in range(10):
        field = {"entity": "person", "field": f"Theirs {n}", "type": "varchar"}
        vendor.edit("pipedrive", op="field", action="add", **field)
    (said,) = deploy(desk, wanted(desk))
    assert "Lite holds 30 custom fields" in said
    assert calls(vendor, "POST") == []


def test_a_user_who_is_no_admin_creates_nothing_and_is_told_so(
    desk: Desk, vendor: Practice
) -> None:
    vendor.limits("pipedrive", admin=False)
    with pytest.raises(NotAuthorised, match="needs an admin"):
        deploy(desk, [])
    blocking = [o.code for o in desk.destination.obstacles() if o.severity == "blocks"]
    assert "no_admin" in blocking
