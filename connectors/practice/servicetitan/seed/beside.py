"""What hangs beside a customer's work, drawn from a stream of its own after the work itself.

In: the rows of one customer as they were drawn. Out: notes, history, timesheets, splits,
calls, payments and forms that agree with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.calls import call_rows, stray_call_rows
from connectors.practice.servicetitan.seed.draw import Draw
from connectors.practice.servicetitan.seed.forms import form_rows
from connectors.practice.servicetitan.seed.notes import job_note_rows, party_rows
from connectors.practice.servicetitan.seed.payments import payment_rows
from connectors.practice.servicetitan.seed.people import Party
from connectors.practice.servicetitan.seed.timeline import timeline_rows

Body = dict[str, Any]


@dataclass(slots=True)
class Work:
    """One job with its appointments and assignments, as records."""

    job: Body
    visits: dict[int, Body] = field(default_factory=dict)
    crews: list[Body] = field(default_factory=list)


def beside_rows(draw: Draw, party: Party, contacts: list[Row], rows: list[Row]) -> Iterator[Row]:
    """Everything beside that customer's work."""
    works, invoices = gather(rows)
    yield from party_rows(draw, party, [orjson.loads(each.body) for each in contacts])
    for work in works.values():
        yield from job_note_rows(draw, work.job)
        yield from timeline_rows(draw, work.job, work.visits, work.crews)
        yield from call_rows(draw, party, work.job)
        yield from form_rows(draw, party, work.job, work.crews)
    yield from stray_call_rows(draw, party)
    yield from payment_rows(draw, party.company, invoices)


def gather(rows: list[Row]) -> tuple[dict[int, Work], list[Body]]:
    """Jobs by id, and all invoices."""
    works: dict[int, Work] = {}
    invoices, later = [], []
    for each in rows:
        body = orjson.loads(each.body)
        if each.object == "jobs":
            works[each.id] = Work(body)
        elif each.object == "invoices":
            invoices.append(body)
        else:
            later.append((each, body))
    for each, body in later:
        work = works[body["jobId"]]
        if each.object == "appointments":
            work.visits[each.id] = body
        else:
            work.crews.append(body)
    return works, invoices
