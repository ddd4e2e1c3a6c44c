"""Values of custom fields, written and read."""

from typing import Any

import pytest

from tests.connectors.practice.pipedrive.conftest import Company, options

VALUES: dict[str, Any] = {
    "varchar": "text",
    "text": "x" * 65_000,
    "double": 1.5,
    "monetary": {"value": 5, "currency": "EUR"},
    "date": "2024-02-29",
    "user": 1,
    "org": 2,
    "people": 3,
    "phone": "+1 555",
    "daterange": {"value": "2024-01-01", "until": "2024-02-01"},
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_read_as_it_was_written(still: Company, kind: str) -> None:
    code = still.field("deal", kind)["field_code"]
    deal = still.create("deals", title="x", custom_fields={code: VALUES[kind]})
    assert deal["custom_fields"][code] == VALUES[kind]
    assert still.change("deals", deal["id"], custom_fields={code: None})["custom_fields"][
        code
    ] is None  # fmt: skip


def test_options_are_numbers_of_the_whole_account(still: Company) -> None:
    one = still.field("deal", "enum", **options("enum"))
    many = still.field("person", "set", **options("set"))
    ids = [option["id"] for option in one["options"] + many["options"]]
    assert ids == list(range(ids[0], ids[0] + 4))
    person = still.create("persons", name="x", custom_fields={many["field_code"]: ids[2:]})
    assert person["custom_fields"][many["field_code"]] == ids[2:]
    shown = still.get("persons", person["id"], include_option_labels="true")
    assert shown["custom_fields"][many["field_code"]] == [
        {"id": ids[2], "label": "A"}, {"id": ids[3], "label": "B"},
    ]  # fmt: skip


def test_every_custom_key_is_shown_and_null_where_unset(still: Company) -> None:
    code = still.field("organization", "text")["field_code"]
    rows = still.walk("/organizations", limit=500)
    assert all(row["custom_fields"][code] is None for row in rows)
    narrow = still.data("GET", "/organizations", limit=1, custom_fields=code)
    assert narrow[0]["custom_fields"] == {code: None}


def test_an_empty_object_clears_every_custom_field(still: Company) -> None:
    code = still.field("deal", "varchar")["field_code"]
    deal = still.create("deals", title="x", custom_fields={code: "v"})
    assert still.change("deals", deal["id"], title="y")["custom_fields"][code] == "v"
    assert still.change("deals", deal["id"], custom_fields={})["custom_fields"][code] is None


def test_a_deleted_field_takes_its_values_along_and_its_key_is_unknown(still: Company) -> None:
    code = still.field("deal", "varchar")["field_code"]
    deal = still.create("deals", title="x", custom_fields={code: "v"})
    still.data("DELETE", f"/dealFields/{code}")
    assert code not in still.get("deals", deal["id"])["custom_fields"]
    body = {"title": "x", "custom_fields": {code: "v"}}
    assert still.refusal("POST", "/deals", body)[0] == 400
