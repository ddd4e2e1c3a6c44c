"""`engagement fields` and `undo-fields`, and a rehearsal by file, against the practice org."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from projects.commandline.accounts import from_practice
from projects.models import Engagement
from tests import moves, practice
from tests.projects.commandline.scripted import command, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(vendors: practice.Practice) -> Iterator[practice.Practice]:
    vendors.limits("salesforce", custom_objects=False)
    vendors.reset()
    yield vendors
    vendors.reset()


def test_the_list_the_package_and_the_undo_are_files_and_removing_asks_for_a_yes(
    bare: practice.Practice, tmp_path: Path
) -> None:
    moves.connected(bare)
    assert command("run", "inventory", "--here").code == 0
    sheet, package, undo = (tmp_path / name for name in ("f.csv", "f.zip", "u.zip"))
    listed = command("fields", sheet, "--json").document
    assert listed["counted"]["to be created"] > 50
    assert sheet.read_text(encoding="utf-8-sig").startswith("API name,object,label,type,length")
    assert command("fields", package).code == 0
    assert "package.xml" in ZipFile(package).namelist()
    assert command("fields", undo, "--undo").code == 2

    assert command("run", "check-fields", "--here").code == 0
    assert command("run", "fields", "--here").code == 0
    assert command("fields", package).code == 2
    assert command("fields", undo, "--undo").code == 0
    assert "destructiveChanges.xml" in ZipFile(undo).namelist()
    asked = command("undo-fields", "--here")
    assert (asked.code, "Every value in these fields is lost" in asked.error) == (3, True)
    assert command("undo-fields", "--yes", "--here").code == 0
    assert command("undo-fields", "--yes", "--here").code == 3


def test_a_rehearsal_is_made_by_file_and_named_by_role(
    vendors: practice.Practice, tmp_path: Path
) -> None:
    vendors.reset()
    copy = practice.start(customers=5, jobs=5, copy=True)
    try:
        body = {"name": "Rehearsed", "client": "R", **_accounts(vendors, copy)}
        path = put(tmp_path / "r.json", body)
        made = command("create", path, "--json")
        assert made.code == 0, made.error
        accounts = made.document["accounts"]
        assert accounts["rehearsal"]["id"] != accounts["destination"]["id"]
        assert Engagement.objects.get().rehearsal is not None
        assert command("run", "inventory", "--here").code == 0
        ids = {at: command("fields", "--at", at, "--json").document["account"] for at in accounts
               if at != "source"}  # fmt: skip
        assert ids == {at: accounts[at]["id"] for at in ids}
    finally:
        copy.stop()


def test_a_rehearsal_in_the_destination_itself_is_refused(
    vendors: practice.Practice, tmp_path: Path
) -> None:
    body = {"name": "Twice", "client": "T", **_accounts(vendors, vendors)}
    refused = command("create", put(tmp_path / "t.json", body))
    assert refused.code == 2
    assert "the destination itself" in refused.error
    assert not Engagement.objects.exists()


def _accounts(production: practice.Practice, rehearsal: practice.Practice) -> dict[str, object]:
    return {
        "source": from_practice("servicetitan", production.urls),
        "destination": from_practice("salesforce", production.urls),
        "rehearsal": from_practice("salesforce", rehearsal.urls),
    }
