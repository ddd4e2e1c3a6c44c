"""An engagement without vendors, and the practice vendors."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import practice

if TYPE_CHECKING:
    from projects.models import Engagement


@pytest.fixture
def engagement(db: None) -> "Engagement":
    """Northside, with both accounts checked and nothing extracted."""
    # A conftest named on the command line is read before Django is set up.
    from tests.projects.commandline.scripted import northside

    return northside()


@pytest.fixture(scope="session")
def vendors() -> Iterator[practice.Practice]:
    started = practice.start(customers=20, jobs=30)
    yield started
    started.stop()


@pytest.fixture
def urls(vendors: practice.Practice, tmp_path: Path) -> Path:
    """The first line of `manage.py sandbox`, in a file."""
    path = tmp_path / "practice.json"
    path.write_text(json.dumps(vendors.urls))
    return path
