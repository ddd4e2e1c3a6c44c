"""A client with a link to a reviewable sample."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.projects.review.reader import Reader


@pytest.fixture
def kim(db: None) -> "Reader":
    """Kim holds a link to three jobs."""
    # A conftest named on the command line is read before Django is set up.
    from tests.factories import reviewable
    from tests.projects.review.reader import reader

    return reader(reviewable())
