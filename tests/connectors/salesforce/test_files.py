"""Files at Salesforce: uploads in pieces, doubtful answers, refusals, and taking them back."""

import hashlib
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import Misconfigured, Unavailable
from connectors.salesforce.files import FILES
from connectors.salesforce.values import Unsendable
from connectors.values import Outcome, Row
from tests.connectors.salesforce.conftest import Desk, calls, key
from tests.practice import Practice

OBJECT = "ContentVersion"
UPLOAD = {"method": "POST", "path": "/sobjects/ContentVersion"}
PIECE = bytes(range(256)) * 256
HELD = FILES[OBJECT]
MEGABYTES = 60


def pieces(count: int = 3) -> Iterator[bytes]:
    return (PIECE for _ in range(count))


def row(number: int = 1, count: int = 3, **values: Any) -> Row:
    named = {"Title": "Photo", "PathOnClient": "photo.jpg"} | values
    return Row(key(number, "attachments"), None, named, lambda: pieces(count))


def outcome(desk: Desk, given: Row) -> Outcome:
    return desk.write("create", OBJECT, [given])[given.key]


def uploaded(desk: Desk, given: Row | None = None) -> str:
    found = outcome(desk, given or row())
    assert found.status == "done", found
    return str(found.id)


def versions(vendor: Practice) -> list[dict[str, Any]]:
    found = vendor.edit("salesforce", op="dump", object=OBJECT)["records"]
    return list(found)


def test_a_file_lands_on_its_case_with_key_time_size_and_checksum(desk: Desk) -> None:
    case = desk.create("Case", {key(1, "jobs"): {"Subject": "Fix"}})[key(1, "jobs")]
    given = row(FirstPublishLocationId=case, CreatedDate="2021-02-03T04:05:06Z")
    id = uploaded(desk, given)
    (record,) = desk.destination.fetch(OBJECT, [id], [*given.values, HELD.size, HELD.md5])
    assert record.key == given.key
    assert record.ours
    assert record.values == given.values | {
        HELD.size: str(3 * len(PIECE)),
        HELD.md5: hashlib.md5(PIECE * 3).hexdigest(),
    }
    assert [r.id for r in desk.find(OBJECT, [given.key])] == [id]
    assert [r.id for r in desk.destination.sweep(OBJECT, "7001/", [HELD.size])] == [id]


def test_a_large_file_is_never_in_memory_as_a_whole(desk: Desk, vendor: Practice) -> None:
    uploaded(desk)  # what is imported on the way does not count
    tracemalloc.start()
    try:
        uploaded(desk, row(2, MEGABYTES * 16))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    sizes = sorted(int(each["ContentSize"]) for each in versions(vendor))
    assert sizes == [3 * len(PIECE), MEGABYTES * 2**20]
    assert peak < MEGABYTES * 2**20 / 20


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "fault", [{"kind": "reset"}, {"kind": "status", "status": 503}], ids=["reset", "503"]
)
def test_a_lost_answer_leaves_open_whether_the_file_is_there(
    desk: Desk, vendor: Practice, fault: dict[str, Any], when: str
) -> None:
    vendor.fault(**fault, when=when, match=UPLOAD)
    with pytest.raises(Unavailable):
        uploaded(desk)
    assert len(desk.find(OBJECT, [row().key])) == (when == "after")
    assert sum(c["method"] == "POST" and OBJECT in c["path"] for c in vendor.history()) == 1


def test_a_success_whose_body_is_broken_is_in_doubt_too(desk: Desk, vendor: Practice) -> None:
    vendor.fault("status", status=201, body="<html>", match=UPLOAD)
    with pytest.raises(Unavailable, match="looked up"):
        uploaded(desk)


def test_a_source_that_breaks_off_leaves_no_file(desk: Desk, vendor: Practice) -> None:
    def broken() -> Iterator[bytes]:
        yield PIECE
        raise Unavailable("the source hung up")

    with pytest.raises(Unavailable, match="the source hung up"):
        desk.write("create", OBJECT, [Row(key(1), None, row().values, broken)])
    assert versions(vendor) == []


def test_a_session_that_ended_is_renewed_and_the_file_begun_anew(
    desk: Desk, vendor: Practice
) -> None:
    desk.destination.users()
    vendor.fault("expire_token", vendor="salesforce", match=UPLOAD)
    id = uploaded(desk)
    assert desk.read(OBJECT, id, HELD.md5) == {HELD.md5: hashlib.md5(PIECE * 3).hexdigest()}


def test_a_key_that_is_there_already_names_its_version(desk: Desk) -> None:
    id = uploaded(desk)
    twin = outcome(desk, row())
    assert (twin.status, twin.id) == ("exists", id)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"blocked_extensions": "jpg"}, "FILE_EXTENSION_NOT_ALLOWED"),
        ({"max_file": 10}, "FILE_SIZE_LIMIT_EXCEEDED"),
    ],
)
def test_a_file_that_the_org_will_not_have_fails_by_name(
    desk: Desk, vendor: Practice, limits: dict[str, Any], code: str
) -> None:
    vendor.limits("salesforce", **limits)
    refused = outcome(desk, row())
    assert (refused.status, refused.retry) == ("failed", False)
    assert refused.error.startswith(code)


def test_without_file_storage_the_load_stops_instead_of_trying_every_file(
    desk: Desk, vendor: Practice
) -> None:
    vendor.limits("salesforce", file_storage_mb=0)
    with pytest.raises(Misconfigured, match=f"no file storage is left.*{row().key}"):
        uploaded(desk)


def test_a_title_that_is_too_long_fails_before_anything_is_sent(
    desk: Desk, vendor: Practice
) -> None:
    desk.destination.describe([OBJECT])
    seen = calls(vendor)
    assert outcome(desk, row(Title="x" * 256)).error.startswith("STRING_TOO_LONG")
    assert not [c for c in vendor.history(seen) if c["method"] == "POST"]
    assert issubclass(Unsendable, ValueError)


def test_a_file_is_renamed_and_taken_back_as_a_document(desk: Desk, vendor: Practice) -> None:
    ids = {row(n).key: uploaded(desk, row(n)) for n in (1, 2)}
    renamed = [Row(k, id, {"Title": "New"}) for k, id in ids.items()]
    assert {o.status for o in desk.write("update", OBJECT, renamed).values()} == {"done"}
    assert {each["Title"] for each in versions(vendor)} == {"New"}
    gone = desk.write("delete", OBJECT, [Row(k, id, {}) for k, id in ids.items()])
    assert {k: (o.status, o.id) for k, o in gone.items()} == {
        k: ("done", id) for k, id in ids.items()
    }
    assert versions(vendor) == []
    assert vendor.state()["salesforce"]["ContentDocument"]["count"] == 0
    again = desk.write("delete", OBJECT, [Row(k, id, {}) for k, id in ids.items()])
    assert {o.status for o in again.values()} == {"gone"}


def test_what_others_made_of_a_file_is_named_before_it_goes(desk: Desk, vendor: Practice) -> None:
    case = desk.create("Case", {key(1, "jobs"): {"Subject": "Fix"}})[key(1, "jobs")]
    id = uploaded(desk, row(FirstPublishLocationId=case))
    assert list(desk.destination.children(OBJECT, [id])) == []
    assert [c.object for c in desk.destination.children("Case", [case])] == ["ContentDocumentLink"]
    document = versions(vendor)[0]["ContentDocumentId"]
    newer = {"Title": "Mine", "PathOnClient": "b.jpg", "VersionData": "QUFB"}
    newer["ContentDocumentId"] = document
    vendor.edit("salesforce", op="create", object=OBJECT, values=newer)
    account = desk.create("Account", {key(1): {"Name": "A"}})[key(1)]
    link = {"ContentDocumentId": document, "LinkedEntityId": account, "ShareType": "V"}
    vendor.edit("salesforce", op="create", object="ContentDocumentLink", values=link)
    found = {c.object: c for c in desk.destination.children(OBJECT, [id])}
    assert set(found) == {OBJECT, "ContentDocumentLink"}
    assert {c.parent_id for c in found.values()} == {id}
    assert (found[OBJECT].label, found[OBJECT].ours) == ("Mine", False)
    assert account in found["ContentDocumentLink"].label


def test_an_upload_is_a_call_of_its_own_in_the_forecast(desk: Desk) -> None:
    needed = {f.name: f.needed for f in desk.destination.forecast({OBJECT: 1000})}
    assert 1000 < needed["DailyApiRequests"] < 1010
    assert needed["FileStorageMB"] == 0
    told = desk.destination.forecast({OBJECT: 1000}, {OBJECT: 5 * 2**20 + 1})
    assert {f.name: f.needed for f in told} == needed | {"FileStorageMB": 6}
    assert needed["DataStorageMB"] == needed["DailyBulkApiBatches"] == 0
    assert desk.destination.chunk_size(OBJECT, "create", 10**5) == 1
