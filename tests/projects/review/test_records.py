"""What the client reads: overview, list, record, comments."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Comment, Plan, SampleDiff
from projects.review import views
from projects.review.sample import SYMBOLS, Part
from tests.factories import RunFactory, SampleDiffFactory, job_lines, line
from tests.projects.review.reader import Reader

pytestmark = pytest.mark.django_db
EVIL = """<script>alert('x')</script>"><img src=x onerror=alert(1)>{{ 7|add:1 }}"""


def rows(page: str) -> list[str]:
    return re.findall(r"<tr[ >].*?</tr>", page, re.DOTALL)


def differing(kim: Reader) -> SampleDiff:
    diff: SampleDiff = SampleDiffFactory(
        run=kim.run, title="2001 Leak", lines=job_lines(priority="differs")
    )
    return diff


def test_the_overview_counts_records_and_verdicts(kim: Reader) -> None:
    differing(kim)
    page = kim.text()
    assert "We put 4 of your records" in page
    assert 'aria-label="8 same, 7 converted, 1 differs, 8 not moved"' in page
    assert "Of the fields not moved, 4 are empty in your system, too." in page


def test_a_bar_is_as_long_as_its_parts_and_no_locale_groups_its_numbers() -> None:
    part = Part("Case")
    part.add([line("a", "1", "A", "1", "same")] * 5000)
    part.add([line("b", "", "", "", "not moved")] * 2500)
    assert [(s.verdict, s.x, s.width) for s in part.segments] == [
        ("same", "0.00", "666.67"),
        ("converted", "666.67", "0.00"),
        ("differs", "666.67", "0.00"),
        ("not moved", "666.67", "333.33"),
    ]
    assert Part().segments[0].width == "0.00"


def test_the_overview_shows_how_each_point_is_mapped(kim: Reader) -> None:
    page = kim.text()
    cards = dict(
        re.findall(r'<article class="card" id="([\w-]+)">(.*?)</article>', page, re.DOTALL)
    )
    assert list(cards) == ["job-type", "priority", "technician", "address"]
    assert "Job_Type__c" in cards["job-type"]
    assert re.search(r"Urgent</th>\s*<td>High", cards["priority"])
    assert re.search(r"Completed</th>\s*<td>Closed", cards["priority"])
    assert re.search(r"Ana Diaz</th>\s*<td>Ana Diaz-Ruiz", cards["technician"])
    assert re.search(r"Bo Lind</th>\s*<td>005000000000099AAA \(shared owner\)", cards["technician"])
    assert "Site_Address__c" in cards["address"]


def test_a_record_shows_every_source_field_with_word_and_sign(kim: Reader) -> None:
    diff = differing(kim)
    page = kim.text("record", diff.pk)
    assert len(rows(page)) == len(diff.lines) + 3
    for verdict, symbol in SYMBOLS.items():
        assert re.search(rf"aria-hidden=\"true\">{symbol}</span> {verdict}", page)
    first = rows(page)[1]
    assert all(word in first for word in ("Priority", "Urgent", "High", "Medium", "differs"))
    assert "Ana Diaz-Ruiz (005000000000001AAA)" in page
    left = page[page.index("<details>") : page.index("</details>")]
    assert "campaignId" in left
    assert "warrantyId" in left
    assert "jobNumber" not in left


def test_records_come_25_a_page_and_can_be_filtered(kim: Reader) -> None:
    SampleDiffFactory.create_batch(25, run=kim.run)
    differing(kim)
    assert "29 records, page 1 of 2" in kim.text("records")
    assert len(rows(kim.text("records"))) == 26
    assert len(rows(kim.text("records", page=2))) == 5
    assert len(rows(kim.text("records", page="last"))) == 26
    assert len(rows(kim.text("records", differing="on"))) == 2
    assert "2001 Leak" in kim.text("records", q="lEAK")
    assert "No record fits." in kim.text("records", q="%")
    assert "29 records" in kim.text("records", object="Case")
    assert "29 records" in kim.text("records", object="Nonsense")


def test_kinds_of_records_go_by_the_name_that_the_account_gives_them(kim: Reader) -> None:
    before = kim.text("records")
    kim.engagement.destination.schema_fields.filter(object="Case").update(object_label="Ticket")
    assert 'data-label="Kind">Case<' in before
    assert 'data-label="Kind">Ticket<' in kim.text("records")
    assert '<option value="Case">Ticket</option>' in kim.text("records")
    assert ">Ticket</a>" in kim.text()


def test_the_list_asks_the_database_the_same_few_times_however_long(kim: Reader) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        kim.get("records")
    SampleDiffFactory.create_batch(20, run=kim.run)
    with CaptureQueriesContext(connection) as many:
        kim.get("records")
    assert len(few) == len(many)


def test_the_next_record_is_the_next_one_of_the_filter(kim: Reader) -> None:
    first, _, last = differing(kim), SampleDiffFactory(run=kim.run), differing(kim)
    page = kim.text("record", first.pk, differing="on")
    assert f"/records/{last.pk}/?differing=on" in page
    assert "Previous record" not in page


def test_a_comment_is_kept_for_a_record_and_a_field(kim: Reader) -> None:
    diff = kim.run.sample_diffs.first()
    assert diff is not None
    token = kim.hidden("record", diff.pk)
    said = {**token, "name": "Kim", "text": "Should be Urgent.", "field": "priority"}
    assert kim.send(said, "record", diff.pk).status_code == 302
    comment = kim.engagement.comments.get()
    assert (comment.diff, comment.field, comment.author) == (diff, "priority", "Kim")
    page = kim.text("record", diff.pk)
    assert "Should be Urgent." in page
    assert "1 comment<" in page
    assert 'value="Kim"' in page
    assert "Should be Urgent." in kim.text()


def test_a_comment_on_the_whole_sample_needs_no_record(kim: Reader) -> None:
    kim.send({**kim.hidden("overview"), "name": "Kim", "text": "All fine."}, "overview")
    assert kim.engagement.comments.get().diff is None


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"text": " "}, {"text": "x" * 4001}, {"field": "salary"}]
)
def test_a_malformed_comment_is_not_kept(kim: Reader, wrong: dict[str, str]) -> None:
    diff = kim.run.sample_diffs.first()
    assert diff is not None
    said = {**kim.hidden("record", diff.pk), "name": "Kim", "text": "Hello", "field": "", **wrong}
    assert "errorlist" in kim.send(said, "record", diff.pk).content.decode()
    assert not Comment.objects.exists()


def test_comments_end_before_they_fill_the_database(
    kim: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "COMMENTS_KEPT", 1)
    said = {**kim.hidden("overview"), "name": "Kim", "text": "Hello"}
    kim.send(said, "overview")
    assert "no room for more comments" in kim.send(said, "overview").content.decode()
    assert kim.engagement.comments.count() == 1


def test_a_comment_on_an_earlier_sample_is_shown_without_a_link(kim: Reader) -> None:

    diff = kim.run.sample_diffs.first()
    Comment.objects.create(engagement=kim.engagement, diff=diff, author="Kim", text="Old remark")
    RunFactory(engagement=kim.engagement, plan=kim.run.plan)
    assert "(earlier sample)" in kim.text()
    assert kim.get("record", diff.pk).status_code == 404


def test_whatever_a_record_or_a_person_says_is_shown_as_text(kim: Reader) -> None:
    evil = line(EVIL, EVIL, EVIL, EVIL, "differs")
    diff = SampleDiffFactory(run=kim.run, title=EVIL, lines=[evil])
    Comment.objects.create(engagement=kim.engagement, diff=diff, field=EVIL, author=EVIL, text=EVIL)
    kim.engagement.technician_matches.update(name=EVIL, user_name=EVIL)
    kim.run.plan = Plan.freeze(kim.engagement, "staff")
    kim.run.save()
    kim.sign("changes", name=EVIL, comment=EVIL)
    pages = [
        kim.text(),
        kim.text("records", q=EVIL),
        kim.text("record", diff.pk, field=EVIL),
        kim.sign("accepted", name=EVIL, comment=EVIL, ticked=[]).content.decode(),
        kim.sign("accepted", comment=EVIL, plan=EVIL).content.decode(),
    ]
    for page in pages:
        assert "&lt;script&gt;" in page
        assert "<script" not in page
        assert "<img" not in page
