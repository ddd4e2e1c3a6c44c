"""The sums of version 1 over all deals that are not archived."""

from typing import Any

from connectors.practice.pipedrive.api import Call, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.queries import Parser, integer, read_old, words
from connectors.practice.pipedrive.store import COUNTED

LIST: dict[str, Parser] = {
    "status": words("open", "won", "lost"),
    **dict.fromkeys(("user_id", "pipeline_id", "stage_id"), integer),
}


class Summary:
    """The endpoint over one company, which has one currency."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module."""
        return [Operation("v1", "GET", "/deals/summary", 40, self.summary)]

    async def summary(self, call: Call) -> Reply:
        """Counts and values; the weights of stages are left out of the weighted ones."""
        query = read_old(call.query, LIST)
        query = {"owner_id" if name == "user_id" else name: v for name, v in query.items()}
        deals = self._company.store.select("deals", f"gone = 0 AND {COUNTED}")
        kept = [d for d in deals if all(d[name] == value for name, value in query.items())]
        groups: dict[str, dict[str, Any]] = {}
        for deal in kept:
            group = groups.setdefault(deal["currency"], {"value": 0, "count": 0})
            group["value"] += deal["value"]
            group["count"] += 1
        total = sum(group["value"] for group in groups.values())
        return Reply(
            {
                "values_total": groups,
                "weighted_values_total": groups,
                "total_count": len(kept),
                "total_currency_converted_value": total,
                "total_weighted_currency_converted_value": total,
            }
        )
