"""A disk that fills up while the source is read: whole pages kept, one message, and on it goes
once there is room."""

from collections.abc import Iterator

import pytest

from tests.badinput import seen
from tests.badinput.disk import Disk, small_disk
from tests.practice import Practice

LEFT_KB = 300
"""Room for the first small lists, not for all that the contractor has."""
FULL = ("The machine refused: database or disk is full", "kept", "start the stage again")
FEEDS = """
    SELECT object, records, cursor, finished_at,
        (SELECT count(*) FROM projects_sourcerecord AS kept WHERE kept.object = feed.object)
    FROM projects_feed AS feed"""
RUNS = "SELECT count(*) FROM projects_run"
PAGE = "/admin/projects/engagement/1/change/"
START = "/admin/projects/engagement/1/start/extract/"


@pytest.fixture(scope="session")
def installed(
    small_contractor: Practice, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Disk:
    """Both accounts connected, in a folder of its own with a queue of its own."""
    found = Disk(tmp_path_factory.mktemp("installed"), f"{valkey_url.partition('?')[0]}?db=9")
    found.manage("migrate", "--verbosity", "0")
    line = seen.line(small_contractor, found.folder / "practice.json")
    assert found.engagement("create", "--practice", line).code == 0
    return found


@pytest.fixture
def disk(practice: Practice, installed: Disk) -> Iterator[Disk]:
    try:
        with small_disk(installed) as found:
            yield found
    except PermissionError as refused:
        pytest.skip(f"a small disk cannot be mounted here: {refused}")


def test_the_command_says_so_keeps_whole_pages_and_completes_once_there_is_room(
    disk: Disk, practice: Practice
) -> None:
    disk.fill(LEFT_KB)
    answer = disk.engagement("run", "extract", "--here")
    assert (answer.code, answer.out) == (3, "")
    seen.says(answer.error, *FULL)
    seen.shows_no_secret(practice, answer.error)
    _whole(disk)
    disk.free()
    _completes(disk)
    seen.wrote_nothing(practice)


def test_the_page_says_so_before_and_after_a_worker_ran_out_of_room(
    disk: Disk, practice: Practice
) -> None:
    with disk.visitor() as visitor:
        assert "MB are free" not in visitor.ask(f"GET {PAGE}")["text"]
        disk.fill(0)
        (said,) = visitor.ask(f"POST {START}")["messages"]
        seen.says(said, *FULL)
        assert disk.rows(RUNS) == [(0,)]
        disk.free()
        (said,) = visitor.ask(f"POST {START}")["messages"]
        assert "is started" in said
        disk.fill(LEFT_KB)
        disk.manage("rqworker", "default", "--burst")
        shown = visitor.ask(f"GET {PAGE}")
        assert shown["status"] == 200
        seen.says(shown["text"], "Only 0 MB are free on the disk of", "Free some")
        _whole(disk)
        disk.free()
        _completes(disk)
        shown = visitor.ask(f"GET {PAGE}")["text"]
        assert "MB are free" not in shown
        seen.says(shown, "Extract the source done")


def _whole(disk: Disk) -> None:
    """Something was read and not all; each cursor stands after what is kept, no more."""
    feeds = disk.rows(FEEDS)
    assert any(read for _, read, *_ in feeds)
    assert not all(finished for *_, finished, _ in feeds)
    for object, read, cursor, _, kept in feeds:
        assert read == kept, object
        assert cursor or not read, object


def _completes(disk: Disk) -> None:
    """The stage started again reads what the other reading would have."""
    answer = disk.engagement("run", "extract", "--here", "--json")
    assert answer.code == 0, answer.error
    assert disk.rows(RUNS) == [(1,)]
    feeds = disk.rows(FEEDS)
    assert all(finished and read == kept for _, read, _, finished, kept in feeds)
    assert {object: read for object, read, *_ in feeds}["jobs"] == 30
