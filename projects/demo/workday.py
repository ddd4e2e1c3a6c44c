"""A day at the practice contractor after the load: jobs change, customers come and book, a phone
number is corrected. The delta must bring exactly that.

In: the practice vendors' control address. Out: how many edits were made.
"""

from typing import Any

import httpx
from django.core.management import CommandError

from projects.models import Engagement

CHANGED_JOBS, NEW_CUSTOMERS, NEW_NUMBERS = 24, 4, 3


def pass_by(engagement: Engagement, control_url: str) -> int:
    """Make the day's edits at the source. Raises CommandError where one is refused."""
    with httpx.Client(base_url=control_url, timeout=60) as control:
        day = _Day(control, engagement.source.kind)
        for n in range(CHANGED_JOBS):
            day.edit("update", "jobs", n * 7, summary=f"<p>Called back, see visit {n + 1}.</p>")
        for n in range(NEW_CUSTOMERS):
            day.welcome(n)
        for n in range(NEW_NUMBERS):
            day.edit("update", "customer-contacts", n * 5, value=f"+1 312 555 01{n:02}")
    return day.edits


class _Day:
    def __init__(self, control: httpx.Client, vendor: str) -> None:
        self.control, self.vendor, self.edits = control, vendor, 0

    def welcome(self, n: int) -> None:
        """A new customer with a phone, who books a visit; all like the n-th of its kind."""
        fresh = {"name": f"Robin Newcomer {n + 1}", "active": True, "mergedToId": None}
        customer = self.edit("create", "customers", n, **fresh)["id"]
        phone = {"type": "Phone", "value": f"+1 312 555 02{n:02}", "active": True}
        self.edit("create", "customer-contacts", n, customerId=customer, memo=None, **phone)
        booked = {"customerId": customer, "jobNumber": f"9{n:07}", "recallForId": None}
        job = self.edit("create", "jobs", n, **booked)["id"]
        self.edit("create", "appointments", n, jobId=job, customerId=customer)

    def edit(self, op: str, object: str, nth: int, **values: Any) -> dict[str, Any]:
        command = {"vendor": self.vendor, "op": op, "object": object, "nth": nth, "set": values}
        answer = self.control.post("/edit", json=command)
        if answer.is_error:
            raise CommandError(f"The practice vendor refused an edit: {answer.text}")
        self.edits += 1
        record: dict[str, Any] = answer.json()
        return record
