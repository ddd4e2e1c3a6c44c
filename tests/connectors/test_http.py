"""The HTTP builder against a scripted server on loopback."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import stamina

from connectors import http
from connectors.errors import Misconfigured, Refused, Unavailable


@dataclass
class Vendor:
    """Answers what `script` says, first to last, then 200 "ok"; keeps what it was asked."""

    url: str = ""
    script: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = Vendor()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.asked.append((self.command, self.path, dict(self.headers)))
            status, headers, body = made.script.pop(0) if made.script else (200, {}, b"ok")
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = "Content-Length" in headers

        do_POST = do_PATCH = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _without_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=http.ATTEMPTS, cap=True):
        yield


CUT = (200, {"Content-Length": "100"}, b"half")


def test_a_call_off_the_allow_list_is_refused_before_a_socket_opens(vendor: Vendor) -> None:
    calls = http.CallCounter()
    with http.build_client("Vendor", vendor.url, allow=lambda m, p: m == "GET", calls=calls) as c:
        with pytest.raises(Refused, match=r"Vendor: POST /jobs was not sent"):
            http.send(c, "POST", "/jobs")
        assert http.send(c, "GET", "/jobs").text == "ok"
    assert [(method, path) for method, path, _ in vendor.asked] == [("GET", "/jobs")]
    assert calls.total == 1


def test_a_refused_call_does_not_even_sign_in(vendor: Vendor) -> None:
    class SignIn(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:
            yield httpx.Request("GET", f"{vendor.url}/token")
            yield request

    with (
        http.build_client("Vendor", vendor.url, auth=SignIn(), allow=lambda m, p: m == "GET") as c,
        pytest.raises(Refused),
    ):
        http.send(c, "DELETE", "/jobs/1")
    assert not vendor.asked


@pytest.mark.parametrize("answer", [(503, {}, b""), (429, {}, b""), (500, {}, b"<html>"), CUT])
def test_a_get_is_repeated_until_it_is_answered(
    vendor: Vendor, answer: tuple[int, dict[str, str], bytes]
) -> None:
    vendor.script = [answer, answer]
    calls = http.CallCounter()
    with http.build_client("Vendor", vendor.url, calls=calls) as client:
        assert http.send(client, "GET", "/jobs").text == "ok"
    assert calls.total == len(vendor.asked) == 3


def test_a_post_is_sent_once_and_its_status_comes_back(vendor: Vendor) -> None:
    vendor.script = [(503, {}, b"busy")]
    with http.build_client("Vendor", vendor.url) as client:
        assert http.send(client, "POST", "/jobs", json={}).status_code == 503
    assert len(vendor.asked) == 1


def test_a_post_that_may_be_repeated_is_repeated(vendor: Vendor) -> None:
    vendor.script = [(503, {}, b"busy")]
    with http.build_client("Vendor", vendor.url) as client:
        assert http.send(client, "POST", "/token", retry=True, data={"a": "b"}).text == "ok"
    assert len(vendor.asked) == 2


def test_a_post_whose_answer_is_lost_says_that_nobody_knows(vendor: Vendor) -> None:
    vendor.script = [CUT]
    with (
        http.build_client("Vendor", vendor.url) as client,
        pytest.raises(Unavailable, match="Whether it was done is unknown"),
    ):
        http.send(client, "POST", "/jobs")
    assert len(vendor.asked) == 1


def test_when_repeats_are_used_up_the_error_names_vendor_method_and_path(vendor: Vendor) -> None:
    vendor.script = [(502, {}, b"")] * http.ATTEMPTS
    with (
        http.build_client("Vendor", vendor.url) as client,
        pytest.raises(Unavailable, match=r"Vendor: GET /jobs was answered 502"),
    ):
        http.send(client, "GET", "/jobs")
    assert len(vendor.asked) == http.ATTEMPTS


def test_a_long_retry_after_is_left_to_the_caller(vendor: Vendor) -> None:
    vendor.script = [(429, {"Retry-After": "17"}, b"")]
    with (
        http.build_client("Vendor", vendor.url) as client,
        pytest.raises(Unavailable) as caught,
    ):
        http.send(client, "GET", "/jobs")
    assert caught.value.retry_after == 17
    assert len(vendor.asked) == 1


def test_retry_after_is_understood_as_number_and_as_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    late = format_datetime(datetime.now(UTC) - timedelta(minutes=5), usegmt=True)
    assert http.retry_after({"Retry-After": "2.5"}) == 2.5
    assert 290 < (http.retry_after({"Retry-After": soon}) or 0) <= 300
    assert http.retry_after({"Retry-After": late}) == 0
    assert http.retry_after({"Retry-After": "soon"}) is None
    assert http.retry_after({}) is None


def test_the_rate_gate_is_passed_by_every_attempt(vendor: Vendor) -> None:
    passed = []

    class Gate(http.RateGate):
        def wait(self) -> None:
            passed.append(1)
            super().wait()

    vendor.script = [(503, {}, b"")]
    with http.build_client("Vendor", vendor.url, rate=Gate(100, 1)) as client:
        http.send(client, "GET", "/jobs")
    assert len(passed) == len(vendor.asked) == 2


def test_a_rate_gate_makes_the_next_call_wait() -> None:
    gate = http.RateGate(1, 3600)
    gate.wait()
    assert not gate._limiter.try_acquire("calls", blocking=False)


def test_neither_errors_nor_logs_hold_a_header_or_a_query(
    vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Authorization": "Bearer hush-1", "App-Key": "hush-2"}
    vendor.script = [CUT] * http.ATTEMPTS
    with http.build_client("Vendor", vendor.url, headers=headers) as client:
        with pytest.raises(Unavailable) as caught:
            http.send(client, "GET", "/jobs", params={"token": "hush-3"})
        http.send(client, "GET", "/jobs", params={"token": "hush-3"})
    session = http.session("Vendor", vendor.url)
    session.get(f"{vendor.url}/query?token=hush-3", headers=headers)
    assert vendor.asked[0][2]["App-Key"] == "hush-2"
    assert "hush" not in str(caught.value) + repr(caught.value) + caplog.text


@pytest.mark.parametrize("secret", ["hush\nhush", "hush\u2013hush"])
def test_a_credential_that_cannot_be_sent_is_a_setting_to_correct(
    vendor: Vendor, secret: str
) -> None:
    with pytest.raises(Misconfigured) as caught:
        http.build_client("Vendor", vendor.url, headers={"App-Key": secret})
    with pytest.raises(Misconfigured) as also:
        http.session("Vendor", vendor.url).get(vendor.url, headers={"App-Key": "hush\nhush"})
    assert "hush" not in f"{caught.value}{also.value}"
    assert not vendor.asked


def test_a_closed_port_is_unavailable_for_both_libraries() -> None:
    with http.build_client("Vendor", "http://127.0.0.1:1") as client:
        with pytest.raises(Unavailable, match=r"Vendor: GET /jobs got no whole answer"):
            http.send(client, "GET", "/jobs")
        with pytest.raises(Unavailable) as caught:
            http.send(client, "POST", "/jobs")
    assert "unknown" not in str(caught.value), "nothing was sent, so that much is known"
    with pytest.raises(Unavailable, match=r"Vendor: GET /jobs got no whole answer"):
        http.session("Vendor", "http://127.0.0.1:1").get("https://x.example/jobs?token=hush")


def test_a_streamed_body_that_breaks_off_is_unavailable(vendor: Vendor) -> None:
    vendor.script = [CUT]
    with (
        http.build_client("Vendor", vendor.url) as client,
        pytest.raises(Unavailable),
        http.stream(client, "GET", "/file") as response,
    ):
        list(response.iter_bytes())


def test_redirects_are_not_followed(vendor: Vendor) -> None:
    away = (302, {"Location": "/elsewhere", "Content-Length": "0"}, b"")
    vendor.script = [away, away]
    with http.build_client("Vendor", vendor.url) as client:
        assert http.send(client, "GET", "/jobs").status_code == 302
    assert http.session("Vendor", vendor.url).get(f"{vendor.url}/jobs").status_code == 302
    assert [path for _, path, _ in vendor.asked] == ["/jobs", "/jobs"]


def test_a_session_sends_every_https_address_to_the_plain_base(vendor: Vendor) -> None:
    calls = http.CallCounter()
    session = http.session("Vendor", vendor.url, calls=calls)
    assert session.get("https://my.example/services/data?q=1").text == "ok"
    assert vendor.asked[0][:2] == ("GET", "/services/data?q=1")
    assert calls.total == 1


def test_a_session_repeats_a_get_but_not_a_patch(vendor: Vendor) -> None:
    session = http.session("Vendor", vendor.url)
    vendor.script = [(503, {}, b""), CUT]
    assert session.get(f"{vendor.url}/a").text == "ok"
    vendor.script = [(503, {}, b"")]
    assert session.patch(f"{vendor.url}/b").status_code == 503
    vendor.script = [CUT]
    with pytest.raises(Unavailable, match="Whether it was done is unknown"):
        session.patch(f"{vendor.url}/c")
    assert [path for _, path, _ in vendor.asked] == ["/a", "/a", "/a", "/b", "/c"]


def test_a_session_keeps_the_authorization_that_it_was_given(
    vendor: Vendor, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    session = http.session("Vendor", vendor.url)
    session.get(f"{vendor.url}/a", headers={"Authorization": "Bearer t"})
    assert vendor.asked[0][2]["Authorization"] == "Bearer t"


def test_the_parts_of_the_time_out_add_up_to_the_longest_request() -> None:
    with http.build_client("Vendor", "http://127.0.0.1:1") as client:
        parts = client.timeout.as_dict()
    assert sum(part or 0 for part in parts.values()) == http.LONGEST_REQUEST_SECONDS
    assert isinstance(client.timeout, httpx.Timeout)
