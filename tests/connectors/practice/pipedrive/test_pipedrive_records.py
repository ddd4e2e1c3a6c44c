"""The life of records of version 2."""

from itertools import pairwise

import pytest

from tests.connectors.practice.pipedrive.conftest import Company

WHEN = "2023-06-01T16:20:00Z"


def test_a_deal_is_born_into_the_first_stage_with_what_it_did_not_say(company: Company) -> None:
    deal = company.create("deals", title="Repair")
    me = company.data("GET", "/v1/users/me")["id"]
    assert (deal["pipeline_id"], deal["stage_id"], deal["currency"]) == (1, 1, "USD")
    assert (deal["status"], deal["value"], deal["visible_to"]) == ("open", 0, 7)
    assert (deal["owner_id"], deal["creator_user_id"], deal["origin"]) == (me, me, "API")
    assert company.get("deals", deal["id"]) == deal


def test_a_stage_says_its_pipeline_and_a_pipeline_its_first_stage(company: Company) -> None:
    assert company.create("deals", title="x", stage_id=7)["pipeline_id"] == 2
    deal = company.create("deals", title="x", pipeline_id=2)
    assert deal["stage_id"] == 6
    assert company.change("deals", deal["id"], pipeline_id=1)["stage_id"] == 1


def test_a_won_deal_keeps_its_times_until_it_is_open_again(company: Company) -> None:
    deal = company.create("deals", title="x", status="won", won_time=WHEN)
    assert (deal["won_time"], deal["close_time"], deal["local_won_date"]) == (
        WHEN, WHEN, "2023-06-01",
    )  # fmt: skip
    lost = company.change("deals", deal["id"], status="lost", lost_reason="price")
    assert (lost["won_time"], lost["lost_reason"]) == (None, "price")
    opened = company.change("deals", deal["id"], status="open")
    assert (opened["close_time"], opened["lost_time"], opened["lost_reason"]) == (None, None, None)


def test_an_archived_deal_is_in_its_own_list_and_only_comes_back(company: Company) -> None:
    id = company.create("deals", title="x", is_archived=True, archive_time=WHEN)["id"]
    assert id not in [deal["id"] for deal in company.walk("/deals", limit=500)]
    assert id in [deal["id"] for deal in company.walk("/deals/archived", limit=500)]
    assert company.refusal("PATCH", f"/deals/{id}", {"title": "y"})[0] == 400
    assert company.refusal("DELETE", f"/deals/{id}")[0] == 400
    assert company.change("deals", id, is_archived=False)["archive_time"] is None
    assert company.change("deals", id, title="y")["title"] == "y"


def test_a_company_may_let_archived_deals_be_deleted(company: Company) -> None:
    company.limits(archived_delete=True)
    id = company.create("deals", title="x", is_archived=True)["id"]
    assert company.data("DELETE", f"/deals/{id}") == {"id": id}


def test_a_person_has_a_first_and_a_last_name_and_one_primary_address(company: Company) -> None:
    person = company.create(
        "persons", name="Jane van Doe", emails=[{"value": "a@b.example"}, {"value": "c@d.example"}]
    )
    assert (person["first_name"], person["last_name"]) == ("Jane", "van Doe")
    assert person["emails"] == [
        {"value": "a@b.example", "primary": True, "label": "work"},
        {"value": "c@d.example", "primary": False, "label": "work"},
    ]
    emails = [{"value": "new@b.example", "label": "home", "primary": True}]
    assert company.change("persons", person["id"], emails=emails)["emails"] == emails


def test_parts_of_an_address_that_are_left_out_become_null(company: Company) -> None:
    org = company.create("organizations", name="x", address={"value": "1 A St", "locality": "B"})
    assert org["address"]["locality"] == "B"
    changed = company.change("organizations", org["id"], address={"value": "2 A St"})
    assert (changed["address"]["value"], changed["address"]["locality"]) == ("2 A St", None)


def test_an_activity_takes_its_person_from_the_primary_participant(company: Company) -> None:
    people = [{"person_id": 5}, {"person_id": 6, "primary": True}]
    activity = company.create("activities", type="meeting", participants=people, due_time="09:30")
    assert (activity["person_id"], activity["subject"]) == (6, "Meeting")
    assert activity["due_time"] == "09:30:00"
    found = company.data("GET", "/activities", person_id=5)
    assert [each["id"] for each in found] == [activity["id"]]


def test_a_done_activity_is_marked_with_the_time_of_the_call(company: Company) -> None:
    company.steer.clock(now="2026-03-01T10:00:00Z", freeze=True)
    activity = company.create("activities", subject="x", done=True, due_date="2020-01-01")
    assert activity["marked_as_done_time"] == "2026-03-01T10:00:00Z"
    assert company.change("activities", activity["id"], done=False)["marked_as_done_time"] is None


def test_a_deal_wins_over_a_lead_as_parent_of_an_activity(company: Company) -> None:
    lead = company.data("POST", "/v1/leads", {"title": "x", "person_id": 1})["id"]
    activity = company.create("activities", subject="x", deal_id=1, lead_id=lead)
    assert (activity["deal_id"], activity["lead_id"]) == (1, None)


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("field", ["id", "update_time", "add_time"])
def test_pages_hold_every_record_once_in_order(
    company: Company, field: str, direction: str
) -> None:
    rows = company.walk("/deals", limit=40, sort_by=field, sort_direction=direction)
    assert len({row["id"] for row in rows}) == len(rows) == 250
    places = [(row[field], row["id"]) for row in rows]
    pairs = pairwise(places if direction == "asc" else places[::-1])
    assert all(one < two for one, two in pairs)


def test_a_page_goes_on_after_the_last_record_whatever_happened_meanwhile(
    company: Company,
) -> None:
    page = company.call("GET", "/persons", limit=10).json()
    for id in (9, 10):
        company.data("DELETE", f"/persons/{id}")
    new = company.create("persons", name="New")["id"]
    cursor = page["additional_data"]["next_cursor"]
    rest = company.walk("/persons", limit=100, cursor=cursor)
    assert [row["id"] for row in rest] == [*range(11, 171), new]


def test_lists_are_narrowed_by_their_members(company: Company) -> None:
    deal = company.create("deals", title="x", person_id=3, org_id=4, stage_id=7)
    for query in ({"person_id": 3}, {"org_id": 4}, {"stage_id": 7}, {"ids": str(deal["id"])}):
        assert deal["id"] in [row["id"] for row in company.walk("/deals", **query)]
        assert len(company.walk("/deals", limit=500, **query)) < 250
    statuses = {row["status"] for row in company.walk("/deals", status="won,lost", limit=500)}
    assert statuses == {"won", "lost"}
    since = company.walk("/deals", updated_since=deal["update_time"])
    assert [row["id"] for row in since] == [deal["id"]]
    assert company.walk("/deals", updated_until="2023-01-01T00:00:00Z") == []
    assert 3 in [row["id"] for row in company.walk("/persons", deal_id=deal["id"])]


def test_a_deleted_record_leaves_the_lists_and_goes_after_thirty_days(company: Company) -> None:
    id = company.create("deals", title="x")["id"]
    assert company.data("DELETE", f"/deals/{id}") == {"id": id}
    assert id not in [row["id"] for row in company.walk("/deals", limit=500)]
    assert [row["id"] for row in company.walk("/deals", status="deleted")] == [id]
    assert company.get("deals", id)["is_deleted"] is True
    assert company.refusal("DELETE", f"/deals/{id}")[0] == 404
    assert company.refusal("PATCH", f"/deals/{id}", {"title": "y"})[0] == 404
    company.steer.clock(advance=31 * 86400)
    assert company.refusal("GET", f"/deals/{id}") == (404, "Deal not found")
    assert company.create("deals", title="y")["id"] > id


def test_a_company_may_hide_what_is_deleted(company: Company) -> None:
    company.limits(deleted_get=False)
    company.data("DELETE", "/deals/1")
    assert company.refusal("GET", "/deals/1")[0] == 404


def test_a_change_moves_update_time(company: Company) -> None:
    company.steer.clock(now="2026-03-01T10:00:00Z", freeze=True)
    deal = company.create("deals", title="x")
    company.steer.clock(advance=5)
    assert company.change("deals", deal["id"], title="y")["update_time"] == "2026-03-01T10:00:05Z"


def test_a_stage_or_pipeline_with_deals_stays(company: Company) -> None:
    assert company.refusal("DELETE", "/stages/1")[0] == 400
    assert company.refusal("DELETE", "/pipelines/1")[0] == 400
    stage = company.create("stages", name="Last", pipeline_id=1)
    assert stage["order_nr"] == 6
    assert company.data("DELETE", f"/stages/{stage['id']}") == {"id": stage["id"]}


def test_who_is_no_administrator_sees_and_may_do_less(company: Company) -> None:
    mine = company.create("deals", title="mine", visible_to=1)["id"]
    other = company.create("deals", title="other", visible_to=1, owner_id=2)["id"]
    assert other in [row["id"] for row in company.walk("/deals", limit=500)]
    company.limits(admin=False)
    seen = [row["id"] for row in company.walk("/deals", limit=500)]
    assert mine in seen
    assert other not in seen
    assert company.refusal("GET", f"/deals/{other}")[0] == 404
    permission = (403, "You do not have permissions to do this.")
    assert company.refusal("POST", "/pipelines", {"name": "x"}) == permission
    body = {"field_name": "x", "field_type": "text"}
    assert company.refusal("POST", "/dealFields", body) == permission
    assert company.data("GET", "/v1/users/me")["access"][0]["admin"] is False


def test_the_plan_counts_won_and_lost_deals_but_not_archived_ones(company: Company) -> None:
    company.limits(deal_cap=251)
    first = company.create("deals", title="x", status="won", won_time=WHEN)["id"]
    answer = company.call("POST", "/deals", {"title": "y"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "feature_capping_deals_limit"
    archived = company.create("deals", title="z", is_archived=True)["id"]
    assert company.refusal("PATCH", f"/deals/{archived}", {"is_archived": False})[0] == 403
    company.data("DELETE", f"/deals/{first}")
    assert company.change("deals", archived, is_archived=False)["is_archived"] is False
