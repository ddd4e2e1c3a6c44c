"""A small practice contractor, read whole, and staff who are signed in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests import practice as practices

if TYPE_CHECKING:
    from projects.models import Engagement


@pytest.fixture(scope="session")
def running() -> Iterator[practices.Practice]:
    started = practices.start(customers=20, jobs=40, seed=5)
    yield started
    started.stop()


@pytest.fixture
def practice(running: practices.Practice) -> practices.Practice:
    running.reset()
    return running


@pytest.fixture
def extracted(db: None, practice: practices.Practice) -> "Engagement":
    # A conftest named on the command line is read before Django is set up.
    from tests import moves

    engagement = moves.inventoried(practice)
    moves.perform(engagement, "extract")
    return engagement


@pytest.fixture
def site(db: None, client: Client) -> Client:
    from django.contrib.auth.models import User

    client.force_login(User.objects.create(username="anna", is_staff=True, is_superuser=True))
    return client
