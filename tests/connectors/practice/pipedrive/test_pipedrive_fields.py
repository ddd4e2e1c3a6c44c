"""Custom fields and their values."""

import re

from tests.connectors.practice.pipedrive.conftest import Company, options


def test_a_custom_field_gets_a_random_key_that_its_values_go_under(company: Company) -> None:
    field = company.field("deal", "varchar")
    assert re.fullmatch("[0-9a-f]{40}", field["field_code"])
    again = company.field("deal", "varchar")
    assert again["field_name"] == field["field_name"]
    assert again["field_code"] != field["field_code"]


def test_only_deal_fields_have_a_description(company: Company) -> None:
    body = {"field_name": "x", "field_type": "text", "description": "why"}
    assert company.refusal("POST", "/personFields", body)[0] == 400
    code = company.data("POST", "/dealFields", body)["field_code"]
    assert company.data("GET", f"/dealFields/{code}")["description"] == "why"


def test_the_plan_caps_the_custom_fields_of_all_entities_together(company: Company) -> None:
    company.limits(field_cap=7)
    company.field("deal", "text")
    answer = company.call("POST", "/personFields", {"field_name": "x", "field_type": "text"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "feature_capping_custom_fields_limit"


def test_a_field_is_renamed_and_keeps_its_type(company: Company) -> None:
    code = company.field("deal", "text")["field_code"]
    assert company.data("PATCH", f"/dealFields/{code}", {"field_name": "New"})["field_name"] == (
        "New"
    )
    assert company.refusal("PATCH", f"/dealFields/{code}", {"field_type": "date"})[0] == 400
    assert company.refusal("DELETE", "/dealFields/title")[0] == 400
    assert company.refusal("PATCH", "/dealFields/nothing", {"field_name": "x"})[0] == 404


def test_options_change_in_bulk_all_or_none(company: Company) -> None:
    field = company.field("deal", "enum", **options("enum"))
    path = f"/dealFields/{field['field_code']}/options"
    (new,) = company.data("POST", path, [{"label": "C"}])
    assert company.refusal("POST", path, [{"label": "D"}, {"label": "C"}])[0] == 400
    first = field["options"][0]["id"]
    company.data("PATCH", path, [{"id": first, "label": "Z"}])
    assert company.refusal("DELETE", path, [{"id": first}, {"id": 99_999}])[0] == 400
    company.data("DELETE", path, [{"id": new["id"]}])
    left = company.data("GET", f"/dealFields/{field['field_code']}")["options"]
    assert [option["label"] for option in left] == ["Z", "B"]


def test_labels_are_options_of_each_entity_and_may_be_added_where_allowed(
    company: Company,
) -> None:
    (new,) = company.data("POST", "/dealFields/label_ids/options", [{"label": "Priority"}])
    deal = company.create("deals", title="x", label_ids=[new["id"]])
    shown = company.get("deals", deal["id"], include_labels="true")
    assert [label["label"] for label in shown["labels"]] == ["Priority"]
    assert company.refusal("POST", "/persons", {"name": "x", "label_ids": [new["id"]]})[0] == 400
    company.limits(label_options=False)
    assert company.refusal("POST", "/dealFields/label_ids/options", [{"label": "Q"}])[0] == 400


def test_fields_come_in_pages(company: Company) -> None:
    for _ in range(3):
        company.field("deal", "text")
    codes = [field["field_code"] for field in company.walk("/dealFields", limit=7)]
    assert len(codes) == len(set(codes)) > 21
    assert {"title", "label_ids"} <= set(codes)
