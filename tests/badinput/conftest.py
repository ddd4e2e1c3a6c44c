"""A practice contractor just large enough for its stages, and staff who are signed in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.practice import Practice, start

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@pytest.fixture(scope="session")
def small_contractor() -> Iterator[Practice]:
    running = start(customers=20, jobs=30)
    yield running
    running.stop()


@pytest.fixture
def practice(small_contractor: Practice) -> Practice:
    small_contractor.reset()
    return small_contractor


@pytest.fixture
def staff(db: None) -> "User":
    from django.contrib.auth.models import User  # only once Django is set up

    return User.objects.create(username="anna", is_staff=True, is_superuser=True)


@pytest.fixture
def site(client: Client, staff: "User") -> Client:
    client.force_login(staff)
    return client
