"""Salesforce as a destination: rows in, outcomes out; records, users and limits read.

Few rows go through sObject Collections and are answered at once, many go through a Bulk
API 2.0 job that any process may collect; the setting `bulk_from` says what is many.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Self

from connectors.salesforce import check, collections, files, limits, obstacles, signin
from connectors.salesforce.answers import NAME
from connectors.salesforce.bulk import Bulk
from connectors.salesforce.client import Client
from connectors.salesforce.collections import send_collection
from connectors.salesforce.defaults import Defaults
from connectors.salesforce.identity import by_call
from connectors.salesforce.metadata import Metadata
from connectors.salesforce.objects import ARCHIVED, KEY_FIELDS, ORDER, PARENTS
from connectors.salesforce.plans import FIELDS
from connectors.salesforce.query import Reader
from connectors.salesforce.schema import Schema
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
    Outcome,
    Pending,
    Record,
    Row,
    Setting,
    Ticket,
    User,
    Values,
    Verb,
)


class Salesforce:
    """One org, written to as the run-as user of an external client app. Implements
    `connectors.base.Destination`; for delete jobs collected by another process, see `bulk`."""

    SETTINGS: tuple[Setting, ...] = (
        Setting("url", "My Domain address", "Such as https://acme.my.salesforce.com"),
        *signin.SETTINGS,
        Setting("api_version", "API version", default="66.0"),
        Setting(
            "bulk_from",
            "Bulk API from",
            "Rows of one object from which on the bulk API is used",
            required=False,
            default=str(limits.BULK_FROM),
        ),
        Setting(
            "ca_file",
            "Certificate authority",
            "Path on this server of a PEM file; only where a proxy or a practice org has its own",
            required=False,
        ),
    )
    ORDER: tuple[str, ...] = ORDER
    KEY_FIELDS: Mapping[str, str] = KEY_FIELDS
    ARCHIVED: Mapping[str, tuple[str, int]] = ARCHIVED
    STAYS: tuple[str, ...] = obstacles.STAYS
    FIELDS: tuple[FieldPlan, ...] = FIELDS
    FILES: Mapping[str, FileObject] = files.FILES

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        defaults = {s.name: s.default for s in self.SETTINGS if not s.secret}
        filled = {name: text for name, text in settings.items() if text}
        chosen = defaults | filled
        self._bulk_from = limits.bulk_from(chosen["bulk_from"])
        self._client = Client(chosen, secrets)
        self._schema = Schema(self._client)
        self._defaults = Defaults(self._client)
        self._reader = Reader(self._client, self._schema)
        self._bulk = Bulk(self._client)
        self._metadata = Metadata(self._client, self._schema)

    def __repr__(self) -> str:
        return f"<{NAME}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def check(self) -> Account:
        """Sign in; prove that accounts, contacts and cases can be written and carry our key
        field. Raises NotAuthorised or Misconfigured naming all that is missing."""
        return check.check(self._client, self._schema)

    def describe(self, objects: Sequence[str] = ()) -> list[ObjectSpec]:
        """As the org is now; writes of this instance go by the newest describe."""
        self._schema.refresh()
        specs = [self._schema.spec(name) for name in objects or ORDER]
        return [spec for spec in specs if spec is not None]

    def users(self) -> list[User]:
        return self._reader.users()

    def find(self, object: str, rows: Sequence[Row]) -> Iterator[Record]:
        return self._reader.find(object, rows)

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Iterator[Record]:
        return self._reader.fetch(object, ids, fields)

    def sweep(self, object: str, prefix: str, fields: Sequence[str]) -> Iterator[Record]:
        return self._reader.sweep(object, prefix, fields)

    def children(self, object: str, ids: Sequence[str]) -> Iterator[Child]:
        if object in self.FILES:
            return files.children(self._client, ids)
        return self._reader.children(object, ids)

    def chunk_size(self, object: str, verb: Verb, total: int) -> int:
        if object in self.FILES:
            return 1 if verb == "create" else collections.LARGEST
        size = limits.chunk_size(total, self._bulk_from)
        return collections.LARGEST if by_call(object, verb) else size

    def submit(self, chunk: Chunk, opened: Callable[[Ticket], None]) -> Ticket:
        """Send, rows of one parent side by side. Raises Unavailable where an answer was lost:
        then look up, or collect the opened job, before sending again."""
        given = self._defaults.values(chunk.object) if chunk.verb == "create" else {}
        chunk = replace(chunk, rows=tuple(self._signed(row, given) for row in _by_parent(chunk)))
        names = {name for row in chunk.rows for name in row.values}
        fields = self._schema.fields(chunk.object, sorted(names))
        if chunk.object in self.FILES:
            sent = tuple(files.send_files(self._client, chunk, fields))
            return Ticket(chunk.verb, chunk.object, outcomes=sent)
        bulky = limits.by_job(len(chunk.rows), self._bulk_from)
        if bulky and not by_call(chunk.object, chunk.verb):
            return self._bulk.send(chunk, fields, opened)
        outcomes = send_collection(self._client, chunk, fields)
        return Ticket(chunk.verb, chunk.object, outcomes=tuple(outcomes))

    def _signed(self, row: Row, given: Values) -> Row:
        """With what a new record cannot do without. One whose creator is somebody else is
        still told to be ours."""
        us: Values = {}
        if not row.id and row.values.get("CreatedById") is not None:
            us = {"LastModifiedById": self._client.session.user_id}
        return replace(row, values={**row.values, **given, **us}) if given or us else row

    def collect(self, ticket: Ticket) -> Pending | Iterable[Outcome]:
        return self._bulk.collect(ticket) if ticket.remote_id else ticket.outcomes

    def abort(self, ticket: Ticket) -> None:
        if ticket.remote_id:
            self._bulk.abort(ticket.remote_id)

    def allowance(self) -> list[Allowance]:
        return limits.allowance(self._client)

    def forecast(
        self, counts: Mapping[str, int], sizes: Mapping[str, int] | None = None
    ) -> list[Forecast]:
        return limits.forecast(self._client, counts, sizes or {}, self._bulk_from)

    def obstacles(self) -> list[Obstacle]:
        return obstacles.obstacles(self._client, self._schema)

    def manifest(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return self._metadata.manifest(fields)

    def missing(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return self._metadata.missing(fields)

    def hidden(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return self._metadata.hidden(fields)

    def package(self, fields: Sequence[FieldPlan]) -> bytes:
        """A zip for the Metadata API; its permission set grants the fields of our objects
        that we use already, too."""
        return self._metadata.package(fields)

    def undo_package(self, fields: Sequence[FieldPlan]) -> bytes:
        """A zip with destructive changes. The permission set stays: one that is assigned
        cannot be deleted."""
        return self._metadata.undo_package(fields)

    def deploy(self, package: bytes, check_only: bool) -> str:
        return self._metadata.deploy(package, check_only)

    def deployed(self, id: str) -> Pending | list[str]:
        return self._metadata.deployed(id)

    def grant(self) -> None:
        self._metadata.grant()


def _by_parent(chunk: Chunk) -> tuple[Row, ...]:
    parents = PARENTS.get(chunk.object, ())
    return tuple(
        sorted(chunk.rows, key=lambda row: [str(row.values.get(name) or "") for name in parents])
    )
