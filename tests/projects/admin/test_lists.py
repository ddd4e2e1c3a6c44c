"""Decisions edited in their lists and forms."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import Engagement, MappingRow
from tests.projects.admin import made

pytestmark = pytest.mark.django_db
ROWS = "/admin/projects/mappingrow/"
TECHNICIANS = "/admin/projects/technicianmatch/"


def edited(site: Client, url: str, row: Any, **changes: str) -> Any:
    """Open the list and save it with changes to one row."""
    return site.post(url, opened(site, url, row, **changes))


def opened(site: Client, url: str, row: Any, **changes: str) -> dict[str, Any]:
    """What the list's page would post now, with changes to one row."""
    formset = site.get(url).context["cl"].formset
    data: dict[str, Any] = {"form-TOTAL_FORMS": formset.total_form_count()}
    data |= {"form-INITIAL_FORMS": formset.initial_form_count(), "_save": "Save"}
    for form in formset.forms:
        shown = {name: form[name].value() or "" for name in form.fields}
        shown["id"] = form.instance.pk
        data |= {f"initial-{form.prefix}-{name}": value for name, value in shown.items()}
        if form.instance.pk == row.pk:
            shown |= changes
        data |= {f"{form.prefix}-{name}": value for name, value in shown.items()}
    return data


def of(engagement: Engagement, url: str = ROWS) -> str:
    """The list of one engagement; of mapping rows those of jobs, which fit on one page."""
    shape = "&shape=job" if url == ROWS else ""
    return f"{url}?engagement__id__exact={engagement.pk}{shape}"


def subject(engagement: Engagement) -> MappingRow:
    return engagement.mapping_rows.get(shape="job", destination_field="Subject")


def test_an_edit_in_the_list_makes_the_sign_off_stale_and_the_page_shows_the_difference(
    site: Client,
) -> None:
    engagement = made.signed()
    page = f"/admin/projects/engagement/{engagement.pk}/change/"
    assert 'id="stale"' not in site.get(page).content.decode()
    old = subject(engagement).argument
    edited(site, of(engagement), subject(engagement), argument="{jobNumber} only")
    row = subject(engagement)
    assert (row.argument, row.confirmed_by) == ("{jobNumber} only", "anna")
    text = site.get(page).content.decode()
    assert "This sign-off is stale" in text
    for part in ("job.Subject › argument", old, "{jobNumber} only"):
        assert part in text
    edited(site, of(engagement), row, argument=old)
    assert 'id="stale"' not in site.get(page).content.decode()


def test_an_old_page_changes_only_what_was_typed_into_it(site: Client) -> None:
    engagement = made.proposed()
    status = engagement.mapping_rows.get(shape="job", destination_field="Description")
    page = opened(site, of(engagement), subject(engagement), argument="typed")
    MappingRow.objects.filter(pk=status.pk).update(transform="copy", argument="meanwhile")
    assert site.post(of(engagement), page).status_code == 302
    status.refresh_from_db()
    assert (status.argument, status.confirmed_by) == ("meanwhile", "")
    assert subject(engagement).argument == "typed"
    again = opened(site, of(engagement), subject(engagement), argument="typed again")
    MappingRow.objects.filter(pk=subject(engagement).pk).update(argument="overtaken")
    assert "Changed meanwhile to “overtaken”" in site.post(of(engagement), again).content.decode()
    assert subject(engagement).argument == "overtaken"


def test_an_edit_is_recorded_with_what_it_was_before(site: Client) -> None:
    engagement = made.proposed()
    old = subject(engagement).argument
    edited(site, of(engagement), subject(engagement), argument="new")
    entry = engagement.audit_entries.latest("sequence")
    assert (entry.actor, entry.action) == ("anna", "mapping row changed")
    assert entry.detail == (
        f'{{"after":{{"argument":"new"}},"before":{{"argument":"{old}"}},'
        f'"row":{subject(engagement).pk}}}'
    )


def test_a_list_saved_unchanged_confirms_nothing(site: Client) -> None:
    engagement = made.proposed()
    answer = edited(site, of(engagement), subject(engagement))
    assert answer.status_code == 302
    assert not engagement.mapping_rows.exclude(confirmed_by="").exists()


def test_a_text_of_several_lines_stays_as_it_was_though_browsers_send_other_line_ends(
    site: Client,
) -> None:
    engagement = made.proposed()
    engagement.mapping_rows.filter(pk=subject(engagement).pk).update(argument="one\ntwo")
    page = opened(site, of(engagement), subject(engagement))
    sent = {name: str(value).replace("\n", "\r\n") for name, value in page.items()}
    assert "one\r\ntwo" in sent.values()
    assert site.post(of(engagement), sent).status_code == 302
    assert (subject(engagement).argument, subject(engagement).confirmed_by) == ("one\ntwo", "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"destination_field": "Nowhere__c"}, "Case has no field Nowhere__c"),
        ({"transform": "shout"}, "shout is not one of the available choices"),
        ({"destination_field": "Status"}, "already has a mapping row"),
    ],
)
def test_what_cannot_work_is_said_beside_the_row(
    site: Client, changes: dict[str, str], message: str
) -> None:
    engagement = made.proposed()
    answer = edited(site, of(engagement), subject(engagement), **changes)
    assert message in answer.content.decode()
    assert subject(engagement).confirmed_by == ""


def test_no_decision_changes_while_a_run_writes(site: Client) -> None:
    engagement = made.signed()
    made.ran(engagement, "load", status="running")
    answer = edited(site, of(engagement), subject(engagement), argument="new")
    assert "is running" in answer.content.decode()
    assert subject(engagement).argument != "new"
    row = subject(engagement)
    site.post(f"{ROWS}{row.pk}/delete/", {"post": "yes"})
    assert subject(engagement).pk == row.pk
    fallback = engagement.fallback_owner
    site.post(f"/admin/projects/engagement/{engagement.pk}/change/", settings(engagement, "005X"))
    engagement.refresh_from_db()
    assert engagement.fallback_owner == fallback


def settings(engagement: Engagement, fallback_owner: str) -> dict[str, Any]:
    return {
        "name": engagement.name,
        "client_name": engagement.client_name,
        "households": engagement.households,
        "placeholder_children": engagement.placeholder_children,
        "sample_size": engagement.sample_size,
        "custom_fields": engagement.custom_fields,
        "flag_over_mb": engagement.flag_over_mb,
        "fallback_owner": fallback_owner,
    }


def test_a_setting_of_the_engagement_is_part_of_the_plan(site: Client) -> None:
    engagement = made.signed()
    page = f"/admin/projects/engagement/{engagement.pk}/change/"
    assert site.post(page, settings(engagement, "005000000000077")).status_code == 302
    assert "This sign-off is stale" in site.get(page).content.decode()
    assert engagement.audit_entries.latest("sequence").action == "engagement changed"


def test_a_new_engagement_begins_its_audit_chain(site: Client) -> None:
    draft = Engagement(name="New", client_name="N")
    site.post("/admin/projects/engagement/add/", settings(draft, ""))
    entry = Engagement.objects.get(name="New").audit_entries.get()
    assert (entry.actor, entry.action) == ("anna", "engagement added")


def test_selected_rows_are_confirmed_as_they_are(site: Client) -> None:
    engagement = made.proposed()
    row = subject(engagement)
    site.post(
        of(engagement), {"action": "confirm_selected", "_selected_action": [row.pk], "index": 0}
    )
    assert subject(engagement).confirmed_by == "anna"
    assert engagement.audit_entries.latest("sequence").action == "mapping row confirmed"


def test_a_deleted_row_leaves_its_values_in_the_audit_chain(site: Client) -> None:
    engagement = made.proposed()
    row = subject(engagement)
    site.post(f"{ROWS}{row.pk}/delete/", {"post": "yes"})
    assert not MappingRow.objects.filter(pk=row.pk).exists()
    entry = engagement.audit_entries.latest("sequence")
    assert entry.action == "mapping row removed"
    assert '"destination_field":"Subject"' in entry.detail


def test_a_technician_is_decided_in_the_list(site: Client) -> None:
    engagement = made.scanned()
    cleo = engagement.technician_matches.get(name="Cleo Marsh")
    url = of(engagement, TECHNICIANS)
    answer = edited(site, url, cleo, action="match")
    assert "Name the destination user" in answer.content.decode()
    edited(site, url, cleo, action="match", user_id="005000000000007")
    cleo.refresh_from_db()
    assert (cleo.action, cleo.user_id, cleo.confirmed_by) == ("match", "005000000000007", "anna")


def test_filters_and_search_find_rows_of_one_engagement(site: Client) -> None:
    engagement = made.proposed()
    made.proposed("Another client")
    found = site.get(of(engagement) + "&q=Subject").context["cl"].result_list
    assert {row.engagement_id for row in found} == {engagement.pk}
    proposals = site.get(of(engagement) + "&confirmed=yes").context["cl"].result_list
    assert list(proposals) == []


@pytest.mark.parametrize("url", [ROWS, "/admin/projects/valuemap/", TECHNICIANS])
def test_a_longer_list_takes_no_more_queries(site: Client, url: str) -> None:
    made.scanned("One")
    site.get(url)
    with CaptureQueriesContext(connection) as few:
        site.get(url)
    made.scanned("Two")
    with CaptureQueriesContext(connection) as many:
        site.get(url)
    assert len(many) == len(few)


def test_the_import_page_says_row_and_column_and_changes_nothing(site: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    engagement = made.proposed()
    url = f"/admin/projects/engagement/{engagement.pk}/exchange/mapping-rows/"
    text = site.get(url + "?format=csv").content.decode("utf-8-sig")
    spoilt = text.replace(",Subject,template,", ",Subject,shout,")
    assert spoilt != text
    file = SimpleUploadedFile("rows.csv", spoilt.encode())
    answer = site.post(url, {"file": file, "do": "import"})
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert "There is no transform “shout”" in answer.content.decode()
    good = SimpleUploadedFile("rows.csv", text.replace("{jobNumber}", "{jobNumber}!").encode())
    assert site.post(url, {"file": good, "do": "check"}).status_code == 200
    assert "!" not in subject(engagement).argument
    good.seek(0)
    assert site.post(url, {"file": good, "do": "import"}).status_code == 302
    assert "!" in subject(engagement).argument


def test_the_destinations_fields_are_offered_where_one_is_typed(site: Client) -> None:
    engagement = made.proposed()
    page = site.get(of(engagement)).content.decode()
    known = f"fields-{engagement.pk}-Case"
    assert f'list="{known}"' in page
    options = page.split(f'<datalist id="{known}">')[1].split("</datalist>")[0]
    assert '<option value="Subject">' in options
    assert "BillingCity" not in options
    form = site.get(f"{ROWS}{subject(engagement).pk}/change/").content.decode()
    assert f'list="{known}"' in form
    assert f'<datalist id="{known}">' in form
