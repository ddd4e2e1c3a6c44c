"""Files that people upload for the reference: taken whole, or refused by row and column."""

import io
import zipfile

import openpyxl
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects.models import Engagement, ReferenceUpload
from tests.projects.admin import made

pytestmark = pytest.mark.django_db
GOOD = b"playbook,step,instruction\r\nNo heat,1,Ask for gas smell\r\nNo heat,2,Dispatch\r\n"


@pytest.fixture
def engagement(db: None) -> Engagement:
    return made.proposed()


def address(engagement: Engagement, kind: str = "") -> str:
    return f"/admin/projects/engagement/{engagement.pk}/reference/{kind + '/' if kind else ''}"


def send(site: Client, engagement: Engagement, body: bytes, name: str, kind: str = "playbooks"):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile(name, body)
    return site.post(address(engagement, kind), {"file": file, "do": "upload"}, follow=True)


def workbook(*rows: list[object]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("p.csv", GOOD),
        (
            "p.xlsx",
            workbook(
                ["playbook", "step", "instruction"], ["No heat", 1, "Ask"], ["No heat", 2, "Go"]
            ),
        ),
        (
            "p.json",
            orjson.dumps(
                {
                    "rows": [
                        {"playbook": "No heat", "step": 1, "instruction": "Ask"},
                        {
                            "playbook": "No heat",
                            "step": 2,
                            "instruction": "Go",
                            "job_types": ["A", "B"],
                        },
                    ]
                }
            ),
        ),
    ],
)
def test_each_form_of_a_file_is_kept_and_shown(
    site: Client, engagement: Engagement, name: str, body: bytes
) -> None:
    answer = send(site, engagement, body, name)
    kept = engagement.reference_uploads.get(kind="playbooks")
    assert [row["step"] for row in kept.rows] == [1, 2]
    assert (kept.uploaded_by, kept.file_name) == ("anna", name)
    page = answer.content.decode()
    assert f"{name}, by anna" in page
    assert engagement.audit_entries.latest("sequence").action == "reference uploaded"


def test_a_newer_file_takes_the_place_and_can_be_taken_away(
    site: Client, engagement: Engagement
) -> None:
    send(site, engagement, GOOD, "one.csv")
    send(site, engagement, GOOD.replace(b"gas smell", b"smoke"), "two.csv")
    assert engagement.reference_uploads.get().file_name == "two.csv"
    site.post(address(engagement, "playbooks"), {"do": "remove"})
    assert not engagement.reference_uploads.exists()
    assert engagement.audit_entries.latest("sequence").action == "reference upload removed"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("p.csv", b"", "It is empty."),
        ("p.csv", b"playbook,step\r\nx,1\r\n", "The column instruction is missing."),
        ("p.csv", b"playbook,step,instruction,sql\r\na,1,b,c\r\n", "Unknown column(s) sql."),
        ("p.csv", b"playbook,step,step,instruction\r\na,1,1,b\r\n", "step is there twice"),
        ("p.csv", b"playbook,step,instruction\r\n", "It has no rows"),
        ("p.csv", GOOD.replace(b"No heat,2", b"No heat,two"), "“two” is no number"),
        ("p.csv", GOOD.replace(b"No heat,2", b",2"), "It is empty and must not be."),
        ("p.csv", b"\xff\xfe\x00playbook", "It is not UTF-8"),
        ("p.exe", b"MZ", "It is none of: csv, xlsx, json."),
        ("p.xlsx", b"PK\x03\x04 not a workbook", "It cannot be read as XLSX"),
        ("p.json", b"{", "It is not JSON"),
        ("p.json", b'{"rows": 7}', "It must hold a list of objects"),
        ("p.json", b'[{"playbook": {"a": 1}, "step": 1, "instruction": "x"}]', "holds an object"),
        ("p.json", b'[{"playbook": ["a"], "step": 1, "instruction": "x"}]', "It holds a list"),
        ("p.csv", b"playbook,step,instruction\r\n" + b"a,1,b\r\n" * 5001, "5000 are the most"),
        ("p.csv", b"playbook,step,instruction\r\na,1," + b"x" * 10_001, "10000 are the most"),
    ],
)
def test_a_file_that_is_not_right_changes_nothing_and_says_where(
    site: Client, engagement: Engagement, name: str, body: bytes, said: str
) -> None:
    send(site, engagement, GOOD, "before.csv")
    answer = send(site, engagement, body, name)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert engagement.reference_uploads.get().file_name == "before.csv"


def test_a_workbook_that_unfolds_to_more_than_memory_is_refused(
    site: Client, engagement: Engagement
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (120 * 1024 * 1024))
    answer = send(site, engagement, packed.getvalue(), "bomb.xlsx")
    assert "that is no table of settings" in answer.content.decode()
    assert not ReferenceUpload.objects.exists()


def test_what_is_uploaded_is_shown_as_text(site: Client, engagement: Engagement) -> None:
    answer = send(
        site, engagement, GOOD.replace(b"Dispatch", b"<script>alert(1)</script>"), "p.csv"
    )
    page = answer.content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_only_who_may_change_an_engagement_uploads(client: Client, engagement: Engagement) -> None:
    assert client.get(address(engagement)).status_code == 302
    answer = client.post(address(engagement, "playbooks"), {"do": "upload"})
    assert answer.status_code == 302
    assert not ReferenceUpload.objects.exists()


def test_a_closed_engagement_takes_no_upload(site: Client, engagement: Engagement) -> None:
    Engagement.objects.update(state="closed")
    answer = send(site, engagement, GOOD, "p.csv")
    assert "The engagement is closed" in answer.content.decode()
    assert not ReferenceUpload.objects.exists()


def test_an_unknown_part_is_not_found_and_a_form_without_file_says_so(
    site: Client, engagement: Engagement
) -> None:
    assert send(site, engagement, GOOD, "p.csv", "nonsense").status_code == 404
    answer = site.post(address(engagement, "playbooks"), {"do": "upload"})
    assert "Choose a file first." in answer.content.decode()


def test_the_page_sends_the_reference_its_schema_and_empty_files(
    site: Client, engagement: Engagement
) -> None:
    for query, start in (("?file=json", b'{\n  "format"'), ("?file=schema", b"{\n")):
        answer = site.get(address(engagement) + query)
        assert answer.content.startswith(start)
        assert "attachment" in answer["Content-Disposition"]
    empty = site.get(address(engagement, "playbooks")).content.decode("utf-8-sig")
    assert empty.startswith("playbook,step,instruction,trigger")
