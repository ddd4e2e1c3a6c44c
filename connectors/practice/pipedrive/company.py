"""What every part of the practice company shares: records, fields, settings, plan, users."""

from dataclasses import dataclass, fields
from datetime import timedelta
from hashlib import sha1
from random import Random
from typing import Any

from connectors.practice.pipedrive.fields import Fields
from connectors.practice.pipedrive.moments import stamp
from connectors.practice.pipedrive.store import COUNTED, Record, Store
from connectors.practice.world import World

DAYS_KEPT = 30
TOKEN = sha1(b"practice pipedrive").hexdigest()
CURRENCIES = {"USD": "US Dollar", "EUR": "Euro", "GBP": "Pound Sterling", "CAD": "Canadian Dollar"}


@dataclass(frozen=True)
class Plan:
    """What a plan gives: daily tokens (times 30,000 a seat), calls in two seconds by API token,
    leads and deals a seat, custom fields a company."""

    tokens: int
    burst: int
    deals: int
    fields: int
    groups: bool


PLANS = {
    "lite": Plan(1, 20, 2_500, 30, False),
    "growth": Plan(2, 40, 5_000, 100, False),
    "premium": Plan(5, 100, 15_000, 300, True),
    "ultimate": Plan(7, 120, 20_000, 500, True),
}
MOST_DEALS = 300_000


@dataclass(slots=True)
class Settings:
    """What `POST /limits` sets; back to these values on reset. -1: what the plan gives."""

    plan: str = "premium"
    seats: int = 10
    burst: int = -1
    search_burst: int = 10
    daily_tokens: int = -1
    tokens_used: int = 0
    daily_headers: bool = True
    block_after: int = 30
    block_seconds: float = 60.0
    deal_cap: int = -1
    field_cap: int = -1
    activity_type_cap: int = 40
    search_delay: float = 2.0
    admin: bool = True
    contact_sync: bool = False
    deal_add_time: bool = False
    label_options: bool = True
    archived_delete: bool = False
    deleted_get: bool = True
    max_file: int = 25 * 1024 * 1024
    source_fields: bool = True


def assign(target: Any, values: dict[str, Any]) -> None:
    """Set attributes of a dataclass by name, each to a value of its type. Raises ValueError."""
    known = {f.name: type(getattr(target, f.name)) for f in fields(target)}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"{name!r} is not one of {', '.join(known)}")
        number = known[name] is float and type(value) is int
        if type(value) is not known[name] and not number:
            raise ValueError(f"{name} must be of type {known[name].__name__}")
        setattr(target, name, value)


class Company:
    """One company on one host."""

    id, name, domain, currency = 7700001, "Practice Company", "practice-company", "USD"

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = Store(world.directory)
        self.files = world.directory / "pipedrive-files"
        self.settings = Settings()
        self.renew()

    def renew(self) -> None:
        """Everything but the records as on the first day."""
        self.settings = Settings()
        self.random = Random(self.world.seed * 104_729 + 5)
        self.fields = Fields(self.random)
        self.me = self.dispatcher = 0
        self.tokens = {TOKEN}
        self._purged = ""

    @property
    def plan(self) -> Plan:
        """What the plan gives."""
        return PLANS[self.settings.plan]

    def now(self) -> str:
        """The practice time in the way of version 2."""
        return stamp(self.world.clock.now())

    def purge(self) -> None:
        """Remove what was deleted more than thirty days ago; looks once a practice day."""
        today = self.now()[:10]
        if today != self._purged:
            self._purged = today
            kept = self.world.clock.now() - timedelta(days=DAYS_KEPT)
            self.store.purge(stamp(kept))

    def user(self) -> Record:
        """The user of the token."""
        return self.store.get("users", self.me) or {}

    def everybody(self) -> int:
        """The smallest `visible_to` that lets a user see what another one owns, and what a
        record gets that says nothing. The user of the token is alone in its group."""
        return 7 if self.plan.groups else 3

    def sees(self, record: Record) -> bool:
        """Whether the user of the token may see that record."""
        if self.settings.admin or "visible_to" not in record:
            return True
        return bool(record["owner_id"] == self.me or record["visible_to"] >= self.everybody())

    def is_full(self) -> bool:
        """Whether the plan takes no more leads and deals: won and lost ones count, archived
        ones do not."""
        most = self.settings.deal_cap
        if most < 0:
            most = min(MOST_DEALS, self.plan.deals * self.settings.seats)
        # Counting takes time, and there cannot be more of them than there ever were.
        if self.store.made("deals") + self.store.made("leads") < most:
            return False
        return self.store.count("deals", COUNTED) + self.store.count("leads", COUNTED) >= most

    def fields_left(self) -> int:
        """How many custom fields the plan still takes, over all entities."""
        most = self.settings.field_cap
        return (self.plan.fields if most < 0 else most) - self.fields.count_custom()
