"""Bad weather at the vendor: what is repeated, what is passed on, what is refused."""

import pytest

from connectors.errors import Misconfigured, Refused, Unavailable
from connectors.servicetitan.source import ServiceTitan
from tests.practice import Practice

JOBS = {"path": "export/jobs"}


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "retry_after": 1},
        {"kind": "status", "status": 503},
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "status", "status": 200, "body": "<html>gateway</html>"},
        {"kind": "status", "status": 200, "body": '{"hasMore": fal'},
    ],
    ids=["429", "503", "reset", "truncated", "html-200", "cut-200"],
)
def test_a_passing_fault_changes_nothing_of_what_is_read(
    source: ServiceTitan, vendor: Practice, fault: dict[str, object]
) -> None:
    whole = list(source.read("jobs"))
    vendor.fault(**fault, match=JOBS, at=2, times=2)
    assert list(source.read("jobs")) == whole
    assert vendor.faults()[0]["fired"] == 2


def test_a_long_rate_limit_is_passed_on_with_its_time(
    source: ServiceTitan, vendor: Practice
) -> None:
    vendor.fault("status", status=429, retry_after=60, match=JOBS)
    with pytest.raises(Unavailable, match="export/jobs") as caught:
        next(source.read("jobs"))
    assert caught.value.retry_after == 60


@pytest.mark.parametrize("fault", [{"kind": "truncate"}, {"kind": "status", "status": 200}])
def test_a_body_that_stays_broken_is_unavailable(
    source: ServiceTitan, vendor: Practice, fault: dict[str, object]
) -> None:
    vendor.fault(**fault, match=JOBS, times=99)
    with pytest.raises(Unavailable, match="export/jobs"):
        next(source.read("jobs"))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"hasMore": False, "data": []}, "lacks continueFrom"),
        ({"continueFrom": "x", "data": []}, "lacks hasMore"),
        ({"hasMore": False, "continueFrom": "x"}, "lacks data"),
        ({"hasMore": None, "continueFrom": "x", "data": []}, "does not say whether more"),
        ({"hasMore": False, "continueFrom": "x", "data": [7]}, "holds no list of records"),
        ({"hasMore": True, "continueFrom": None, "data": []}, "does not move on"),
    ],
)
def test_a_page_out_of_contract_is_refused_by_object_and_number(
    source: ServiceTitan, vendor: Practice, body: dict[str, object], complaint: str
) -> None:
    vendor.fault("status", status=200, body=body, match=JOBS, at=2)
    pages = source.read("jobs")
    cursor = next(pages).cursor
    vendor.clear_faults()
    if body.get("continueFrom", 0) is None:
        body = body | {"continueFrom": cursor}
    vendor.fault("status", status=200, body=body, match=JOBS)
    with pytest.raises(Refused, match=f"page 2 of this reading of jobs.*{complaint}"):
        next(pages)


def test_a_list_page_out_of_contract_is_refused_too(source: ServiceTitan, vendor: Practice) -> None:
    vendor.fault("status", status=200, body={"page": 1, "data": []}, match={"path": "job-types"})
    with pytest.raises(Refused, match="page 1 of job-types lacks hasMore"):
        next(source.read("job-types"))


def test_a_refused_parameter_is_told_in_the_vendors_words(source: ServiceTitan) -> None:
    with pytest.raises(Refused, match=r"400 “One or more validation.*fields: from"):
        next(source.read("jobs", cursor="not-a-token"))


def test_an_unknown_address_points_at_the_settings(source: ServiceTitan, vendor: Practice) -> None:
    vendor.fault("status", status=404, body={"title": "Not Found"}, match=JOBS)
    with pytest.raises(Misconfigured, match="API address"):
        next(source.read("jobs"))
