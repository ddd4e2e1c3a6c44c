"""Names of states and countries as people type them, to codes."""

import pytest

from projects import codes
from projects.fitting import Context
from projects.presets.servicetitan_salesforce.values import COUNTRIES, STATES


def context(address: dict[str, str | None], argument: str = "US") -> Context:
    record = {"@id": "1", "site": {"address": address}}
    return Context(record, argument, dict(COUNTRIES), {}, "site.address.country")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("OH", "OH"),
        (" oh ", "OH"),
        ("Ohio", "OH"),
        ("CA.", "CA"),
        ("N.Y.", "NY"),
        ("NEW YORK", "NY"),
        ("Québec", "QC"),
        ("", None),
        (None, None),
        ("Upper Austria", "UPPER AUSTRIA"),
    ],
)
def test_a_state_is_its_code_however_it_was_typed(typed: str | None, code: str | None) -> None:
    assert codes.code(typed, Context({}, "", dict(STATES), {}, "state")) == code


@pytest.mark.parametrize(
    ("country", "state", "code"),
    [
        ("USA", "OH", "US"),
        ("u.s.a.", None, "US"),
        ("Canada", "ON", "CA"),
        ("PE", "Lima", "PE"),
        (None, "OH", "US"),
        (None, "on", "CA"),
        (None, "Ontario", "CA"),
        (None, None, None),
        ("Ruritania", None, "RURITANIA"),
    ],
)
def test_a_country_that_is_not_told_is_its_state_s(
    country: str | None, state: str | None, code: str | None
) -> None:
    address = {"state": state, "country": country}
    assert codes.country(country, context(address)) == code


def test_without_an_argument_a_country_that_nobody_told_stays_untold() -> None:
    assert codes.country(None, context({"state": "OH"}, argument="")) is None


def test_a_value_map_may_clear_the_field() -> None:
    assert codes.code("n/a", Context({}, "US", {"N/A": ""}, {}, "state")) is None
    assert codes.code(None, Context({}, "usd", {}, {}, "currency")) == "USD"
