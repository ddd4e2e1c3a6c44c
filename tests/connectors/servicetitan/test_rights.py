"""Signing in, what we may do, and what is said when we may not."""

import pytest

from connectors.errors import Misconfigured, NotAuthorised, Refused, Unavailable
from connectors.http import send
from connectors.servicetitan.client import _allowed
from connectors.servicetitan.source import ServiceTitan
from tests.practice import Practice

from .conftest import Open


def refusal(source: ServiceTitan) -> str:
    """What `check` says; it must name no credential."""
    with pytest.raises(NotAuthorised) as caught:
        source.check()
    said = f"{caught.value!r} {caught.value.__cause__!r}"
    assert "cs1." not in said
    assert "ak1." not in said
    assert "Bearer" not in said
    return said


def test_a_check_names_the_tenant(source: ServiceTitan, vendor: Practice) -> None:
    account = source.check()
    assert account.id == vendor.urls["servicetitan"]["tenant"]
    assert account.name


def test_a_wrong_secret_is_named(open_source: Open) -> None:
    assert "client id or secret" in refusal(open_source(client_secret="cs1.wrong"))


@pytest.mark.parametrize("app_key", ["", "ak1.wrong"])
def test_a_missing_or_wrong_app_key_is_named(open_source: Open, app_key: str) -> None:
    assert "app key is missing or wrong" in refusal(open_source(app_key=app_key))


def test_a_foreign_tenant_is_named(open_source: Open) -> None:
    said = refusal(open_source(tenant="9999"))
    assert "credentials are for tenant 8450" in said
    assert "connection says tenant 9999" in said


def test_all_missing_scopes_are_named_at_once(source: ServiceTitan, vendor: Practice) -> None:
    vendor.limits("servicetitan", deny=["invoices", "technicians"])
    said = refusal(source)
    assert "Accounting: Invoices" in said
    assert "Settings: Technicians" in said
    assert "Job Planning: Jobs" not in said


def test_a_missing_scope_is_named_when_reading(source: ServiceTitan, vendor: Practice) -> None:
    vendor.limits("servicetitan", deny=["invoices"])
    with pytest.raises(NotAuthorised, match="no read access to “Accounting: Invoices”"):
        next(source.read("invoices"))


def test_an_optional_scope_is_told_of_and_does_not_fail_a_check(
    source: ServiceTitan, vendor: Practice
) -> None:
    assert source.missing_optional() == []
    vendor.limits("servicetitan", deny=["job-timesheets", "attachments", "business-hours"])
    source.check()
    assert source.missing_optional() == ["job-timesheets", "business-hours", "attachments"]


def test_an_optional_object_that_is_closed_can_be_left_out(
    source: ServiceTitan, vendor: Practice
) -> None:
    vendor.limits("servicetitan", deny=["job-timesheets"])
    with pytest.raises(NotAuthorised, match=r"“Payroll: Jobs \(timesheets\)”.*Or leave job-tim"):
        next(source.read("job-timesheets"))


def test_a_feature_that_the_tenant_lacks_is_missing_too(
    source: ServiceTitan, vendor: Practice
) -> None:
    vendor.fault("status", status=404, body={}, match={"path": "export/calls"})
    assert source.missing_optional() == ["calls"]


def test_optional_rights_are_asked_for_in_few_calls(source: ServiceTitan, vendor: Practice) -> None:
    source.missing_optional()
    assert len(vendor.history()) < 40


def test_a_tenant_id_is_digits(open_source: Open) -> None:
    with pytest.raises(Misconfigured, match="digits only"):
        open_source(tenant="84/50")


def test_a_sign_in_address_that_is_none_is_named(open_source: Open, vendor: Practice) -> None:
    source = open_source(auth_url=vendor.urls["servicetitan"]["api_url"])
    with pytest.raises(Misconfigured, match="Sign-in address"):
        source.check()


def test_spaces_around_pasted_credentials_do_not_matter(
    open_source: Open, vendor: Practice
) -> None:
    known = vendor.urls["servicetitan"]
    open_source(
        app_key=f" {known['app_key']}\n", client_secret=f"{known['client_secret']} "
    ).check()


def test_one_token_serves_many_calls(source: ServiceTitan, vendor: Practice) -> None:
    source.check()
    list(source.read("jobs"))
    assert [c["path"] for c in vendor.history()].count("/connect/token") == 1


def test_a_token_that_ends_while_we_read_is_renewed(source: ServiceTitan, vendor: Practice) -> None:
    whole = list(source.read("jobs"))
    vendor.fault("expire_token", vendor="servicetitan", match={"path": "export/jobs"}, at=2)
    assert list(source.read("jobs")) == whole
    assert [c["path"] for c in vendor.history()].count("/connect/token") == 2


def test_a_sign_in_that_is_busy_for_a_moment_is_repeated(
    source: ServiceTitan, vendor: Practice
) -> None:
    vendor.fault("status", status=503, match={"path": "/connect/token"})
    assert next(source.read("tag-types")).records


def test_reading_sends_nothing_but_gets_and_the_sign_in(
    source: ServiceTitan, vendor: Practice
) -> None:
    source.check()
    source.describe()
    sent = {(c["method"], c["path"]) for c in vendor.history() if c["method"] != "GET"}
    assert sent == {("POST", "/connect/token")}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_refused_before_a_socket_opens(
    source: ServiceTitan, vendor: Practice, method: str
) -> None:
    with pytest.raises(Refused, match=f"{method} /jpm/v2/tenant/8450/jobs was not sent"):
        send(source._client._http, method, "/jpm/v2/tenant/8450/jobs", json={})
    assert not vendor.history()


def test_report_data_is_the_one_post_that_reads() -> None:
    report = "/reporting/v2/tenant/8450/report-category/operations/reports/17/data"
    assert _allowed("POST", report, "/connect/token")
    assert not _allowed("POST", f"{report}/more", "/connect/token")
    assert not _allowed("PUT", report, "/connect/token")


def test_no_repr_shows_a_secret(source: ServiceTitan) -> None:
    source.check()
    for thing in (source, source._client, source._client._http, source._client._token):
        assert not {"cs1.", "ak1.", source._client._token._token} & {*repr(thing).split()}
        assert "cs1." not in repr(thing)
        assert "ak1." not in repr(thing)


def test_an_address_where_nobody_listens_is_unavailable(open_source: Open) -> None:
    with pytest.raises(Unavailable, match="ServiceTitan: POST /connect/token"):
        open_source(auth_url="http://127.0.0.1:1").check()
