"""A small practice contractor, and sources that read it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stamina

from connectors.servicetitan import client
from connectors.servicetitan.source import ServiceTitan
from tests import practice

SECRETS = ("client_secret", "app_key")
Open = Callable[..., ServiceTitan]


@pytest.fixture(scope="session")
def running() -> Iterator[practice.Practice]:
    started = practice.start(customers=60, jobs=150, seed=3)
    yield started
    started.stop()


@pytest.fixture
def vendor(running: practice.Practice) -> practice.Practice:
    """Fresh records, no faults, and feeds cut into pages of 40 rows."""
    running.reset()
    running.limits("servicetitan", page_rows=40, rate=0)
    return running


@pytest.fixture
def open_source(vendor: practice.Practice) -> Iterator[Open]:
    """Opens a source, with settings or secrets replaced by name."""
    opened: list[ServiceTitan] = []

    def _open(**other: Any) -> ServiceTitan:
        values = vendor.urls["servicetitan"] | other
        secrets = {name: values.pop(name) for name in SECRETS}
        opened.append(ServiceTitan(values, secrets))
        return opened[-1]

    yield _open
    for source in opened:
        source.close()


@pytest.fixture
def source(open_source: Open) -> ServiceTitan:
    return open_source()


@pytest.fixture(autouse=True)
def _without_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(client, "CALLS_PER_SECOND", 10_000)
    with stamina.set_testing(True, attempts=4, cap=True):
        yield
