"""Bodies and parameters that the practice Pipedrive refuses, each with its words."""

from typing import Any

import pytest

from tests.connectors.practice.pipedrive.conftest import Company, options

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("deals", {"user_id": 1}, "user_id: Parameter 'user_id' is not allowed for this request"),
    ("deals", {"a" * 40: "x"}, f"Parameter '{'a' * 40}' is not allowed for this request"),
    ("deals", {"add_time": "2020-01-01T00:00:00Z"}, "add_time: Parameter"),
    ("deals", {"value": "500"}, "value: must be a number"),
    ("deals", {"value": None}, "value: must be a number"),
    ("deals", {"visible_to": "3"}, "visible_to: must be an integer"),
    ("deals", {"visible_to": 2}, "visible_to: must be one of"),
    ("deals", {"title": ""}, "title: is not allowed to be empty"),
    ("deals", {"title": "x" * 256}, "title: length must be less than or equal to 255"),
    ("deals", {"currency": "XXX"}, "currency: must be one of"),
    ("deals", {"status": "deleted"}, "status: must be one of"),
    ("deals", {"probability": 101}, "probability: must be between"),
    ("deals", {"person_id": 99999}, "person_id: Person 99999 was not found"),
    ("deals", {"org_id": "1"}, "org_id: must be an integer"),
    ("deals", {"owner_id": 3}, "owner_id: User 3 was not found or is not active"),
    ("deals", {"owner_id": 999}, "owner_id: User 999"),
    ("deals", {"pipeline_id": 2, "stage_id": 1}, "stage_id: does not belong to the pipeline"),
    ("deals", {"won_time": "2020-01-01T00:00:00Z"}, "won_time: can only be set when status is won"),
    ("deals", {"status": "won", "lost_reason": "x"}, "lost_reason: can only be set"),
    ("deals", {"status": "won", "won_time": "2020-01-01 00:00:00"}, "not a valid datetime"),
    ("deals", {"close_time": "2020-01-01T00:00:00Z"}, "close_time: can only be set"),
    ("deals", {"archive_time": "2020-01-01T00:00:00Z"}, "archive_time: can only be set"),
    ("deals", {"is_archived": 1}, "is_archived: must be a boolean"),
    ("deals", {"is_deleted": True}, "is_deleted: a deal can be deleted with DELETE only"),
    ("deals", {"expected_close_date": "01/02/2024"}, "not a valid date"),
    ("deals", {"label_ids": [99999]}, "label_ids: option 99999 does not exist"),
    ("deals", {"custom_fields": {"b" * 40: 1}}, "custom_fields.bbbb"),
    ("deals", {"custom_fields": []}, "custom_fields: must be an object"),
    ("persons", {"name": None}, "name: must be a string"),
    ("persons", {"first_name": "Jane"}, "first_name: Parameter"),
    ("persons", {"emails": "a@b.example"}, "emails: must be an array"),
    ("persons", {"emails": [{"label": "work"}]}, "emails: value is required"),
    (
        "persons",
        {"phones": [{"value": "1", "primary": True}, {"value": "2", "primary": True}]},
        "phones: only one item can be primary",
    ),
    ("persons", {"org_id": 99999}, "org_id: Organization 99999"),
    ("persons", {"marketing_status": "yes"}, "marketing_status: must be one of"),
    ("organizations", {"address": "1 Main St"}, "address: must be an object"),
    ("organizations", {"address": {"locality": "Akron"}}, "address: value is required"),
    ("organizations", {"address": {"value": "x", "city": "Akron"}}, "Parameter 'city'"),
    ("organizations", {"employee_count": 1.5}, "employee_count: must be an integer"),
    ("organizations", {"add_time": "2020-02-30T00:00:00Z"}, "not a valid datetime"),
    ("activities", {"type": "nothing"}, "type: activity type 'nothing' does not exist"),
    ("activities", {"done": 1}, "done: must be a boolean"),
    ("activities", {"due_time": "9:30"}, "due_time: This value is not a valid datetime."),
    ("activities", {"duration": "1 hour"}, "duration: This value is not a valid datetime."),
    ("activities", {"person_id": 1}, "person_id: Parameter 'person_id' is not allowed"),
    ("activities", {"custom_fields": {}}, "custom_fields: Parameter"),
    ("activities", {"marked_as_done_time": "2020-01-01T00:00:00Z"}, "marked_as_done_time: Par"),
    ("activities", {"add_time": "2020-01-01T00:00:00Z"}, "add_time: Parameter"),
    ("activities", {"note": "x" * 102_401}, "note: must not be larger than 100 KB"),
    ("activities", {"project_id": 1}, "project_id: Project 1 was not found"),
    ("activities", {"lead_id": "none"}, "lead_id: Lead none was not found"),
    ("activities", {"priority": 99999}, "priority: option 99999 does not exist"),
    ("activities", {"participants": [{"primary": True}]}, "participants: person_id is required"),
    ("products", {"prices": [{"price": 1}]}, "prices: currency is required"),
    ("stages", {"pipeline_id": 99}, "pipeline_id: Pipeline 99 was not found"),
    ("stages", {"order_nr": 1}, "order_nr: Parameter"),
]
WRONG: list[tuple[str, Any]] = [
    ("varchar", "x" * 256),
    ("varchar", 5),
    ("double", "1.5"),
    ("monetary", 5),
    ("monetary", {"value": 5}),
    ("date", "2024-01-01T00:00:00Z"),
    ("date", "2023-02-29"),
    ("user", 999),
    ("people", 99_999),
    ("daterange", {"value": "2024-02-01", "until": "2024-01-01"}),
    ("time", "09:00"),
    ("enum", 99_999),
    ("enum", "A"),
    ("set", []),
    ("set", [99_999]),
    ("set", "A"),
]
NAMES = {"deals": "title", "activities": "subject"}


@pytest.mark.parametrize(("entity", "wrong", "words"), BAD)
def test_a_wrong_member_of_a_body_is_named(
    still: Company, entity: str, wrong: dict[str, Any], words: str
) -> None:
    body = {NAMES.get(entity, "name"): "Good"}
    body |= {"pipeline_id": 1} if entity == "stages" else {}
    before = still.steer.state()["pipedrive"]
    answer = still.call("POST", f"/{entity}", body | wrong)
    assert answer.status_code == 400
    assert answer.json()["code"] == "ERR_SCHEMA_VALIDATION_FAILED"
    assert answer.json()["error"].startswith("Validation failed: ")
    assert words in answer.json()["error"]
    assert still.steer.state()["pipedrive"] == before


@pytest.mark.parametrize(
    ("entity", "missing"),
    [("deals", "title"), ("persons", "name"), ("organizations", "name"), ("pipelines", "name"),
     ("stages", "pipeline_id"), ("products", "name")],
)  # fmt: skip
def test_a_body_without_what_is_required_is_refused(
    still: Company, entity: str, missing: str
) -> None:
    assert f"{missing}: is required" in still.refusal("POST", f"/{entity}", {})[1]


def test_every_wrong_member_is_told_at_once(still: Company) -> None:
    _, error = still.refusal("POST", "/deals", {"a": 1, "b": 2, "value": "x"})
    assert error == (
        "Validation failed: a: Parameter 'a' is not allowed for this request; b: Parameter 'b' is"
        " not allowed for this request; value: must be a number; title: is required"
    )


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/deals", {"nonsense": 1}, "nonsense: Parameter 'nonsense' is not allowed"),
        ("/activities", {"type": "call"}, "type: Parameter"),
        ("/deals", {"limit": 501}, "limit: must be between 1 and 500"),
        ("/itemSearch", {"term": "abc", "limit": 101}, "limit: must be between 1 and 100"),
        ("/itemSearch", {"term": "a"}, "term: length must be at least 2"),
        ("/itemSearch", {}, "term: is required"),
        ("/deals", {"cursor": "gibberish"}, "cursor: is not a valid cursor"),
        ("/deals", {"ids": ",".join(map(str, range(101)))}, "ids: must contain at most 100"),
        ("/deals", {"custom_fields": ",".join("k" * 16)}, "custom_fields: must contain at most 15"),
        ("/deals", {"updated_since": "2024-01-01T00:00:00.000Z"}, "not a valid datetime"),
        ("/deals", {"updated_since": "2024-01-01"}, "not a valid datetime"),
        ("/deals", {"sort_by": "title"}, "sort_by: must be one of"),
        ("/deals", {"owner_id": "me"}, "owner_id: must be an integer"),
        ("/activities", {"done": "1"}, "done: must be a boolean"),
        ("/deals", {"include_fields": "nothing"}, "include_fields: must be one of"),
        ("/deals", {"filter_id": 1}, "filter_id: the filter does not exist"),
        ("/products", {"updated_until": "2024-01-01T00:00:00Z"}, "updated_until: Parameter"),
    ],
)
def test_a_wrong_parameter_is_named(
    still: Company, path: str, query: dict[str, Any], words: str
) -> None:
    status, error = still.refusal("GET", path, **query)
    assert status == 400
    assert words in error


def test_a_body_that_is_no_json_object_is_refused(still: Company) -> None:
    assert still.refusal("POST", "/deals", [])[0] == 400
    broken = still.http.post(
        "/api/v2/deals", content=b"{", headers={"content-type": "application/json"}
    )
    assert broken.status_code == 400
    assert still.http.post("/api/v2/deals", data={"title": "x"}).status_code == 400


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_a_wrong_value_is_refused_and_its_key_named(still: Company, kind: str, value: Any) -> None:
    code = still.field("deal", kind, **options(kind))["field_code"]
    body = {"title": "x", "custom_fields": {code: value}}
    status, error = still.refusal("POST", "/deals", body)
    assert status == 400
    assert f"custom_fields.{code}: " in error


@pytest.mark.parametrize(
    "body",
    [
        {"field_name": "x"},
        {"field_name": "x", "field_type": "boolean"},
        {"field_name": "x", "field_type": "datetime"},
        {"field_name": "", "field_type": "text"},
        {"field_name": "x" * 256, "field_type": "text"},
        {"field_name": "x", "field_type": "enum"},
        {"field_name": "x", "field_type": "text", "options": [{"label": "A"}]},
        {"field_name": "x", "field_type": "enum", "options": ["A"]},
        {"field_name": "x", "field_type": "text", "key": "y"},
    ],
)
def test_a_field_that_makes_no_sense_is_refused(still: Company, body: dict[str, Any]) -> None:
    assert still.refusal("POST", "/dealFields", body)[0] == 400
