"""A practice company with our fields, destinations that write to it, and what stands there."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.pipedrive.destination import Pipedrive
from connectors.values import Chunk, Outcome, Row, Verb
from tests import practice

Open = Callable[..., Pipedrive]
TENANT = "7001"


class Desk:
    """Writes through one destination."""

    def __init__(self, destination: Pipedrive) -> None:
        self.destination = destination

    def write(self, verb: Verb, object: str, rows: list[Row]) -> dict[str, Outcome]:
        ticket = self.destination.submit(Chunk(verb, object, tuple(rows)), lambda ticket: None)
        return {outcome.key: outcome for outcome in ticket.outcomes}

    def create(self, object: str, values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Records that must come into being; key → id."""
        outcomes = self.write("create", object, [Row(k, None, v) for k, v in values.items()])
        assert {o.status for o in outcomes.values()} <= {"done"}, outcomes
        return {key: str(o.id) for key, o in outcomes.items()}

    def read(self, object: str, id: str, *fields: str) -> dict[str, Any]:
        (record,) = self.destination.fetch(object, [id], fields)
        return dict(record.values)

    def make_fields(self) -> None:
        destination = self.destination
        wanted = destination.missing(destination.manifest(destination.FIELDS))
        assert destination.deployed(destination.deploy(destination.package(wanted), False)) == []


@pytest.fixture(scope="session")
def running() -> Iterator[practice.Practice]:
    started = practice.start(customers=20, jobs=20, seed=3)
    yield started
    started.stop()


@pytest.fixture
def vendor(
    running: practice.Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> practice.Practice:
    """A vendor that counted no call, and a machine that made none."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    running.reset()
    running.limits("pipedrive", burst=1_000_000)
    return running


@pytest.fixture
def open_destination(vendor: practice.Practice) -> Iterator[Open]:
    account, opened = vendor["pipedrive"], list[Pipedrive]()

    def _open(**settings: str) -> Pipedrive:
        opened.append(Pipedrive({"url": account["url"], **settings}, {"token": account["token"]}))
        return opened[-1]

    yield _open
    for destination in opened:
        destination._client.window.open()
        destination.close()


@pytest.fixture
def desk(open_destination: Open) -> Desk:
    return Desk(open_destination())


def key(n: int, object: str = "jobs") -> str:
    return f"{TENANT}/{object}/{n}"


def deals(count: int) -> list[Row]:
    return [Row(key(n), None, {"title": f"Deal {n}"}) for n in range(count)]


def there(vendor: practice.Practice, object: str) -> dict[str, str]:
    """Key → id of ours, as the vendor stores them."""
    found: dict[str, Any] = vendor.edit("pipedrive", op="ids", object=object, prefix=f"{TENANT}/")
    return found


def calls(vendor: practice.Practice, method: str = "", path: str = "") -> list[dict[str, Any]]:
    return [
        call
        for call in vendor.history()
        if call["vendor"] == "pipedrive"
        if method in ("", call["method"]) and path in call["path"]
    ]
