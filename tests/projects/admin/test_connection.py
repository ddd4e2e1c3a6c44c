"""The form of an account."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from connectors import settings_of
from projects.models import Connection, Engagement
from tests.projects.admin import made

pytestmark = pytest.mark.django_db


def url(account: Connection, rest: str = "change/") -> str:
    return f"/admin/projects/connection/{account.pk}/{rest}"


def answers(**more: str) -> dict[str, str]:
    given = {"api_url": "https://a", "auth_url": "https://b", "tenant": "8450", "client_id": "cid"}
    given |= {"client_secret": "", "app_key": "", "time_zone": ""} | more
    return {f"setting_{name}": value for name, value in given.items()}


def test_a_new_account_is_of_a_known_vendor_in_a_role_that_it_can_have(site: Client) -> None:
    engagement = Engagement.objects.create(name="Fresh", client_name="F")
    add = "/admin/projects/connection/add/"
    asked = {"engagement": engagement.pk, "role": "source", "kind": "servicetitan"}
    answer = site.post(add, asked)
    account = engagement.connections.get()
    assert (account.role, answer["Location"]) == ("source", url(account))
    assert "has its source already" in site.post(add, asked).content.decode()
    assert site.post(add, asked | {"kind": "fax"}).status_code == 200
    refused = site.post(add, asked | {"role": "rehearsal"}).content.decode()
    assert "can only be a source" in refused
    assert engagement.connections.count() == 1


def test_a_rehearsal_is_one_more_destination(site: Client) -> None:
    engagement = made.proposed()
    asked = {"engagement": engagement.pk, "role": "rehearsal", "kind": engagement.destination.kind}
    site.post("/admin/projects/connection/add/", asked)
    assert engagement.rehearsal is not None
    assert engagement.trial == engagement.rehearsal
    assert "Rehearsal" in site.get(url(engagement.rehearsal)).content.decode()


def test_every_setting_of_the_vendor_is_asked_for_and_secrets_as_passwords(site: Client) -> None:
    account = made.proposed().source
    form = site.get(url(account)).context["adminform"].form
    for setting in settings_of("servicetitan"):
        widget = form.fields[f"setting_{setting.name}"].widget
        assert widget.input_type == ("password" if setting.secret else "text")


def test_an_empty_secret_keeps_what_is_there_and_a_new_one_replaces_it(site: Client) -> None:
    account = made.proposed().source
    site.post(url(account), answers(client_secret="cs-new"))
    account.refresh_from_db()
    assert account.secrets() == {"client_secret": "cs-new", "app_key": made.SECRET}
    assert account.settings["api_url"] == "https://a"
    entry = account.engagement.audit_entries.latest("sequence")
    assert entry.action == "connection changed"
    assert '"credentials":["client_secret"]' in entry.detail
    assert "cs-new" not in entry.detail


def test_a_missing_secret_is_asked_for(site: Client) -> None:
    account = made.proposed().source
    account.set_secrets({})
    account.save()
    answer = site.post(url(account), answers(app_key="ak1"))
    assert "Enter it: none is kept yet." in answer.content.decode()


def test_changed_credentials_must_be_checked_before_anything_is_done(site: Client) -> None:
    engagement = made.proposed()
    site.post(url(engagement.source), answers(client_secret="cs-new"))
    page = site.get(f"/admin/projects/engagement/{engagement.pk}/change/").content.decode()
    assert "Connect and check: source." in page


def test_a_failed_check_is_one_clear_message(site: Client) -> None:
    account = made.proposed().source
    account.settings |= {"api_url": "http://127.0.0.1:1", "auth_url": "http://127.0.0.1:1"}
    account.save()
    assert site.get(url(account, "check/")).status_code == 405
    answer = site.post(url(account, "check/"), follow=True)
    assert len(list(answer.context["messages"])) == 1
    account.refresh_from_db()
    assert account.problem
    assert made.SECRET not in answer.content.decode()


def test_an_account_that_was_written_to_is_not_deleted(site: Client) -> None:
    engagement = made.loaded()
    site.post(url(engagement.destination, "delete/"), {"post": "yes"})
    assert engagement.connections.filter(role="destination").exists()


def test_no_page_shows_a_secret(site: Client, staff: User) -> None:
    """Every list and the first row's page, with what a form gives back after an error."""
    from django.contrib import admin

    engagement = made.loaded()
    sealed = engagement.source.sealed
    pages = ["/admin/", f"/admin/projects/engagement/{engagement.pk}/exchange/mapping-rows/"]
    for model in admin.site._registry:
        pages += _pages(model)
    for page in pages:
        text = site.get(page).content.decode()
        assert made.SECRET not in text, page
        assert sealed not in text, page
    wrong = site.post(url(engagement.source), answers(tenant="", client_secret="cs-typed"))
    assert wrong.status_code == 200
    assert "cs-typed" not in wrong.content.decode()


def _pages(model: type[Model]) -> list[str]:
    meta: Any = model._meta
    if meta.app_label != "projects":
        return []
    name = f"admin:{meta.app_label}_{meta.model_name}"
    rows = [reverse(f"{name}_change", args=[r.pk]) for r in model._default_manager.all()[:2]]
    return [reverse(f"{name}_changelist"), *rows]
