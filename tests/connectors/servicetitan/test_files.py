"""Bytes of attachments: through the redirect, without our credentials, in pieces."""

from typing import Any

import pytest

from connectors.errors import Misconfigured, NotAuthorised, Refused, Unavailable
from connectors.practice.servicetitan.attachments import ODD, PER_JOB, File, files_of
from connectors.servicetitan.source import ServiceTitan
from tests.practice import Practice

Wanted = tuple[dict[str, Any], File]


@pytest.fixture
def big(vendor: Practice) -> Practice:
    """Jobs enough for every odd kind of file."""
    vendor.reset(customers=60, jobs=600, seed=3)
    return vendor


@pytest.fixture(autouse=True)
def _as_before(vendor: Practice) -> Any:
    yield
    vendor.reset(customers=60, jobs=150, seed=3)


def wanted(source: ServiceTitan, name: str) -> Wanted:
    """A record of attachments whose file has that name, and the file."""
    for page in source.read("jobs"):
        for job in page.records:
            for file in files_of(job["id"]):
                if file.name == name:
                    return {"id": file.id, "jobId": job["id"], "fileName": name}, file
    raise AssertionError(f"no job has a file {name}")


def expected(file: File) -> bytes:
    line = b"%020d" % file.id
    return (line * (file.size // len(line) + 1))[: file.size]


@pytest.mark.parametrize(
    "name", ["invoice.pdf", *(each[0] for each in ODD if 0 <= each[1] < 1_000_000)]
)
def test_a_file_comes_as_it_is(source: ServiceTitan, big: Practice, name: str) -> None:
    record, file = wanted(source, name)
    assert b"".join(source.download("attachments", record)) == expected(file)


def test_one_connection_to_each_host_serves_many_files(
    source: ServiceTitan, big: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    record, file = wanted(source, "invoice.pdf")
    with caplog.at_level("DEBUG", "httpcore.connection"):
        for _ in range(5):
            assert b"".join(source.download("attachments", record)) == expected(file)
    opened = [line for line in caplog.messages if line.startswith("connect_tcp.started")]
    assert len(opened) <= len(("the API", "the file host"))


def test_a_large_file_comes_in_pieces_and_can_be_left(source: ServiceTitan, big: Practice) -> None:
    record, file = wanted(source, "walkthrough.mp4")
    pieces = source.download("attachments", record)
    first = next(pieces)
    assert 0 < len(first) < 1_000_000 < file.size
    pieces.close()
    assert sum(map(len, source.download("attachments", record))) == file.size


def test_a_file_that_the_vendor_has_lost_is_not_found(source: ServiceTitan, big: Practice) -> None:
    record, _ = wanted(source, "lost.png")
    with pytest.raises(FileNotFoundError, match=f"attachments/{record['id']}"):
        next(source.download("attachments", record))


def test_a_file_deleted_since_it_was_listed_is_not_found(source: ServiceTitan) -> None:
    job = next(source.read("jobs")).records[0]
    record = {"id": job["id"] * PER_JOB + PER_JOB - 1}
    with pytest.raises(FileNotFoundError, match="no longer has the file"):
        next(source.download("attachments", record))


def test_our_credentials_do_not_go_to_the_file_host(source: ServiceTitan, vendor: Practice) -> None:
    record, _ = wanted(source, "invoice.pdf")
    b"".join(source.download("attachments", record))
    (call,) = [call for call in vendor.history() if call["path"].startswith("/blob/")]
    assert call["status"] == 200  # it answers 403 where our Authorization comes along
    assert "app-key" not in str(source._files._http.headers if source._files._http else "").lower()


def test_bytes_given_at_once_are_taken(source: ServiceTitan, vendor: Practice) -> None:
    record, _ = wanted(source, "invoice.pdf")
    vendor.fault("status", status=200, body="the bytes", match={"path": "jobs/attachment/"})
    assert b"".join(source.download("attachments", record)) == b"the bytes"


def test_a_connection_lost_within_a_file_is_unavailable_and_names_no_address(
    source: ServiceTitan, vendor: Practice
) -> None:
    record, _ = wanted(source, "invoice.pdf")
    vendor.fault("truncate", match={"path": "/blob/"})
    with pytest.raises(Unavailable) as caught:
        b"".join(source.download("attachments", record))
    assert "sig=" not in str(caught.value)


def test_an_answer_of_the_file_host_that_we_do_not_know_is_refused(
    source: ServiceTitan, vendor: Practice
) -> None:
    record, _ = wanted(source, "invoice.pdf")
    vendor.fault("status", status=403, match={"path": "/blob/"})
    with pytest.raises(Refused, match=f"403 for attachments/{record['id']}"):
        next(source.download("attachments", record))


def test_a_closed_scope_is_named(source: ServiceTitan, vendor: Practice) -> None:
    record, _ = wanted(source, "invoice.pdf")
    vendor.limits("servicetitan", deny=["attachments"])
    with pytest.raises(NotAuthorised, match="Forms: Jobs"):
        next(source.download("attachments", record))


def test_only_attachments_have_files(source: ServiceTitan) -> None:
    with pytest.raises(Misconfigured, match="jobs stands for no file"):
        source.download("jobs", {"id": 1})
