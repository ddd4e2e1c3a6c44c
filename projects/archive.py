"""Which records a destination puts away by their age, as the scan says it. In: the
destination's rules and today's day. No calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.base import Destination
from connectors.capabilities import ArchivesByAge
from connectors.values import Value


@dataclass(frozen=True, slots=True)
class Archive:
    """Records whose `field` says `last` or an earlier day are put away soon after they land."""

    field: str
    last: str
    message: str

    def takes(self, values: Mapping[str, Value]) -> bool:
        found = values.get(self.field)
        return found is not None and str(found)[:10] <= self.last


def archive_of(destination: Destination, object: str, label: str, today: date) -> Archive | None:
    """What the destination says of that object, for the shape of that label."""
    rules = destination.ARCHIVED if isinstance(destination, ArchivesByAge) else {}
    if object not in rules:
        return None
    field, days = rules[object]
    last = f"{today - timedelta(days=days)}"
    return Archive(
        field,
        last,
        f"dated {last} or earlier. The destination archives a {object} of {days} days in the night "
        "after the load: it leaves lists, reports and plain queries, and stays on the record that "
        "it hangs under. To leave older ones out, write the first day that is to land into the "
        f"argument of the row “{label} › {field}” under Mapping rows.",
    )
