"""The check against Pipedrive's files finds what it is there to find."""

from pathlib import Path
from typing import Any

import pytest

from tests.specs_pipedrive import Spec

FILE = """
paths:
  /deals/{id}:
    get: {x-token-cost: 1}
components:
  schemas:
    Base: {type: object, required: [id], properties: {id: {type: integer}}}
    Deal:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          properties:
            value: {type: number}
            status: {type: string, enum: [open, won]}
            labels: {type: array, items: {oneOf: [{type: integer}, {type: string}]}}
"""
GOOD = {"id": 1, "value": 1.5, "status": "won", "labels": [1, "a"]}


def violations(tmp_path: Path, value: Any, strict: bool) -> list[str]:
    path = tmp_path / "spec.yaml"
    path.write_text(FILE)
    spec = Spec(path)
    assert spec.operation("GET", "/deals/{other}") == {"x-token-cost": 1}
    return list(spec.violations(value, {"$ref": "#/components/schemas/Deal"}, "here", strict))


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("change", [{}, {"value": None}, {"value": 2}])
def test_a_right_record_has_no_violation(
    tmp_path: Path, change: dict[str, Any], strict: bool
) -> None:
    assert violations(tmp_path, GOOD | change, strict) == []


@pytest.mark.parametrize(
    "change", [{"id": "1"}, {"id": 1.5}, {"value": True}, {"status": "lost"}, {"labels": [True]}]
)
def test_a_wrong_value_is_one_violation_at_its_place(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    (found,) = violations(tmp_path, GOOD | change, False)
    assert found.startswith("here." + next(iter(change)))


def test_only_a_request_may_not_have_unknown_members(tmp_path: Path) -> None:
    assert violations(tmp_path, GOOD | {"extra": 1}, False) == []
    assert violations(tmp_path, GOOD | {"extra": 1}, True) == ["here.extra: unknown"]


def test_what_is_required_may_not_be_missing(tmp_path: Path) -> None:
    assert violations(tmp_path, {"value": 1}, False) == ["here.id: missing"]
