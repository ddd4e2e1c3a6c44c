"""What every part of the practice org shares: schema, records, settings, people, counters."""

from collections import Counter
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from connectors.practice.salesforce.objects import Features
from connectors.practice.salesforce.schema import Schema
from connectors.practice.salesforce.store import Store
from connectors.practice.world import World

DAY = 86400


@dataclass(slots=True)
class Settings:
    """What `POST /limits` sets; back to these values on reset. Sizes in bytes or MB,
    times in seconds. `api_used` and `batches_used` count on top of what was really used."""

    daily_api: int = 100_000
    api_used: int = 0
    bulk_batches: int = 15_000
    batches_used: int = 0
    token_ttl: int = 7200
    bulk_delay: float = 0.1
    page_size: int = 2000
    max_upload: int = 100_000_000
    data_storage_mb: int = 10_240
    file_storage_mb: int = 10_240
    max_file: int = 2 * 1024**3
    blocked_extensions: str = ""
    duplicate_rules: bool = True
    duplicate_block: bool = False
    assignment_rule: bool = True
    automation: bool = True
    audit_fields: bool = True
    lock_rows: int = 0
    deploy_delay: float = 0.1
    sandbox: bool = False
    custom_objects: bool = True
    state_picklists: bool = False
    multi_currency: bool = False
    shared_contacts: bool = False
    jwt_key: str = ""


@dataclass(slots=True)
class Rights:
    """What the user we write with may do; `{"op": "user"}` takes it away."""

    active: bool = True
    api_enabled: bool = True
    modify_all: bool = True
    view_setup: bool = True
    modify_metadata: bool = True
    hard_delete: bool = False


@dataclass(slots=True)
class People:
    """Ids of those the rules know by name."""

    organization: str = ""
    profile: str = ""
    integration: str = ""
    dispatcher: str = ""
    queue: str = ""

    def identity(self, base: str) -> str:
        """The address that stands for the user we write with, at an org of that address."""
        return f"{base.rstrip('/')}/id/{self.organization}/{self.integration}"


def assign(target: Any, values: dict[str, Any]) -> None:
    """Set fields of a dataclass by name, each in the type it has. Raises ValueError."""
    known = {each.name: type(getattr(target, each.name)) for each in fields(target)}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"{name!r} is none of {', '.join(known)}")
        setattr(target, name, known[name](value))


class Usage:
    """Calls of the last 24 hours of practice time, counted by the minute."""

    def __init__(self) -> None:
        self._minutes: Counter[int] = Counter()

    def add(self, now: float, calls: int = 1) -> None:
        """Count calls made now."""
        self._minutes[int(now // 60)] += calls

    def used(self, now: float) -> int:
        """How many of the last 24 hours still count."""
        oldest = int((now - DAY) // 60)
        for minute in [minute for minute in self._minutes if minute <= oldest]:
            del self._minutes[minute]
        return self._minutes.total()


class Org:
    """The shared state. `armed` holds faults that wait for their call, by kind; `archived_on`
    is the day of the last night in which old activities were archived."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = Store(world.directory)
        self.settings = Settings()
        self.renew()

    def renew(self) -> None:
        """Everything but the records as on the first day. What the org was set to be made of
        counts for one reset, this one."""
        made_of = {each.name: getattr(self.settings, each.name) for each in fields(Features)}
        self.features = Features(**made_of)
        self.schema = Schema(self.features)
        self.may_hard_delete = False
        self.settings, self.rights = Settings(sandbox=self.world.copy), Rights()
        self.access_changed = False
        self.people = People()
        self.calls, self.batches = Usage(), Usage()
        self.random = Random(self.world.seed)
        self.archived_on = f"{self.world.clock.now():%Y-%m-%d}"
        self.armed: dict[str, dict[str, Any]] = {}

    def now(self) -> int:
        """The practice time in whole seconds since 1970."""
        return int(self.world.clock.now().timestamp())

    def refresh_rights(self) -> None:
        """Audit fields need the org's switch and Modify All Data."""
        self.schema.audit_fields = self.settings.audit_fields and self.rights.modify_all

    def refresh_access(self) -> None:
        """See anew what the permission sets assigned to our user grant, if that changed."""
        if not self.access_changed:
            return
        assigned = (
            "(SELECT PermissionSetId FROM PermissionSetAssignment"
            f" WHERE IsDeleted = 0 AND AssigneeId = '{self.people.integration}')"
        )
        fields = self.store.db.execute(
            "SELECT Field, MAX(PermissionsEdit) FROM FieldPermissions"
            f" WHERE PermissionsRead = 1 AND ParentId IN {assigned} GROUP BY Field"
        )
        self.schema.granted = {
            (object, name.lower()): bool(editable)
            for (object, _, name), editable in ((f.partition("."), edit) for f, edit in fields)
        }
        (hard,) = self.store.db.execute(
            f"SELECT MAX(PermissionsBulkApiHardDelete) FROM PermissionSet WHERE Id IN {assigned}"
        ).fetchone()
        self.may_hard_delete = bool(hard)
        self.access_changed = False

    def calls_used(self) -> int:
        """What counts against DailyApiRequests."""
        return self.calls.used(self.now()) + self.settings.api_used

    def batches_left(self) -> int:
        """What is left of DailyBulkApiBatches."""
        used = self.batches.used(self.now()) + self.settings.batches_used
        return max(0, self.settings.bulk_batches - used)

    def storage_left(self) -> int:
        """What is left of DataStorageMB at 2 kB a record."""
        return max(0, self.settings.data_storage_mb - self.store.total * 2 // 1024)

    def file_storage_left(self) -> int:
        """What is left of FileStorageMB, in bytes."""
        return max(0, self.settings.file_storage_mb * 1024**2 - self.store.file_bytes)

    def take_lock(self) -> bool:
        """Whether this row meets a locked parent: as often as `lock_rows` says."""
        locked = self.settings.lock_rows > 0
        self.settings.lock_rows -= locked
        return locked
