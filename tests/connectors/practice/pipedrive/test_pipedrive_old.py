"""Version 1: notes, files, users, activity types, leads, participants."""

from typing import Any

import httpx
import pytest

from tests.connectors.practice.pipedrive.conftest import Company


def upload(company: Company, content: bytes = b"hello", **links: Any) -> httpx.Response:
    parts = {"file": ("job 1.txt", content)}
    return company.http.post("/v1/files", files=parts, data=links)


def test_a_note_keeps_the_time_and_author_it_is_given(company: Company) -> None:
    body = {"content": "<b>Done</b>", "deal_id": 1, "add_time": "2019-01-02 03:04:05", "user_id": 2}
    note = company.data("POST", "/v1/notes", body)
    assert (note["add_time"], note["user_id"]) == ("2019-01-02 03:04:05", 2)
    changed = company.data("PUT", f"/v1/notes/{note['id']}", {"add_time": "2018-01-02 03:04:05"})
    assert changed["add_time"] == "2018-01-02 03:04:05"
    assert changed["content"] == "<b>Done</b>"


def test_scripts_and_comments_are_taken_out_of_a_note(company: Company) -> None:
    content = "<p onclick='x()'>a<!-- key --><script>alert(1)</script></p>"
    note = company.data("POST", "/v1/notes", {"content": content, "org_id": 1})
    assert note["content"] == "<p>a</p>"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"content": "x"}, 400, "Note must be associated"),
        ({"deal_id": 1}, 400, "Content must be given."),
        ({"content": " ", "deal_id": 1}, 400, "Content must be given."),
        ({"content": "x" * 102_401, "deal_id": 1}, 400, "100 KB"),
        ({"content": "x", "deal_id": 99_999}, 404, "Deal not found"),
        ({"content": "x", "deal_id": "one"}, 400, "deal_id must be a number"),
        ({"content": "x", "deal_id": 1, "add_time": "2019-01-02T03:04:05Z"}, 400, "add_time"),
        ({"content": "x", "deal_id": 1, "pinned_to_deal_flag": True}, 400, "must be 0 or 1"),
        ({"content": "x", "deal_id": 1, "user_id": 3}, 400, "User not found"),
        ({"content": "x", "deal_id": 1, "project_id": 1}, 400, "project_id was not found"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(
    company: Company, body: dict[str, Any], status: int, words: str
) -> None:
    answer = company.refusal("POST", "/v1/notes", body)
    assert (answer[0], words in answer[1]) == (status, True)


def test_only_an_administrator_writes_notes_for_others(company: Company) -> None:
    company.limits(admin=False)
    body = {"content": "x", "deal_id": 1, "user_id": 2}
    assert company.refusal("POST", "/v1/notes", body)[0] == 403


def test_notes_come_in_pages_by_offset_and_an_empty_list_is_no_null(company: Company) -> None:
    for number in range(3):
        company.data("POST", "/v1/notes", {"content": f"{number}", "deal_id": 1})
    page = company.call("GET", "/v1/notes", deal_id=1, limit=2).json()
    assert page["additional_data"]["pagination"] == {
        "start": 0, "limit": 2, "more_items_in_collection": True, "next_start": 2,
    }  # fmt: skip
    last = company.call("GET", "/v1/notes", deal_id=1, limit=2, start=2).json()
    assert [note["content"] for note in last["data"]] == ["2"]
    assert last["additional_data"]["pagination"]["more_items_in_collection"] is False
    assert company.data("GET", "/v1/notes", deal_id=2) == []
    assert company.refusal("GET", "/v1/notes", limit=501)[0] == 400


def test_a_deleted_note_leaves_the_list(company: Company) -> None:
    note = company.data("POST", "/v1/notes", {"content": "x", "deal_id": 1})["id"]
    assert company.data("DELETE", f"/v1/notes/{note}") is True
    assert company.data("GET", "/v1/notes", deal_id=1) == []
    assert company.refusal("DELETE", f"/v1/notes/{note}")[0] == 404


def test_a_file_comes_back_as_it_was_sent(company: Company) -> None:
    content = bytes(range(256)) * 4096
    file = upload(company, content, deal_id=1, person_id=2).json()["data"]
    assert (file["name"], file["file_size"]) == ("job 1.txt", len(content))
    assert file["file_name"] != file["name"]
    assert company.http.get(file["url"]).content == content
    for path in ("/v1/deals/1/files", "/v1/persons/2/files", "/v1/files"):
        assert [each["id"] for each in company.data("GET", path)] == [file["id"]]
    company.data("DELETE", f"/v1/files/{file['id']}")
    assert company.data("GET", "/v1/deals/1/files") == []
    assert company.call("GET", f"/v1/files/{file['id']}/download").status_code == 404


def test_a_file_needs_content_a_parent_and_a_size_within_the_limit(company: Company) -> None:
    assert upload(company).status_code == 400
    assert upload(company, deal_id=99_999).status_code == 404
    assert company.http.post("/v1/files", json={"deal_id": 1}).status_code == 400
    assert company.http.post("/v1/files", data={"deal_id": 1}, files={"x": b""}).status_code == 400
    company.limits(max_file=4)
    assert upload(company, deal_id=1).status_code == 413
    assert company.data("GET", "/v1/files") == []


def test_a_file_is_renamed_by_a_form_and_not_by_json(company: Company) -> None:
    file = upload(company, deal_id=1).json()["data"]["id"]
    renamed = company.http.put(f"/v1/files/{file}", data={"name": "b.txt", "description": "d"})
    assert renamed.json()["data"]["name"] == "b.txt"
    assert company.refusal("PUT", f"/v1/files/{file}", {"name": "c.txt"})[0] == 400


def test_files_come_a_hundred_a_page_at_most(company: Company) -> None:
    assert company.refusal("GET", "/v1/files", limit=101)[0] == 400


def test_technicians_are_users_by_email_but_one_has_left_and_one_never_came(
    company: Company,
) -> None:
    users = {user["email"].lower(): user for user in company.data("GET", "/v1/users")}
    assert len(users) > 6
    assert any(email != user["email"] for email, user in users.items())
    known = [user["active_flag"] for user in list(users.values())[3:]]
    assert known == [True] * (len(known) - 1) + [False]
    name = next(iter(users))
    (found,) = company.data("GET", "/v1/users/find", term=name, search_by_email=1)
    assert found["email"] == name


def test_a_new_user_takes_a_seat(company: Company) -> None:
    active = [user for user in company.data("GET", "/v1/users") if user["active_flag"]]
    company.limits(seats=len(active) + 1)
    company.data("POST", "/v1/users", {"email": "new@crm.example.com"})
    assert company.refusal("POST", "/v1/users", {"email": "two@crm.example.com"})[0] == 403


def test_the_key_of_an_activity_type_is_made_of_its_name_and_stays(company: Company) -> None:
    made = company.data("POST", "/v1/activityTypes", {"name": "Site visit!", "icon_key": "truck"})
    assert made["key_string"] == "site_visit"
    assert company.create("activities", type="site_visit")["subject"] == "Site visit!"
    path = f"/v1/activityTypes/{made['id']}"
    assert company.data("PUT", path, {"name": "Tour"})["key_string"] == "site_visit"
    company.data("DELETE", path)
    assert company.refusal("POST", "/activities", {"type": "site_visit"})[0] == 400


@pytest.mark.parametrize(
    "body", [{"name": "x"}, {"icon_key": "task"}, {"name": "x", "icon_key": "no"}]
)
def test_an_activity_type_needs_a_name_and_a_known_icon(
    company: Company, body: dict[str, Any]
) -> None:
    assert company.refusal("POST", "/v1/activityTypes", body)[0] == 400


def test_activity_types_have_a_cap_and_need_an_administrator(company: Company) -> None:
    body = {"name": "x", "icon_key": "task"}
    company.limits(activity_type_cap=6)
    status, error = company.refusal("POST", "/v1/activityTypes", body)
    assert (status, "activity type per company limit" in error) == (403, True)
    company.limits(activity_type_cap=40, admin=False)
    assert company.refusal("POST", "/v1/activityTypes", body)[0] == 403


def test_a_lead_lies_flat_and_needs_a_contact(company: Company) -> None:
    code = company.field("deal", "varchar")["field_code"]
    lead = company.data("POST", "/v1/leads", {"title": "x", "person_id": 1, code: "v"})
    assert company.data("GET", f"/v1/leads/{lead['id']}")[code] == "v"
    answer = company.call("POST", "/v1/leads", {"title": "x"}).json()
    assert answer["error_info"] == 'One of the "person_id" or "organization_id" must be set.'
    wrong = company.call("POST", "/v1/leads", {"title": "x", "person_id": 1, "channel": "a"})
    assert wrong.json()["error_info"] == '"channel" must be a number'
    company.data("DELETE", f"/v1/leads/{lead['id']}")
    assert company.refusal("GET", f"/v1/leads/{lead['id']}")[0] == 404


def test_a_person_takes_part_in_a_deal_once(company: Company) -> None:
    path = "/v1/deals/5/participants"
    link = company.data("POST", path, {"person_id": 7})["id"]
    assert company.refusal("POST", path, {"person_id": 7})[0] == 400
    assert 7 in [row["id"] for row in company.walk("/persons", deal_id=5)]
    assert company.data("DELETE", f"{path}/{link}") == {"id": link}
    assert company.data("GET", path) == []
