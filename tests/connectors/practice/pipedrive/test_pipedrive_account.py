"""What depends on the account: its features, its plan, what it lets be set."""

from tests.connectors.practice.pipedrive.conftest import Company


def test_add_time_of_contacts_is_set_on_create_and_never_again(company: Company) -> None:
    when = "2019-04-02T13:05:00Z"
    for entity in ("organizations", "persons"):
        record = company.create(entity, name="Old", add_time=when)
        assert record["add_time"] == when
        status, error = company.refusal("PATCH", f"/{entity}/{record['id']}", {"add_time": when})
        assert (status, "add_time" in error) == (400, True)


def test_deals_take_add_time_only_where_the_account_does(company: Company) -> None:
    company.limits(deal_add_time=True)
    assert company.create("deals", title="x", add_time="2019-04-02T13:05:00+02:00")["add_time"] == (
        "2019-04-02T11:05:00Z"
    )


def test_contact_sync_members_need_the_feature(company: Company) -> None:
    body = {"name": "Jane", "job_title": "Owner"}
    status, error = company.refusal("POST", "/persons", body)
    assert (status, "job_title" in error) == (403, True)
    company.limits(contact_sync=True)
    assert company.create("persons", **body)["job_title"] == "Owner"


def test_visibility_groups_need_a_plan_that_has_them(company: Company) -> None:
    company.limits(plan="lite")
    assert company.refusal("POST", "/deals", {"title": "x", "visible_to": 7})[0] == 400
    assert company.create("deals", title="x")["visible_to"] == 3
