"""Signing in, and the rights and settings that a load needs."""

import pytest

from connectors.errors import Misconfigured, NotAuthorised, Unavailable
from connectors.salesforce.destination import Salesforce
from tests.connectors.salesforce.conftest import Desk, Open
from tests.practice import Practice

SECRET = "a0secret0that0must0not0be0seen"


def test_check_tells_org_and_user(desk: Desk) -> None:
    account = desk.destination.check()
    assert account.id.startswith("00D")
    assert account.name == "Practice Org"
    assert account.user_id.startswith("005")
    assert account.user_name == "Migration Integration"


@pytest.mark.parametrize("other", [{"client_secret": SECRET}, {"client_id": "3MVG9wrong"}])
def test_wrong_credentials_are_named_and_not_shown(
    open_destination: Open, other: dict[str, str]
) -> None:
    with pytest.raises(NotAuthorised, match="Copy consumer key and secret") as caught:
        open_destination(**other).check()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_nothing_about_a_destination_shows_its_secret(open_destination: Open) -> None:
    destination = open_destination(client_secret=SECRET)
    assert SECRET not in repr(destination)
    assert SECRET not in repr(vars(destination))


def test_an_app_without_run_as_user_is_explained(desk: Desk, vendor: Practice) -> None:
    vendor.edit("salesforce", op="user", set={"active": False})
    with pytest.raises(NotAuthorised, match="run-as user"):
        desk.destination.check()


def test_a_user_without_the_api_is_told_which_permission_is_missing(
    desk: Desk, vendor: Practice
) -> None:
    vendor.edit("salesforce", op="user", set={"api_enabled": False})
    with pytest.raises(NotAuthorised, match="API Enabled"):
        desk.destination.check()


@pytest.mark.parametrize("action", ["remove", "hide"])
def test_every_object_without_our_key_field_is_named(
    desk: Desk, vendor: Practice, action: str
) -> None:
    for object in ("Account", "Case"):
        vendor.edit("salesforce", op="field", action=action, object=object, field="Source_Id__c")
    with pytest.raises(Misconfigured) as caught:
        desk.destination.check()
    for object in ("Account", "Case"):
        assert f"{object} has no field Source_Id__c" in str(caught.value)
    assert "Contact has" not in str(caught.value)


def test_an_object_that_is_hidden_is_a_right_that_is_missing(desk: Desk, vendor: Practice) -> None:
    body = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    vendor.fault("status", status=404, body=body, match={"path": "/Contact/describe"})
    with pytest.raises(NotAuthorised, match="Contact is hidden"):
        desk.destination.check()


def test_rights_and_marks_that_are_missing_are_each_named(desk: Desk, vendor: Practice) -> None:
    name = {
        "name": "Source_Id__c", "label": "Source Id", "type": "string", "length": 80,
        "nillable": True, "defaultedOnCreate": False, "createable": False, "updateable": False,
        "custom": True, "unique": False, "externalId": True, "restrictedPicklist": False,
        "picklistValues": [], "referenceTo": [],
    }  # fmt: skip
    body = {
        "name": "Case", "label": "Case", "custom": False, "createable": True,
        "updateable": False, "deletable": False, "fields": [name], "childRelationships": [],
    }  # fmt: skip
    vendor.fault("status", status=200, body=body, match={"path": "/Case/describe"})
    with pytest.raises(NotAuthorised) as caught:
        desk.destination.check()
    assert "Case: grant our user “Edit” and “Delete” on it." in str(caught.value)
    assert "Case.Source_Id__c must be marked both Unique and External ID." in str(caught.value)
    assert "Case.Source_Id__c is read-only for our user" in str(caught.value)


@pytest.mark.parametrize("url", ["", "https://", "acme my", "ftp://acme.my.salesforce.com"])
def test_an_address_that_cannot_be_one_is_refused_at_once(open_destination: Open, url: str) -> None:
    with pytest.raises(Misconfigured, match="My Domain address"):
        open_destination(url=url)


@pytest.mark.parametrize("suffix", ["/", "/lightning/page/home", "?startURL=x"])
def test_an_address_pasted_from_the_browser_is_cut_to_its_host(
    open_destination: Open, vendor: Practice, suffix: str
) -> None:
    destination = open_destination(url=vendor["salesforce"]["url"] + suffix)
    assert destination.check().name == "Practice Org"


def test_an_address_where_no_org_answers_is_misconfigured(
    open_destination: Open, vendor: Practice
) -> None:
    with pytest.raises(Misconfigured, match="My Domain address"):
        open_destination(url=vendor["servicetitan"]["api_url"]).check()


def test_an_address_where_nobody_listens_is_unavailable(open_destination: Open) -> None:
    with pytest.raises(Unavailable):
        open_destination(url="http://127.0.0.1:9").check()


@pytest.mark.parametrize("version", ["v66.0", "66", "latest"])
def test_an_api_version_that_cannot_be_one_is_refused_at_once(
    open_destination: Open, version: str
) -> None:
    with pytest.raises(Misconfigured, match="API version"):
        open_destination(api_version=version)


@pytest.mark.parametrize("rows", ["many", "50", "-1"])
def test_a_bulk_threshold_that_cannot_be_one_is_refused_at_once(
    open_destination: Open, rows: str
) -> None:
    with pytest.raises(Misconfigured, match="bulk API"):
        open_destination(bulk_from=rows)


@pytest.mark.parametrize("version", ["30.0", "99.0"])
def test_an_api_version_that_the_org_lacks_is_named(open_destination: Open, version: str) -> None:
    with pytest.raises(Misconfigured, match=f"no API version {version}"):
        open_destination(api_version=version).check()


def test_describe_tells_fields_as_the_org_has_them_now(desk: Desk, vendor: Practice) -> None:
    (case,) = desk.destination.describe(["Case"])
    key, status = case.field("Source_Id__c"), case.field("Status")
    assert key is not None
    assert (key.length, key.unique, key.external_id, key.custom) == (80, True, True, True)
    assert status is not None
    assert "Closed" in status.picklist
    assert not status.restricted
    vendor.edit("salesforce", op="field", action="add", object="Case", field="New__c",
                type="Text", length=20)  # fmt: skip
    (again,) = desk.destination.describe(["Case"])
    assert case.field("New__c") is None
    assert again.field("New__c") is not None


def test_describe_leaves_out_what_the_org_lacks(desk: Desk) -> None:
    found = desk.destination.describe(["Account", "Nothing__c"])
    assert [spec.name for spec in found] == ["Account"]
    name = found[0].field("Name")
    assert name is not None
    assert name.required


def test_without_modify_all_data_audit_dates_are_read_only(desk: Desk, vendor: Practice) -> None:
    def settable() -> bool:
        (case,) = desk.destination.describe(["Case"])
        created = case.field("CreatedDate")
        return created is not None and created.createable

    assert settable()
    vendor.edit("salesforce", op="user", set={"modify_all": False})
    assert not settable()


def test_the_settings_build_a_destination() -> None:
    plain = {s.name for s in Salesforce.SETTINGS if not s.secret}
    assert plain == {
        *("url", "client_id", "username", "audience", "api_version", "bulk_from", "ca_file")
    }
    assert {s.name for s in Salesforce.SETTINGS if s.secret} == {"client_secret", "private_key"}
