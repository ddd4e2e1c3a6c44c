"""Whether a deal keeps the time at which its job was made: as the account takes it, or not."""

import pytest

from connectors.errors import Misconfigured
from tests.connectors.pipedrive.conftest import Desk, Open, calls, key
from tests.practice import Practice

MADE = "2019-04-02T13:05:00Z"


@pytest.mark.parametrize("takes", [True, False])
def test_a_check_asks_the_account_and_makes_nothing(
    open_destination: Open, vendor: Practice, takes: bool
) -> None:
    vendor.limits("pipedrive", deal_add_time=takes)
    before = vendor.state()["pipedrive"]["deals"]
    destination = open_destination(deal_add_time="auto")
    assert destination.check().learned == {"deal_add_time": "yes" if takes else "no"}
    (deals,) = destination.describe(["deals"])
    added = deals.field("add_time")
    assert added is not None
    assert (added.createable, added.updateable) == (takes, False)
    assert len(calls(vendor, "POST")) == 1
    assert vendor.state()["pipedrive"]["deals"] == before


@pytest.mark.parametrize("said", ["yes", "no"])
def test_an_account_of_which_it_is_known_is_not_asked(
    open_destination: Open, vendor: Practice, said: str
) -> None:
    destination = open_destination(deal_add_time=said)
    assert destination.check().learned == {}
    (deals,) = destination.describe(["deals"])
    added = deals.field("add_time")
    assert added is not None
    assert added.createable is (said == "yes")
    assert calls(vendor, "POST") == []


def test_a_deal_keeps_its_time_where_the_account_takes_it(
    open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("pipedrive", deal_add_time=True)
    desk = Desk(open_destination(deal_add_time="yes"))
    ids = desk.create("deals", {key(1): {"title": "x", "add_time": MADE}})
    assert desk.read("deals", ids[key(1)], "add_time") == {"add_time": MADE}


def test_another_word_is_refused(open_destination: Open) -> None:
    with pytest.raises(Misconfigured, match="auto, yes, no"):
        open_destination(deal_add_time="maybe")
