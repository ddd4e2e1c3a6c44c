"""A practice contractor for whole moves."""

from collections.abc import Iterator

import pytest

from tests.practice import Practice, start

CUSTOMERS, JOBS = 90, 170
"""Enough for several placeholders, bulk jobs and one-by-one answers alike."""


@pytest.fixture(scope="session")
def moved_contractor() -> Iterator[Practice]:
    running = start(customers=CUSTOMERS, jobs=JOBS)
    yield running
    running.stop()


@pytest.fixture
def practice(moved_contractor: Practice) -> Practice:
    moved_contractor.reset()
    return moved_contractor
