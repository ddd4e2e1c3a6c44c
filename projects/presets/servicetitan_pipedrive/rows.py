"""Which source field goes where, as proposed to staff."""

from projects.presets import RowDefault
from projects.presets.servicetitan_pipedrive.activity import ACTIVITY_ROWS
from projects.presets.servicetitan_pipedrive.beside import BESIDE_ROWS, REACHED_LINE
from projects.presets.servicetitan_pipedrive.files import FILE_ROWS
from projects.presets.servicetitan_pipedrive.history import HISTORY_ROWS
from projects.presets.servicetitan_pipedrive.sold import SOLD_ROWS
from projects.presets.servicetitan_pipedrive.values import LOST, OVER, STAGES, STATUSES, WON
from projects.presets.servicetitan_salesforce.values import PRIORITIES

SITE = "{name}: {address.street} {address.unit}, {address.city}, {address.state} {address.zip} "
SITES = f"reached locationId\n{SITE}(#{{id}})\n{REACHED_LINE}"
VISIT = "\n".join(
    (
        "Appointment {appointmentNumber}",
        "Status: {status}",
        "Start: {start}",
        "End: {end}",
        "Arrival window: {arrivalWindowStart} to {arrivalWindowEnd}",
        "Technicians: {workers.name} ({workers.id})",
        "{specialInstructions}",
    )
)


def _origin(shape: str, created: str = "createdOn") -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, created, "add_time", "instant"),
        RowDefault(shape, created, "Source created at", "instant"),
    )


def _customer(shape: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "type", "Source customer type"),
        RowDefault(shape, "sites", "Sites", "nested", SITES),
        RowDefault(shape, "tags.name", "label_ids", "join", ";"),
    )


def _reach(shape: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "phones.value", "phones", "join", "\n"),
        RowDefault(shape, "emails.value", "emails", "join", "\n"),
    )


def _visit(shape: str, type: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "", "subject", "template", "Appointment {appointmentNumber}"),
        RowDefault(shape, "", "type", "template", type),
        RowDefault(shape, "status", "done", "one_of", OVER),
        RowDefault(shape, "decisive.technicianId", "owner_id", "sure_owner"),
        RowDefault(shape, "specialInstructions", "note", "lines", VISIT),
    )


ROWS = (
    RowDefault("company", "name", "name"),
    RowDefault("company", "site.address", "address", "address"),
    *_origin("company"),
    *_customer("company"),
    RowDefault("household", "name", "name", "first_of", "@id"),
    *_reach("household"),
    RowDefault("household", "site.address", "Site address", "address"),
    *_origin("household"),
    *_customer("household"),
    RowDefault("company contact", "person.memo", "name", "person", "{name}"),
    *_reach("company contact"),
    *_origin("company contact", "listed.createdOn"),
    RowDefault("further contact", "memo", "name", "person"),
    *_reach("further contact"),
    *_origin("further contact"),
    RowDefault("job", "", "title", "template", "{jobNumber} {jobType.name}"),
    RowDefault("job", "total", "value", "amount"),
    RowDefault("job", "jobStatus", "stage_id", "value_map", values=STAGES),
    RowDefault("job", "jobStatus", "status", "value_map", values=STATUSES),
    RowDefault("job", "completedOn", "won_time", "instant_where", WON),
    RowDefault("job", "cancellation.createdOn", "lost_time", "instant_where", LOST),
    RowDefault("job", "cancelReason.name", "lost_reason", "text_where", LOST),
    RowDefault("job", "technician.id", "owner_id", "sure_owner"),
    RowDefault("job", "tags.name", "label_ids", "join", ";"),
    RowDefault("job", "jobNumber", "Job number"),
    RowDefault("job", "jobType.name", "Job type"),
    RowDefault("job", "priority", "Priority", "value_map", values=PRIORITIES),
    RowDefault("job", "jobStatus", "Source status"),
    RowDefault("job", "priority", "Source priority"),
    RowDefault("job", "createdOn", "add_time", "instant"),
    RowDefault("job", "createdOn", "Source created", "day"),
    RowDefault("job", "createdOn", "Source created at", "instant"),
    RowDefault("job", "first.start", "Scheduled start", "instant"),
    RowDefault("job", "last.end", "Scheduled end", "instant"),
    RowDefault("job", "completedOn", "Completed at", "instant"),
    RowDefault("job", "businessUnit.name", "Business unit"),
    RowDefault("job", "site.address", "Site address", "address"),
    RowDefault("job", "summary", "Description", "html_text"),
    RowDefault("job", "technicians.name", "Technician names", "join"),
    RowDefault("job", "technicians.id", "Technician IDs", "join"),
    RowDefault("job", "technicians.email", "Technician e-mails", "join"),
    RowDefault("job", "customerPo", "Customer PO"),
    RowDefault("job", "invoice.balance", "Invoice status", "settled", "invoice.total"),
    RowDefault("job", "invoice.total", "Invoiced", "decimal"),
    RowDefault("job", "invoice.balance", "Open balance", "decimal"),
    *_visit("appointment", "Meeting"),
    RowDefault("appointment", "start", "due_date", "day"),
    RowDefault("appointment", "start", "due_time", "clock"),
    RowDefault("appointment", "start", "duration", "span", "end"),
    *_visit("undated", "Task"),
    RowDefault("undated", "end", "due_date", "day"),
    *_visit("open-ended", "Task"),
    RowDefault("open-ended", "start", "due_date", "day"),
    *ACTIVITY_ROWS,
    *BESIDE_ROWS,
    *HISTORY_ROWS,
    *SOLD_ROWS,
    *FILE_ROWS,
)
