"""The practice org's door: sign-in, sessions, versions, rights, the daily allowance."""

import base64
import hmac

import httpx
import pytest

from tests.connectors.practice.salesforce.conftest import DATA, Org


def codes(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()[0]["errorCode"]


def test_a_token_answer_looks_like_the_vendors(org: Org) -> None:
    granted = org.token()
    assert granted["access_token"].startswith("00D")
    assert "!" in granted["access_token"]
    assert granted["instance_url"] == org.urls["url"]
    message = (granted["id"] + granted["issued_at"]).encode()
    signed = hmac.digest(org.urls["client_secret"].encode(), message, "sha256")
    assert base64.b64decode(granted["signature"]) == signed


def test_client_credentials_may_come_as_basic_authorization(org: Org) -> None:
    pair = (org.urls["client_id"], org.urls["client_secret"])
    answer = httpx.post(
        f"{org.urls['url']}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=pair,
    )
    assert answer.json()["token_type"] == "Bearer"


def test_the_identity_url_names_the_user_we_write_with(org: Org) -> None:
    identity = org.token()["id"]
    about = org.http.get(identity).json()
    assert identity.endswith(about["user_id"])
    same = org.http.get("/services/oauth2/userinfo").json()
    assert same["user_id"] == about["user_id"]
    name = org.one(f"SELECT Username FROM User WHERE Id = '{about['user_id']}'")["Username"]
    assert name == about["username"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "x"}, "invalid_client_id"),
        ({"client_secret": "x"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused_with_400(
    org: Org, wrong: dict[str, str], error: str
) -> None:
    assert org.token(**wrong)["error"] == error


def test_an_inactive_user_gets_no_token(org: Org) -> None:
    org.steer.edit("salesforce", op="user", set={"active": False})
    assert org.token()["error"] == "invalid_grant"
    assert codes(org.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")


def test_a_session_ends_with_its_lifetime(org: Org) -> None:
    org.steer.limits("salesforce", token_ttl=600)
    assert org.call("GET", "/limits").status_code == 200
    org.steer.clock(advance=601)
    answer = org.call("GET", "/limits")
    assert codes(answer) == (401, "INVALID_SESSION_ID")
    assert answer.json()[0]["message"] == "Session expired or invalid"


def test_the_expire_token_fault_ends_every_session(org: Org) -> None:
    org.steer.fault("expire_token", vendor="salesforce")
    assert codes(org.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")
    org.http.headers["Authorization"] = f"Bearer {org.token()['access_token']}"
    assert org.call("GET", "/limits").status_code == 200


def test_a_call_without_session_is_refused(org: Org) -> None:
    del org.http.headers["Authorization"]
    assert codes(org.call("GET", "/sobjects")) == (401, "INVALID_SESSION_ID")


def test_a_user_without_api_enabled_may_sign_in_but_not_call(org: Org) -> None:
    org.steer.edit("salesforce", op="user", set={"api_enabled": False})
    assert "access_token" in org.token()
    assert codes(org.call("GET", "/sobjects")) == (403, "API_DISABLED_FOR_ORG")


def test_limits_need_view_setup(org: Org) -> None:
    org.steer.edit("salesforce", op="user", set={"view_setup": False})
    assert codes(org.call("GET", "/limits")) == (403, "INSUFFICIENT_ACCESS")


@pytest.mark.parametrize(
    ("version", "status"), [("30.0", 410), ("31.0", 200), ("67.0", 200), ("68.0", 404)]
)
def test_versions_before_31_are_gone_and_after_67_unknown(
    org: Org, version: str, status: int
) -> None:
    assert org.http.get(f"/services/data/v{version}/sobjects").status_code == status


def test_the_list_of_versions_is_free_and_open(org: Org) -> None:
    answer = httpx.get(f"{org.urls['url']}/services/data/")
    assert answer.json()[-1]["version"] == "67.0"
    assert "Sforce-Limit-Info" not in answer.headers


def test_each_call_counts_and_says_so(org: Org) -> None:
    org.steer.limits("salesforce", daily_api=500)
    first = org.call("GET", "/sobjects").headers["Sforce-Limit-Info"]
    second = org.call("GET", "/nothing/here").status_code
    third = org.call("GET", "/sobjects/Nope/describe").headers["Sforce-Limit-Info"]
    assert (first, second, third) == ("api-usage=1/500", 404, "api-usage=2/500")
    left = org.call("GET", "/limits").json()["DailyApiRequests"]
    assert left == {"Max": 500, "Remaining": 497}


def test_calls_beyond_the_allowance_are_refused_until_they_are_a_day_old(org: Org) -> None:
    org.steer.limits("salesforce", daily_api=2, token_ttl=200_000)
    assert [org.call("GET", "/sobjects").status_code for _ in range(3)] == [200, 200, 403]
    assert codes(org.call("GET", "/limits")) == (403, "REQUEST_LIMIT_EXCEEDED")
    org.steer.clock(advance=86_400 + 60)
    assert org.call("GET", "/sobjects").status_code == 200


def test_an_unknown_resource_and_a_wrong_verb_are_refused(org: Org) -> None:
    assert codes(org.http.get("/nowhere")) == (404, "NOT_FOUND")
    assert codes(org.call("PUT", "/sobjects/Account")) == (405, "METHOD_NOT_ALLOWED")


def test_a_json_body_must_say_that_it_is_json(org: Org) -> None:
    answer = org.call("POST", "/sobjects/Account", content=b'{"Name":"x"}')
    assert codes(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")
    broken = {"Content-Type": "application/json"}
    answer = org.call("POST", "/sobjects/Account", content=b"{", headers=broken)
    assert codes(answer) == (400, "JSON_PARSER_ERROR")


def test_writes_are_told_from_reads_in_history(org: Org) -> None:
    org.create("Account", Name="Written")
    org.collect("POST", [], below="/Account")
    org.query("SELECT Id FROM Account")
    lines = [h for h in org.steer.history() if h["path"].startswith(DATA)]
    assert [line["write"] is not None for line in lines] == [True, False, False]
    assert [line["cost"] for line in lines] == [1, 1, 1]
