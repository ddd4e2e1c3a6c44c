"""Which calls go wrong, and how: the rules that `POST /faults` sets, and their counting.

What a fault then does to a call is `gate.py`. A fault is a JSON object:

    {"kind": "status", "vendor": "salesforce", "match": {"method": "POST", "path": "regex",
     "write": true}, "at": 3, "times": 1, "when": "before", "status": 503, "retry_after": 1}

`at` n: the n-th matching call counted from when the fault was set (default 1), and with
`times` k the k calls from there on. `every` n: each n-th. `rate` with `seed`: that share of
the matching calls, drawn deterministically; `times` then caps how often.
"""

import asyncio
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from connectors.practice.history import Call

GATE_KINDS = {"status", "hold", "late", "kill", "reset", "truncate", "stall", "slow"}


class Fault:
    """One rule and how often it was seen and struck. Raises ValueError where it is malformed."""

    def __init__(self, id: int, spec: dict[str, Any]) -> None:
        self.id, self.spec = id, spec
        self.kind = str(spec["kind"])
        match = spec.get("match") or {}
        try:
            self._path = re.compile(match.get("path", ""))
        except re.error as bad:
            raise ValueError(f"match.path is not a regular expression: {bad}") from bad
        self._method, self._write = match.get("method"), match.get("write")
        self._random = Random(spec.get("seed", 1))
        self.seen = self.fired = 0
        self.held = 0
        self.released = asyncio.Event()

    def matches(self, call: Call) -> bool:
        """Whether the rule is about that call at all."""
        return (
            self.spec.get("vendor") in (None, call.vendor)
            and self._method in (None, call.method)
            and self._write in (None, call.write is not None)
            and self._path.search(call.path) is not None
        )

    def strikes(self) -> bool:
        """Count a matching call and say whether the fault hits it."""
        self.seen += 1
        times = self.spec.get("times")
        if "rate" in self.spec:
            hit = self._random.random() < self.spec["rate"]
        elif "every" in self.spec:
            hit = self.seen % self.spec["every"] == 0
        else:
            hit, times = self.seen >= self.spec.get("at", 1), times or 1
        if hit and (times is None or self.fired < times):
            self.fired += 1
            return True
        return False

    def view(self) -> dict[str, Any]:
        """The rule and its counts; `held` is how many calls wait in it now."""
        counts = {"id": self.id, "seen": self.seen, "fired": self.fired, "held": self.held}
        return self.spec | counts


def storm(name: str, seed: int = 1, rate: float = 0.02) -> Iterator[dict[str, Any]]:
    """The rules of a named storm: mixed weather at that rate. ValueError: no such name."""
    rules: dict[str, list[dict[str, Any]]] = {
        "none": [],
        "storm": [
            {"kind": "status", "status": 429, "retry_after": 1},
            {"kind": "status", "status": 503},
            {"kind": "status", "status": 500, "when": "after"},
            {"kind": "reset"},
            {"kind": "reset", "when": "after"},
            {"kind": "truncate", "match": {"method": "GET"}},
            {"kind": "slow", "seconds": 0.2},
        ],
        "throttle": [{"kind": "status", "status": 429, "retry_after": 1}],
        "outage": [{"kind": "status", "status": 503}, {"kind": "reset"}],
        "lost-answers": [{"kind": "reset", "when": "after", "match": {"write": True}}],
    }
    if name not in rules:
        raise ValueError(f"no storm is named {name!r}; there are {', '.join(rules)}")
    for number, rule in enumerate(rules[name]):
        yield {"rate": rate, "seed": seed * 101 + number} | rule


class Faults:
    """The rules in force, in the order they were set."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._last = 0

    def add(self, spec: dict[str, Any]) -> list[int]:
        """Set one rule, or all of a storm; the answer is their ids."""
        if spec.get("kind") == "storm":
            extra = {key: spec[key] for key in ("vendor", "times") if key in spec}
            arguments = {key: spec[key] for key in ("seed", "rate") if key in spec}
            rules = [rule | extra for rule in storm(spec.get("name", "storm"), **arguments)]
        else:
            rules = [spec]
        return [self._add(rule) for rule in rules]

    def _add(self, spec: dict[str, Any]) -> int:
        self._last += 1
        self._faults[self._last] = Fault(self._last, spec)
        return self._last

    def striking(self, call: Call) -> list[Fault]:
        """The faults that hit this call; every fault that is about it has counted it."""
        return [f for f in self._faults.values() if f.matches(call) and f.strikes()]

    def release(self, id: int) -> None:
        """Let the calls go that wait in that fault. KeyError: no such fault."""
        self._faults[id].released.set()

    def clear(self) -> None:
        """Drop every rule and let every waiting call go."""
        for fault in self._faults.values():
            fault.released.set()
        self._faults.clear()

    def view(self) -> list[dict[str, Any]]:
        """Every rule with its counts."""
        return [fault.view() for fault in self._faults.values()]
