"""Tokens, limits and headers of the practice Pipedrive."""

import contextlib
from typing import Any

import httpx
import pytest

from tests.connectors.practice.pipedrive.conftest import Company

UNAUTHORISED = {
    "success": False,
    "error": "unauthorized access",
    "errorCode": 401,
    "error_info": "Please check developers.pipedrive.com",
}


@pytest.mark.parametrize("headers", [{}, {"x-api-token": "0" * 40}, {"Authorization": "Bearer x"}])
def test_a_call_without_a_good_token_is_unauthorised(
    company: Company, headers: dict[str, str]
) -> None:
    answer = httpx.get(f"{company.urls['url']}/api/v2/deals", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == UNAUTHORISED
    assert answer.headers["x-401-by-gw"] == "true"
    assert "x-correlation-id" in answer.headers


def test_a_token_may_come_as_bearer_or_in_the_query(company: Company) -> None:
    url, token = company.urls["url"], company.urls["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{url}/v1/users/me", headers=bearer).status_code == 200
    query = {"api_token": token, "limit": 1}
    assert httpx.get(f"{url}/api/v2/deals", params=query).status_code == 200
    assert token not in str(company.steer.history())


@pytest.mark.parametrize("base", ["/v1", "/api/v1"])
def test_version_1_has_two_addresses_and_version_2_one(company: Company, base: str) -> None:
    assert company.http.get(f"{base}/users/me").status_code == 200
    assert company.http.get("/v2/deals").status_code == 404


@pytest.mark.parametrize("path", ["/v1/deals", "/v1/persons", "/v1/activities", "/nothing"])
def test_what_the_vendor_took_away_is_not_found(company: Company, path: str) -> None:
    assert company.call("GET", path).status_code == 404


def test_a_verb_that_a_path_lacks_is_not_allowed(company: Company) -> None:
    assert company.call("PUT", "/deals/1", {}).status_code == 405


def test_a_token_ends_where_it_is_revoked_and_a_new_one_is_good(company: Company) -> None:
    company.steer.fault("expire_token", vendor="pipedrive")
    assert company.call("GET", "/deals").status_code == 401
    assert company.call("GET", "/deals").status_code == 401
    token = company.steer.edit("pipedrive", op="token", action="issue")["token"]
    company.http.headers["x-api-token"] = token
    assert company.call("GET", "/deals").status_code == 200


def test_calls_over_the_window_are_refused_and_told_when_it_ends(company: Company) -> None:
    company.limits(burst=3)
    answers = [company.call("GET", "/pipelines") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    last = answers[-1]
    assert last.json()["error"] == "request over limit"
    assert last.headers["x-ratelimit-limit"] == "3"
    assert last.headers["x-ratelimit-remaining"] == "0"
    assert last.headers["x-ratelimit-reset"] == "2"
    assert int(last.headers["x-daily-ratelimit-token-remaining"]) > 0


def test_an_upload_that_is_refused_at_the_door_still_gets_its_answer(company: Company) -> None:
    company.limits(daily_tokens=0)
    big = {"file": ("big.bin", bytes(8_000_000))}
    for _ in range(3):
        answer = company.http.post("/v1/files", files=big, data={"deal_id": 1})
        assert answer.status_code == 429


def test_search_has_a_window_of_its_own(company: Company) -> None:
    company.limits(search_burst=1)
    statuses = [company.call("GET", "/itemSearch", term="abc").status_code for _ in range(2)]
    assert statuses == [200, 429]
    assert company.call("GET", "/deals/search", term="abc").status_code == 429
    assert company.call("GET", "/deals").status_code == 200


def test_the_plan_gives_the_window_and_the_budget(company: Company) -> None:
    company.limits(plan="growth", seats=3, burst=-1)
    headers = company.call("GET", "/pipelines").headers
    assert headers["x-ratelimit-limit"] == "40"
    assert headers["x-daily-ratelimit-token-limit"] == "180000"


def test_the_daily_budget_ends_and_begins_anew_at_midnight(company: Company) -> None:
    company.steer.clock(now="2026-03-01T22:00:00Z", freeze=True)
    company.limits(daily_tokens=25, burst=50)
    answers = [company.call("GET", "/deals", limit=1) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[1].headers["x-daily-ratelimit-token-remaining"] == "5"
    assert answers[2].headers["x-daily-ratelimit-token-remaining"] == "0"
    assert int(answers[2].headers["x-ratelimit-remaining"]) > 0
    company.steer.clock(advance=2 * 3600)
    assert company.call("GET", "/deals", limit=1).status_code == 200


def test_headers_of_the_budget_may_be_missing(company: Company) -> None:
    company.limits(daily_headers=False)
    assert "x-daily-ratelimit-token-limit" not in company.call("GET", "/pipelines").headers


def test_who_goes_on_calling_over_the_limit_is_shut_out_with_a_page(company: Company) -> None:
    company.limits(burst=1, block_after=3)
    answers = [company.call("GET", "/pipelines") for _ in range(6)]
    assert [a.status_code for a in answers] == [200, 429, 429, 429, 429, 403]
    assert "Cloudflare" in answers[-1].text
    assert answers[-1].headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(("kind", "status"), [("daily", 429), ("block", 403)])
def test_a_fault_ends_the_budget_or_shuts_out(company: Company, kind: str, status: int) -> None:
    company.steer.fault(kind, vendor="pipedrive")
    assert company.call("GET", "/deals").status_code == status


@pytest.mark.parametrize(
    ("method", "path", "cost"),
    [
        ("GET", "/api/v2/deals", 10),
        ("GET", "/api/v2/deals/archived", 20),
        ("GET", "/api/v2/deals/1", 1),
        ("GET", "/api/v2/stages", 5),
        ("GET", "/api/v2/itemSearch?term=abc", 20),
        ("GET", "/v1/users", 20),
        ("GET", "/v1/users/me", 2),
        ("DELETE", "/api/v2/deals/1", 3),
        ("DELETE", "/v1/notes/1", 6),
    ],
)
def test_history_says_what_a_call_costs(
    company: Company, method: str, path: str, cost: int
) -> None:
    left = "x-daily-ratelimit-token-remaining"
    before = int(company.http.get("/v1/users/me").headers[left])
    assert before - int(company.http.request(method, path).headers[left]) == cost
    assert company.steer.history()[-1]["cost"] == cost


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        ({"kind": "status", "status": 503}, 0),
        ({"kind": "status", "status": 500, "when": "after"}, 1),
        ({"kind": "reset"}, 0),
        ({"kind": "reset", "when": "after"}, 1),
        ({"kind": "truncate"}, 1),
        ({"kind": "late", "delay": 0, "timeout": 0.1}, 1),
    ],
)
def test_a_fault_loses_the_answer_before_or_after_the_work_is_done(
    company: Company, fault: dict[str, Any], made: int
) -> None:
    company.steer.fault(vendor="pipedrive", match={"write": True}, **fault)
    with contextlib.suppress(httpx.TransportError):
        assert company.call("POST", "/organizations", {"name": "Once"}).status_code >= 500
    names = [row["name"] for row in company.walk("/organizations", limit=500)]
    assert names.count("Once") == made


def test_a_call_on_hold_is_handled_when_it_is_let_go(company: Company) -> None:
    fault = company.steer.fault("hold", vendor="pipedrive", match={"write": True})
    with pytest.raises(httpx.ReadTimeout):
        company.http.post("/api/v2/organizations", json={"name": "Held"}, timeout=0.2)
    assert "Held" not in [row["name"] for row in company.walk("/organizations", limit=500)]
    company.steer.release(fault)
    while "Held" not in [row["name"] for row in company.walk("/organizations", limit=500)]:
        pass
