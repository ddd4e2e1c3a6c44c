"""The practice Pipedrive company as the server and the control API see it."""

import shutil
from typing import Any

from starlette.routing import Route

from connectors.practice.pipedrive.activitytypes import ActivityTypes
from connectors.practice.pipedrive.api import Door, Operation, Table
from connectors.practice.pipedrive.company import PLANS, TOKEN, Company, assign
from connectors.practice.pipedrive.edits import Edits
from connectors.practice.pipedrive.files import Files
from connectors.practice.pipedrive.leads import Leads
from connectors.practice.pipedrive.ledger import Ledger
from connectors.practice.pipedrive.linked import Linked
from connectors.practice.pipedrive.notes import Notes
from connectors.practice.pipedrive.oldschema import OldSchema
from connectors.practice.pipedrive.people import People
from connectors.practice.pipedrive.records import Records
from connectors.practice.pipedrive.schema import Schema
from connectors.practice.pipedrive.search import Search
from connectors.practice.pipedrive.seed import Seed
from connectors.practice.pipedrive.sold import Sold
from connectors.practice.pipedrive.state import checksum
from connectors.practice.pipedrive.store import TABLES
from connectors.practice.pipedrive.summary import Summary
from connectors.practice.world import World

VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class PipedriveCompany:
    """One company with both versions of the API, and one API token."""

    name = "pipedrive"

    def __init__(self, world: World) -> None:
        self._company = Company(world)
        self._ledger = Ledger(self._company)
        self._table = Table(self.operations())

    def operations(self) -> list[Operation]:
        """Everything that can be called."""
        parts = (
            Records, Schema, People, ActivityTypes, Notes, Files, Search, Sold, Linked, Leads,
            OldSchema, Summary,
        )  # fmt: skip
        return [each for part in parts for each in part(self._company).operations()]

    def routes(self) -> dict[str, list[Route]]:
        door = Door(self._company, self._ledger, self._table)
        return {"pipedrive": [Route("/{path:path}", door.answer, methods=VERBS)]}

    def reset(self) -> None:
        source_fields = self._company.settings.source_fields
        self._company.renew()
        self._ledger.renew()
        self._company.store.rebuild()
        shutil.rmtree(self._company.files, ignore_errors=True)
        Seed(self._company).fill(source_fields)

    def state(self) -> dict[str, dict[str, Any]]:
        return {entity: checksum(self._company, entity) for entity in TABLES}

    def edit(self, command: dict[str, Any]) -> dict[str, Any]:
        return Edits(self._company).apply(command)

    def limits(self, values: dict[str, Any]) -> None:
        """The names and meanings are those of `company.Settings`."""
        if values.get("plan", "lite") not in PLANS:
            raise ValueError(f"plan must be one of {', '.join(PLANS)}")
        assign(self._company.settings, values)

    def disturb(self, kind: str, fault: dict[str, Any]) -> None:
        """`expire_token`: no token is worth anything until a new one is issued; `block`: the
        Cloudflare page for `seconds` (default 60); `daily`: the day's budget is used up."""
        if kind == "expire_token":
            self._company.tokens.clear()
        elif kind == "block":
            self._ledger.block(float(fault.get("seconds", 60)))
        elif kind == "daily":
            self._company.settings.tokens_used = self._ledger.limit()
        else:
            raise ValueError(f"the practice Pipedrive knows no fault {kind!r}")

    def is_write(self, method: str, path: str) -> bool:
        return method not in ("GET", "HEAD")

    def cost(self, method: str, path: str) -> int:
        operation = self._table.find(method, path)[0]
        return operation.cost if operation else 0

    def credentials(self, urls: dict[str, str]) -> dict[str, str | None]:
        return {"url": urls["pipedrive"], "token": TOKEN}
