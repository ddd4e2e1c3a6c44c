"""What hangs under accounts and cases: sites, appointments, invoices and their items, payments,
milestones, skills. Shapes and proposed rows of each, side by side."""

from dataclasses import replace

from projects.presets import RowDefault
from projects.presets.servicetitan.conditions import (
    COMPANY,
    HOUSEHOLD,
    NOT_INACTIVE,
    NOT_MERGED,
    customer,
    has,
    of,
)
from projects.presets.servicetitan.joins import CREW, CUSTOMER
from projects.presets.servicetitan_salesforce.beside import REACHED, notes
from projects.shapes import Lookup, Part, Shape

JOB = "jobs/{jobId}"
CASE = Lookup("Case__c", "Case", JOB)


PAYER = customer("payer", "customer.id")
WORKER = Part("worker", "technicians", "id", paths=("technicianId", "employeeId"))
INVOICE = Part("invoice", "invoices", "id", paths=("invoiceId",))
UNIT = Part("businessUnit", "business-units", "id", paths=("businessUnit.id",))
INVOICE_UNIT = replace(UNIT, paths=("invoice.businessUnit.id",))
"""The source tells a currency of a business unit, and nowhere else."""

FURTHER_SHAPES = (
    Shape(
        "site",
        "Service location",
        "Service_Location__c",
        "locations",
        "locations/{@id}",
        where=(NOT_MERGED, has("customer"), of("customer", NOT_MERGED)),
        parts=(
            CUSTOMER,
            Part("zone", "zones", "id", paths=("zoneId",)),
            REACHED,
            *notes("location-notes"),
        ),
        lookups=(
            Lookup("Account__c", "Account", "customers/{customer.@id}", (of("customer", COMPANY),)),
            Lookup(
                "Contact__c",
                "Contact",
                "customers/{customer.@id}",
                (of("customer", HOUSEHOLD),),
            ),
        ),
        title="{name}",
    ),
    Shape(
        "appointment",
        "Appointment",
        "Appointment__c",
        "appointments",
        "appointments/{@id}",
        parts=CREW,
        lookups=(CASE,),
        title="{appointmentNumber}",
    ),
    Shape(
        "invoice",
        "Invoice",
        "Invoice__c",
        "invoices",
        "invoices/{@id}",
        parts=(PAYER, UNIT),
        lookups=(
            Lookup("Case__c", "Case", "jobs/{job.id}", (has("job.id"),)),
            Lookup(
                "Account__c",
                "Account",
                "customers/{payer.@id}",
                (of("payer", COMPANY), of("payer", NOT_MERGED)),
            ),
        ),
        title="{referenceNumber}",
    ),
    Shape(
        "invoice item",
        "Invoice item",
        "Invoice_Item__c",
        "invoice-items",
        "invoice-items/{@id}",
        parts=(INVOICE, INVOICE_UNIT),
        lookups=(Lookup("Invoice__c", "Invoice__c", "invoices/{invoiceId}"),),
        title="{displayName}",
        under="Invoice__c",
    ),
    Shape(
        "line item",
        "Line item of a job",
        "Line_Item__c",
        "invoice-items",
        "invoice-items/{@id}",
        where=(has("jobId"),),
        parts=(INVOICE, INVOICE_UNIT),
        lookups=(CASE,),
        title="{displayName}",
    ),
    Shape(
        "payment",
        "Payment applied to an invoice",
        "Payment__c",
        "payment-applications",
        "payment-applications/{@id}",
        parts=(INVOICE, INVOICE_UNIT, Part("payment", "payments", "id", paths=("paymentId",))),
        lookups=(
            Lookup("Invoice__c", "Invoice__c", "invoices/{invoiceId}", (has("invoice"),)),
            Lookup("Case__c", "Case", "jobs/{invoice.job.id}", (has("invoice.job.id"),)),
        ),
        title="Payment {paymentId}",
    ),
    Shape(
        "milestone",
        "Job history",
        "Job_Milestone__c",
        "job-history",
        "job-history/{@id}",
        parts=(WORKER,),
        lookups=(CASE,),
        title="{eventType}",
    ),
    *(
        Shape(
            f"{word} milestone",
            f"Technician {word}",
            "Job_Milestone__c",
            "job-timesheets",
            f"job-timesheets/{{@id}}/{word}",
            where=(has(f"{word}On"), NOT_INACTIVE),
            parts=(WORKER,),
            lookups=(CASE,),
            title=f"Technician {word}",
        )
        for word in ("dispatched", "arrived", "done", "canceled")
    ),
    Shape(
        "skill",
        "Technician's skill",
        "Skill__c",
        "technician-skills",
        "technician-skills/{@id}",
        where=(NOT_INACTIVE,),
        parts=(WORKER,),
        title="{name}",
    ),
    Shape(
        "recall",
        "Recall of an earlier job",
        "Case",
        "jobs",
        "jobs/{@id}",
        where=(has("recallForId"),),
        lookups=(Lookup("ParentId", "Case", "jobs/{recallForId}"),),
        second=True,
    ),
)


def _item(shape: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "displayName", "Name", "shorten", "80"),
        RowDefault(shape, "description", "Description__c", "html_text"),
        RowDefault(shape, "type", "Kind__c"),
        RowDefault(shape, "skuName", "SKU__c"),
        RowDefault(shape, "quantity", "Quantity__c", "decimal", "4"),
        RowDefault(shape, "price", "Unit_Price__c", "decimal"),
        RowDefault(shape, "total", "Total__c", "decimal"),
        RowDefault(shape, "order", "Sort_Order__c", "decimal", "0"),
    )


def _milestone(shape: str, event: str, moment: str, origin: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "", "Name", "template", event),
        RowDefault(shape, "", "Event__c", "template", event),
        RowDefault(shape, moment, "Occurred_At__c", "instant"),
        RowDefault(shape, "worker.name", "Actor__c"),
        RowDefault(shape, "", "Origin__c", "template", origin),
    )


CURRENCIES = tuple(
    RowDefault(shape, "businessUnit.currency", "CurrencyIsoCode", "code", "{default}", there=True)
    for shape in ("job", "invoice", "invoice item", "line item", "payment")
)
FURTHER_ROWS = (
    *CURRENCIES,
    RowDefault("site", "name", "Name", "shorten", "80"),
    RowDefault("site", "address", "Street__c", "street"),
    RowDefault("site", "address.city", "City__c"),
    RowDefault("site", "address.state", "State__c"),
    RowDefault("site", "address.zip", "Postal_Code__c"),
    RowDefault("site", "address.country", "Country__c"),
    RowDefault("site", "address.latitude", "Latitude__c", "decimal", "8"),
    RowDefault("site", "address.longitude", "Longitude__c", "decimal", "8"),
    RowDefault("site", "zone.name", "Zone__c"),
    RowDefault("site", "active", "Active__c", "boolean"),
    RowDefault("site", "createdOn", "Source_Created_Date__c", "instant"),
    RowDefault("appointment", "appointmentNumber", "Number__c"),
    RowDefault("appointment", "", "Name", "template", "Appointment {appointmentNumber}"),
    RowDefault("appointment", "status", "Status__c"),
    RowDefault("appointment", "start", "Scheduled_Start__c", "instant"),
    RowDefault("appointment", "end", "Scheduled_End__c", "instant"),
    RowDefault("appointment", "arrivalWindowStart", "Arrival_Window_Start__c", "instant"),
    RowDefault("appointment", "arrivalWindowEnd", "Arrival_Window_End__c", "instant"),
    RowDefault("appointment", "workers.name", "Technicians__c", "join"),
    RowDefault("appointment", "workers.id", "Technician_Ids__c", "join"),
    RowDefault("appointment", "specialInstructions", "Instructions__c", "html_text"),
    RowDefault("invoice", "referenceNumber", "Number__c"),
    RowDefault("invoice", "", "Name", "template", "Invoice {referenceNumber}"),
    RowDefault("invoice", "invoiceConfiguration", "Type__c"),
    RowDefault("invoice", "balance", "Status__c", "settled", "total"),
    RowDefault("invoice", "invoiceDate", "Invoice_Date__c", "day"),
    RowDefault("invoice", "dueDate", "Due_Date__c", "day"),
    RowDefault("invoice", "subTotal", "Subtotal__c", "decimal"),
    RowDefault("invoice", "salesTax", "Tax__c", "decimal"),
    RowDefault("invoice", "total", "Total__c", "decimal"),
    RowDefault("invoice", "balance", "Balance__c", "decimal"),
    RowDefault("invoice", "summary", "Summary__c", "html_text"),
    RowDefault("invoice", "createdOn", "Source_Created_Date__c", "instant"),
    *_item("invoice item"),
    *_item("line item"),
    RowDefault("payment", "", "Name", "template", "Payment {paymentId}"),
    RowDefault("payment", "paymentId", "Payment_Source_Id__c"),
    RowDefault("payment", "amount", "Amount__c", "decimal"),
    RowDefault("payment", "paymentDate", "Payment_Date__c", "day"),
    RowDefault("payment", "paymentType", "Type__c"),
    RowDefault(
        "payment",
        "payment.checkNumber",
        "Reference__c",
        "first_of",
        "payment.referenceNumber, payment.authCode",
    ),
    RowDefault("payment", "payment.memo", "Memo__c"),
    *_milestone("milestone", "{eventType}", "date", "job history"),
    RowDefault("milestone", "employeeId", "Actor_Source_Id__c"),
    RowDefault("milestone", "usedSchedulingTool", "Tool__c"),
    *(
        row
        for word in ("dispatched", "arrived", "done", "canceled")
        for row in (
            *_milestone(f"{word} milestone", f"Technician {word}", f"{word}On", "timesheet"),
            RowDefault(f"{word} milestone", "technicianId", "Actor_Source_Id__c"),
            RowDefault(f"{word} milestone", "appointmentId", "Appointment_Source_Id__c"),
        )
    ),
    RowDefault("skill", "name", "Name", "shorten", "80"),
    RowDefault("skill", "technicianId", "User__c", "owner"),
    RowDefault("skill", "technicianId", "Technician_Source_Id__c"),
    RowDefault("skill", "worker.name", "Technician_Name__c"),
    RowDefault("skill", "", "Kind__c", "template", "skill"),
    RowDefault("job", "first.arrivalWindowStart", "Arrival_Window_Start__c", "instant"),
    RowDefault("job", "last.arrivalWindowEnd", "Arrival_Window_End__c", "instant"),
    RowDefault("job", "first.arrivalWindowEnd", "SLA_Due__c", "instant", after_custom=True),
    RowDefault("job", "appointmentCount", "Appointment_Count__c", "decimal", "0"),
    RowDefault("job", "campaign.name", "Campaign__c"),
    RowDefault("job", "cancellation.memo", "Cancel_Reason__c", "first_of", "cancelReason.name"),
    RowDefault("job", "zone.name", "Technician_Zone__c"),
    RowDefault("job", "signature.signer", "Signed_By__c"),
    RowDefault("job", "signature.signedOn", "Signed_At__c", "instant"),
    RowDefault("job", "recallForId", "Source_Parent_Job__c"),
)
