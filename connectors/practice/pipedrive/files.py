"""Files of version 1: multipart in, bytes out; what was uploaded lies in a temporary folder."""

from pathlib import Path
from typing import Any

import anyio
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from connectors.practice.pipedrive.api import Call, Endpoint, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.entities import BY_NAME
from connectors.practice.pipedrive.errors import refused
from connectors.practice.pipedrive.moments import old_stamp
from connectors.practice.pipedrive.old import (
    find_old,
    old_page,
    page_parameters,
    parents,
    title,
)  # fmt: skip
from connectors.practice.pipedrive.queries import read_old
from connectors.practice.pipedrive.store import Record
from connectors.practice.pipedrive.writer import find

LINKS = ("deal_id", "person_id", "org_id", "product_id", "activity_id", "lead_id", "project_id")
OWNERS = {"deals": "deal_id", "persons": "person_id", "organizations": "org_id"}
OWNERS |= {"products": "product_id"}
PAGE = page_parameters(100)
MEGABYTE = 1024 * 1024


class Files:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module."""
        return [
            Operation("v1", "GET", "/files", 20, self.list),
            Operation("v1", "POST", "/files", 10, self.create),
            Operation("v1", "GET", "/files/{id}", 2, self.read),
            Operation("v1", "PUT", "/files/{id}", 10, self.update),
            Operation("v1", "DELETE", "/files/{id}", 6, self.delete),
            Operation("v1", "GET", "/files/{id}/download", 20, self.download),
            *(
                Operation("v1", "GET", f"/{entity}/{{id}}/files", 20, self._of(entity, link))
                for entity, link in OWNERS.items()
            ),
        ]

    def _of(self, entity: str, link: str) -> Endpoint:
        async def files_of(call: Call) -> Reply:
            record = find(self._company, BY_NAME[entity], call.path["id"], deleted=True)
            query, asked = read_old(call.query, PAGE), {link: record["id"]}
            return old_page(self._company, "files", query, self._shower(call), asked, nested=False)

        return files_of

    def _shower(self, call: Call) -> Any:
        base = str(call.request.base_url).rstrip("/")
        return lambda record: self.show(record, base)

    async def list(self, call: Call) -> Reply:
        return old_page(self._company, "files", read_old(call.query, PAGE), self._shower(call), {})

    async def read(self, call: Call) -> Reply:
        record = find_old(self._company, "files", "File", call.path["id"])
        return Reply(self._shower(call)(record))

    async def create(self, call: Call) -> Reply:
        if not call.request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise refused(400, "No files were uploaded.")
        async with call.request.form() as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile) or not upload.filename:
                raise refused(400, "No files were uploaded.")
            links = parents(self._company, dict(form), *LINKS)
            if not any(links.values()):
                raise refused(400, "The file must be linked to an item.")
            if (upload.size or 0) > self._company.settings.max_file:
                raise refused(413, "The file is too large.")
            with self._company.store.transaction():
                record = self._add(upload.filename, upload.size or 0, links)
            async with await anyio.open_file(self._path(record), "wb") as file:
                while part := await upload.read(MEGABYTE):
                    await file.write(part)
        return Reply(self._shower(call)(record))

    def _add(self, name: str, size: int, links: dict[str, Any]) -> Record:
        now = self._company.now()
        record: Record = {"add_time": now, "update_time": now, "is_deleted": False}
        record |= {"user_id": self._company.me, "name": name, "file_size": size}
        record |= {"description": "", **dict.fromkeys(LINKS), **links}
        stem, dot, ending = name.rpartition(".")
        mark = f"_{self._company.random.getrandbits(128):032x}"
        record["file_name"] = f"{stem}{mark}.{ending}" if dot else f"{name}{mark}"
        self._company.store.insert("files", record)
        return record

    def _path(self, record: Record) -> Path:
        self._company.files.mkdir(exist_ok=True)
        return self._company.files / str(record["id"])

    def _live(self, call: Call) -> Record:
        record = find_old(self._company, "files", "File", call.path["id"])
        if record["is_deleted"]:
            raise refused(404, "File not found")
        return record

    async def update(self, call: Call) -> Reply:
        if "form" not in call.request.headers.get("content-type", ""):
            raise refused(400, "The request body must be form-encoded.")
        body = await call.form()
        sent = {name: body[name] for name in ("name", "description") if name in body}
        if sent.get("name") == "":
            raise refused(400, "Name must be given.")
        record = self._live(call) | sent | {"update_time": self._company.now()}
        self._company.store.save("files", record)
        return Reply(self._shower(call)(record))

    async def delete(self, call: Call) -> Reply:
        record = self._live(call) | {"is_deleted": True, "update_time": self._company.now()}
        self._company.store.save("files", record)
        return Reply({"id": record["id"]})

    async def download(self, call: Call) -> Response:
        record = self._live(call)
        return FileResponse(
            self._path(record), media_type="application/octet-stream", filename=record["name"]
        )

    def show(self, record: Record, base: str) -> Record:
        """A file as version 1 shows it."""
        ending = record["name"].rpartition(".")[2].lower()
        nothing = ("remote_location", "remote_id", "cid", "s3_bucket", "mail_message_id",
                   "mail_template_id", "project_name")  # fmt: skip
        return {
            "id": record["id"],
            **{name: record[name] for name in ("user_id", *LINKS, "file_name", "file_size")},
            "add_time": old_stamp(record["add_time"]),
            "update_time": old_stamp(record["update_time"]),
            "file_type": ending if ending in ("pdf", "docx", "txt") else "img",
            "active_flag": not record["is_deleted"],
            "inline_flag": False,
            **dict.fromkeys(nothing),
            **{
                f"{name.removesuffix('_id')}_name": title(self._company, name, record[name])
                for name in ("deal_id", "person_id", "org_id", "product_id", "lead_id")
            },
            "url": f"{base}/v1/files/{record['id']}/download",
            "name": record["name"],
            "description": record["description"],
        }
