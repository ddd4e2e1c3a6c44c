"""A practice contractor small enough to be moved many times, and workers to be killed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django.fixtures import Settings

from tests.practice import Practice, start

if TYPE_CHECKING:
    from tests.workers import Workers

CUSTOMERS, JOBS = 60, 120
"""Enough that each stage makes a few dozen calls and several slices."""


@pytest.fixture(scope="session")
def contractor() -> Iterator[Practice]:
    running = start(customers=CUSTOMERS, jobs=JOBS)
    yield running
    running.stop()


@pytest.fixture
def practice(contractor: Practice) -> Practice:
    contractor.reset()
    return contractor


@pytest.fixture
def workers(child_environment: dict[str, str], settings: Settings) -> Iterator["Workers"]:
    from tests.workers import LEASE_SECONDS, Workers  # only once Django is set up

    settings.LEASE_SECONDS, settings.BELL_SECONDS = LEASE_SECONDS, 2
    crew = Workers(child_environment)
    yield crew
    crew.dismiss()
