"""The check against the vendor's specification finds what it is there to find."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.specs_check import Spec

KIND = {"type": "string", "enum": ["A", "B"]}
RECORD = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer"},
        "kind": {"oneOf": [{"$ref": "#/components/schemas/Kind"}]},
        "note": {"type": "string", "nullable": True},
        "at": {"type": "string", "format": "date-time"},
        "customerPo": {"type": "string"},
    },
}
GOOD = {"id": 1, "kind": "A", "note": None, "at": "2025-01-01T00:00:00.1234567Z", "customerPo": "x"}


def violations(tmp_path: Path, value: Any) -> list[str]:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps({"components": {"schemas": {"Record": RECORD, "Kind": KIND}}}))
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}
    return list(Spec(path).violations([value], schema, "here "))


@pytest.mark.parametrize("change", [{}, {"note": "x"}, {"customerPo": None}])
def test_a_right_record_has_no_violation(tmp_path: Path, change: dict[str, Any]) -> None:
    assert violations(tmp_path, GOOD | change) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "1"},
        {"id": True},
        {"id": None},
        {"kind": "C"},
        {"kind": None},
        {"note": 1},
        {"at": "yesterday"},
        {"extra": 1},
    ],
)
def test_a_wrong_value_is_one_violation_at_its_place(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    (found,) = violations(tmp_path, GOOD | change)
    assert found.startswith("here []." + next(iter(change)))


def test_a_missing_field_is_a_violation(tmp_path: Path) -> None:
    assert violations(tmp_path, {k: v for k, v in GOOD.items() if k != "note"}) == [
        "here [].note: missing"
    ]
