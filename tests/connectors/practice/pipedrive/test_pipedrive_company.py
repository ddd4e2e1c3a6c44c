"""What the company holds before we come, its checksums, and what others do in it."""

import pytest

from tests.connectors.practice.pipedrive.conftest import Company

HELD = {"organizations": 140, "persons": 170, "deals": 260, "activities": 60, "notes": 30}


def test_the_company_is_not_empty_and_always_the_same(company: Company) -> None:
    state = company.steer.state()["pipedrive"]
    assert {entity: state[entity]["count"] for entity in HELD} == HELD
    code = company.walk("/dealFields", limit=500)[-1]["field_code"]
    company.steer.reset()
    assert company.steer.state()["pipedrive"] == state
    assert company.walk("/dealFields", limit=500)[-1]["field_code"] == code
    company.steer.reset(seed=4)
    assert company.walk("/dealFields", limit=500)[-1]["field_code"] != code
    company.steer.reset(seed=3)


def test_some_of_its_records_carry_keys_of_the_contractor(company: Company) -> None:
    counts = {
        entity: company.steer.edit("pipedrive", op="ids", object=entity, prefix="")
        for entity in ("organizations", "persons", "deals")
    }
    assert sum(map(len, counts.values())) >= 50
    assert all("/jobs/" in key for key in counts["deals"])
    key, id = next(iter(counts["deals"].items()))
    assert key in company.get("deals", id)["custom_fields"].values()


def test_a_company_may_be_born_without_source_fields(company: Company) -> None:
    company.limits(source_fields=False)
    company.steer.reset()
    names = [field["field_name"] for field in company.walk("/dealFields", limit=500)]
    assert "Source ID" not in names
    company.steer.reset()
    names = [field["field_name"] for field in company.walk("/dealFields", limit=500)]
    assert "Source ID" in names


def load(company: Company, first: str) -> None:
    """The same three records under other ids, behind one that is gone again."""
    extra = company.create("organizations", name=first)["id"]
    codes = {
        entity: next(
            field["field_code"]
            for field in company.walk(f"/{entity}Fields", limit=500)
            if field["field_name"] == "Source ID"
        )
        for entity in ("organization", "deal")
    }
    key = {codes["organization"]: "1/customers/1"}
    org = company.create("organizations", name="A", custom_fields=key)["id"]
    if first:
        company.data("DELETE", f"/organizations/{extra}")
    key = {codes["deal"]: "1/jobs/1"}
    deal = company.create("deals", title="D", org_id=org, custom_fields=key)["id"]
    company.create("activities", subject="[1/appointments/1] Visit", deal_id=deal)


def test_two_loads_of_the_same_have_the_same_checksum_whatever_their_ids(
    company: Company,
) -> None:
    load(company, "gone")
    one = company.steer.state()["pipedrive"]
    company.steer.reset()
    for _ in range(3):
        company.data("DELETE", f"/deals/{company.create('deals', title='x')['id']}")
    load(company, "gone")
    two = company.steer.state()["pipedrive"]
    assert one == two
    company.steer.edit("pipedrive", op="update", object="deals", key="1/jobs/1", set={"title": "E"})
    assert company.steer.state()["pipedrive"]["deals"] != two["deals"]


def test_others_edit_by_key_by_marker_and_by_the_company_s_rules(company: Company) -> None:
    load(company, "gone")
    edit = company.steer.edit
    change = {"value": 7, "custom_fields": {"Competitor": "Other Ltd"}}
    id = edit("pipedrive", op="update", object="deals", key="1/jobs/1", set=change)["id"]
    deal = company.get("deals", id)
    assert deal["value"] == 7
    assert "Other Ltd" in deal["custom_fields"].values()
    marked = edit("pipedrive", op="ids", object="activities", prefix="1/")
    assert list(marked) == ["1/appointments/1"]
    edit("pipedrive", op="delete", object="activities", key="1/appointments/1")
    assert company.get("activities", marked["1/appointments/1"])["is_deleted"] is True
    with pytest.raises(ValueError, match="value: must be a number"):
        edit("pipedrive", op="update", object="deals", id=id, set={"value": "7"})
    with pytest.raises(ValueError, match="no record of deals"):
        edit("pipedrive", op="delete", object="deals", key="1/jobs/2")


def test_a_merged_record_is_gone_and_its_children_are_with_the_other(company: Company) -> None:
    deal = company.create("deals", title="x", person_id=30)["id"]
    company.steer.edit("pipedrive", op="merge", object="persons", id=30, into=31)
    assert company.refusal("GET", "/persons/30")[0] == 404
    assert company.get("deals", deal)["person_id"] == 31


def test_a_second_record_with_the_same_key_is_possible(company: Company) -> None:
    load(company, "gone")
    made = company.steer.edit("pipedrive", op="duplicate", object="deals", key="1/jobs/1")
    one, two = (company.get("deals", made[name])["custom_fields"] for name in ("of", "id"))
    assert one == two


def test_fields_options_users_and_records_go_behind_our_back(company: Company) -> None:
    edit = company.steer.edit
    field = edit("pipedrive", op="field", action="add", entity="deal", field="New", type="text")
    code = field["field_code"]
    company.create("deals", title="x", custom_fields={code: "v"})
    edit("pipedrive", op="field", action="remove", entity="deal", field=code)
    body = {"title": "x", "custom_fields": {code: "v"}}
    assert company.refusal("POST", "/deals", body)[0] == 400
    label = {"entity": "deal", "field": "label_ids", "label": "Hot"}
    hot = company.data("GET", "/dealFields/label_ids")["options"][0]["id"]
    edit("pipedrive", op="option", action="remove", **label)
    assert company.refusal("POST", "/deals", {"title": "x", "label_ids": [hot]})[0] == 400
    edit("pipedrive", op="user", email="dana@crm.example.com", set={"active_flag": False})
    assert company.refusal("POST", "/deals", {"title": "x", "owner_id": 2})[0] == 400
    edit("pipedrive", op="purge", object="persons", id=1)
    assert company.refusal("GET", "/persons/1")[0] == 404


def test_a_limit_that_makes_no_sense_is_told(company: Company) -> None:
    for wrong in ({"plan": "gold"}, {"nothing": 1}, {"seats": "5"}):
        with pytest.raises(ValueError, match=r"is not one of|must be"):
            company.limits(**wrong)
