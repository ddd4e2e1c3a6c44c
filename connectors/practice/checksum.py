"""A checksum over records that depends on neither their order nor server-made fields."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson


class Checksum:
    """Add records, read `value`. Equal content gives an equal value."""

    def __init__(self, ignored: frozenset[str] = frozenset()) -> None:
        self.count = 0
        self._ignored = ignored
        self._sum = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Take one record in, without its ignored top-level fields."""
        kept = {name: value for name, value in record.items() if name not in self._ignored}
        digest = blake2b(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
        self._sum = (self._sum + int.from_bytes(digest, "big")) % 2**128
        self.count += 1

    def value(self) -> dict[str, Any]:
        """`{"count", "checksum"}` as `GET /state` shows it."""
        return {"count": self.count, "checksum": f"{self._sum:032x}"}
