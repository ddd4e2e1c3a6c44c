"""Uploading and downloading files. In: JSON with base64, or a multipart body with the bytes.
Out: a version, its document, and the links to its owner and to the record it was put on.

The bytes are kept packed in a file each: the practice files repeat themselves.
Source: REST API Developer Guide, "Insert or Update Blob Data".
"""

import base64
import binascii
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import md5
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import Response, StreamingResponse

from connectors.practice.salesforce.api import Call
from connectors.practice.salesforce.bodies import body_pairs, options
from connectors.practice.salesforce.content_objects import DOCUMENT, LINK, VERSION
from connectors.practice.salesforce.errors import CallError, RowError
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.values import from_json
from connectors.practice.salesforce.writer import Options, Writer

PIECE = 64 * 1024
JSON_BYTES = 50_000_000
DATA, ENTITY = "VersionData", "entity_content"
SKIP = frozenset({DATA.lower()})
TYPES = {"jpg": "JPG", "jpeg": "JPG", "png": "PNG", "pdf": "PDF", "mp4": "MP4", "txt": "TEXT"}


class Contents:
    """The files of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._folder: Path = org.world.directory / "salesforce-files"
        self._numbers = count(1)

    def reset(self) -> None:
        """Forget every file's bytes."""
        for path in self._folder.glob("*.gz") if self._folder.exists() else ():
            path.unlink()

    async def create(self, call: Call) -> str:
        """The id of a new version. Raises CallError or RowError."""
        if not call.header("content-type").startswith("multipart/form-data"):
            body = await self._json(call)
            data = _decoded(body.pop(DATA, None))
            return self._add(options(self._org, call), body, None if data is None else [data])
        try:
            async with call.request.form(max_files=1, max_fields=1) as form:
                entity, upload = form.get(ENTITY), form.get(DATA)
                body = _object(entity)
                if not isinstance(upload, UploadFile) or not upload.filename:
                    return self._add(options(self._org, call), body, None)
                return self._add(options(self._org, call), body, _pieces(upload.file))
        except MultiPartException as broken:
            raise CallError(400, "INVALID_MULTIPART_REQUEST", broken.message) from broken

    def add(self, user: str, values: dict[str, Any]) -> str:
        """A file that a person uploads behind our back: `VersionData` in base64."""
        data = _decoded(values.pop(DATA, "")) or b""
        return self._add(Options(user), values, [data])

    def content(self, id: str) -> Response:
        """The bytes of a version."""
        path = self._folder / f"{id}.gz"
        return StreamingResponse(_unpacked(path), media_type="application/octetstream")

    async def _json(self, call: Call) -> dict[str, Any]:
        if int(call.header("content-length") or 0) > JSON_BYTES:
            raise _too_large_json()
        body = await call.json_object()
        if len(await call.request.body()) > JSON_BYTES:
            raise _too_large_json()
        return body

    def _add(self, who: Options, body: dict[str, Any], data: Iterable[bytes] | None) -> str:
        self._check_name(body, data)
        assert data is not None
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{next(self._numbers)}.gz"
        try:
            size, checksum = self._keep(path, data)
            self._check_size(size)
            with self._org.store.transaction():
                made = {"ContentSize": size, "Checksum": checksum}
                id = self._written(who, body, made)
                self._org.store.file_bytes += size
            path.rename(self._folder / f"{id}.gz")
        except (CallError, RowError):
            path.unlink(missing_ok=True)
            raise
        return id

    def _check_name(self, body: dict[str, Any], data: Iterable[bytes] | None) -> None:
        missing = [] if body.get("PathOnClient") else ["PathOnClient"]
        missing += [DATA] if data is None else []
        if missing:
            shown = ", ".join(missing)
            raise RowError(
                "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{shown}]", *missing
            )
        blocked = self._org.settings.blocked_extensions.lower().split(",")
        if _extension(str(body["PathOnClient"])).lower() in filter(None, blocked):
            raise RowError(
                "FILE_EXTENSION_NOT_ALLOWED",
                "You can't upload files of this type: your administrator blocks them",
                "PathOnClient",
            )

    def _keep(self, path: Path, data: Iterable[bytes]) -> tuple[int, str]:
        """Write the bytes; their number and MD5."""
        size, digest = 0, md5(usedforsecurity=False)
        with gzip.open(path, "wb", compresslevel=1) as packed:
            for piece in data:
                size += len(piece)
                digest.update(piece)
                packed.write(piece)
        return size, digest.hexdigest()

    def _check_size(self, size: int) -> None:
        if size > self._org.settings.max_file:
            raise RowError("FILE_SIZE_LIMIT_EXCEEDED", "The file is larger than the limit")
        if size > self._org.file_storage_left():
            raise RowError("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")

    def _written(self, who: Options, body: dict[str, Any], made: dict[str, Any]) -> str:
        org, version = self._org, self._org.schema.named(VERSION)
        pairs = body_pairs(org.schema, version, body, SKIP)
        id = Writer(org, replace(who, binary=True), from_json).insert(version, pairs)
        row = org.store.get(version, id) or {}
        extension = _extension(row["PathOnClient"])
        kind = {
            "FileExtension": extension or None,
            "FileType": TYPES.get(extension.lower(), "UNKNOWN"),
        }
        document = row["ContentDocumentId"]
        earlier = org.store.ids(version, "ContentDocumentId", document) if document else [id]
        number = {"VersionNumber": str(len(earlier)), "IsLatest": 1}
        for each in earlier if document else ():
            org.store.update(version, each, {"IsLatest": 0})
        if not document:
            document = self._document(who.user, row, made | kind)
        modified = row["ContentModifiedDate"] or org.now()
        more = {"ContentDocumentId": document, "ContentModifiedDate": modified}
        org.store.update(
            version, id, {k: v or None for k, v in kind.items()} | made | number | more
        )
        latest = {"LatestPublishedVersionId": id, "ContentSize": made["ContentSize"]}
        org.store.update(org.schema.named(DOCUMENT), document, latest)
        return id

    def _document(self, user: str, row: dict[str, Any], about: dict[str, Any]) -> str:
        shared = {name: about[name] for name in ("FileExtension", "FileType")}
        shared |= {name: row[name] for name in ("Title", "OwnerId", "Description")}
        shared |= {"PublishStatus": "P", "SharingPrivacy": row["SharingPrivacy"], "IsArchived": 0}
        document = self._insert(DOCUMENT, user, shared)
        links = {row["OwnerId"]: "I", row["FirstPublishLocationId"]: "V"}
        for entity, share in links.items():
            if entity:
                self._insert(LINK, user, {
                    "ContentDocumentId": document, "LinkedEntityId": entity,
                    "ShareType": share, "Visibility": "AllUsers",
                })  # fmt: skip
        return document

    def _insert(self, name: str, user: str, values: dict[str, Any]) -> str:
        org, object = self._org, self._org.schema.named(name)
        id, now = org.store.next_id(object.prefix), org.now()
        stamp = {"CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now}
        who = {"CreatedById": user, "LastModifiedById": user, "IsDeleted": 0}
        org.store.insert(object, {"Id": id} | stamp | who | values)
        return id


def _decoded(text: Any) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        raise RowError(
            "JSON_PARSER_ERROR", "Cannot deserialize instance of base64Binary", DATA
        ) from None


def _object(entity: Any) -> dict[str, Any]:
    try:
        body = orjson.loads(entity if isinstance(entity, str) else b"")
    except orjson.JSONDecodeError as bad:
        raise CallError(400, "JSON_PARSER_ERROR", str(bad)) from bad
    if not isinstance(body, dict):
        raise CallError(400, "JSON_PARSER_ERROR", "The HTTP entity body must be an object")
    return body


def _extension(path: str) -> str:
    stem, dot, extension = path.replace("\\", "/").rpartition("/")[2].rpartition(".")
    return extension[:40] if dot and stem else ""


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _unpacked(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as packed:
        while piece := packed.read(PIECE):
            yield piece


def _too_large_json() -> CallError:
    return CallError(413, "REQUEST_ENTITY_TOO_LARGE", "Maximum request size of 50 MB exceeded")
