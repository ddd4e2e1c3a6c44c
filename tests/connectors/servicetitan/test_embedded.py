"""Signatures in forms and images in notes: what leads to their bytes, and what does not."""

from typing import Any

import pytest

from connectors.errors import Misconfigured, NotAuthorised, Unavailable
from connectors.practice.servicetitan.attachments import files_of, signature
from connectors.servicetitan.embedded import images, signatures
from connectors.servicetitan.source import ServiceTitan
from tests.connectors.servicetitan.conftest import Open
from tests.practice import Practice


def records(source: ServiceTitan, object: str) -> list[dict[str, Any]]:
    return [record for page in source.read(object) for record in page.records]


def field(kind: str, name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "type": kind, "value": value, **more}


def test_a_signature_names_who_signed_and_when(source: ServiceTitan) -> None:
    found = records(source, "form-signatures")
    jobs = {job["id"] for job in records(source, "jobs")}
    assert found
    assert {each["jobId"] for each in found} <= jobs
    signed = [each for each in found if not each["isRefused"]]
    assert all(each["signer"] and each["signedOn"] for each in signed)
    assert {bool(each["content"]) for each in found if each["isRefused"]} == {False}
    assert len({each["id"] for each in found}) == len(found)


def test_signatures_are_found_at_any_depth_with_the_name_beside_them() -> None:
    inner = {"type": "Section", "units": [
        field("Text", "Customer name", "Ada"), field("Text", "Signed by", "Bob"),
        field("Signature", "Customer", None, attachments=[{"fileName": "a.png"}]),
    ]}  # fmt: skip
    outer = field("Signature", "Technician", "data:,x", isRefused=False)
    form = {"id": 7, "units": [{"type": "Section", "units": [inner]}, outer], "jobId": 5}
    first, second = signatures(form)
    assert (first["id"], first["signer"], first["content"]) == ("7-1", "Bob", "a.png")
    assert (second["id"], second["signer"], second["content"]) == ("7-2", None, "data:,x")
    assert list(signatures({"id": 8, "units": None})) == []


def test_a_signature_that_is_only_a_name_exists_but_cannot_be_fetched(
    source: ServiceTitan,
) -> None:
    found = [each for each in records(source, "form-signatures") if not each["isRefused"]]
    drawn = next(each for each in found if each["content"].startswith("data:"))
    named = next(each for each in found if not each["content"].startswith("data:"))
    data = b"".join(source.download("form-signatures", drawn))
    assert data.startswith(b"\x89PNG")
    assert source.size("form-signatures", drawn) == len(data)
    for ask in (source.size, lambda *of: next(source.download(*of))):
        with pytest.raises(FileNotFoundError, match=f"has form-signatures/{named['id']}, but no"):
            ask("form-signatures", named)


def test_every_image_of_a_note_is_a_record_of_its_own() -> None:
    note = {"id": 9, "jobId": 5, "text": "<img src='data:image/png;base64,AA=='><img src=b.gif>"}
    first, second = images(note)
    assert (first["id"], first["fileName"], first["jobId"]) == ("9-1", "note-9-1.png", 5)
    assert (second["id"], second["content"]) == ("9-2", "b.gif")
    assert list(images({"id": 9, "text": None})) == []


def image(source: ServiceTitan, vendor: Practice, address: str) -> dict[str, Any]:
    text = f'<p>See <img src="{address}"></p>'
    note = vendor.edit("servicetitan", op="update", object="job-notes", nth=0, set={"text": text})
    return next(r for r in records(source, "note-images") if r["noteId"] == note["id"])


def test_an_image_on_the_tenants_own_host_is_fetched_without_our_credentials(
    source: ServiceTitan, vendor: Practice
) -> None:
    file = next(f for job in records(source, "jobs") for f in files_of(job["id"]) if f.size > 0)
    until = "9999999999"
    host = f"http://{vendor['servicetitan']['file_hosts']}"
    record = image(
        source, vendor, f"{host}/blob/{file.id}?se={until}&amp;sig={signature(file.id, until)}"
    )
    assert len(b"".join(source.download("note-images", record))) == file.size
    assert source.size("note-images", record) == file.size


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://{own}@example.com/a.png",
        "http://user@{own}/a.png",
        "http://127.0.0.1:1/a.png",
    ],
)
def test_no_other_host_is_asked_whatever_a_note_says(
    source: ServiceTitan, vendor: Practice, address: str
) -> None:
    address = address.replace("{own}", vendor["servicetitan"]["file_hosts"])
    record = image(source, vendor, address)
    seen = len(vendor.history())
    with pytest.raises(FileNotFoundError, match="not one of the tenant's own hosts"):
        next(source.download("note-images", record))
    assert len(vendor.history()) == seen


@pytest.mark.parametrize("address", ["file:///etc/passwd", "cid:part1", "a.png", "http://"])
def test_an_address_that_leads_nowhere_is_told(
    source: ServiceTitan, vendor: Practice, address: str
) -> None:
    record = image(source, vendor, address)
    with pytest.raises(FileNotFoundError, match="no way leads to its picture"):
        next(source.download("note-images", record))


def test_a_damaged_image_is_told_with_its_record(source: ServiceTitan, vendor: Practice) -> None:
    record = image(source, vendor, "data:image/png;base64,AAA")
    with pytest.raises(FileNotFoundError, match=f"note-images/{record['id']}.*damaged"):
        b"".join(source.download("note-images", record))


def test_the_size_of_an_attachment_is_known_before_any_byte_of_it(
    source: ServiceTitan, vendor: Practice
) -> None:
    for job in records(source, "jobs"):
        for file in files_of(job["id"]):
            record = {"id": file.id}
            if file.size < 0:
                with pytest.raises(FileNotFoundError):
                    source.size("attachments", record)
            else:
                assert source.size("attachments", record) == file.size
    vendor.fault("reset", match={"path": "/blob/"}, times=99)
    with pytest.raises(Unavailable):
        source.size("attachments", {"id": next(iter(first_files(source)))})
    vendor.limits("servicetitan", deny=["attachments"])
    with pytest.raises(NotAuthorised):
        source.size("attachments", record)
    with pytest.raises(Misconfigured, match="no file"):
        source.size("jobs", record)


def first_files(source: ServiceTitan) -> list[int]:
    return [f.id for job in records(source, "jobs") for f in files_of(job["id"])][:1]


def test_calls_a_second_are_a_setting(open_source: Open) -> None:
    open_source(calls_per_second="5")
    with pytest.raises(Misconfigured, match="“0” is no number of calls"):
        open_source(calls_per_second="0")
