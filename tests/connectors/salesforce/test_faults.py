"""Bad weather at the vendor, outside bulk jobs."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors import http
from connectors.errors import Misconfigured, NotAuthorised, QuotaExhausted, Refused, Unavailable
from connectors.values import Row
from tests.connectors.salesforce.conftest import Desk, Open, accounts, calls, key
from tests.practice import Practice

WRITE = {"method": "POST", "path": "/composite/sobjects$"}
QUERY = {"path": "/query"}
ROWS = [Row(k, None, v) for k, v in accounts(3).items()]


def landed(vendor: Practice) -> dict[str, str]:
    found: dict[str, str] = vendor.edit("salesforce", op="ids", object="Account", prefix="7001/")
    return found


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        ({"kind": "reset"}, 0),
        ({"kind": "reset", "when": "after"}, 3),
        ({"kind": "truncate"}, 3),
        ({"kind": "status", "status": 503}, 0),
        ({"kind": "status", "status": 500, "when": "after"}, 3),
        ({"kind": "status", "status": 200, "body": "<html>gateway</html>"}, 0),
    ],
)
def test_a_lost_answer_to_a_write_is_unknown_and_never_sent_again(
    desk: Desk, vendor: Practice, fault: dict[str, object], written: int
) -> None:
    vendor.fault(**fault, match=WRITE)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="is unknown"):
        desk.submit("create", "Account", ROWS)
    assert len(landed(vendor)) == written
    assert len([c for c in vendor.history() if c["write"]]) == 1


def test_a_write_that_outlasts_our_patience_is_found_by_its_key_later(
    vendor: Practice, open_destination: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_REQUEST_SECONDS", 3.0)
    desk = Desk(open_destination())
    held = vendor.fault("hold", match=WRITE)
    with pytest.raises(Unavailable, match="is unknown"):
        desk.submit("create", "Account", ROWS)
    assert not list(desk.find("Account", [row.key for row in ROWS]))
    vendor.release(held)
    found: dict[str, bool] = {}
    while len(found) < len(ROWS):
        keys = [row.key for row in ROWS]
        found = {r.key: r.ours for r in desk.find("Account", keys)}
    assert found == {row.key: True for row in ROWS}


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 200, "body": "<html>gateway</html>"},
        {"kind": "status", "status": 200, "body": '{"totalSize": 1, "rec'},
    ],
)
def test_a_passing_fault_changes_nothing_of_what_is_read(
    desk: Desk, vendor: Practice, fault: dict[str, object]
) -> None:
    vendor.limits("salesforce", page_size=200)
    whole = list(desk.destination.sweep("Account", "8450/", ["Name"]))
    vendor.fault(**fault, match=QUERY, times=2)  # type: ignore[arg-type]
    assert list(desk.destination.sweep("Account", "8450/", ["Name"])) == whole
    assert vendor.faults()[0]["fired"] == 2


def test_a_session_that_ends_before_a_write_is_renewed_and_every_header_kept(
    desk: Desk, vendor: Practice
) -> None:
    owner = next(u for u in desk.destination.users() if u.email.startswith("dana"))
    vendor.fault("expire_token", vendor="salesforce", match=WRITE)
    case = {"Subject": "Fix", "OwnerId": owner.id}
    ids = desk.create("Case", {key(1, "jobs"): case})
    statuses = [c["status"] for c in vendor.history() if c["path"].endswith("/composite/sobjects")]
    assert statuses == [401, 200]
    assert desk.read("Case", ids[key(1, "jobs")], "OwnerId") == {"OwnerId": owner.id}


def test_a_session_that_is_never_good_ends_with_one_new_sign_in(
    desk: Desk, vendor: Practice
) -> None:
    desk.destination.users()
    seen = calls(vendor)
    vendor.fault("expire_token", vendor="salesforce", match={"path": "/query"}, times=99)
    with pytest.raises(NotAuthorised, match="new sign-in did not help"):
        desk.destination.users()
    paths = [c["path"].partition("?")[0].rpartition("/")[2] for c in vendor.history(seen)]
    assert paths == ["query", "token", "query"]


def test_used_up_requests_pause_the_run_until_a_later_look(desk: Desk, vendor: Practice) -> None:
    desk.destination.users()
    vendor.limits("salesforce", daily_api=1)
    with pytest.raises(QuotaExhausted, match="REQUEST_LIMIT_EXCEEDED") as caught:
        desk.submit("create", "Account", ROWS)
    assert caught.value.resets_at is None
    assert caught.value.look_again_at is not None
    wait = caught.value.look_again_at - datetime.now(UTC)
    assert timedelta(minutes=14) < wait <= timedelta(minutes=15)


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (403, "API_DISABLED_FOR_ORG", NotAuthorised, "API Enabled"),
        (403, "INSUFFICIENT_ACCESS", NotAuthorised, "permission"),
        (400, "API_CURRENTLY_DISABLED", Unavailable, "maintenance"),
        (400, "INVALID_FIELD", Misconfigured, "schema"),
        (400, "MALFORMED_QUERY", Refused, "MALFORMED_QUERY"),
        (409, "CONFLICT", Refused, "CONFLICT"),
        (410, "UNSUPPORTED_API_VERSION", Misconfigured, "newer"),
        (302, "", Misconfigured, "My Domain address"),
        (418, "", Refused, "418"),
    ],
)
def test_a_refused_call_says_what_is_to_be_done(
    desk: Desk, vendor: Practice, status: int, code: str, error: type[Exception], words: str
) -> None:
    body = {"body": [{"errorCode": code, "message": "why"}]} if code else {}
    vendor.fault("status", status=status, match=QUERY, times=99, **body)
    with pytest.raises(error, match=words):
        desk.destination.users()


def test_too_many_long_calls_at_once_are_waited_for(desk: Desk, vendor: Practice) -> None:
    error = {"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentRequests Limit exceeded."}
    vendor.fault("status", status=403, body=[error], match=QUERY)
    with pytest.raises(Unavailable, match="long calls"):
        desk.destination.users()


def test_an_answer_with_too_few_results_is_not_believed(desk: Desk, vendor: Practice) -> None:
    body = [{"id": "001Hs00000000mQIAQ", "success": True, "errors": []}]
    vendor.fault("status", status=200, body=body, match=WRITE)
    with pytest.raises(Refused, match="another number of results"):
        desk.submit("create", "Account", ROWS)
