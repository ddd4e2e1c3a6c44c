"""Files in the practice org: uploads, what becomes of them, and what it refuses."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.connectors.practice.salesforce.conftest import Org

PATH = "/sobjects/ContentVersion"
PHOTO = b"\x89PNG" + bytes(range(256)) * 300


def upload(org: Org, data: bytes | None = PHOTO, **values: Any) -> httpx.Response:
    body = {"Title": "Photo", "PathOnClient": "photo.png"} | values
    body = {name: value for name, value in body.items() if value is not None}
    parts: dict[str, Any] = {"entity_content": (None, json.dumps(body), "application/json")}
    if data is not None:
        parts["VersionData"] = ("photo.png", data, "application/octet-stream")
    return org.call("POST", PATH, files=parts)


def made(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def code(answer: httpx.Response) -> str:
    return str(answer.json()[0]["errorCode"])


def links(org: Org, document: str) -> list[dict[str, Any]]:
    return org.records(
        "SELECT LinkedEntityId, ShareType FROM ContentDocumentLink"
        f" WHERE ContentDocumentId = '{document}'"
    )


def test_an_upload_makes_a_document_and_puts_it_on_the_record(org: Org) -> None:
    case = org.create("Case", Subject="Leak")
    id = made(
        upload(
            org, FirstPublishLocationId=case, Source_Id__c="8450/attachments/1",
            CreatedDate="2021-02-03T04:05:06Z",
        )
    )  # fmt: skip
    version = org.one(
        "SELECT Title, ContentSize, Checksum, FileExtension, FileType, IsLatest, VersionNumber,"
        f" ContentDocumentId, CreatedDate, OwnerId FROM ContentVersion WHERE Id = '{id}'"
    )
    assert version["ContentSize"] == len(PHOTO)
    assert version["Checksum"] == hashlib.md5(PHOTO).hexdigest()
    assert version["CreatedDate"] == "2021-02-03T04:05:06.000+0000"
    assert (version["FileExtension"], version["FileType"]) == ("png", "PNG")
    document = version["ContentDocumentId"]
    shown = {each["LinkedEntityId"]: each["ShareType"] for each in links(org, document)}
    assert shown == {case: "V", version["OwnerId"]: "I"}
    kept = org.one(f"SELECT LatestPublishedVersionId FROM ContentDocument WHERE Id = '{document}'")
    assert kept["LatestPublishedVersionId"] == id
    assert org.call("GET", f"{PATH}/{id}/VersionData").content == PHOTO


def test_a_small_file_goes_as_base64_in_json(org: Org) -> None:
    data = base64.b64encode(PHOTO).decode()
    id = org.create("ContentVersion", Title="a", PathOnClient="a.txt", VersionData=data)
    assert org.call("GET", f"{PATH}/{id}/VersionData").content == PHOTO


def test_a_large_file_is_taken_in_pieces(org: Org) -> None:
    def body() -> Iterator[bytes]:
        yield b"--b\r\nContent-Disposition: form-data; name=entity_content\r\n\r\n"
        yield b'{"Title":"a","PathOnClient":"a.mp4"}\r\n--b\r\nContent-Disposition: form-data; '
        yield b'name="VersionData"; filename="a.mp4"\r\n\r\n'
        for _ in range(30):
            yield bytes(1024**2)
        yield b"\r\n--b--\r\n"

    answer = org.call(
        "POST", PATH, content=body(), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    sized = f"SELECT ContentSize FROM ContentVersion WHERE Id = '{made(answer)}'"
    assert org.one(sized)["ContentSize"] == 30 * 1024**2


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"PathOnClient": None}, "REQUIRED_FIELD_MISSING"),
        ({"Title": None}, "REQUIRED_FIELD_MISSING"),
        ({"data": None}, "REQUIRED_FIELD_MISSING"),
        ({"Title": "x" * 256}, "STRING_TOO_LONG"),
        ({"PathOnClient": "x" * 501}, "STRING_TOO_LONG"),
        ({"Checksum": "0"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Nope__c": "0"}, "INVALID_FIELD"),
        ({"FirstPublishLocationId": "nonsense"}, "MALFORMED_ID"),
        ({"FirstPublishLocationId": "500000000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_a_wrong_file_is_refused(org: Org, values: dict[str, Any], refused: str) -> None:
    answer = upload(org, **values)
    assert (answer.status_code, code(answer)) == (400, refused)
    assert org.records("SELECT Id FROM ContentVersion") == []


def test_two_files_never_carry_the_same_key(org: Org) -> None:
    first = made(upload(org, Source_Id__c="8450/attachments/1"))
    twin = upload(org, Source_Id__c="8450/attachments/1")
    assert code(twin) == "DUPLICATE_VALUE"
    assert f"Source_Id__c duplicates value on record with id: {first}" in twin.text


def test_limits_of_size_storage_and_kind_are_kept(org: Org) -> None:
    org.steer.limits("salesforce", max_file=len(PHOTO) - 1)
    assert code(upload(org)) == "FILE_SIZE_LIMIT_EXCEEDED"
    org.steer.limits("salesforce", max_file=10**9, blocked_extensions="exe,png")
    assert code(upload(org)) == "FILE_EXTENSION_NOT_ALLOWED"
    org.steer.limits("salesforce", blocked_extensions="", file_storage_mb=0)
    assert code(upload(org)) == "STORAGE_LIMIT_EXCEEDED"
    org.steer.limits("salesforce", file_storage_mb=1)
    id = made(upload(org))
    left = org.call("GET", "/limits").json()
    assert left["FileStorageMB"] == {"Max": 1, "Remaining": 0}
    assert left["DataStorageMB"] == org.call("GET", "/limits").json()["DataStorageMB"]
    document = org.one(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{id}'")
    org.call("DELETE", f"/sobjects/ContentDocument/{document['ContentDocumentId']}")
    assert org.call("GET", "/limits").json()["FileStorageMB"]["Remaining"] == 1


def test_json_over_fifty_megabytes_is_refused(org: Org) -> None:
    body = b'{"Title":"a","PathOnClient":"a","VersionData":"' + b"A" * 50_000_000 + b'"}'
    answer = org.call("POST", PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_body_that_is_no_multipart_is_refused(org: Org) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    assert org.call("POST", PATH, content=b"x", headers=headers).status_code == 400
    parts = {"entity_content": (None, "[1]"), "VersionData": ("a", b"a")}
    assert code(org.call("POST", PATH, files=parts)) == "JSON_PARSER_ERROR"


def test_only_the_document_can_be_deleted(org: Org) -> None:
    case = org.create("Case", Subject="Leak")
    id = made(upload(org, FirstPublishLocationId=case))
    document = org.one(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{id}'")
    assert org.call("DELETE", f"{PATH}/{id}").status_code == 405
    (refused,) = org.call("DELETE", "/composite/sobjects", params={"ids": id}).json()
    assert refused["errors"][0]["statusCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    gone = f"/sobjects/ContentDocument/{document['ContentDocumentId']}"
    assert org.call("DELETE", gone).status_code == 204
    assert org.records("SELECT Id FROM ContentVersion") == []
    on_case = f"SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId = '{case}'"
    assert org.records(on_case) == []


def test_deleting_the_case_leaves_the_file(org: Org) -> None:
    case = org.create("Case", Subject="Leak")
    id = made(upload(org, FirstPublishLocationId=case))
    assert org.call("DELETE", f"/sobjects/Case/{case}").status_code == 204
    version = org.one(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{id}'")
    assert [each["ShareType"] for each in links(org, version["ContentDocumentId"])] == ["I"]


@pytest.mark.parametrize(
    "where", ["", " WHERE ShareType = 'V'", " WHERE LinkedEntityId != null", " LIMIT 1"]
)
def test_links_are_asked_for_by_file_or_record(org: Org, where: str) -> None:
    answer = org.query(f"SELECT Id FROM ContentDocumentLink{where}")
    assert answer[0]["errorCode"] == "MALFORMED_QUERY"


def test_bytes_go_neither_into_collections_nor_into_jobs(org: Org) -> None:
    row = {"attributes": {"type": "ContentVersion"}, "Title": "a", "PathOnClient": "a"}
    (refused,) = org.collect("POST", [row])
    assert refused["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    wish = {"object": "ContentVersion", "operation": "insert", "contentType": "CSV"}
    assert org.call("POST", "/jobs/ingest", json=wish).status_code == 400


def test_an_upload_that_breaks_off_leaves_nothing(org: Org) -> None:
    def body() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="VersionData"; filename="a"\r\n\r\n'
        yield bytes(100_000)
        raise RuntimeError("the line is cut")

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with pytest.raises(RuntimeError, match="cut"):
        org.call("POST", PATH, content=body(), headers=headers)
    assert org.records("SELECT Id FROM ContentVersion") == []


def test_somebody_uploads_a_new_version(org: Org) -> None:
    first = made(upload(org))
    version = org.one(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{first}'")
    more = {"Title": "b", "PathOnClient": "b.png", "VersionData": "QUFB"} | version
    second = org.steer.edit("salesforce", op="create", object="ContentVersion", values=more)["id"]
    rows = org.records("SELECT Id, IsLatest, VersionNumber FROM ContentVersion")
    assert {(r["Id"], r["IsLatest"], r["VersionNumber"]) for r in rows} == {
        (first, False, "1"),
        (second, True, "2"),
    }
