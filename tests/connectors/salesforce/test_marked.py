"""Records that hold our key in a text, and activities: written, found and read like others."""

from typing import Any

import pytest

from connectors.salesforce.identity import MARKED, ROOM
from connectors.values import Row
from tests.connectors.salesforce.conftest import Desk, Open, calls, key
from tests.practice import Practice

OLD = {"Subject": "Call", "Status": "Completed", "ActivityDate": "2020-02-03"}


def notes(count: int, **values: Any) -> dict[str, dict[str, Any]]:
    return {key(n, "notes"): {"CommentBody": f"Note {n}", **values} for n in range(count)}


@pytest.fixture
def case(desk: Desk) -> str:
    return desk.create("Case", {key(1, "jobs"): {"Subject": "Fix"}})[key(1, "jobs")]


def bodies(vendor: Practice) -> list[str]:
    records = vendor.edit("salesforce", op="dump", object="CaseComment")["records"]
    return [row["CommentBody"] for row in records]


def rows(case: str, *keys: str) -> list[Row]:
    return [Row(each, None, {"ParentId": case}) for each in keys]


def test_a_note_carries_its_key_in_its_last_line_and_is_read_without(
    desk: Desk, vendor: Practice, case: str
) -> None:
    text = "Said [ref x]\n\nwith more"
    (id,) = desk.create("CaseComment", notes(1, ParentId=case, CommentBody=text)).values()
    assert bodies(vendor) == [f"{text}\n[ref {key(0, 'notes')}]"]
    assert desk.read("CaseComment", id, "CommentBody", "ParentId") == {
        "CommentBody": text,
        "ParentId": case,
    }


@pytest.mark.parametrize("bulk_from", ["2000", "51"])
def test_notes_are_found_under_their_case_and_swept_by_prefix(
    open_destination: Open, vendor: Practice, bulk_from: str
) -> None:
    desk = Desk(open_destination(bulk_from=bulk_from))
    cases = desk.create("Case", {key(n, "jobs"): {"Subject": "Fix"} for n in range(2)})
    first, second = cases.values()
    ids = desk.create("CaseComment", notes(60, ParentId=first))
    asked = [*rows(first, *ids), *rows(second, key(99, "notes")), Row(key(98, "notes"), None, {})]
    assert {r.key: r.id for r in desk.destination.find("CaseComment", asked)} == ids
    assert not list(desk.destination.find("CaseComment", rows(second, *ids)))
    vendor.edit("salesforce", op="create", object="CaseComment",
                values={"ParentId": first, "CommentBody": "A colleague's"})  # fmt: skip
    swept = desk.destination.sweep("CaseComment", "7001/notes/", ["CommentBody"])
    assert {r.key: r.values["CommentBody"] for r in swept} == {
        each: f"Note {each.rpartition('/')[2]}" for each in ids
    }
    assert not list(desk.destination.sweep("CaseComment", "7002/", []))
    changed = [Row(each, id, {"CommentBody": "new"}) for each, id in ids.items()]
    outcomes = desk.write("update", "CaseComment", changed)
    assert {o.status for o in outcomes.values()} == {"done"}
    assert outcomes.keys() == ids.keys()
    published = [Row(each, id, {"IsPublished": True}) for each, id in ids.items()]
    assert desk.write("update", "CaseComment", published).keys() == ids.keys()
    again = {r.key for r in desk.destination.find("CaseComment", rows(first, *ids))}
    assert again == ids.keys(), "an updated text keeps its key"
    gone = desk.write("delete", "CaseComment", [Row(k, id, {}) for k, id in ids.items()])
    assert {o.status for o in gone.values()} == {"done"}


def test_a_text_and_its_key_must_fit_in_bytes(desk: Desk, vendor: Practice, case: str) -> None:
    (spec,) = desk.destination.describe(["CaseComment"])
    field = spec.field("CommentBody")
    assert field is not None
    assert field.length == MARKED["CaseComment"].longest - ROOM
    long = notes(1, ParentId=case, CommentBody="x" * field.length)
    assert desk.create("CaseComment", long)
    seen = calls(vendor)
    (outcome,) = desk.write(
        "create", "CaseComment", [Row("7001/n/2", None, {"CommentBody": "é" * 1999})]
    ).values()
    assert outcome.error.startswith("STRING_TOO_LONG: CommentBody: 4013 bytes")
    assert not [call for call in vendor.history(seen) if call["write"]]


def test_a_note_of_another_author_is_ours_still(desk: Desk, vendor: Practice, case: str) -> None:
    author = next(user for user in desk.destination.users() if "Dispatcher" in user.name)
    said = {"CreatedById": author.id, "CreatedDate": "2021-02-03T04:05:06Z"}
    (id,) = desk.create("CaseComment", notes(1, ParentId=case, **said)).values()
    assert desk.read("CaseComment", id, *said) == said
    (found,) = desk.destination.find("CaseComment", rows(case, key(0, "notes")))
    assert found.ours
    marked = f"theirs\n[ref {key(5, 'notes')}]"
    vendor.edit("salesforce", op="create", object="CaseComment",
                values={"ParentId": case, "CommentBody": marked})  # fmt: skip
    (theirs,) = desk.destination.find("CaseComment", rows(case, key(5, "notes")))
    assert not theirs.ours


def test_archived_calls_are_found_read_swept_and_told_before_a_delete(
    desk: Desk, vendor: Practice, case: str
) -> None:
    ids = desk.create("Task", {key(n, "calls"): {**OLD, "WhatId": case} for n in range(3)})
    vendor.clock(advance=86400)  # the night in which they are archived
    assert {r.key: r.id for r in desk.find("Task", ids)} == ids
    assert desk.read("Task", ids[key(0, "calls")], "Subject") == {"Subject": "Call"}
    swept = desk.destination.sweep("Task", "7001/calls/", ["ActivityDate"])
    assert {r.key: r.values["ActivityDate"] for r in swept} == dict.fromkeys(ids, "2020-02-03")
    told = {child.id for child in desk.destination.children("Case", [case])}
    assert told == set(ids.values())
    desk.write("delete", "Task", [Row(k, id, {}) for k, id in ids.items()])
    assert desk.find("Task", ids) == []
    assert not list(desk.destination.fetch("Task", list(ids.values()), []))
