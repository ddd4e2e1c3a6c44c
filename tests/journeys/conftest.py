"""A practice contractor for whole moves."""

from collections.abc import Iterator

import pytest

from tests.practice import Practice, start

CUSTOMERS, JOBS = 90, 170
"""Enough for several placeholders, bulk jobs and one-by-one answers alike."""
FEW_CUSTOMERS, FEW_JOBS = 40, 70
"""Enough for one case of what most of the journeys look at."""


@pytest.fixture(scope="session")
def moved_contractor() -> Iterator[Practice]:
    running = start(customers=CUSTOMERS, jobs=JOBS)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def small_contractor() -> Iterator[Practice]:
    running = start(customers=FEW_CUSTOMERS, jobs=FEW_JOBS)
    yield running
    running.stop()


@pytest.fixture
def large_practice(moved_contractor: Practice) -> Practice:
    moved_contractor.reset()
    return moved_contractor


@pytest.fixture
def practice(small_contractor: Practice) -> Practice:
    small_contractor.reset()
    return small_contractor
