"""What the practice vendors share: seed, sizes, clock, faults, history and each other."""

from pathlib import Path
from typing import Any, Literal

from connectors.practice.clock import Clock
from connectors.practice.faults import Faults
from connectors.practice.history import History
from connectors.practice.vendor import Contractor, Vendor


class World:
    """One practice contractor and the vendors it uses. `directory` is for SQLite files; with
    `copy` the destinations are the sandboxes of those without; `rate` is how many calls a
    second the source takes."""

    def __init__(
        self,
        seed: int,
        customers: int,
        jobs: int,
        directory: Path,
        copy: bool = False,
        rate: int = 60,
    ) -> None:
        self.copy, self.rate = copy, rate
        self.seed, self.customers, self.jobs, self.directory = seed, customers, jobs, directory
        self.clock = Clock()
        self.faults = Faults()
        self.history = History(directory / "history.db")
        self.vendors: dict[str, Vendor] = {}
        self.contractor: Contractor | None = None
        self._keys: dict[tuple[str, int], list[str]] = {}

    def contractor_keys(self, kind: Literal["company", "household", "job"], n: int) -> list[str]:
        """Up to n source keys, always the same: `<tenant>/customers/<id>` of active commercial
        or residential customers, or `<tenant>/jobs/<id>`."""
        if (kind, n) not in self._keys:
            self._keys[kind, n] = self.contractor.keys(kind, n) if self.contractor else []
        return self._keys[kind, n]

    def technicians(self) -> list[dict[str, Any]]:
        """`{"id": int, "name": str, "email": str | None, "active": bool}` per technician."""
        return self.contractor.technicians() if self.contractor else []

    def reset(
        self, customers: int | None = None, jobs: int | None = None, seed: int | None = None
    ) -> None:
        """Back to the first day: records, faults, history and clock; sizes may change."""
        self.customers = self.customers if customers is None else customers
        self.jobs = self.jobs if jobs is None else jobs
        self.seed = self.seed if seed is None else seed
        self.faults.clear()
        self.history.clear()
        self.clock = Clock()
        self._keys.clear()
        for vendor in self.vendors.values():
            vendor.reset()
