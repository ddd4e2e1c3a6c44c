"""Households under their placeholders: never too many, and never moved."""

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from projects.models import Engagement, Placement, SourceRecord
from projects.placements import place
from projects.presets import PlacementRule
from projects.presets.servicetitan_salesforce import PLACEMENT
from projects.shapes import When
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db
RULE = PlacementRule("customers", (When("type", ("Commercial",), negate=True),), "jobs")


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(placeholder_children=5)


def customer(engagement: Engagement, id: int, cases: int = 0, **data: object) -> None:
    """A customer of the source and its jobs."""
    values = {"type": "Residential", "mergedToId": None} | data
    SourceRecord.objects.create(
        engagement=engagement, object="customers", source_id=str(id), data=values
    )
    SourceRecord.objects.bulk_create(
        SourceRecord(engagement=engagement, object="jobs", source_id=f"{id}-{n}",
                     parent_id=str(id), data={})
        for n in range(cases)
    )  # fmt: skip


def numbers(engagement: Engagement) -> dict[str, int]:
    return dict(engagement.placements.values_list("source_id", "number"))


@given(
    limit=st.integers(1, 8),
    batches=st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=8), min_size=1, max_size=4),
)
def test_no_placeholder_holds_too_many_and_no_household_ever_moves(
    limit: int, batches: list[list[int]]
) -> None:
    with transaction.atomic():
        engagement = EngagementFactory(placeholder_children=limit)
        weights: dict[str, int] = {}
        for batch in batches:
            before = numbers(engagement)
            for cases in batch:
                weights[str(len(weights) + 1)] = 1 + cases
                customer(engagement, len(weights), cases)
            assert place(engagement, RULE) == len(batch)
            after = numbers(engagement)
            assert after.items() >= before.items()
            assert after.keys() == weights.keys()
            _assert_within(limit, after, weights)
        transaction.set_rollback(True)


def _assert_within(limit: int, placed: dict[str, int], weights: dict[str, int]) -> None:
    children, households = Counter[int](), Counter(placed.values())
    for household, number in placed.items():
        children[number] += weights[household]
    assert sorted(households) == list(range(1, len(households) + 1))
    for number, count in children.items():
        assert count <= limit or households[number] == 1


def test_households_fill_one_placeholder_before_the_next_begins(engagement: Engagement) -> None:
    for id, cases in ((1, 1), (2, 2), (3, 0), (4, 4)):
        customer(engagement, id, cases)
    place(engagement, RULE)
    assert numbers(engagement) == {"1": 1, "2": 1, "3": 2, "4": 3}


def test_further_people_of_a_household_count_as_its_children(engagement: Engagement) -> None:
    customer(engagement, 1, 1, name="Smith, John")
    for n, memo in enumerate(("Mary Smith", "MARY SMITH", "Bo Lee", "john smith", "cell", None)):
        SourceRecord.objects.create(
            engagement=engagement, object="customer-contacts", source_id=str(n), parent_id="1",
            data={"memo": memo},
        )  # fmt: skip
    customer(engagement, 2, 0, name="One")
    customer(engagement, 3, 0, name="Two")
    place(engagement, PLACEMENT)
    assert numbers(engagement) == {"1": 1, "2": 1, "3": 2}


def test_a_household_that_alone_exceeds_the_limit_has_a_placeholder_of_its_own(
    engagement: Engagement,
) -> None:
    for id, cases in ((1, 0), (2, 20), (3, 0)):
        customer(engagement, id, cases)
    place(engagement, RULE)
    assert numbers(engagement) == {"1": 1, "2": 2, "3": 3}


def test_placing_again_places_nobody(engagement: Engagement) -> None:
    customer(engagement, 1)
    assert (place(engagement, RULE), place(engagement, RULE)) == (1, 0)
    assert numbers(engagement) == {"1": 1}


def test_a_later_household_counts_the_cases_that_earlier_ones_have_by_now(
    engagement: Engagement,
) -> None:
    customer(engagement, 1, cases=1)
    place(engagement, RULE)
    SourceRecord.objects.create(
        engagement=engagement, object="jobs", source_id="j", parent_id="1", data={}
    )
    customer(engagement, 2, cases=2)
    place(engagement, RULE)
    assert numbers(engagement) == {"1": 1, "2": 2}


def test_companies_and_merged_customers_hang_under_no_placeholder(engagement: Engagement) -> None:
    customer(engagement, 1, type="Commercial")
    customer(engagement, 2, mergedToId=3)
    customer(engagement, 3)
    assert place(engagement, PLACEMENT) == 1
    assert numbers(engagement) == {"3": 1}


def test_records_of_a_check_reading_and_of_other_engagements_place_nobody(
    engagement: Engagement,
) -> None:
    customer(engagement, 1)
    SourceRecord.objects.update(reading="check")
    customer(EngagementFactory(), 2)
    assert place(engagement, RULE) == 0


def test_without_an_account_nobody_is_placed(engagement: Engagement) -> None:
    customer(engagement, 1)
    engagement.households = Engagement.Households.NONE
    assert place(engagement, RULE) == 0
    assert not Placement.objects.exists()
