"""What changed at the source after the load: it arrives, once, and nothing of others is lost.
Judged by what the practice vendors hold themselves."""

from collections.abc import Iterator
from typing import Any

import pytest

from projects import audit
from projects.models import Engagement
from tests import moves
from tests.journeys import vendors
from tests.journeys.vendors import KEY, TENANT, Row
from tests.practice import Practice

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(practice: Practice) -> Engagement:
    """Loaded; then some time passes."""
    engagement = moves.loaded(practice)
    practice.clock(advance=3600)
    return engagement


def source(practice: Practice, **command: Any) -> Row:
    """A dispatcher's edit."""
    return practice.edit("servicetitan", **command)  # type: ignore[no-any-return]


def a_customer(practice: Practice, kind: str, n: int = 0, jobs: bool = True) -> Row:
    """The n-th active customer of that kind with a phone, and with a job if wanted."""
    found = vendors.source(practice)
    phones = {c["customerId"] for c in found["customer-contacts"].values() if c["active"]}
    busy = {j["customerId"] for j in found["jobs"].values()}
    fit = (
        c
        for c in sorted(found["customers"].values(), key=lambda c: int(c["id"]))
        if c["type"] == kind and c["active"] and c["mergedToId"] is None
        and c["id"] in phones and (not jobs or c["id"] in busy)
    )  # fmt: skip
    return [next(fit) for _ in range(n + 1)][-1]


def test_what_changed_arrives_and_nothing_else_is_sent(
    practice: Practice, engagement: Engagement
) -> None:
    before = vendors.org(practice)
    job = source(practice, op="update", object="jobs", nth=0, set={"summary": "<p>New</p>"})
    customer = a_customer(practice, "Residential")
    fresh = source(practice, op="create", object="customers", like=customer["id"],
                   set={"name": "Nora Fresh"})  # fmt: skip
    booked = source(practice, op="create", object="jobs", like=job["id"],
                    set={"customerId": fresh["id"], "recallForId": None})  # fmt: skip
    run = moves.perform(engagement, "delta")
    after = vendors.org(practice)
    assert dict(_changed(before, after)) == {
        _id(after, "Case", f"jobs/{job['id']}"): {"Description": "New"}
    }
    assert set(_new(before, after)) == {
        (name, f"{TENANT}/{key}")
        for name, key in (("Contact", f"customers/{fresh['id']}"), ("Case", f"jobs/{booked['id']}"))
    }
    print(run.tally, run.message)
    assert audit.verify(engagement) == []
    calls = vendors.calls(practice)
    moves.perform(engagement, "delta")
    assert vendors.writes(practice, since=calls) == []
    assert not moves.perform(engagement, "reconcile").differences.exists()


def _id(org: dict[str, dict[str, Row]], object: str, key: str) -> str:
    return str(vendors.by_key(org[object])[f"{TENANT}/{key}"]["Id"])


def _changed(
    before: dict[str, dict[str, Row]], after: dict[str, dict[str, Row]]
) -> Iterator[tuple[str, Row]]:
    """Id and new values of every record that is not as it was."""
    for name, records in before.items():
        for id, record in records.items():
            old, new = vendors.content(record), vendors.content(after[name][id])
            if old != new:
                yield id, {n: v for n, v in new.items() if old.get(n) != v}


def _new(
    before: dict[str, dict[str, Row]], after: dict[str, dict[str, Row]]
) -> Iterator[tuple[str, str]]:
    for name, records in after.items():
        for id in records.keys() - before[name].keys():
            yield name, records[id][KEY]
