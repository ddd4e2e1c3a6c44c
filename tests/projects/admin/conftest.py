"""Staff who are signed in."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@pytest.fixture
def staff(db: None) -> "User":
    # A conftest named on the command line is read before Django is set up.
    from django.contrib.auth.models import User

    return User.objects.create(username="anna", is_staff=True, is_superuser=True)


@pytest.fixture
def site(client: Client, staff: "User") -> Client:
    client.force_login(staff)
    return client
