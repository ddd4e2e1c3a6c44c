"""The calls of a stage by what they are for, and the one that a seed strikes.

In: the practice vendors' history of an undisturbed stage. Out: a `Blow` per seed, dealt so
that a score of seeds meets every kind of write both before and after the vendor committed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

KINDS = {
    "job closed": ("PATCH", r"/jobs/ingest/"),
    "job filled": ("PUT", r"/jobs/ingest/.*/batches"),
    "job opened": ("POST", r"/jobs/ingest$"),
    "job watched": ("GET", r"/jobs/ingest/\w+$"),
    "job told": ("GET", r"/jobs/ingest/\w+/\w+$"),
    "create": ("POST", r"/composite/sobjects$"),
    "update": ("PATCH", r"/composite/sobjects$"),
    "delete": ("DELETE", r"/composite/sobjects"),
    "look-up": ("GET", r"/query"),
    "read-back": ("POST", r"/composite/sobjects/\w+$"),
    "page": ("GET", r"/tenant/"),
    "describe": ("GET", r"/describe$"),
    "sign-in": ("POST", r"/oauth2/token|/connect/token"),
}
"""Writes first: the seeds that a short run has are dealt from the top."""

SENDS = ("create", "update", "delete", "job filled")
"""Calls that carry records; each is one chunk. A job may be told to stop like it is closed."""


@dataclass(frozen=True, slots=True)
class Blow:
    """What befalls whom at which call: `strike` names what `Workers.strike` does."""

    stage: str
    kind: str
    at: int
    when: str
    strike: str

    def fault(self) -> dict[str, Any]:
        """The rule that holds that call open."""
        method, path = KINDS[self.kind]
        return {"at": self.at, "when": self.when, "match": {"method": method, "path": path}}


def counted(history: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Kind → how many calls of it."""
    return Counter(_kind(call["method"], call["path"]) for call in history)


def _kind(method: str, path: str) -> str:
    fits = (k for k, (verb, shape) in KINDS.items() if verb == method and re.search(shape, path))
    return next(fits, "other")


def dealt(stage: str, number: int, calls: Mapping[str, int], strike: str) -> Blow:
    """The `number`-th blow (from 0) of a stage that made these calls when undisturbed."""
    deck = [(kind, when) for kind in KINDS if calls.get(kind) for when in ("after", "before")]
    kind, when = deck[number % len(deck)]
    sure = calls["job closed"] if kind == "job watched" else calls[kind]  # the rest is patience
    at = Random(f"{stage} {number}").randint(1, sure)
    return Blow(stage, kind, at, when, strike)
