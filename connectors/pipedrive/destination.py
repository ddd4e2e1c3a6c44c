"""Pipedrive as a destination: rows in, outcomes out; records, users and limits read."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from connectors.onebyone import OneByOne, Where
from connectors.pipedrive import limits, obstacles
from connectors.pipedrive.client import Client
from connectors.pipedrive.ledger import Ledger
from connectors.pipedrive.lists import IDS_A_CALL
from connectors.pipedrive.metadata import Metadata
from connectors.pipedrive.objects import KEY_FIELDS, ORDER, RECOMPUTED
from connectors.pipedrive.plans import FIELDS
from connectors.pipedrive.reading import THREADS, Reader
from connectors.pipedrive.schema import Schema
from connectors.pipedrive.writing import Writer
from connectors.values import (
    Account,
    Allowance,
    Child,
    Chunk,
    FieldPlan,
    FileObject,
    Forecast,
    ObjectSpec,
    Obstacle,
    Pending,
    Recomputed,
    Record,
    Row,
    Setting,
    Ticket,
    User,
    Verb,
)

MEGABYTE = 1 << 20
ADDED = "deal_add_time"


class Pipedrive(OneByOne):
    """One company, written to as the user whose API token we have. Implements
    `connectors.base.Destination`, HasLimits, TellsObstacles, HoldsFiles and CreatesFields."""

    SETTINGS: tuple[Setting, ...] = (
        Setting("url", "Company address", "Such as https://acme.pipedrive.com"),
        Setting("token", "API token", "Of an admin who sees everything", secret=True),
        Setting(
            "reserve",
            "Tokens kept a day",
            "Of the daily budget, for the client's own integrations; they share it",
            required=False,
            default="0",
        ),
        Setting("plan", "Plan", "Where the account does not tell its budget", required=False),
        Setting("seats", "Seats", "Empty: as many as active users", required=False),
        Setting(
            "address_parts",
            "Parts of addresses",
            "“no” where the account fills in city, state and so on by itself: the sample would "
            "show every address as different",
            required=False,
            default="yes",
        ),
        Setting(
            ADDED,
            "Creation time of deals",
            "“auto” asks the account at each check, by a call that makes nothing; “yes” where it "
            "is known to take it, “no” to keep it in fields only. Propose the mapping again after "
            "a change",
            required=False,
            default="auto",
        ),
        Setting(
            "file_limit",
            "Largest file in MB",
            "The vendor states none; larger files are flagged",
            required=False,
            default="25",
        ),
    )
    AT_ONCE = THREADS
    VALUES_A_CALL = IDS_A_CALL
    ORDER: tuple[str, ...] = ORDER
    KEY_FIELDS: Mapping[str, str] = KEY_FIELDS
    RECOMPUTED: Mapping[str, Recomputed] = RECOMPUTED
    STAYS: tuple[str, ...] = obstacles.STAYS
    FIELDS: tuple[FieldPlan, ...] = FIELDS
    FILES: Mapping[str, FileObject] = {"files": FileObject("file_size", limit=25 * MEGABYTE)}

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        chosen = {s.name: settings.get(s.name) or s.default for s in self.SETTINGS if not s.secret}
        self._plan = limits.plan_named(chosen["plan"])
        self._seats = limits.number(chosen["seats"] or "0", "number of seats")
        megabytes = limits.number(chosen["file_limit"], "size in MB", least=1)
        self.FILES = {"files": FileObject("file_size", limit=megabytes * MEGABYTE)}
        ledger = Ledger(limits.number(chosen["reserve"], "number of tokens"))
        self._client = Client(chosen["url"], secrets.get("token", "").strip(), ledger)
        parts = chosen["address_parts"].strip().lower() != "no"
        added = limits.one_of(chosen["deal_add_time"], ADDED, ("auto", "yes", "no"))
        self._schema, self._asks = Schema(self._client, parts, added), added == "auto"
        self._reader = Reader(self._client, self._schema)
        self._writer = Writer(self._client, self._schema)
        self._metadata = Metadata(self._client, self._schema, self._plan, self._seats)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Account:
        """Who we are. What is missing for a load is told by `obstacles`: fields can be created
        only once we are signed in. Calls although the vendor had shut us out: a person asks.
        Raises NotAuthorised or Misconfigured."""
        self._client.window.open()
        self._schema.refresh()
        me = self._schema.me
        learned = {ADDED: self._schema.ask_deal_add_time()} if self._asks else {}
        id, name = str(me["company_id"]), me["company_name"]
        return Account(id, name, str(me["id"]), me["name"], learned)

    def describe(self, objects: Sequence[str] = ()) -> list[ObjectSpec]:
        """As the account is now; writes of this instance go by the newest describe."""
        self._schema.refresh()
        specs = [self._schema.spec(name) for name in objects or ORDER]
        return [spec for spec in specs if spec is not None]

    def users(self) -> list[User]:
        return self._schema.users()

    def find(self, object: str, rows: Sequence[Row]) -> Iterator[Record]:
        """By lists, never by the vendor's search, which lags: the first time all of an object,
        from then on only what changed since."""
        return self._reader.find(object, rows)

    def listed(self, object: str, fields: Sequence[str], where: Where) -> Iterator[Record]:
        return self._reader.listed(object, fields, where)

    def children(self, object: str, ids: Sequence[str]) -> Iterator[Child]:
        return self._reader.children(object, ids)

    def chunk_size(self, object: str, verb: Verb, total: int) -> int:
        return limits.chunk_size(total)

    def submit(self, chunk: Chunk, opened: Callable[[Ticket], None]) -> Ticket:
        """Send, several rows at once. Raises Unavailable where an answer was lost: then look up
        before sending again."""
        self._writer.prepare(chunk)
        return super().submit(chunk, opened)

    def send_row(self, object: str, verb: Verb, row: Row) -> str:
        return self._writer.send(object, verb, row)

    def allowance(self) -> list[Allowance]:
        """Today's tokens, less those kept for the client."""
        return limits.allowance(self._client, self._schema, self._plan, self._seats)

    def forecast(
        self, counts: Mapping[str, int], sizes: Mapping[str, int] | None = None
    ) -> list[Forecast]:
        return limits.forecast(self._client, self._schema, self._plan, self._seats, counts)

    def obstacles(self) -> list[Obstacle]:
        return obstacles.obstacles(self._client, self._schema, self._plan, self._seats)

    def manifest(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return self._metadata.manifest(fields)

    def missing(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return self._metadata.missing(fields)

    def hidden(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """None: an account shows every field to whoever has a token."""
        return []

    def package(self, fields: Sequence[FieldPlan]) -> bytes:
        """A JSON document that says what to add; applied by calls, in any account."""
        return self._metadata.package(fields)

    def undo_package(self, fields: Sequence[FieldPlan]) -> bytes:
        return self._metadata.undo_package(fields)

    def deploy(self, package: bytes, check_only: bool) -> str:
        return self._metadata.deploy(package, check_only)

    def deployed(self, id: str) -> Pending | list[str]:
        return self._metadata.deployed(id)

    def grant(self) -> None:
        """Fields of this vendor are open to whomever may see the record."""
