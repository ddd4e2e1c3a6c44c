"""A practice contractor for whole moves, and workers for those that need real ones."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django.fixtures import Settings

from tests.practice import Practice, start

if TYPE_CHECKING:
    from tests.workers import Workers

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


@pytest.fixture
def workers(child_environment: dict[str, str], settings: Settings) -> Iterator["Workers"]:
    from tests.workers import LEASE_SECONDS, Workers  # only once Django is set up

    settings.LEASE_SECONDS, settings.BELL_SECONDS = LEASE_SECONDS, 2
    crew = Workers(child_environment)
    yield crew
    crew.dismiss()
