"""What a load takes, in tokens and days, and what stands in its way."""

import pytest

from connectors.errors import Misconfigured
from connectors.pipedrive.ledger import LEFT, Ledger
from connectors.pipedrive.limits import days, tokens
from tests.connectors.pipedrive.conftest import Desk, Open, key, there
from tests.practice import Practice

PLANNED = {"organizations": 10_000, "persons": 10_000, "deals": 25_000, "activities": 40_000}


def test_the_forecast_says_days_on_this_account_and_with_more_seats(
    open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("pipedrive", plan="lite", seats=12)
    found, held = open_destination(seats="12").forecast(PLANNED)
    assert (held.name, held.needed) == ("Deals and leads", 25_000)
    assert "the plan holds 30,000" in held.note
    assert found.needed == tokens(PLANNED)
    assert found.needed == pytest.approx(5 * sum(PLANNED.values()), rel=0.05)
    assert "Lite, 12 seats, 360,000 tokens a day: 2 days" in found.note
    assert "with 24 seats" in found.note
    assert "on Ultimate 2 days" in found.note
    assert "the day's budget is the limit" in found.note
    few, _ = open_destination(seats="12").forecast({"deals": 1000})
    assert "the burst of 1000000 calls in two seconds is the limit: 1 min" in few.note


def test_calls_that_overlap_take_nothing_from_the_day() -> None:
    ledger = Ledger(reserve=0)
    ledger.settle(0, {LEFT: "100"})
    for _ in range(8):
        ledger.spend(5)
    for told in (60, 95, 60, 90):  # answers come in any order, each counting what it likes
        ledger.settle(5, {LEFT: str(told)})
    assert ledger.left == 60
    ledger.settle(5, {LEFT: "40"})
    assert ledger.left == 40, "somebody else spends, too"
    ledger.settle(5, {LEFT: "30000"})
    assert ledger.left == 30_000 - 10, "another day"


def test_a_line_of_a_deal_costs_its_call_and_a_look_above() -> None:
    assert tokens({"deal products": 100}) == 5 * 100 + 10 + 10 + 2 * 10


def test_a_load_of_a_month_says_so() -> None:
    assert days(975_000, 30_000, 30_000) == 33


def test_where_the_account_is_silent_plan_and_seats_tell_the_budget(
    open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("pipedrive", daily_headers=False)
    assert open_destination().allowance() == []
    found, held = open_destination(plan="Growth", seats="3").allowance()
    assert (found.limit, held.limit) == (180_000, 15_000)
    assert any(o.code == "budget_unknown" for o in open_destination().obstacles())


def test_the_reserve_is_not_ours_to_use(open_destination: Open) -> None:
    (all_,) = open_destination().allowance()
    (less,) = open_destination(reserve="100000").allowance()
    assert all_.left - less.left == pytest.approx(100_000, abs=100)


def test_deals_that_do_not_fit_into_the_plan_are_an_obstacle(
    open_destination: Open, vendor: Practice
) -> None:
    destination = open_destination(plan="lite", seats="1")
    found = {o.code: o for o in destination.obstacles()}
    assert "2,500 deals" in found["deal_cap"].message
    assert found["deal_cap"].severity == "to know"
    before = destination.forecast({"deals": 1})[1].left
    Desk(destination).create("deals", {key(1): {"title": "x"}, key(2): {"title": "y"}})
    assert destination.forecast({"deals": 1})[1].left == before - 2
    id = int(there(vendor, "deals")[key(2)])
    archived = {"is_archived": True}
    vendor.edit("pipedrive", op="update", object="deals", id=id, set=archived)
    assert destination.forecast({"deals": 1})[1].left == before - 1, (
        "an archived one is not counted"
    )


def test_what_no_api_tells_is_left_to_a_person(desk: Desk) -> None:
    codes = {o.code for o in desk.destination.obstacles()}
    assert codes >= {"automation", "visibility", "unconfirmed"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("reserve", "a lot"), ("plan", "gold"), ("seats", "-1"), ("file_limit", "0"), ("url", "no w")],
)
def test_a_setting_that_makes_no_sense_is_refused(
    open_destination: Open, name: str, value: str
) -> None:
    with pytest.raises(Misconfigured):
        open_destination(**{name: value})
