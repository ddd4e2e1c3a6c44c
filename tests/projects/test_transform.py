"""From a joined record and a plan to values or problems: nothing is cut, nothing guessed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.transform import Problem, Result, Transformer

FIELD = {
    "type": "string",
    "length": 0,
    "required": False,
    "createable": True,
    "updateable": True,
    "restricted": False,
    "picklist": [],
}


def row(field: str = "Subject", path: str = "name", **changes: Any) -> dict[str, Any]:
    return {
        "shape": "job", "part": "", "source": f"jobs.{path}", "path": path, "object": "Case",
        "field": field, "transform": "copy", "argument": "", "values": {},
    } | changes  # fmt: skip


def apply(record: dict[str, Any], *rows: dict[str, Any], **fields: dict[str, Any]) -> Result:
    plan = {
        "rows": list(rows),
        "fields": {f"Case.{name}": FIELD | spec for name, spec in fields.items()},
        "technicians": {},
        "policies": {"fallback_owner": ""},
    }
    return Transformer(plan, "job").apply(record)


def only(result: Result) -> Problem:
    """The one problem of a result that wrote nothing of that field."""
    (problem,) = result.problems
    assert problem.field not in result.values
    return problem


def test_each_row_of_the_shape_writes_its_field_and_rows_of_other_shapes_do_not() -> None:
    result = apply(
        {"name": "No heat", "n": 3},
        row(),
        row("Site", "n"),
        row("Other", shape="company"),
        Subject={},
        Site={},
        Other={},
    )
    assert (result.values, result.problems) == ({"Subject": "No heat", "Site": "3"}, [])


def test_a_value_that_is_too_long_is_a_problem_that_names_field_and_sizes() -> None:
    problem = only(apply({"name": "x" * 11}, row(), Subject={"length": 10}))
    assert (problem.field, problem.unmapped) == ("Subject", False)
    assert "Case.Subject: 11 characters do not fit into 10" in problem.message


def test_a_value_that_just_fits_is_written() -> None:
    assert apply({"name": "x" * 10}, row(), Subject={"length": 10}).values["Subject"] == "x" * 10


def test_a_nul_character_is_a_problem() -> None:
    assert (
        "Case.Subject: the value holds a NUL"
        in only(apply({"name": "a\0b"}, row(), Subject={})).message
    )


def test_a_value_outside_the_picklist_is_a_problem_that_names_the_value() -> None:
    spec = {"type": "picklist", "picklist": ["High", "Low"]}
    problem = only(apply({"name": "Urgent"}, row("Priority"), Priority=spec))
    assert (problem.source_value, problem.unmapped) == ("Urgent", True)
    assert "Case.Priority has no value “Urgent”" in problem.message
    assert apply({"name": "High"}, row("Priority"), Priority=spec).values == {"Priority": "High"}


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_value_for_a_required_field_is_a_problem_and_else_clears_it(empty: Any) -> None:
    problem = only(apply({"name": empty}, row(), Subject={"required": True}))
    assert problem.message == "Case.Subject is required, but name is empty."
    assert apply({"name": empty}, row(), Subject={}).values == {"Subject": None}


def test_a_required_field_accepts_no_and_zero() -> None:
    rows = (row(transform="boolean"), row("Site", "total", transform="decimal"))
    fields = {
        "Subject": {"required": True, "type": "boolean"},
        "Site": {"required": True, "type": "currency"},
    }
    result = apply({"name": False, "total": "0.00"}, *rows, **fields)
    assert (result.values, result.problems) == ({"Subject": False, "Site": "0"}, [])


def test_an_unmapped_value_is_a_problem_of_that_field_and_the_others_are_written() -> None:
    result = apply(
        {"name": "Urgent"},
        row("Priority", transform="value_map", values={"Low": "Low"}),
        row(),
        Priority={},
        Subject={},
    )
    problem = only(result)
    assert (problem.field, problem.source_value, problem.unmapped) == ("Priority", "Urgent", True)
    assert result.values == {"Subject": "Urgent"}


def test_an_undecided_technician_is_a_problem_that_names_the_technician() -> None:
    problem = only(apply({"name": 700}, row("OwnerId", transform="owner"), OwnerId={}))
    assert (problem.field, problem.source_value) == ("OwnerId", "700")


def test_without_a_technician_the_owner_is_left_as_it_is() -> None:
    result = apply({}, row("OwnerId", transform="owner"), OwnerId={"required": True})
    assert (result.values, result.problems) == ({}, [])


def test_a_field_that_the_plan_does_not_know_is_a_problem() -> None:
    assert (
        "Case.Subject is not in the destination's schema"
        in only(apply({"name": "x"}, row())).message
    )


def test_every_problem_of_a_record_is_told_not_only_the_first() -> None:
    rows = (row(), row("Site", "site"), row("Total", "total", transform="decimal"))
    result = apply({"name": "xxx", "total": "much"}, *rows, Subject={"length": 2},
                   Site={"required": True}, Total={"type": "currency"})  # fmt: skip
    assert [p.field for p in result.problems] == ["Subject", "Site", "Total"]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.integers(0, 20),
    st.sampled_from(["string", "textarea", "phone", "email", "url"]),
)
def test_a_text_is_written_whole_or_not_at_all(text: str, length: int, kind: str) -> None:
    result = apply({"name": text}, row(), Subject={"length": length, "type": kind})
    whole = text.replace("\r\n", "\n").replace("\r", "\n").strip() or None
    fits = "\0" not in (whole or "") and (not length or len(whole or "") <= length)
    assert result.values == ({"Subject": whole} if fits else {})
    assert len(result.problems) == (0 if fits else 1)
