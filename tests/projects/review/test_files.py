"""The files that stay behind, as the client reads of them on the page of what lands."""

import lxml.html
import pytest

from projects.models import FlaggedFile, MeasuredFile, Run
from projects.review import files
from tests.factories import RunFactory
from tests.projects.review.reader import Reader

Action, Why = FlaggedFile.Action, FlaggedFile.Why


@pytest.fixture
def scan(kim: Reader) -> Run:
    return RunFactory(engagement=kim.engagement, stage="scan", writes=False)


def met(scan: Run, id: str, size: int | None = 2**20, lost: str = "") -> None:
    MeasuredFile.objects.create(
        engagement=scan.engagement, run=scan, object="attachments", source_id=id,
        name=f"IMG_{id}.jpg", size=size, lost=lost, digest=id,
    )  # fmt: skip


def flagged(scan: Run, id: str, why: str, action: str, reason: str = "") -> None:
    FlaggedFile.objects.create(
        engagement=scan.engagement, object="attachments", source_id=id, name=f"IMG_{id}.jpg",
        size=2**20, why=why, action=action, reason=reason,
    )  # fmt: skip


def section(kim: Reader) -> str:
    page = lxml.html.fromstring(kim.text("handover"))
    (found,) = page.xpath("//section[@aria-labelledby='files']")
    return " ".join(found.text_content().split())


def test_every_file_that_stays_behind_is_named_once_with_its_reason(kim: Reader, scan: Run) -> None:
    for id in ("1", "2", "3", "4", "5"):
        met(scan, id)
    met(scan, "6", None, "The source lists file 6 but no longer has it.")
    met(scan, "7", None, "The source lists file 7 but no longer has it.")
    flagged(scan, "2", Why.LARGE, Action.SKIP, "A film of the parking lot")
    flagged(scan, "3", Why.TOO_LARGE, Action.SKIP)
    flagged(scan, "4", Why.KIND, Action.UNDECIDED)
    flagged(scan, "5", Why.LARGE, Action.LOAD)
    flagged(scan, "7", Why.KIND, Action.SKIP, "Nobody needs it")
    flagged(scan, "8", Why.KIND, Action.SKIP, "Of a job that was deleted since")
    found = files.files(kim.engagement)
    assert (found.known, found.missing) == (7, 5)
    assert {g.title: [f.record for f in g.files] for g in found.groups} == {
        "Left out by decision": ["attachments/2", "attachments/7"],
        "Larger than the new system takes": ["attachments/3"],
        "Not decided yet": ["attachments/4"],
        "Cannot be fetched from your system": ["attachments/6"],
    }
    said = section(kim)
    assert "As things are, 5 of the 7 files that we found will not land." in said
    for reason in ("A film of the parking lot", "no longer has it", "Over the destination's limit"):
        assert reason in said
    assert "IMG_1.jpg" not in said


def test_a_move_whose_files_all_land_says_so_and_one_without_files_too(
    kim: Reader, scan: Run
) -> None:
    assert "We found no files that belong to your records." in section(kim)
    met(scan, "1")
    assert "None: the 1 file that we found will land." in section(kim)


def test_of_very_many_files_some_are_listed_and_the_others_counted(
    kim: Reader, scan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SHOWN", 2)
    for id in ("1", "2", "3"):
        met(scan, id, None, "gone")
    assert "3 files" in section(kim)
    assert "And 1 more." in section(kim)


def test_files_that_the_newest_whole_scan_did_not_meet_are_not_spoken_of(
    kim: Reader, scan: Run
) -> None:
    met(scan, "1", None, "gone")
    RunFactory(engagement=kim.engagement, stage="scan", writes=False)
    assert "We found no files" in section(kim)
