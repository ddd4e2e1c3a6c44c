"""A practice contractor small enough to be moved many times."""

from collections.abc import Iterator

import pytest

from tests.practice import Practice, start

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
