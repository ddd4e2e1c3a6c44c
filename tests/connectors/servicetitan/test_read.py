"""Reading everything, resuming anywhere, and what changed since."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Misconfigured, Refused
from connectors.servicetitan import reading as module
from connectors.servicetitan.objects import FEEDS
from connectors.servicetitan.source import ServiceTitan
from connectors.values import Page
from tests.practice import Practice

OBJECTS = ServiceTitan.OBJECTS
LISTED = [object for object in OBJECTS if FEEDS[object].kind != "single"]
NEVER_INACTIVE = ("contacts", "form-submissions", "reports")
WHOLE = [n for n in LISTED if not (FEEDS[n].inside or FEEDS[n].under or FEEDS[n].found)]
UNTOLD = [name for name in OBJECTS if FEEDS[name].total is None and name in LISTED]
PLAIN = ServiceTitan({"tenant": "1", "client_id": "c"}, {"client_secret": "s", "app_key": "k"})


def ids(source: ServiceTitan, object: str, pages: list[Page]) -> list[str]:
    return [source.identity(object, record) for page in pages for record in page.records]


@pytest.mark.parametrize("object", WHOLE)
def test_every_record_of_a_feed_is_read_and_twice_the_same(
    source: ServiceTitan, vendor: Practice, object: str
) -> None:
    first, second = (ids(source, object, list(source.read(object))) for _ in range(2))
    assert first == second
    assert len(set(first)) == vendor.state()["servicetitan"][object]["count"] > 0


@pytest.mark.parametrize("object", LISTED)
def test_a_reading_resumed_at_any_cursor_loses_nothing(
    source: ServiceTitan, object: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 3)
    monkeypatch.setattr(module, "PARENTS_A_PAGE", 15)
    pages = list(source.read(object))
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
    everything = set(ids(source, object, pages))
    for number, page in enumerate(pages, 1):
        rest = list(source.read(object, cursor=page.cursor))
        assert {*ids(source, object, pages[:number]), *ids(source, object, rest)} == everything
        if not (page.last or FEEDS[object].under):
            assert len(rest) == len(pages) - number


def test_large_objects_come_in_several_pages(source: ServiceTitan) -> None:
    assert len(list(source.read("jobs"))) == 4
    assert all(len(page.records) <= 40 for page in source.read("jobs"))


def test_the_last_cursor_gives_a_later_change_at_once(
    source: ServiceTitan, vendor: Practice
) -> None:
    pages = list(source.read("jobs"))
    job = pages[0].records[0]["id"]
    vendor.edit("servicetitan", op="update", object="jobs", id=job, set={"summary": "Changed"})
    changed = [r for page in source.read("jobs", cursor=pages[-1].cursor) for r in page.records]
    assert [(r["id"], r["summary"]) for r in changed] == [(job, "Changed")]


@pytest.mark.parametrize("object", ["customers", "job-types"])
def test_since_gives_what_changed_at_or_after_it(
    source: ServiceTitan, vendor: Practice, object: str
) -> None:
    record = next(source.read(object)).records[0]
    later = datetime.fromisoformat(vendor.clock(advance=7200)) - timedelta(seconds=1)
    assert not [r for page in source.read(object, since=later) for r in page.records]
    vendor.edit("servicetitan", op="update", object=object, id=record["id"], set={"name": "New"})
    changed = [r for page in source.read(object, since=later) for r in page.records]
    assert [(r["id"], r["name"]) for r in changed] == [(record["id"], "New")]


def test_a_cursor_wins_over_since(source: ServiceTitan) -> None:
    first = next(source.read("jobs"))
    never = datetime(2999, 1, 1, tzinfo=UTC)
    assert next(source.read("jobs", since=never, cursor=first.cursor)).records


@pytest.mark.parametrize("object", [name for name in WHOLE if name not in NEVER_INACTIVE])
def test_deactivated_records_are_read_too(
    source: ServiceTitan, vendor: Practice, object: str
) -> None:
    record = next(source.read(object)).records[0]
    vendor.edit("servicetitan", op="delete", object=object, id=record["id"])
    states = {
        source.identity(object, r): r.get("active")
        for page in source.read(object)
        for r in page.records
    }
    assert states[source.identity(object, record)] is False


@pytest.mark.parametrize("object", OBJECTS)
def test_a_count_is_what_a_reading_gives_or_not_told(source: ServiceTitan, object: str) -> None:
    told = source.count(object)
    if object in UNTOLD:
        assert told is None
    else:
        assert told == len(set(ids(source, object, list(source.read(object)))))


def test_an_object_that_we_do_not_read_is_named(source: ServiceTitan) -> None:
    with pytest.raises(Misconfigured, match="no object 'projects'"):
        source.read("projects")


@given(
    moment=st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year > 1),
    digits=st.text("0123456789", max_size=7),
    suffix=st.sampled_from(["Z", ""]),
)
def test_any_form_of_change_time_is_read_as_utc(moment: datetime, digits: str, suffix: str) -> None:
    text = f"{moment:%H:%M:%S}" + (f".{digits}" if digits else "") + suffix
    record = {"id": 1, "modifiedOn": f"{moment.date().isoformat()}T{text}"}
    expected = moment.replace(microsecond=int(digits[:6].ljust(6, "0")))
    assert PLAIN.modified_at("jobs", record) == expected


def test_an_absent_change_time_is_none_and_an_unreadable_one_is_refused() -> None:
    for empty in (None, "", "0001-01-01T00:00:00Z"):
        assert PLAIN.modified_at("jobs", {"id": 1, "modifiedOn": empty}) is None
    assert PLAIN.modified_at("jobs", {"id": 1}) is None
    with pytest.raises(Refused, match="jobs/77 has no readable change time"):
        PLAIN.modified_at("jobs", {"id": 77, "modifiedOn": "yesterday"})


def test_an_identity_is_text_and_a_record_without_one_is_refused() -> None:
    assert PLAIN.identity("jobs", {"id": 41870213}) == "41870213"
    with pytest.raises(Refused, match="a record of jobs has no id"):
        PLAIN.identity("jobs", {"id": None})
