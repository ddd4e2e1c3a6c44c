"""A practice org, destinations that write to it, and a way to see a chunk through."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import stamina

from connectors.salesforce.destination import Salesforce
from connectors.values import Chunk, Outcome, Pending, Record, Row, Ticket, Verb
from tests import practice

Open = Callable[..., Salesforce]
Key = str


class Desk:
    """Writes through one destination and waits for the outcomes."""

    def __init__(self, destination: Salesforce) -> None:
        self.destination = destination
        self.opened: list[Ticket] = []

    def submit(self, verb: Verb, object: str, rows: list[Row]) -> Ticket:
        return self.destination.submit(Chunk(verb, object, tuple(rows)), self.opened.append)

    def collect(self, ticket: Ticket) -> dict[Key, Outcome]:
        while isinstance(answer := self.destination.collect(ticket), Pending):
            continue
        outcomes = list(answer)
        by_key = {outcome.key: outcome for outcome in outcomes}
        assert len(by_key) == len(outcomes)
        return by_key

    def write(self, verb: Verb, object: str, rows: list[Row]) -> dict[Key, Outcome]:
        return self.collect(self.submit(verb, object, rows))

    def create(self, object: str, values: dict[Key, dict[str, Any]]) -> dict[Key, str]:
        """Records that must come into being; key → id."""
        outcomes = self.write("create", object, [Row(k, None, v) for k, v in values.items()])
        assert {o.status for o in outcomes.values()} == {"done"}, outcomes
        return {key: str(o.id) for key, o in outcomes.items()}

    def find(self, object: str, keys: Iterable[Key]) -> list[Record]:
        return list(self.destination.find(object, [Row(key, None, {}) for key in keys]))

    def read(self, object: str, id: str, *fields: str) -> dict[str, Any]:
        (record,) = self.destination.fetch(object, [id], fields)
        return dict(record.values)


@pytest.fixture(scope="session")
def running() -> Iterator[practice.Practice]:
    started = practice.start(customers=20, jobs=20, seed=3)
    yield started
    started.stop()


@pytest.fixture
def vendor(running: practice.Practice) -> practice.Practice:
    """The org as on the first day; its bulk jobs begin at once."""
    running.reset()
    running.limits("salesforce", bulk_delay=0)
    return running


@pytest.fixture
def open_destination(vendor: practice.Practice) -> Iterator[Open]:
    """Opens a destination, with settings or the secret replaced by name."""
    opened: list[Salesforce] = []

    def _open(**other: str) -> Salesforce:
        values = {**vendor["salesforce"], **other}
        secrets = {name: values.pop(name, "") for name in ("client_secret", "private_key")}
        names = ("url", "client_id", "username", "api_version", "bulk_from")
        settings = {name: values.get(name, "") for name in names}
        opened.append(Salesforce(settings, secrets))
        return opened[-1]

    yield _open
    for destination in opened:
        destination.close()


@pytest.fixture
def desk(open_destination: Open) -> Desk:
    return Desk(open_destination())


@pytest.fixture(autouse=True)
def _without_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


def calls(vendor: practice.Practice) -> int:
    """How many calls there were so far, for `history(since)`."""
    return len(vendor.history())


def key(number: int, object: str = "customers") -> str:
    return f"7001/{object}/{number}"


def accounts(count: int, **values: Any) -> dict[Key, dict[str, Any]]:
    return {key(n): {"Name": f"Company {n}", **values} for n in range(count)}
