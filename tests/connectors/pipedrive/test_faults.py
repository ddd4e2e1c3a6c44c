"""Lost answers, refusals, and an account that is used up or shut."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Misconfigured, NotAuthorised, QuotaExhausted, Unavailable
from connectors.pipedrive.ledger import cost, next_look
from connectors.pipedrive.window import SECONDS
from connectors.values import Row
from tests.connectors.pipedrive.conftest import Desk, Open, calls, deals, key, there
from tests.practice import Practice

CREATE = {"method": "POST", "path": "/api/v2/deals$"}


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        ({"kind": "reset"}, 0),
        ({"kind": "reset", "when": "after"}, 1),
        ({"kind": "truncate"}, 1),
        ({"kind": "status", "status": 503}, 0),
        ({"kind": "status", "status": 500, "when": "after"}, 1),
        ({"kind": "status", "status": 200, "body": "null"}, 0),
    ],
)
def test_a_lost_answer_to_a_creation_is_unknown_never_sent_again_and_found_by_look_up(
    desk: Desk, vendor: Practice, fault: dict[str, object], written: int
) -> None:
    rows = deals(1)
    assert list(desk.destination.find("deals", rows)) == []
    vendor.fault(**fault, match=CREATE)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="unknown"):
        desk.write("create", "deals", rows)
    assert len(calls(vendor, "POST", "/api/v2/deals")) == 1
    assert len(there(vendor, "deals")) == written
    found = list(desk.destination.find("deals", rows))
    assert [(r.key, r.ours) for r in found] == [(rows[0].key, True)] * written


def test_a_chunk_with_one_lost_answer_ends_without_beginning_the_rest_blindly(
    desk: Desk, vendor: Practice
) -> None:
    vendor.fault("reset", when="after", match=CREATE, at=5)
    rows = deals(60)
    with pytest.raises(Unavailable):
        desk.write("create", "deals", rows)
    sent = len(calls(vendor, "POST", "/api/v2/deals"))
    assert 5 <= sent < len(rows)
    assert len(list(desk.destination.find("deals", rows))) == len(there(vendor, "deals")) == sent


def test_a_delete_is_repeated_and_a_change_is_left_to_a_look_up(
    desk: Desk, vendor: Practice
) -> None:
    """A change that is sent twice, and committed late the first time, would look like others'."""
    ids = desk.create("deals", {key(1): {"title": "a"}})
    rows = [Row(k, id, {"title": "b"}) for k, id in ids.items()]
    vendor.fault("reset", when="after", match={"method": "PATCH"})
    with pytest.raises(Unavailable, match="unknown"):
        desk.write("update", "deals", rows)
    assert len(calls(vendor, "PATCH")) == 1
    vendor.fault("reset", when="after", match={"method": "DELETE"})
    (outcome,) = desk.write("delete", "deals", rows).values()
    assert outcome.status == "gone"


def test_a_refused_record_names_what_is_wrong_and_spares_the_others(desk: Desk) -> None:
    rows = deals(4)
    rows[1] = Row(rows[1].key, None, {"title": "x", "org_id": "987654321"})
    outcomes = desk.write("create", "deals", rows)
    assert [outcomes[r.key].status for r in rows] == ["done", "failed", "done", "done"]
    assert "org_id" in outcomes[rows[1].key].error


def test_no_record_goes_to_an_owner_who_is_not_active(desk: Desk, vendor: Practice) -> None:
    gone = next(user for user in desk.destination.users() if not user.active)
    row = Row(key(1), None, {"title": "x", "owner_id": gone.id})
    (outcome,) = desk.write("create", "deals", [row]).values()
    assert outcome.status == "failed"
    assert "not active" in outcome.error
    assert calls(vendor, "POST") == []


@pytest.mark.alone
def test_all_of_the_burst_is_used_and_nothing_is_refused(
    open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("pipedrive", burst=40)
    desk = Desk(open_destination(deal_add_time="no"))
    desk.destination.check()
    desk.create("deals", {row.key: row.values for row in deals(300)})
    sent = calls(vendor, "POST", "/api/v2/deals")
    assert {call["status"] for call in calls(vendor)} == {200}
    begun, ended = (datetime.fromisoformat(sent[n]["time"]) for n in (0, -1))
    windows = (ended - begun).total_seconds() / SECONDS
    assert len(sent) / 40 >= windows * 0.9


def test_a_used_up_day_pauses_before_the_reserve_is_touched(
    open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("pipedrive", daily_tokens=1000)
    desk = Desk(open_destination(reserve="300", deal_add_time="no"))
    desk.destination.check()
    with pytest.raises(QuotaExhausted, match="300 are kept") as caught:
        desk.write("create", "deals", deals(300))
    assert caught.value.look_again_at is not None
    left = 1000 - sum(call["cost"] for call in calls(vendor))
    assert 300 <= left < 330
    assert {call["status"] for call in calls(vendor)} == {200}


def test_a_budget_that_others_used_up_is_a_pause_and_the_next_day_goes_on(
    desk: Desk, vendor: Practice
) -> None:
    vendor.limits("pipedrive", daily_headers=False)
    desk.destination.check()
    vendor.fault("daily", vendor="pipedrive", match={"method": "POST"})
    with pytest.raises(QuotaExhausted, match="used up"):
        desk.create("deals", {key(1): {"title": "x"}})
    refused = [call for call in calls(vendor) if call["status"] == 429]
    assert len(refused) == 1
    vendor.clock(advance=86_400)
    assert desk.create("deals", {key(1): {"title": "x"}})


@pytest.mark.parametrize(
    "day",
    [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)],
    ids=["clocks go on", "clocks go back"],
)
def test_the_budget_is_looked_for_just_after_every_quarter_of_an_hour(day: datetime) -> None:
    looked = [day]
    while looked[-1] < day + timedelta(hours=25):
        looked.append(next_look(looked[-1]))
    for minutes in range(60, 25 * 60, 15):
        midnight = day.replace(minute=0, second=0) + timedelta(minutes=minutes)
        assert any(timedelta(0) < look - midnight < timedelta(minutes=1) for look in looked)


def test_the_firewalls_page_stops_everything_at_once(desk: Desk, vendor: Practice) -> None:
    desk.destination.check()
    vendor.fault("block", vendor="pipedrive", match={"method": "POST"})
    with pytest.raises(NotAuthorised, match="firewall"):
        desk.write("create", "deals", deals(100))
    before = len(calls(vendor))
    with pytest.raises(NotAuthorised, match="firewall"):
        list(desk.destination.sweep("deals", "7001/", []))
    assert len(calls(vendor)) == before
    assert before < 30


def test_a_plan_that_is_full_stops_the_run_with_choices(desk: Desk, vendor: Practice) -> None:
    vendor.limits("pipedrive", deal_cap=0)
    with pytest.raises(Misconfigured, match=r"won and lost ones count.*larger plan"):
        desk.write("create", "deals", deals(1))


def test_a_token_that_is_revoked_midway_is_not_authorised(desk: Desk, vendor: Practice) -> None:
    desk.destination.check()
    vendor.edit("pipedrive", op="token", action="revoke")
    with pytest.raises(NotAuthorised, match="token is not valid"):
        desk.write("create", "deals", deals(3))


def test_another_address_is_never_followed(desk: Desk, vendor: Practice) -> None:
    vendor.fault("status", status=302, body="", match={"path": "/users/me"})
    with pytest.raises(Misconfigured, match="another address"):
        desk.destination.check()


def test_what_we_think_a_call_costs_is_what_the_vendor_takes(desk: Desk, vendor: Practice) -> None:
    desk.make_fields()
    ids = desk.create("deals", {key(1): {"title": "x"}})
    noted = desk.create("notes", {key(1, "notes"): {"deal_id": ids[key(1)]}})
    desk.write("update", "notes", [Row(k, id, {"content": "y"}) for k, id in noted.items()])
    desk.read("notes", *noted.values(), "content")
    for object in desk.destination.ORDER:
        list(desk.destination.sweep(object, "7001/", []))
    list(desk.destination.children("deals", list(ids.values())))
    desk.write("delete", "notes", [Row(k, id, {}) for k, id in noted.items()])
    desk.write("delete", "deals", [Row(k, id, {}) for k, id in ids.items()])
    seen = {(call["method"], call["path"].split("?")[0], call["cost"]) for call in calls(vendor)}
    assert len(seen) > 15
    assert {each for each in seen if cost(each[0], each[1]) != each[2]} == set()
