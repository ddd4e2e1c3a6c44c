"""Files: each goes up in a call of its own, in pieces, and is put on its record by that call.

In: rows whose `content` gives the bytes. Out: an outcome per row, whose id is the version's
(ContentVersion); the vendor deletes only whole documents, so a delete asks for the document of
each version first. An upload is never repeated: a lost answer leaves open whether it was kept.
The number of bytes is not known beforehand, so the body is sent chunked.
Source: REST API Developer Guide, "Insert or Update Blob Data"; Object Reference,
"ContentVersion", "ContentDocumentLink".
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from simple_salesforce.format import format_soql

from connectors.errors import Misconfigured, Unavailable
from connectors.salesforce.answers import NAME, UNKNOWN, codes
from connectors.salesforce.client import Client
from connectors.salesforce.collections import Fields, send_collection
from connectors.salesforce.objects import KEY_FIELDS
from connectors.salesforce.outcomes import Failure, done, refused
from connectors.salesforce.query import LABEL_LENGTH, lists, query
from connectors.salesforce.values import Unsendable, to_json
from connectors.values import Child, Chunk, FileObject, Outcome, Row

VERSION, DOCUMENT = "ContentVersion", "ContentDocument"
LARGEST = 2 * 1024**3
"""Bytes of one multipart upload."""
FILES: Mapping[str, FileObject] = {VERSION: FileObject("ContentSize", "Checksum", LARGEST)}
PATH = f"/sobjects/{VERSION}"
OF_THE_RECORD = (400, 413)
"""Statuses with which the vendor refuses this file, not our calls as such."""
NO_STORAGE = "STORAGE_LIMIT_EXCEEDED"


@dataclass(frozen=True, slots=True)
class Body:
    """A multipart body that can be begun again, should the call need a new sign-in."""

    boundary: str
    fields: bytes
    name: str
    content: Callable[[], Iterator[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        line = f"--{self.boundary}\r\n".encode()
        yield line + (
            b'Content-Disposition: form-data; name="entity_content"\r\n'
            b"Content-Type: application/json\r\n\r\n" + self.fields + b"\r\n" + line
        )
        yield (
            f'Content-Disposition: form-data; name="VersionData"; filename="{self.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        yield from self.content()
        yield f"\r\n--{self.boundary}--\r\n".encode()


def send_files(client: Client, chunk: Chunk, fields: Fields) -> Iterator[Outcome]:
    """Write the rows; the outcome of each. Raises Unavailable where it is unknown whether a
    file was kept, Misconfigured where the org has no room left."""
    if chunk.verb == "create":
        for row in chunk.rows:
            yield _upload(client, row, fields)
    elif chunk.verb == "delete":
        yield from _delete(client, chunk, fields)
    else:
        yield from send_collection(client, chunk, fields)


def _upload(client: Client, row: Row, fields: Fields) -> Outcome:
    if row.content is None:
        raise ValueError(f"{row.key} is a file and comes without its bytes")
    try:
        values = {name: to_json(value, fields[name]) for name, value in row.values.items()}
    except Unsendable as reason:
        return Outcome(row.key, "failed", error=str(reason))
    entity = orjson.dumps({KEY_FIELDS[VERSION]: row.key, **values})
    # What the file is called stands in the fields; here a name only marks the part as a file.
    body = Body(secrets.token_hex(16), entity, "content", row.content)
    kind = f"multipart/form-data; boundary={body.boundary}"
    response = client.send_stream(PATH, body, kind, OF_THE_RECORD)
    if response.is_success:
        return done(row, _id(response.content, row))
    code, message = codes(response)
    if code == NO_STORAGE:
        raise Misconfigured(
            f"{NAME}: no file storage is left in the org ({row.key} was refused: {message}). "
            "Free or buy file storage, then start the stage again; it goes on with this file."
        )
    failure = Failure(code or "REQUEST_ENTITY_TOO_LARGE", message or "refused without a reason")
    return refused("create", row, failure, KEY_FIELDS[VERSION], bulk=False)


def _id(answer: bytes, row: Row) -> str:
    try:
        return str(orjson.loads(answer)["id"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Unavailable(f"{NAME}: {row.key} was answered with a broken body.{UNKNOWN}") from None


def _delete(client: Client, chunk: Chunk, fields: Fields) -> Iterator[Outcome]:
    ids = [row.id for row in chunk.rows if row.id]
    documents = {each["Id"]: each["ContentDocumentId"] for each in _versions(client, ids)}
    there = [row for row in chunk.rows if row.id in documents]
    own = {row.key: row.id for row in chunk.rows}
    for row in chunk.rows:
        if row.id not in documents:
            yield Outcome(row.key, "gone", row.id, "the file is not there any more")
    rows = tuple(replace(row, id=documents[row.id]) for row in there if row.id)
    for outcome in send_collection(client, replace(chunk, rows=rows), fields):
        yield replace(outcome, id=own[outcome.key])


def _versions(client: Client, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    select = (
        f"SELECT Id, ContentDocumentId, FirstPublishLocationId, OwnerId FROM {VERSION} WHERE Id IN "
    )
    for some in lists(ids):
        yield from query(client, format_soql("{:literal}{}", select, list(some)))


def children(client: Client, ids: Sequence[str]) -> Iterator[Child]:
    """What goes along when the documents of these versions are deleted: later versions, and
    what the files were put on besides the record that we put them on."""
    ours = {each["ContentDocumentId"]: each for each in _versions(client, ids)}
    for some in lists(ours):
        soql = (
            "SELECT Id, ContentDocumentId, Title, CreatedById FROM ContentVersion "
            "WHERE ContentDocumentId IN {}"
        )
        for row in query(client, format_soql(soql, list(some))):
            own = ours[row["ContentDocumentId"]]["Id"]
            if row["Id"] != own:
                mine = row["CreatedById"] == client.session.user_id
                yield Child(own, VERSION, row["Id"], row["Title"][:LABEL_LENGTH], mine)
        soql = (
            "SELECT Id, ContentDocumentId, LinkedEntityId FROM ContentDocumentLink "
            "WHERE ContentDocumentId IN {}"
        )
        for row in query(client, format_soql(soql, list(some))):
            version = ours[row["ContentDocumentId"]]
            if row["LinkedEntityId"] not in (version["FirstPublishLocationId"], version["OwnerId"]):
                label = f"shared with {row['LinkedEntityId']}"
                yield Child(version["Id"], "ContentDocumentLink", row["Id"], label, ours=False)
