"""The custom objects that hold a contractor's whole history: data only.

Their ids begin a00, a01 … in this order. Those with a master have no owner of their own.
"""

from connectors.practice.salesforce.customs import KEY, long
from connectors.practice.salesforce.fields import Field, field, label_of, lookup, text, truth, when


def _text(name: str, length: int) -> Field:
    return text(name, label_of(name), length)


def _when(name: str) -> Field:
    return when(name, label_of(name))


def _day(name: str) -> Field:
    return field(name, label_of(name), "date", 0, "CUN")


def _long(name: str) -> Field:
    return long(name, label_of(name))


def _number(name: str, precision: int, scale: int, type: str = "double") -> Field:
    return field(name, label_of(name), type, 0, "CUN", precision=precision, scale=scale)


def _money(name: str) -> Field:
    return _number(name, 16, 2, "currency")


def _lookup(name: str, to: str, children: str) -> Field:
    return lookup(name, label_of(name), to, children=f"{children}__r")


def _master(name: str, to: str, children: str) -> Field:
    return lookup(
        name, label_of(name), to, "C", children=f"{children}__r", on_delete="cascade", order=0
    )


NOTES = long("Source_Notes__c", "Source Notes", 131_072)
LINE = (
    _long("Description__c"),
    _text("Kind__c", 40),
    _text("SKU__c", 255),
    _number("Quantity__c", 16, 4),
    _money("Unit_Price__c"),
    _money("Total__c"),
    _number("Sort_Order__c", 18, 0),
)
# name, plural label, fields
CUSTOM_OBJECTS: tuple[tuple[str, str, tuple[Field, ...]], ...] = (
    (
        "Service_Location__c", "Service Locations",
        (
            _lookup("Account__c", "Account", "Service_Locations"),
            _lookup("Contact__c", "Contact", "Service_Locations"),
            field("Street__c", "Street", "textarea", 255, "CUN"),
            _text("City__c", 40),
            _text("State__c", 80),
            _text("Postal_Code__c", 20),
            _text("Country__c", 80),
            _number("Latitude__c", 18, 8),
            _number("Longitude__c", 18, 8),
            _text("Zone__c", 80),
            truth("Active__c", "Active", "CUD"),
            _when("Source_Created_Date__c"),
            NOTES,
            _long("Site_Contacts__c"),
        ),
    ),
    (
        "Appointment__c", "Appointments",
        (
            _lookup("Case__c", "Case", "Appointments"),
            _text("Number__c", 80),
            _text("Status__c", 40),
            _when("Scheduled_Start__c"),
            _when("Scheduled_End__c"),
            _when("Arrival_Window_Start__c"),
            _when("Arrival_Window_End__c"),
            _long("Technicians__c"),
            _long("Technician_Ids__c"),
            _long("Instructions__c"),
        ),
    ),
    (
        "Invoice__c", "Invoices",
        (
            _lookup("Case__c", "Case", "Invoices"),
            _lookup("Account__c", "Account", "Invoices"),
            _text("Number__c", 80),
            _text("Type__c", 80),
            _text("Status__c", 40),
            _day("Invoice_Date__c"),
            _day("Due_Date__c"),
            *map(_money, ("Subtotal__c", "Tax__c", "Total__c", "Balance__c")),
            _long("Summary__c"),
            _when("Source_Created_Date__c"),
        ),
    ),
    (
        "Invoice_Item__c", "Invoice Items",
        (_master("Invoice__c", "Invoice__c", "Invoice_Items"), *LINE),
    ),
    ("Line_Item__c", "Line Items", (_master("Case__c", "Case", "Line_Items"), *LINE)),
    (
        "Payment__c", "Payments",
        (
            _lookup("Case__c", "Case", "Payments"),
            _lookup("Invoice__c", "Invoice__c", "Payments"),
            _money("Amount__c"),
            _day("Payment_Date__c"),
            _text("Type__c", 80),
            _text("Reference__c", 255),
            _long("Memo__c"),
            _text("Payment_Source_Id__c", 80),
        ),
    ),
    (
        "Job_Milestone__c", "Job Milestones",
        (
            _master("Case__c", "Case", "Job_Milestones"),
            _text("Event__c", 120),
            _when("Occurred_At__c"),
            _text("Actor__c", 255),
            _text("Actor_Source_Id__c", 80),
            _text("Tool__c", 80),
            _text("Origin__c", 80),
            _text("Appointment_Source_Id__c", 80),
        ),
    ),
    (
        "Skill__c", "Skills",
        (
            _lookup("User__c", "User", "Skills"),
            _text("Technician_Source_Id__c", 80),
            _text("Technician_Name__c", 255),
            _text("Kind__c", 40),
        ),
    ),
)  # fmt: skip
ACTIVITY = (
    _text("Source_Id__c", 80),
    _when("Source_Created_Date__c"),
    _text("Agent__c", 255),
    _text("Caller__c", 80),
    _text("Called__c", 80),
    _text("Call_Reason__c", 255),
    _text("Campaign__c", 255),
    _long("Recording__c"),
)
"""Tasks and events share them."""
CUSTOM_FIELDS: dict[str, tuple[Field, ...]] = {
    "ContentVersion": (KEY,),
    "AccountContactRelation": (
        KEY,
        _when("Source_Created_Date__c"),
        _text("Source_Title__c", 255),
    ),
    "Account": (NOTES,),
    "Case": (
        _lookup("Service_Location__c", "Service_Location__c", "Cases"),
        _text("Source_Parent_Job__c", 80),
        _text("Campaign__c", 255),
        _when("Arrival_Window_Start__c"),
        _when("Arrival_Window_End__c"),
        when("SLA_Due__c", "SLA Due"),
        _number("Appointment_Count__c", 18, 0),
        _text("Cancel_Reason__c", 255),
        _text("Technician_Zone__c", 255),
        _text("Signed_By__c", 255),
        _when("Signed_At__c"),
    ),
    "Task": ACTIVITY,
    "Event": ACTIVITY,
    "Contact": (
        truth("Is_Primary__c", "Is Primary", "CUD"),
        _long("Further_Phones__c"),
        _long("Further_Emails__c"),
        NOTES,
    ),
}


def with_key(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields of a custom object, its source key first."""
    return (KEY, *fields)
