"""The feeds, lists, files and edits of the practice ServiceTitan."""

import struct
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.practice.servicetitan.attachments import ODD, files_of
from connectors.practice.servicetitan.resources import RESOURCES
from tests.connectors.practice.conftest import Tenant
from tests.practice import Practice

FEEDS = {r.object: f"{r.module}/export/{r.path}" for r in RESOURCES if r.export}
JOBS, CUSTOMERS = FEEDS["jobs"], FEEDS["customers"]
ASSIGNMENTS = FEEDS["appointment-assignments"]
UNSTAMPED = {"job-history", "job-canceled-logs"}  # rows that do not tell when they changed


@pytest.mark.parametrize("object", sorted(FEEDS.keys() - UNSTAMPED))
def test_a_feed_gives_every_row_once_in_order_of_change(
    practice: Practice, tenant: Tenant, object: str
) -> None:
    practice.limits("servicetitan", page_rows=300, rate=0)
    rows, _ = tenant.feed(FEEDS[object], active="Any")
    assert len({row["id"] for row in rows}) == len(rows)
    assert len(rows) == practice.state()["servicetitan"][object]["count"] > 0
    order = [(datetime.fromisoformat(row["modifiedOn"]), row["id"]) for row in rows]
    # Microseconds are what Python keeps of seven digits: equal ones say nothing about ids.
    assert [moment for moment, _ in order] == sorted(moment for moment, _ in order)


def test_history_comes_nested_by_job_and_some_jobs_come_twice(
    practice: Practice, tenant: Tenant
) -> None:
    practice.limits("servicetitan", page_rows=300, rate=0)
    rows, _ = tenant.feed(FEEDS["job-history"])
    assert len(rows) == practice.state()["servicetitan"]["job-history"]["count"]
    assert {row["jobId"] for row in rows} == {job["id"] for job in tenant.feed(JOBS)[0]}
    events = [event["id"] for row in rows for event in row["history"]]
    assert len(rows) > 1000
    assert len(set(events)) < len(events)


def test_the_feed_of_cancellations_is_in_order_of_their_creation(tenant: Tenant) -> None:
    rows, _ = tenant.feed(FEEDS["job-canceled-logs"])
    times = [datetime.fromisoformat(row["createdOn"]) for row in rows]
    assert times == sorted(times)
    assert {row["active"] for row in rows} == {True, False}


def test_the_last_page_has_a_token_that_later_gives_only_what_changed(
    practice: Practice, tenant: Tenant
) -> None:
    _, token = tenant.feed(JOBS)
    assert tenant.feed(JOBS, **{"from": token}) == ([], token)
    job = practice.edit("servicetitan", op="update", object="jobs", nth=3, set={"summary": "New"})
    assert tenant.feed(JOBS, **{"from": token})[0] == []
    practice.clock(advance=16 * 60)
    tenant.sign_in()
    assert tenant.feed(JOBS, **{"from": token})[0] == [job]


def test_recent_changes_come_at_once_and_come_again(practice: Practice, tenant: Tenant) -> None:
    _, token = tenant.feed(JOBS)
    job = practice.edit("servicetitan", op="update", object="jobs", nth=3, set={"summary": "New"})
    for _ in range(2):
        rows, token = tenant.feed(JOBS, includeRecentChanges="true", **{"from": token})
        assert rows == [job]


def test_a_token_is_the_place_of_the_last_row(tenant: Tenant) -> None:
    rows, token = tenant.feed(JOBS)
    version, time, id, tail = struct.unpack("<BQq4s", b64decode(token))
    moment = datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=(time - 2**62) // 10)
    assert (version, id, tail.hex()) == (1, rows[-1]["id"], "17270f14")
    assert moment == datetime.fromisoformat(rows[-1]["modifiedOn"])


def test_a_feed_from_a_date_includes_that_date(tenant: Tenant) -> None:
    rows, _ = tenant.feed(CUSTOMERS)
    middle = rows[len(rows) // 2]["modifiedOn"]
    later, _ = tenant.feed(CUSTOMERS, **{"from": middle})
    assert later[0]["modifiedOn"] == middle
    assert later == [row for row in rows if row["modifiedOn"] >= middle]


def test_many_customers_of_one_import_share_their_time(tenant: Tenant) -> None:
    times = [row["createdOn"] for row in tenant.feed(CUSTOMERS)[0]]
    assert max(times.count(time) for time in set(times)) > 5


def test_only_the_assignment_feed_hides_inactive_rows_unless_asked(tenant: Tenant) -> None:
    active, _ = tenant.feed(ASSIGNMENTS)
    everything, _ = tenant.feed(ASSIGNMENTS, active="Any")
    inactive, _ = tenant.feed(ASSIGNMENTS, active="False")
    assert all(row["active"] for row in active)
    assert len(active) + len(inactive) == len(everything) > len(active)
    assert not all(row["active"] for row in tenant.feed(CUSTOMERS, active="True")[0])


def test_lists_show_fifty_active_rows_and_no_total_unless_asked(tenant: Tenant) -> None:
    page = tenant.fetch("crm/customers").json()
    assert (page["page"], page["pageSize"], page["hasMore"]) == (1, 50, True)
    assert page["totalCount"] is None
    assert all(row["active"] for row in page["data"])
    everything = tenant.fetch("crm/customers", active="Any", includeTotal="true").json()
    assert everything["totalCount"] == 300


def test_lists_filter_by_time_id_and_parent_and_sort(tenant: Tenant) -> None:
    job = tenant.data("jpm/jobs", pageSize=1)[0]
    assert tenant.data("jpm/jobs", ids=job["id"]) == [job]
    own = tenant.data("jpm/jobs", customerId=job["customerId"], pageSize=5000)
    assert {row["customerId"] for row in own} == {job["customerId"]}
    since = tenant.data("jpm/jobs", modifiedOnOrAfter=job["modifiedOn"], pageSize=5000)
    before = tenant.data("jpm/jobs", modifiedBefore=job["modifiedOn"], pageSize=5000)
    assert len(since) + len(before) == 1000
    assert job in since
    held = tenant.data("jpm/jobs", jobStatus="Hold", pageSize=5000)
    assert {row["jobStatus"] for row in held} == {"Hold"}
    ids = [row["id"] for row in tenant.data("jpm/jobs", sort="-Id")]
    assert ids == sorted(ids, reverse=True)


def test_some_lists_lack_fields_that_the_feed_has(tenant: Tenant) -> None:
    assert "active" not in tenant.data("jpm/jobs")[0]
    assert "active" in tenant.fetch(JOBS).json()["data"][0]


def test_an_edit_while_one_pages_shifts_the_rows_behind_it(
    practice: Practice, tenant: Tenant
) -> None:
    window = {"modifiedBefore": "2026-01-01T00:00:00Z", "sort": "Id", "pageSize": 100}
    first = tenant.data("jpm/jobs", page=1, **window)
    expected = tenant.data("jpm/jobs", page=2, **window)
    practice.edit("servicetitan", op="update", object="jobs", id=first[0]["id"], set={})
    assert tenant.data("jpm/jobs", page=2, **window)[:99] == expected[1:]


def test_a_contact_changes_without_its_customer(practice: Practice, tenant: Tenant) -> None:
    contact = tenant.feed(FEEDS["customer-contacts"])[0][0]
    customer = tenant.fetch(f"crm/customers/{contact['customerId']}").json()
    edit = {"op": "update", "object": "customer-contacts", "id": contact["id"]}
    changed = practice.edit("servicetitan", **edit, set={"value": "new@example.com"})
    assert changed["modifiedOn"] > contact["modifiedOn"]
    assert tenant.fetch(f"crm/customers/{customer['id']}").json() == customer


def test_a_merge_leaves_an_inactive_customer_and_moves_its_jobs(
    practice: Practice, tenant: Tenant
) -> None:
    job = tenant.data("jpm/jobs", pageSize=1)[0]
    into = next(c for c in tenant.data("crm/customers") if c["id"] != job["customerId"])
    merge = {"op": "merge", "object": "customers", "id": job["customerId"], "into": into["id"]}
    merged = practice.edit("servicetitan", **merge)
    assert (merged["active"], merged["mergedToId"]) == (False, into["id"])
    assert tenant.fetch(f"jpm/jobs/{job['id']}").json()["customerId"] == into["id"]
    assert tenant.data("jpm/jobs", customerId=job["customerId"]) == []


def test_created_deleted_and_removed_records_are_what_the_vendor_shows(
    practice: Practice, tenant: Tenant
) -> None:
    made = practice.edit("servicetitan", op="create", object="jobs", nth=0, set={"summary": "2nd"})
    assert tenant.fetch(f"jpm/jobs/{made['id']}").json()["summary"] == "2nd"
    gone = practice.edit("servicetitan", op="delete", object="appointments", nth=0)
    assert gone["active"] is False
    assert practice.edit("servicetitan", op="remove", object="job-types", nth=0) == {}
    assert practice.state()["servicetitan"]["job-types"]["count"] == 15


def job_with_file(tenant: Tenant, name: str) -> tuple[int, int]:
    """A job and one of its files of that odd kind."""
    for job in tenant.feed(JOBS)[0]:
        for each in files_of(job["id"]):
            if each.name == name:
                return job["id"], each.id
    raise AssertionError(f"no job has a file {name}")


def test_files_are_listed_without_size_and_lie_on_another_host(tenant: Tenant) -> None:
    job, id = job_with_file(tenant, "scan.jpg")
    listed = tenant.data(f"forms/jobs/{job}/attachments")
    assert {"id", "fileName", "createdById", "createdOn"} == listed[0].keys()
    answer = tenant.fetch(f"forms/jobs/attachment/{id}")
    assert answer.status_code == 302
    assert not answer.headers["Location"].startswith(tenant.account["api_url"])
    blob = httpx.get(answer.headers["Location"])
    assert (len(blob.content), blob.headers["Content-Type"]) == (4_000, "application/pdf")


@pytest.mark.parametrize(("name", "size", "_"), [odd for odd in ODD if odd[1] >= 0])
def test_odd_files_come_whole(tenant: Tenant, name: str, size: int, _: str) -> None:
    location = tenant.fetch(f"forms/jobs/attachment/{job_with_file(tenant, name)[1]}").headers
    assert len(httpx.get(location["Location"]).content) == size


def test_the_file_host_refuses_our_token_a_stale_and_an_altered_address(
    practice: Practice, tenant: Tenant
) -> None:
    _, id = job_with_file(tenant, "scan.jpg")
    url = tenant.fetch(f"forms/jobs/attachment/{id}").headers["Location"]
    token = {"Authorization": tenant.headers["Authorization"]}
    assert httpx.get(url, headers=token).status_code == 403
    assert httpx.get(url.replace("sig=", "sig=0")).status_code == 403
    practice.clock(advance=601)
    assert httpx.get(url).status_code == 403


def test_a_file_that_the_host_has_lost_is_not_found(tenant: Tenant) -> None:
    _, id = job_with_file(tenant, "lost.png")
    url = tenant.fetch(f"forms/jobs/attachment/{id}").headers["Location"]
    assert httpx.get(url).status_code == 404


def test_an_edit_may_set_what_the_vendor_would_never_send(
    practice: Practice, tenant: Tenant
) -> None:
    odd = {"jobStatus": "Paused", "jobTypeId": None, "modifiedOn": "2025-01-02T03:04:05.1234567"}
    job = practice.edit("servicetitan", op="update", object="jobs", nth=0, set=odd)
    assert tenant.fetch(f"jpm/jobs/{job['id']}").json().items() >= odd.items()
    rows, _ = tenant.feed(JOBS, **{"from": "2025-01-02T03:04:05Z"})
    assert rows[0] == job


def test_notes_are_listed_under_their_parent_without_naming_it(
    practice: Practice, tenant: Tenant
) -> None:
    practice.limits("servicetitan", rate=0)
    found = 0
    for customer in tenant.data("crm/customers", active="Any", pageSize=40):
        notes = tenant.data(f"crm/customers/{customer['id']}/notes")
        found += len(notes)
        assert all("customerId" not in note for note in notes)
    assert found
    note = practice.edit(
        "servicetitan", op="create", object="customer-notes", nth=0, set={"text": "New"}
    )
    owners = [
        customer["id"]
        for customer in tenant.data("crm/customers", active="Any", pageSize=40)
        if note in tenant.data(f"crm/customers/{customer['id']}/notes")
    ]
    assert len(owners) == 1


def test_a_change_of_a_row_that_shows_no_time_is_in_the_feed_again(
    practice: Practice, tenant: Tenant
) -> None:
    for object in sorted(UNSTAMPED):
        rows, token = tenant.feed(FEEDS[object])
        edit = {"op": "update", "object": object, "nth": 2, "set": {}}
        changed = practice.edit("servicetitan", **edit)
        assert changed in rows
        recent = {"from": token, "includeRecentChanges": "true"}
        assert tenant.feed(FEEDS[object], **recent)[0] == [changed]


def test_forms_are_filtered_by_status_owner_and_time(practice: Practice, tenant: Tenant) -> None:
    path = "forms/submissions"
    everything = tenant.data(path, status="Any", active="Any", pageSize=500)
    completed = tenant.data(path, active="Any", pageSize=500)
    assert {form["status"] for form in completed} == {"Completed"}
    assert len(completed) < len(everything)
    (form, *_) = completed
    owner = {"owners[0].type": "Job", "owners[0].id": form["owners"][0]["id"]}
    assert tenant.data(path, active="Any", **owner) == [form]
    assert tenant.data(path, **(owner | {"owners[0].type": "Customer"})) == []
    assert len(tenant.data(path, ownerType="Customer")) > 0
    later = tenant.data(
        path, active="Any", status="Any", submittedOnOrAfter=form["submittedOn"], pageSize=500
    )
    assert form in later
    assert len(later) < len(everything)
    practice.edit("servicetitan", op="delete", object="form-submissions", id=form["id"])
    assert form not in tenant.data(path, pageSize=500)


def test_teams_and_reasons_are_asked_for_in_ways_of_their_own(tenant: Tenant) -> None:
    assert {team["active"] for team in tenant.data("dispatch/teams", active="Any")} == {True}
    assert len(tenant.data("dispatch/teams", includeInactive="true")) == 4
    assert {reason["active"] for reason in tenant.data("jpm/job-cancel-reasons")} == {True, False}
    hours = tenant.fetch("dispatch/business-hours").json()
    assert hours.keys() == {"weekdays", "saturday", "sunday"}


def test_files_of_a_job_are_filtered_by_when_they_came(tenant: Tenant) -> None:
    job, _ = job_with_file(tenant, "scan.jpg")
    path = f"forms/jobs/{job}/attachments"
    files = tenant.data(path)
    assert tenant.data(path, createdOnOrAfter=files[-1]["createdOn"]) == files[-1:]
    assert tenant.data(path, createdBefore=files[-1]["createdOn"]) == files[:-1]
    assert tenant.data(path, sort="-Id") == files[::-1]
