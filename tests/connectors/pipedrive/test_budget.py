"""The burst shared by all who call, the day's budget on any day, and a firewall that shuts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Event, Thread

import httpx
import pytest

from connectors.errors import Blocked, QuotaExhausted
from connectors.pipedrive.window import SECONDS
from connectors.values import Row
from tests.connectors.pipedrive.conftest import Desk, Open, calls, deals, key
from tests.practice import Practice

BURST = 40
THEIRS = 5
"""Calls a second that somebody else makes."""


@pytest.mark.alone
def test_two_workers_that_write_deals_notes_and_files_are_never_refused(
    open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("pipedrive", burst=BURST)
    desks = [Desk(open_destination()), Desk(open_destination())]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_write_all_kinds, desks, (0, 1000)))
    assert {call["status"] for call in calls(vendor)} == {200}
    assert _share_of_the_burst(vendor) >= 0.9


@pytest.mark.alone
def test_with_somebody_else_at_most_one_call_a_window_is_refused(
    open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("pipedrive", burst=BURST)
    desk = Desk(open_destination())
    with _somebody_else(vendor):
        desk.create("deals", {row.key: row.values for row in deals(100)})
    refused = [_moment(c) for c in calls(vendor, "POST") if c["status"] == 429]
    window = timedelta(seconds=SECONDS)
    assert all(b - a > window for a, b in pairwise(refused))


@pytest.mark.parametrize("midnight", ["2026-03-29", "2026-10-25", "2026-11-01"])
def test_a_day_that_is_used_up_to_the_reserve_goes_on_when_a_probe_finds_it_reset(
    open_destination: Open, vendor: Practice, midnight: str
) -> None:
    reset = datetime.fromisoformat(f"{midnight}T00:00:00+00:00")
    vendor.clock(now=(reset - timedelta(hours=1)).isoformat())
    vendor.limits("pipedrive", daily_tokens=600)
    rows = {row.key: row.values for row in deals(300)}
    with pytest.raises(QuotaExhausted, match="200 are kept"):
        Desk(open_destination(reserve="200")).create("deals", rows)
    used = _tokens(vendor)
    assert 600 - 200 - 10 <= used <= 600 - 200
    vendor.clock(now=(reset - timedelta(minutes=1)).isoformat())
    with pytest.raises(QuotaExhausted):
        Desk(open_destination(reserve="200")).create("deals", rows)
    assert _tokens(vendor) - used <= 20, "a look must cost next to nothing"
    vendor.clock(now=(reset + timedelta(minutes=1)).isoformat())
    assert Desk(open_destination(reserve="200")).create("deals", {key(500): {"title": "x"}})
    assert {call["status"] for call in calls(vendor)} == {200}


def test_a_firewall_shuts_every_client_of_the_account_until_a_person_checks_it(
    open_destination: Open, vendor: Practice
) -> None:
    first, other = (Desk(open_destination()) for _ in range(2))
    other.create("deals", {key(1): {"title": "x"}})
    vendor.fault("block", vendor="pipedrive", match={"method": "POST"}, seconds=600)
    with pytest.raises(Blocked, match="firewall"):
        first.create("deals", {key(2): {"title": "x"}})
    before = len(calls(vendor))
    for desk in (other, Desk(open_destination())):
        with pytest.raises(Blocked, match="check the connection again"):
            desk.create("deals", {key(3): {"title": "x"}})
    assert len(calls(vendor)) == before
    with pytest.raises(Blocked):
        other.destination.check()
    assert len(calls(vendor)) == before + 1


def _write_all_kinds(desk: Desk, first: int) -> None:
    made = desk.create("deals", {key(first + n): {"title": "x"} for n in range(80)})
    notes = {k.replace("jobs", "notes"): {"content": "x", "deal_id": id} for k, id in made.items()}
    desk.create("notes", notes)
    rows = [
        Row(k.replace("jobs", "attachments"), None, {"name": "a.txt", "deal_id": id}, _content)
        for k, id in list(made.items())[:40]
    ]
    assert {o.status for o in desk.write("create", "files", rows).values()} == {"done"}


def _content() -> Iterator[bytes]:
    yield b"file"


@contextmanager
def _somebody_else(vendor: Practice) -> Iterator[None]:
    """The client's own integration, with our token."""
    stop, account = Event(), vendor["pipedrive"]
    begun = Event()

    def work() -> None:
        headers = {"x-api-token": account["token"]}
        with httpx.Client(base_url=account["url"], headers=headers) as client:
            while not stop.wait(1 / THEIRS):
                client.get("/api/v1/users/me")
                begun.set()

    thread: Thread = Thread(target=work)
    thread.start()
    begun.wait(10)
    yield
    stop.set()
    thread.join()


def _share_of_the_burst(vendor: Practice) -> float:
    """Calls made while we wrote, of those that the windows it took allow."""
    written = calls(vendor, "POST")
    sent = [c for c in calls(vendor) if written[0]["n"] <= c["n"] <= written[-1]["n"]]
    seconds = (_moment(sent[-1]) - _moment(sent[0])).total_seconds()
    return len(sent) / (BURST * seconds / SECONDS)


def _tokens(vendor: Practice) -> int:
    return sum(int(call["cost"]) for call in calls(vendor))


def _moment(call: dict[str, str]) -> datetime:
    return datetime.fromisoformat(call["time"])
