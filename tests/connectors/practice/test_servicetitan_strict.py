"""What the practice ServiceTitan refuses: the rows of the table in its README."""

import httpx
import pytest

from tests.connectors.practice.conftest import Tenant
from tests.practice import Practice

ENVELOPE = {"type", "title", "status", "traceId", "errors", "data"}


def refused(answer: httpx.Response, status: int) -> dict[str, object]:
    assert answer.status_code == status
    body = answer.json()
    assert body.keys() == ENVELOPE
    assert body["status"] == status
    return dict(body)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "cid.other"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_sign_in_refuses_wrong_credentials_and_other_grants(
    tenant: Tenant, form: dict[str, str], error: str
) -> None:
    answer = tenant.token(**form)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_sign_in_takes_a_form_and_no_json(tenant: Tenant) -> None:
    answer = httpx.post(f"{tenant.account['auth_url']}/connect/token", json={})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_sign_in_over_its_rate_is_told_to_wait(practice: Practice, tenant: Tenant) -> None:
    practice.limits("servicetitan", token_rate=1)
    assert tenant.token().status_code == 200
    answer = tenant.token()
    refused(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_call_without_app_key_is_unauthorised(tenant: Tenant) -> None:
    del tenant.headers["ST-App-Key"]
    refused(tenant.fetch("jpm/jobs"), 401)


def test_a_call_with_another_app_key_is_unauthorised(tenant: Tenant) -> None:
    tenant.headers["ST-App-Key"] = "ak1.other"
    refused(tenant.fetch("jpm/jobs"), 401)


def test_a_call_without_token_is_unauthorised(tenant: Tenant) -> None:
    del tenant.headers["Authorization"]
    answer = tenant.fetch("jpm/jobs")
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_was_tampered_with_is_unauthorised(tenant: Tenant) -> None:
    head, claims, signature = tenant.headers["Authorization"].split(".")
    tenant.headers["Authorization"] = f"{head}.{claims[:-2]}AA.{signature}"
    refused(tenant.fetch("jpm/jobs"), 401)


def test_a_token_is_worth_nothing_after_its_fifteen_minutes(
    practice: Practice, tenant: Tenant
) -> None:
    practice.clock(advance=890)
    assert tenant.fetch("jpm/jobs").status_code == 200
    practice.clock(advance=20)
    refused(tenant.fetch("jpm/jobs"), 401)


def test_the_fault_expire_token_ends_every_token_at_once(
    practice: Practice, tenant: Tenant
) -> None:
    practice.fault("expire_token", vendor="servicetitan", match={"path": "/jobs"})
    refused(tenant.fetch("jpm/jobs"), 401)
    tenant.sign_in()
    assert tenant.fetch("jpm/jobs").status_code == 200


def test_the_tenant_in_the_path_must_be_that_of_the_token(tenant: Tenant) -> None:
    refused(tenant.get("/jpm/v2/tenant/8451/jobs"), 403)


def test_an_object_whose_scope_was_not_granted_is_forbidden(
    practice: Practice, tenant: Tenant
) -> None:
    practice.limits("servicetitan", deny=["invoices"])
    refused(tenant.fetch("accounting/export/invoices"), 403)
    refused(tenant.fetch("accounting/invoices"), 403)
    assert tenant.fetch("jpm/jobs").status_code == 200


@pytest.mark.parametrize(
    ("object", "path"),
    [
        ("job-timesheets", "payroll/export/jobs/timesheets"),
        ("business-hours", "dispatch/business-hours"),
        ("form-submissions", "forms/submissions"),
        ("customer-notes", "crm/customers/1/notes"),
        ("attachments", "forms/jobs/1/attachments"),
        ("attachments", "forms/jobs/attachment/1"),
    ],
)
def test_each_way_to_an_object_needs_its_scope(
    practice: Practice, tenant: Tenant, object: str, path: str
) -> None:
    practice.limits("servicetitan", deny=[object])
    refused(tenant.fetch(path), 403)


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(practice: Practice, tenant: Tenant, verb: str) -> None:
    before = practice.state()
    refused(tenant.request(verb, tenant.path("jpm/jobs"), json={"summary": "x"}), 403)
    assert practice.state() == before
    assert practice.history()[-1]["write"] == 1


def test_calls_over_the_rate_are_told_how_long_to_wait(practice: Practice, tenant: Tenant) -> None:
    practice.limits("servicetitan", rate=2, seconds=60)
    assert [tenant.fetch("jpm/jobs").status_code for _ in range(3)] == [200, 200, 429]
    answer = tenant.fetch("jpm/jobs")
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 60
    title = refused(answer, 429)["title"]
    assert title == f"Rate limit is exceeded. Try again in {wait} seconds."


@pytest.mark.parametrize(
    "path",
    [
        "jpm/jobs/1",
        "jpm/jobs/",
        "jpm/export/jobs/",
        "jpm/export/job-types",
        "jpm/nothing",
        "crm/jobs",
        "forms/jobs/1/attachments",
        "forms/jobs/attachment/7",
        "crm/customers/1/notes",
        "crm/locations/1/notes",
        "crm/locations/x/notes",
        "jpm/job-notes",
        "jpm/job-history",
        "telecom/calls",
        "dispatch/export/zones",
        "dispatch/export/technician-shifts",
        "reporting/report-category/nothing/reports",
        "reporting/report-category/marketing/reports/80766576",
        "reporting/report-category/operations/reports/x",
        "reporting/reports",
        "forms/export/submissions",
    ],
)
def test_what_does_not_exist_is_not_found(tenant: Tenant, path: str) -> None:
    refused(tenant.fetch(path), 404)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("jpm/export/jobs", {"from": "gibberish"}),
        ("jpm/export/jobs", {"from": "QUFBQQ=="}),
        ("jpm/export/jobs", {"includeRecentChanges": "perhaps"}),
        ("dispatch/export/appointment-assignments", {"active": "maybe"}),
        ("jpm/jobs", {"modifiedOnOrAfter": "yesterday"}),
        ("jpm/jobs", {"createdBefore": "2025-13-01"}),
        ("jpm/jobs", {"page": "0"}),
        ("jpm/jobs", {"page": "one"}),
        ("jpm/jobs", {"pageSize": "5001"}),
        ("jpm/jobs", {"ids": ",".join(map(str, range(51)))}),
        ("jpm/jobs", {"ids": "1,two"}),
        ("jpm/jobs", {"sort": "+Summary"}),
        ("jpm/jobs", {"includeTotal": "perhaps"}),
        ("crm/customers", {"active": "maybe"}),
        ("crm/customers/contacts", {"page": "1"}),
        ("accounting/invoices", {"activeState": "Some"}),
        ("accounting/payments", {"activeState": "Some"}),
        ("crm/locations/contacts", {"page": "1"}),
        ("dispatch/teams", {"includeInactive": "perhaps"}),
        ("forms/submissions", {"pageSize": "501"}),
        ("forms/submissions", {"status": "Signed"}),
        ("forms/submissions", {"submittedOnOrAfter": "2025-01-01T00:00:00+00:00"}),
        ("forms/submissions", {"owners[0].id": "1"}),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named_in_the_answer(
    tenant: Tenant, path: str, query: dict[str, str]
) -> None:
    errors = refused(tenant.fetch(path, **query), 400)["errors"]
    assert isinstance(errors, dict)
    assert errors.keys() == query.keys() or errors.keys() < {"customerIds", "locationIds"}


def test_a_plus_that_is_not_encoded_spoils_a_token(tenant: Tenant) -> None:
    token = "AXqUuZ2+ad5IheN+AgAAAAAXJw8U"
    path = tenant.path("jpm/export/jobs")
    assert tenant.get(f"{path}?from={token.replace('+', '%2B')}").status_code == 200
    refused(tenant.get(f"{path}?from={token}"), 400)


def test_the_vendor_is_tolerant_where_it_is_known_to_be(tenant: Tenant) -> None:
    path = tenant.path("jpm/jobs")
    assert tenant.request("GET", path, json={"page": 9}).json()["page"] == 1
    assert tenant.fetch("jpm/jobs", nonsense="1", pagesize="x").status_code == 200
    tenant.headers["Authorization"] = tenant.headers["Authorization"].removeprefix("Bearer ")
    assert tenant.fetch("jpm/jobs").status_code == 200
    key = tenant.headers.pop("ST-App-Key")
    assert tenant.fetch("jpm/jobs", servicetitanapplicationkey=key).status_code == 200


def test_page_sizes_over_the_maximum_can_be_clamped_instead(
    practice: Practice, tenant: Tenant
) -> None:
    practice.limits("servicetitan", clamp=True)
    assert tenant.fetch("jpm/jobs", pageSize=6000).json()["pageSize"] == 5000
