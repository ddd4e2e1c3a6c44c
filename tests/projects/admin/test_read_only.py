"""What the machine keeps is to look at."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import AuditEntry, Operation, Run
from tests.projects.admin import made

pytestmark = pytest.mark.django_db
KEPT = ("run", "slice", "operation", "loaditem", "ticket", "auditentry", "difference", "finding",
        "plan", "signoff", "sourcerecord", "feed", "schemafield", "samplediff",
        "comment", "reviewlink")  # fmt: skip


@pytest.mark.parametrize("model", KEPT)
def test_nobody_adds_changes_or_deletes_what_the_machine_keeps(site: Client, model: str) -> None:
    made.loaded()
    base = f"/admin/projects/{model}/"
    assert site.get(base).status_code == 200
    assert site.get(f"{base}add/").status_code == 403
    kind = next(m for m in admin.site._registry if m._meta.model_name == model)
    row = kind._default_manager.first()
    if row is not None:
        assert site.post(f"{base}{row.pk}/change/", {}).status_code == 403
        assert site.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["run", "slice", "operation", "loaditem", "ticket", "auditentry"])
def test_a_longer_list_takes_no_more_queries(site: Client, model: str) -> None:
    base = f"/admin/projects/{model}/"
    made.loaded("One")
    site.get(base)
    with CaptureQueriesContext(connection) as few:
        site.get(base)
    made.loaded("Two")
    with CaptureQueriesContext(connection) as many:
        site.get(base)
    assert len(many) == len(few)


def test_an_operation_shows_what_was_sent_and_is_found_by_key_and_id(site: Client) -> None:
    made.loaded()
    operation = Operation.objects.get(item__key="8450/jobs/7")
    page = site.get(f"/admin/projects/operation/{operation.pk}/change/").content.decode()
    assert "Job 7" in page
    for asked in ("8450/jobs/7", operation.item.remote_id):
        found = site.get("/admin/projects/operation/", {"q": asked}).context["cl"].result_list
        assert operation in list(found)


def test_a_run_shows_its_counts_and_who_started_it(site: Client) -> None:
    engagement = made.loaded()
    run = engagement.runs.get(stage="load")
    row = site.get("/admin/projects/run/?stage=load").content.decode()
    for part in ("Succeeded", "80 / 80", "anna"):
        assert part in row
    assert site.get("/admin/projects/run/?q=load").context["cl"].result_count == 1
    assert site.get(f"/admin/projects/run/{run.pk}/change/").status_code == 200


def test_the_audit_chain_is_verified_at_a_press(site: Client) -> None:
    engagement = made.proposed()
    verify = "/admin/projects/auditentry/verify/"
    whole = site.post(verify, {"engagement": engagement.pk}, follow=True)
    assert f"The chain of {engagement} is whole" in whole.content.decode()
    wrong = site.post(verify, {"engagement": engagement.pk, "head": "7:abc"}, follow=True)
    assert "is no longer in the chain" in wrong.content.decode()
    assert "Choose the engagement" in site.post(verify, {}, follow=True).content.decode()
    assert site.get(verify).status_code == 405


def test_a_chain_with_a_forged_head_is_named(site: Client) -> None:
    engagement = made.proposed()
    engagement.audit_head.delete()
    answer = site.post(
        "/admin/projects/auditentry/verify/", {"engagement": engagement.pk}, follow=True
    )
    assert "The chain&#x27;s head is gone." in answer.content.decode()
    assert AuditEntry.objects.filter(engagement=engagement).exists()


def test_the_first_page_names_what_comes_next(site: Client) -> None:
    made.scanned("Northside Plumbing")
    made.loaded("Moreno Heating")
    page = site.get("/admin/").content.decode()
    for part in ("Northside Plumbing", "Confirm the mapping", "Cleo Marsh", "Every step is done."):
        assert part in page
    assert Run.objects.exists()
