"""What a stage gets and what it may do: claim slices, say how far it is, open accounts."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from connectors.base import Destination, Source
from connectors.errors import Misconfigured, NotAuthorised
from connectors.values import ObjectSpec
from projects.models import AccountUser, Connection, Engagement, Run, Slice
from projects.models.plan import with_users

Tally = dict[str, dict[str, int]]
"""Source object → count by name (read, landed, held, …)."""

IDLE_SECONDS = 0.3


class StageBlocked(Exception):
    """Work for a person. The message says what, where, and what to do next."""


class Cancelled(Exception):
    """The run is being cancelled: stop claiming, settle what is under way."""


class LeaseLost(Exception):
    """Another worker holds this slice now: write nothing more."""


class Stage(Protocol):
    """The shape of a stage module."""

    NAME: str
    LABEL: str
    WRITES: bool

    def run(self, ctx: "Context") -> Tally: ...


class Context:
    """One worker's part in a run. Several workers may share a run: each has its own context
    and claims its own slices."""

    def __init__(self, run: Run, worker: str) -> None:
        self.run = run
        self.worker = worker
        self.engagement: Engagement = run.engagement
        self._stack = ExitStack()
        self._source: Source | None = None
        self._destinations: dict[int, Destination] = {}
        self._plan: dict[str, Any] | None = None
        self._claimed: Slice | None = None
        self._schema: dict[str, ObjectSpec] = {}

    @property
    def source(self) -> Source:
        if self._source is None:
            self._source = self._stack.enter_context(self.engagement.source.open_source())
        return self._source

    @property
    def connection(self) -> Connection:
        """The destination account that this run is about."""
        at = self.run.options.get("at", "")
        return self.run.connection or self.engagement.goes_to(self.run.stage, at)

    @property
    def destination(self) -> Destination:
        return self.open(self.connection)

    def open(self, connection: Connection) -> Destination:
        """A destination account, opened once a context. Raises NotAuthorised where something
        is wrong with it that staff has to look at first."""
        if connection.pk not in self._destinations:
            if connection.problem:
                raise NotAuthorised(f"{connection} must be checked again: {connection.problem}")
            opened = self._stack.enter_context(connection.open_destination())
            self._destinations[connection.pk] = opened
        return self._destinations[connection.pk]

    def schema(self, object: str) -> ObjectSpec:
        """The destination object as it is now, read once a context."""
        if object not in self._schema:
            found = self.destination.describe([object])
            if not found:
                raise Misconfigured(f"The destination has no object {object}, or hides it.")
            self._schema[object] = found[0]
        return self._schema[object]

    def refuses_doubles(self, object: str) -> bool:
        """Whether the vendor itself refuses a second record with a key of ours."""
        key = self.schema(object).field(self.destination.KEY_FIELDS.get(object, ""))
        return key is not None and key.unique

    @property
    def plan(self) -> dict[str, Any]:
        """What this run goes by, its users as the account at hand knows them."""
        assert self.run.plan is not None, f"{self.run} was started without a plan"
        if self._plan is None:
            self._plan = with_users(self.run.plan.body, AccountUser.ids(self.connection))
        return self._plan

    def lost(self) -> bool:
        """Whether the slice we were at work on is another worker's now."""
        return self._claimed is not None and not self._claimed.held().exists()

    def release(self) -> None:
        """Give back what we still hold, so that the next worker need not wait for a lease."""
        held = self.run.slices.filter(owner=self.worker, status=Slice.Status.CLAIMED)
        held.update(status=Slice.Status.OPEN, lease_until=None)

    def close(self) -> None:
        self._stack.close()

    def cut(
        self, wave: int, bodies: Callable[[], Iterator[tuple[str, dict[str, Any], int]]]
    ) -> None:
        """Make the slices of a wave once, from (object, body, total) triples. Another worker
        of the same run waits in this transaction and then finds them made."""
        with transaction.atomic():
            Run.objects.select_for_update().get(pk=self.run.pk)
            if wave in self.run.options.get("cut", []) or self._cut(wave):
                return
            Slice.objects.bulk_create(
                (
                    Slice(run=self.run, wave=wave, number=n, object=name, body=body, total=total)
                    for n, (name, body, total) in enumerate(bodies())
                ),
                batch_size=200,
            )
            self._mark_cut(wave)

    def claims(self, wave: int) -> Iterator[Slice]:
        """Slices of the wave, one by one, until all of it is done by us or by others."""
        while True:
            self.checkpoint()
            claimed = Slice.claim(self.run, wave, self.worker)
            if claimed is not None:
                self._claimed = claimed
                yield claimed
                self._claimed = None
            elif not self.run.slices.filter(wave=wave).exclude(status=Slice.Status.DONE).exists():
                return
            else:
                time.sleep(IDLE_SECONDS)

    def advance(self, piece: Slice, **changes: Any) -> None:
        """Keep a slice's counts and lengthen its lease. Raises LeaseLost or Cancelled."""
        if not piece.renew(**changes):
            raise LeaseLost(f"{piece} is held by another worker")
        self.checkpoint()

    def finish(self, piece: Slice, **changes: Any) -> None:
        """The slice is done. Raises LeaseLost."""
        if not piece.held().update(status=Slice.Status.DONE, lease_until=None, **changes):
            raise LeaseLost(f"{piece} is held by another worker")

    def checkpoint(self) -> None:
        """Show that we are alive; stop here if a person asked for it."""
        Run.objects.filter(pk=self.run.pk).update(heartbeat_at=timezone.now())
        mine = Run.objects.filter(pk=self.run.pk)
        status = mine.values_list("status", flat=True).get()
        if status == Run.Status.QUEUED:
            # Somebody rang for the run because we were silent for long; but we are at work.
            mine.filter(status=Run.Status.QUEUED).update(status=Run.Status.RUNNING)
            status = mine.values_list("status", flat=True).get()
        if status != Run.Status.RUNNING:
            raise Cancelled(f"{self.run} is {status}")

    def wait(self, seconds: float) -> None:
        """Sleep in short steps, so that a cancel is seen within a second and the slice we
        hold stays ours however long a remote job takes. Raises LeaseLost or Cancelled."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 1.0))
            if self._claimed is not None:
                self.advance(self._claimed)
            else:
                self.checkpoint()

    def _cut(self, wave: int) -> bool:
        options = Run.objects.values_list("options", flat=True).get(pk=self.run.pk)
        return wave in options.get("cut", [])

    def _mark_cut(self, wave: int) -> None:
        options = Run.objects.values_list("options", flat=True).get(pk=self.run.pk)
        options["cut"] = [*options.get("cut", []), wave]
        Run.objects.filter(pk=self.run.pk).update(options=options)
        self.run.options = options
