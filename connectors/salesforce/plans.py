"""Every custom object and field we would have in an org: data only.

`OBJECTS` in the order of writing; `FIELDS` the same, flat. Numbers and money have
`precision` digits in all, `scale` of them after the point.
Source: Metadata API Developer Guide, "CustomObject" and "CustomField"; the fields are ours.
"""

from dataclasses import replace
from typing import Any

from connectors.salesforce.objects import ORDER
from connectors.values import FieldPlan, ObjectPlan

LONG = 32_768
LONGEST = 131_072


def _field(name: str, type: str, **more: Any) -> FieldPlan:
    label = more.pop("label", name.removesuffix("__c").replace("_", " "))
    return FieldPlan("", name, label, type, **more)


def _text(name: str, length: int, **more: Any) -> FieldPlan:
    return _field(name, "Text", length=length, **more)


def _long(name: str, length: int = LONG) -> FieldPlan:
    return _field(name, "LongTextArea", length=length)


def _when(name: str) -> FieldPlan:
    return _field(name, "DateTime")


def _money(name: str, precision: int = 16) -> FieldPlan:
    return _field(name, "Currency", precision=precision, scale=2)


def _number(name: str, precision: int, scale: int) -> FieldPlan:
    return _field(name, "Number", precision=precision, scale=scale)


def _lookup(name: str, to: str, relationship: str) -> FieldPlan:
    return _field(name, "Lookup", references=to, relationship=relationship)


def _master(name: str, to: str, relationship: str) -> FieldPlan:
    return _field(name, "MasterDetail", references=to, relationship=relationship, detail=True)


KEY = _text(
    "Source_Id__c",
    80,
    unique=True,
    external_id=True,
    help="Which record of the former system this is. Kept by the migration; do not edit.",
)
CREATED = _when("Source_Created_Date__c")
CUSTOMER = (
    KEY,
    CREATED,
    _long("Source_Tags__c"),
    _text("Source_Customer_Type__c", 40),
    _long("Source_Notes__c", LONGEST),
)
CONTACT = (
    *CUSTOMER,
    _field("Is_Primary__c", "Checkbox"),
    _long("Further_Phones__c"),
    _long("Further_Emails__c"),
)
LOCATION = (
    KEY,
    _lookup("Account__c", "Account", "Service_Locations"),
    _lookup("Contact__c", "Contact", "Service_Locations"),
    _field("Street__c", "TextArea"),
    _text("City__c", 40),
    _text("State__c", 80),
    _text("Postal_Code__c", 20),
    _text("Country__c", 80),
    _number("Latitude__c", 18, 8),
    _number("Longitude__c", 18, 8),
    _text("Zone__c", 80),
    _field("Active__c", "Checkbox"),
    CREATED,
    _long("Source_Notes__c", LONGEST),
    _long("Site_Contacts__c"),
)
CASE = (
    KEY,
    _text("Source_Job_Number__c", 80),
    _text("Source_Status__c", 80),
    _text("Source_Priority__c", 80),
    CREATED,
    _when("Source_Scheduled_Start__c"),
    _when("Source_Scheduled_End__c"),
    _when("Source_Completed_Date__c"),
    _text("Job_Type__c", 255),
    _text("Job_Class__c", 255),
    _text("Business_Unit__c", 255),
    _long("Source_Tags__c"),
    _long("Technician_Ids__c"),
    _long("Technician_Names__c"),
    _long("Technician_Emails__c"),
    _text("Primary_Technician_Id__c", 80),
    _text("Primary_Technician_Name__c", 255),
    _field("Primary_Technician_Email__c", "Email"),
    _text("Customer_PO__c", 255),
    _money("Job_Total__c", 18),
    _text("Site_Name__c", 255),
    _field("Site_Address__c", "TextArea"),
    _text("Site_Source_Id__c", 80),
    _text("Permit_Number__c", 255),
    _text("Warranty_Code__c", 255),
    _text("Equipment_Serial__c", 255),
    _text("Dispatch_Priority__c", 10),
    _lookup("Service_Location__c", "Service_Location__c", "Cases"),
    _text("Source_Parent_Job__c", 80),
    _text("Campaign__c", 255),
    _when("Arrival_Window_Start__c"),
    _when("Arrival_Window_End__c"),
    _field(
        "SLA_Due__c",
        "DateTime",
        label="SLA Due",
        help="By when we promised to be there; the former system keeps no service level itself.",
    ),
    _number("Appointment_Count__c", 18, 0),
    _text("Cancel_Reason__c", 255),
    _text("Technician_Zone__c", 255),
    _text("Signed_By__c", 255),
    _when("Signed_At__c"),
)
TASK = (
    replace(KEY, unique=False, external_id=False),
    CREATED,
    _text("Agent__c", 255),
    _text("Caller__c", 80),
    _text("Called__c", 80),
    _text("Call_Reason__c", 255),
    _text("Campaign__c", 255),
    _long("Recording__c"),
)
EVENT = TASK[:2]
"""A field of activities is one of tasks and of events."""
APPOINTMENT = (
    KEY,
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
)
INVOICE = (
    KEY,
    _lookup("Case__c", "Case", "Invoices"),
    _lookup("Account__c", "Account", "Invoices"),
    _text("Number__c", 80),
    _text("Type__c", 80),
    _text("Status__c", 40),
    _field("Invoice_Date__c", "Date"),
    _field("Due_Date__c", "Date"),
    _money("Subtotal__c"),
    _money("Tax__c"),
    _money("Total__c"),
    _money("Balance__c"),
    _long("Summary__c"),
    CREATED,
)
ITEM = (
    _long("Description__c"),
    _text("Kind__c", 40),
    _text("SKU__c", 255),
    _number("Quantity__c", 16, 4),
    _money("Unit_Price__c"),
    _money("Total__c"),
    _number("Sort_Order__c", 18, 0),
)
PAYMENT = (
    KEY,
    _lookup("Case__c", "Case", "Payments"),
    _lookup("Invoice__c", "Invoice__c", "Payments"),
    _money("Amount__c"),
    _field("Payment_Date__c", "Date"),
    _text("Type__c", 80),
    _text("Reference__c", 255),
    _long("Memo__c"),
    _text("Payment_Source_Id__c", 80),
)
MILESTONE = (
    KEY,
    _master("Case__c", "Case", "Job_Milestones"),
    _text("Event__c", 120),
    _when("Occurred_At__c"),
    _text("Actor__c", 255),
    _text("Actor_Source_Id__c", 80),
    _text("Tool__c", 80),
    _text("Origin__c", 80),
    _text("Appointment_Source_Id__c", 80),
)
SKILL = (
    KEY,
    _lookup("User__c", "User", "Skills"),
    _text("Technician_Source_Id__c", 80),
    _text("Technician_Name__c", 255),
    _text("Kind__c", 40),
)
FIELDS_OF = {
    "Account": CUSTOMER,
    "Contact": CONTACT,
    "AccountContactRelation": (KEY, CREATED, _text("Source_Title__c", 255)),
    "Service_Location__c": LOCATION,
    "Case": CASE,
    "CaseComment": (),
    "Task": TASK,
    "Event": EVENT,
    "Appointment__c": APPOINTMENT,
    "Invoice__c": INVOICE,
    "Invoice_Item__c": (KEY, _master("Invoice__c", "Invoice__c", "Invoice_Items"), *ITEM),
    "Line_Item__c": (
        KEY,
        _master("Case__c", "Case", "Line_Items"),
        _lookup("Opportunity__c", "Opportunity", "Line_Items"),
        *ITEM,
    ),
    "Product2": (KEY,),
    "PricebookEntry": (),
    "Order": (KEY, _lookup("Case__c", "Case", "Orders")),
    "OrderItem": (KEY,),
    "Payment__c": PAYMENT,
    "Job_Milestone__c": MILESTONE,
    "Skill__c": SKILL,
    "ContentVersion": (KEY,),
}


def _object(name: str) -> ObjectPlan:
    label = name.removesuffix("__c").replace("_", " ")
    fields = tuple(replace(each, object=name) for each in FIELDS_OF[name])
    return ObjectPlan(name, label, f"{label}s", fields)


OBJECTS: tuple[ObjectPlan, ...] = tuple(_object(name) for name in ORDER)
FIELDS: tuple[FieldPlan, ...] = tuple(field for each in OBJECTS for field in each.fields)
DETAILS = frozenset(field.object for field in FIELDS if field.detail)
