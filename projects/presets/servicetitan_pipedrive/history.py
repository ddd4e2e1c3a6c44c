"""What happened on a job, one note a job: its history, the technicians' times, what was paid on
its invoice. A note costs one call and no custom field, of which the smallest plan has none left.
Shape and proposed rows side by side."""

from projects.presets import ObjectDefault, RowDefault
from projects.presets.servicetitan.conditions import NOT_INACTIVE
from projects.shapes import Either, Lookup, Part, Shape, When

HISTORY_READS = ("job-history", "job-timesheets", "payments", "payment-applications")
LISTS = ("history", "sheets", "applied")
PEOPLE = "workers.@id,staff.@id,office.userId"
WHO = "{who.name?, by }{who.name}"
HISTORY = "\n".join(
    (
        f"history date employeeId {PEOPLE} {{eventType}}{WHO}"
        "{employeeId? (}{employeeId}{employeeId?)}{usedSchedulingTool?, }{usedSchedulingTool}",
        *(
            f"sheets {word}On technicianId crew.@id Technician {word}: {{who.name}} "
            "({technicianId}), appointment {appointmentId}"
            for word in ("dispatched", "arrived", "done", "canceled")
        ),
        "applied paymentDate paymentId paid.@id Payment {paymentId}: {amount}, {paymentType}"
        "{who.checkNumber? }{who.checkNumber}{who.memo?, }{who.memo}",
    )
)

HISTORY_SHAPE = Shape(
    "job history",
    "History of a job",
    "notes",
    "jobs",
    "jobs/{@id}/history",
    where=(Either(tuple(When(name, (None, []), negate=True) for name in LISTS)),),
    parts=(
        Part("history", "job-history", "parent", order=("date",), pick="all"),
        Part("sheets", "job-timesheets", "parent", where=(NOT_INACTIVE,), pick="all"),
        Part("invoice", "invoices", "id", paths=("invoiceId",)),
        Part(
            "applied",
            "payment-applications",
            "parent",
            of="invoice",
            where=(NOT_INACTIVE,),
            order=("paymentDate",),
            pick="all",
        ),
        Part("paid", "payments", "ids", paths=("applied.paymentId",), pick="all"),
        Part("workers", "technicians", "ids", paths=("history.employeeId",), pick="all"),
        Part("crew", "technicians", "ids", paths=("sheets.technicianId",), pick="all"),
        Part("staff", "employees", "ids", paths=("history.employeeId",), pick="all"),
        Part(
            "office",
            "employees",
            "value",
            paths=("history.employeeId",),
            match="userId",
            pick="all",
        ),
    ),
    lookups=(Lookup("deal_id", "deals", "jobs/{@id}"),),
    title="History of job {jobNumber}",
)
HISTORY_ROWS = (
    RowDefault("job history", "", "content", "timeline", HISTORY),
    RowDefault("job history", "createdOn", "add_time", "instant"),
)
IN_A_NOTE = "A line each, by time, in one note a job, with the original time and who it was."
HISTORY_OBJECTS = (
    ObjectDefault(
        "payments",
        "notes",
        "many → 1",
        "partial",
        "A line for each invoice of a job that it is applied to, with date, type, amount and id, "
        "in the job's note of its history; an unapplied rest is left out.",
    ),
    ObjectDefault("payment-applications", "notes", "many → 1", "full"),
    ObjectDefault("job-history", "notes", "many → 1", "full", IN_A_NOTE),
    ObjectDefault(
        "job-timesheets", "notes", "many → 1", "full", f"{IN_A_NOTE} Needs the payroll scope."
    ),
)
HISTORY_LEFT_OUT = {
    "payments": "applied to no invoice of a job",
    "payment-applications": "to no invoice of a job, or voided",
    "job-history": "of a job that is gone",
    "job-timesheets": "no longer active",
}
