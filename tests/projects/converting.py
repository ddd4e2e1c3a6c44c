"""A value put through a transform, as tests of transforms do it."""

from typing import Any

from hypothesis import strategies as st

from projects.conversions import CONVERSIONS
from projects.fitting import Context

PLAN: dict[str, Any] = {
    "technicians": {
        "1": {"name": "Ana", "action": "match", "user": "005A"},
        "2": {"name": "Bo", "action": "fallback", "user": ""},
        "3": {"name": "Cy", "action": "skip", "user": ""},
        "4": {"name": "Di", "action": "undecided", "user": ""},
        "5": {"name": "Ed", "action": "fallback", "user": "005A"},
        "6": {"name": "Fi", "action": "match", "user": ""},
    },
    "policies": {"fallback_owner": "005Z"},
}
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


def convert(name: str, value: Any, argument: str = "", **more: Any) -> Any:
    context = Context(
        more.get("record", {}), argument, more.get("values", {}), more.get("plan", PLAN), "jobs.x"
    )
    return CONVERSIONS[name].function(value, context)
