"""The timeline as activities, by choice: appointments as events beside their own records, steps
of a job as finished tasks beside its milestones. Off at first: the org archives them by age.

Source: Object Reference, "Event", "Task", "Archived Activities".
"""

from projects.presets import RowDefault
from projects.presets.servicetitan.conditions import (
    HOUSEHOLD,
    NOT_INACTIVE,
    customer,
    has,
    of,
)
from projects.presets.servicetitan.joins import CREW, KNOWN, decisive, listed
from projects.presets.servicetitan_salesforce.further import JOB, WORKER
from projects.shapes import Lookup, Part, Shape

WORDS = ("dispatched", "arrived", "done", "canceled")
OF_JOB = Lookup("WhatId", "Case", JOB)
EVENT = Shape(
    "event",
    "Appointment in the calendar",
    "Event",
    "appointments",
    "appointments/{@id}",
    where=(NOT_INACTIVE,),
    parts=(
        Part("job", "jobs", "id", paths=("jobId",)),
        customer("customer", "job.customerId"),
        listed("person", "customer"),
        *CREW,
        decisive(),
        Part("technician", "technicians", "id", paths=("decisive.technicianId",)),
    ),
    lookups=(
        OF_JOB,
        Lookup("WhoId", "Contact", "customers/{customer.@id}", (of("customer", HOUSEHOLD), *KNOWN)),
        Lookup("WhoId", "Contact", "customers/{customer.@id}", (has("person"), *KNOWN)),
    ),
    title="{appointmentNumber}",
)
EVENT_ROWS = (
    RowDefault("event", "", "Subject", "template", "Appointment {appointmentNumber}"),
    RowDefault("event", "start", "StartDateTime", "instant"),
    RowDefault("event", "end", "EndDateTime", "until", "start 14"),
    RowDefault("event", "", "IsReminderSet", "boolean", "no"),
    RowDefault("event", "technician.id", "OwnerId", "owner"),
    RowDefault("event", "createdOn", "CreatedDate", "instant"),
    RowDefault("event", "createdOn", "Source_Created_Date__c", "instant"),
    RowDefault(
        "event",
        "",
        "Description",
        "lines",
        "Status: {status}\nArrival window: {arrivalWindowStart} to {arrivalWindowEnd}\n"
        "Technicians: {workers.name}\n{specialInstructions}",
    ),
)


def _step(name: str, root: str, key: str, subject: str, path: str = "") -> Shape:
    return Shape(
        name,
        f"{subject}, as a task",
        "Task",
        root,
        key,
        where=(has(path), NOT_INACTIVE) if path else (),
        parts=(WORKER,),
        lookups=(OF_JOB,),
        title=subject,
    )


def _step_rows(
    shape: str, subject: str, moment: str, actor: str, origin: str
) -> tuple[RowDefault, ...]:
    said = f"{origin}\nOriginal time: {{{moment}}}\nBy: {{worker.name}}\nTheir id: {{{actor}}}"
    return (
        RowDefault(shape, "", "Subject", "template", subject),
        RowDefault(shape, "", "Status", "template", "Completed"),
        RowDefault(shape, moment, "ActivityDate", "day"),
        RowDefault(shape, moment, "CreatedDate", "instant"),
        RowDefault(shape, moment, "Source_Created_Date__c", "instant"),
        RowDefault(shape, "worker.id", "OwnerId", "user"),
        RowDefault(shape, "", "Description", "lines", said),
    )


TIMELINE_SHAPES = (
    EVENT,
    _step("history task", "job-history", "job-history/{@id}", "{eventType}"),
    *(
        _step(
            f"{word} task",
            "job-timesheets",
            f"job-timesheets/{{@id}}/{word}",
            f"Technician {word}",
            f"{word}On",
        )
        for word in WORDS
    ),
)
TIMELINE_ROWS = (
    *EVENT_ROWS,
    *_step_rows("history task", "{eventType}", "date", "employeeId", "Job history"),
    *(
        row
        for word in WORDS
        for row in _step_rows(
            f"{word} task", f"Technician {word}", f"{word}On", "technicianId", "Timesheet"
        )
    ),
)
