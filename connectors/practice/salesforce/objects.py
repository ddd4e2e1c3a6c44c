"""The objects of the practice org and their standard fields: data only.

Types, lengths and flags as the vendor's own describe gives them; of the many standard
fields, those that a migration reads or writes.
"""

from dataclasses import dataclass
from dataclasses import field as data

from connectors.practice.salesforce import relations
from connectors.practice.salesforce.content_objects import CONTENT_TABLES, shown_anywhere
from connectors.practice.salesforce.currencies import CURRENCY, RECORDS, TYPE_TABLE
from connectors.practice.salesforce.custom_objects import CUSTOM_FIELDS, CUSTOM_OBJECTS, with_key
from connectors.practice.salesforce.customs import CUSTOMS
from connectors.practice.salesforce.fields import (
    Field,
    address,
    field,
    label_of,
    lookup,
    pick,
    text,
    truth,
    when,
)
from connectors.practice.salesforce.ids import DIGITS
from connectors.practice.salesforce.order_objects import ORDER_CUSTOMS, ORDER_TABLES
from connectors.practice.salesforce.setup_objects import SETUP_TABLES
from connectors.practice.salesforce.territories import code_fields


@dataclass(frozen=True, slots=True)
class Features:
    """What an org is made of."""

    custom_objects: bool = True
    state_picklists: bool = False
    multi_currency: bool = False
    shared_contacts: bool = False


@dataclass(slots=True)
class Object:
    """One sObject as the org has it now; `fields` by API name in lower case."""

    name: str
    label: str
    plural: str
    prefix: str
    rights: str = "CUD"
    """C createable, U updateable, D deletable."""
    audited: bool = False
    fields: dict[str, Field] = data(default_factory=dict)

    @property
    def custom(self) -> bool:
        """Whether the org's administrator made it."""
        return self.name.endswith("__c")

    @property
    def masters(self) -> list[Field]:
        """Its master fields, the first one first."""
        found = [each for each in self.fields.values() if each.order is not None]
        return sorted(found, key=lambda each: each.order or 0)


SYSTEM = (
    field("Id", "Record ID", "id", 18, "DI"),
    truth("IsDeleted", "Deleted"),
    when("CreatedDate", "Created Date", "D"),
    lookup("CreatedById", "Created By ID", "User", "D"),
    when("LastModifiedDate", "Last Modified Date", "D"),
    lookup("LastModifiedById", "Last Modified By ID", "User", "D"),
    when("SystemModstamp", "System Modstamp", "D"),
)
PERSON = "TRIM(COALESCE({t}.FirstName, '') || ' ' || {t}.LastName)"


def _phone(name: str, label: str) -> Field:
    return field(name, label, "phone", 40, "CUN")


def _description(label: str) -> Field:
    return field("Description", label, "textarea", 32000, "CUN")


def _of_contact(name: str, label: str, type: str, length: int, source: str) -> Field:
    sql = f"(SELECT {source} FROM Contact WHERE Contact.Id = {{t}}.ContactId)"
    return field(name, label, type, length, "N", formula=sql)


ACCOUNT = (
    text("Name", "Account Name", 255, "CU"),
    pick("Type", "Account Type", "Prospect|Customer - Direct|Customer - Channel|Other"),
    lookup("ParentId", "Parent Account ID", "Account", children="ChildAccounts"),
    *address("Billing"),
    *address("Shipping"),
    _phone("Phone", "Account Phone"),
    _phone("Fax", "Account Fax"),
    text("AccountNumber", "Account Number", 40),
    field("Website", "Website", "url", 255, "CUN"),
    pick("Industry", "Industry", "Construction|Education|Healthcare|Hospitality|Other"),
    field("AnnualRevenue", "Annual Revenue", "currency", 0, "CUN", precision=18),
    field("NumberOfEmployees", "Employees", "int", 0, "CUN", precision=8),
    _description("Account Description"),
    pick("Rating", "Account Rating", "Hot|Warm|Cold"),
    text("Site", "Account Site", 80),
    lookup("OwnerId", "Owner ID", "User", "CUD"),
    pick("AccountSource", "Account Source", "Web|Phone Inquiry|Partner Referral|Other"),
)
CONTACT = (
    lookup("AccountId", "Account ID", "Account", children="Contacts", on_delete="cascade"),
    text("LastName", "Last Name", 80, "CU"),
    text("FirstName", "First Name", 40),
    pick("Salutation", "Salutation", "Mr.|Ms.|Mrs.|Dr.|Prof."),
    field("Name", "Full Name", "string", 121, formula=PERSON),
    *address("Mailing"),
    *address("Other"),
    _phone("Phone", "Business Phone"),
    _phone("Fax", "Business Fax"),
    _phone("MobilePhone", "Mobile Phone"),
    _phone("HomePhone", "Home Phone"),
    _phone("OtherPhone", "Other Phone"),
    lookup("ReportsToId", "Reports To ID", "Contact"),
    field("Email", "Email", "email", 80, "CUNI"),
    text("Title", "Title", 128),
    text("Department", "Department", 80),
    pick("LeadSource", "Lead Source", "Web|Phone Inquiry|Partner Referral|Other"),
    field("Birthdate", "Birthdate", "date", 0, "CUN"),
    _description("Contact Description"),
    lookup("OwnerId", "Owner ID", "User", "CUD"),
)
STATUSES = ("New", "Working", "On Hold", "Escalated", "Closed", "Cancelled")
CLOSED = ("Closed", "Cancelled")
CASE = (
    field("CaseNumber", "Case Number", "string", 30, "DI"),
    lookup("ContactId", "Contact ID", "Contact", children="Cases", on_delete="restrict"),
    lookup("AccountId", "Account ID", "Account", children="Cases", on_delete="restrict"),
    lookup("ParentId", "Parent Case ID", "Case", children="Cases"),
    text("SuppliedName", "Name", 80),
    field("SuppliedEmail", "Email Address", "email", 80, "CUN"),
    text("SuppliedPhone", "Phone", 40),
    text("SuppliedCompany", "Company", 80),
    pick("Type", "Case Type", "Mechanical|Electrical|Electronic|Structural|Other"),
    pick("Status", "Status", "|".join(STATUSES), "CUND", "New"),
    pick("Reason", "Case Reason", "Installation|Equipment Complexity|Performance|Breakdown|Other"),
    pick("Origin", "Case Origin", "Phone|Email|Web"),
    text("Subject", "Subject", 255),
    pick("Priority", "Priority", "High|Medium|Low", "CUND", "Medium"),
    _description("Description"),
    truth("IsClosed", "Closed"),
    when("ClosedDate", "Closed Date", "N"),
    truth("IsEscalated", "Escalated", "CUD"),
    lookup("OwnerId", "Owner ID", "Group|User", "CUD"),
    _of_contact("ContactPhone", "Contact Phone", "phone", 40, "Phone"),
    _of_contact("ContactMobile", "Contact Mobile", "phone", 40, "MobilePhone"),
    _of_contact("ContactEmail", "Contact Email", "email", 80, "Email"),
    _of_contact("ContactFax", "Contact Fax", "phone", 40, "Fax"),
)
TASK = (
    lookup("WhoId", "Name ID", "Contact", children="Tasks", on_delete="cascade"),
    lookup("WhatId", "Related To ID", "Account|Case", children="Tasks", on_delete="cascade"),
    field("Subject", "Subject", "combobox", 255, "CUN"),
    field("ActivityDate", "Due Date Only", "date", 0, "CUN"),
    pick("Status", "Status", "Not Started|In Progress|Completed|Deferred", "CUD", "Not Started"),
    pick("Priority", "Priority", "High|Normal|Low", "CUD", "Normal"),
    lookup("OwnerId", "Assigned To ID", "Group|User", "CUD"),
    _description("Description"),
    pick("TaskSubtype", "Task Subtype", "Task|Email|Call|ListEmail", "CNR", "Task"),
    pick("CallType", "Call Type", "Internal|Inbound|Outbound", "CUNR"),
    field("CallDurationInSeconds", "Call Duration", "int", 0, "CUN", precision=8),
    text("CallDisposition", "Call Result", 255),
    truth("IsClosed", "Closed"),
    truth("IsArchived", "Archived"),
    when("CompletedDateTime", "Completed Date", "N"),
)
EVENT = (
    lookup("WhoId", "Name ID", "Contact", children="Events", on_delete="cascade"),
    lookup("WhatId", "Related To ID", "Account|Case", children="Events", on_delete="cascade"),
    field("Subject", "Subject", "combobox", 255, "CUN"),
    text("Location", "Location", 255),
    truth("IsAllDayEvent", "All-Day Event", "CUD"),
    when("ActivityDateTime", "Due Date Time"),
    field("ActivityDate", "Due Date Only", "date", 0, "CUN"),
    field("DurationInMinutes", "Duration", "int", 0, "CUN", precision=8),
    when("StartDateTime", "Start Date Time"),
    when("EndDateTime", "End Date Time"),
    _description("Description"),
    lookup("OwnerId", "Assigned To ID", "User", "CUD"),
    truth("IsPrivate", "Private", "CUD"),
    pick("ShowAs", "Show Time As", "Busy|OutOfOffice|Free", "CUNRD", "Busy"),
    pick("EventSubtype", "Event Subtype", "Event", "CNRD", "Event"),
    truth("IsArchived", "Archived"),
    truth("IsReminderSet", "Reminder Set", "CUD", default=True),
    when("ReminderDateTime", "Reminder Date/Time"),
)
CASE_COMMENT = (
    lookup("ParentId", "Parent ID", "Case", "C", children="CaseComments", on_delete="cascade"),
    truth("IsPublished", "Published", "CUD"),
    truth("IsNotificationSelected", "Notify", "CUD"),
    field("CommentBody", "Body", "textarea", 4000, "CUN", in_bytes=True),
)
USER = (
    field("Username", "Username", "string", 80, "CUI"),
    text("LastName", "Last Name", 80, "CU"),
    text("FirstName", "First Name", 40),
    field("Name", "Full Name", "string", 121, formula=PERSON),
    field("Email", "Email", "email", 128, "CUI"),
    text("Alias", "Alias", 8, "CU"),
    text("CommunityNickname", "Nickname", 40, "CU"),
    truth("IsActive", "Active", "CUD", default=True),
    lookup("ProfileId", "Profile ID", "Profile", "CU"),
    pick("TimeZoneSidKey", "Time Zone", "America/Chicago|America/New_York|Etc/UTC", "CUR"),
    pick("LocaleSidKey", "Locale", "en_US|en_CA|es_US", "CUR"),
    pick("EmailEncodingKey", "Email Encoding", "UTF-8|ISO-8859-1", "CUR"),
    pick("LanguageLocaleKey", "Language", "en_US|es|fr", "CUR"),
    pick("UserType", "User Type", "Standard", "NRD", "Standard"),
    text("Title", "Title", 80),
    _phone("Phone", "Phone"),
    _phone("MobilePhone", "Mobile"),
)
RIGHTS = ("ApiEnabled", "ModifyAllData", "ViewAllData", "ViewSetup", "CreateAuditFields")

# name, label, plural, prefix, rights, keeps audit dates on insert, fields
TABLES: tuple[tuple[str, str, str, str, str, bool, tuple[Field, ...]], ...] = (
    ("Account", "Account", "Accounts", "001", "CUD", True, ACCOUNT),
    ("Contact", "Contact", "Contacts", "003", "CUD", True, CONTACT),
    ("Case", "Case", "Cases", "500", "CUD", True, CASE),
    ("Task", "Task", "Tasks", "00T", "CUD", True, TASK),
    ("Event", "Event", "Events", "00U", "CUD", True, EVENT),
    ("CaseComment", "Case Comment", "Case Comments", "00a", "CUD", True, CASE_COMMENT),
    ("User", "User", "Users", "005", "CU", False, USER),
    (
        "Group", "Group", "Groups", "00G", "", False,
        (
            text("Name", "Name", 40),
            text("DeveloperName", "Developer Name", 80),
            pick("Type", "Type", "Queue|Regular"),
            field("Email", "Email", "email", 80, "N"),
        ),
    ),
    ("Profile", "Profile", "Profiles", "00e", "", False, (text("Name", "Name", 255, ""),)),
    (
        "Organization", "Organization", "Organizations", "00D", "", False,
        (
            text("Name", "Name", 80, ""),
            text("InstanceName", "Instance Name", 40, "N"),
            text("NamespacePrefix", "Namespace Prefix", 15, "N"),
            when("TrialExpirationDate", "Trial Expiration Date", "N"),
            truth("IsSandbox", "Is Sandbox"),
            pick("OrganizationType", "Edition", "Enterprise Edition", "NR"),
            text("DefaultLocaleSidKey", "Locale", 40, ""),
            text("TimeZoneSidKey", "Time Zone", 40, ""),
        ),
    ),
    (
        "CaseStatus", "Case Status Value", "Case Status Values", "01J", "", False,
        (
            text("MasterLabel", "Master Label", 255, "N"),
            text("ApiName", "API Name", 255, "N"),
            field("SortOrder", "Sort Order", "int", 0, "N", precision=9),
            truth("IsDefault", "Is Default"),
            truth("IsClosed", "Is Closed"),
        ),
    ),
    (
        "DuplicateRule", "Duplicate Rule", "Duplicate Rules", "0Bm", "", False,
        (
            text("DeveloperName", "Developer Name", 80, ""),
            text("MasterLabel", "Rule Name", 80, ""),
            pick("SobjectType", "Object", "Account|Contact", "R"),
            truth("IsActive", "Active"),
        ),
    ),
    (
        "UserPermissionAccess", "User Permission Access", "User Permission Access", "0Em", "",
        False,
        tuple(truth(f"Permissions{name}", name) for name in RIGHTS),
    ),
)  # fmt: skip


def _switched_on(name: str, features: Features) -> tuple[Field, ...]:
    """Fields that an object has by what the org is made of."""
    codes = code_fields(name) if features.state_picklists else ()
    priced = features.multi_currency and (name in RECORDS or name.endswith("__c"))
    return (*codes, *((CURRENCY,) if priced else ()))


def custom_prefix(number: int) -> str:
    """The first characters of the ids of the n-th custom object: a00, a01 …"""
    return f"a{DIGITS[number // 62]}{DIGITS[number % 62]}"


def custom_object(
    name: str, label: str, plural: str, prefix: str, fields: tuple[Field, ...], named: Field
) -> Object:
    """A custom object; without a master it has an owner of its own."""
    detail = any(each.order is not None for each in fields)
    owner = () if detail else (lookup("OwnerId", "Owner ID", "Group|User", "CUD"),)
    every = (*SYSTEM, *owner, named, *fields)
    by_name = {each.name.lower(): each for each in every}
    return Object(name, label, plural, prefix, "CUD", True, by_name)


def fresh_objects(features: Features) -> dict[str, Object]:
    """The schema the org is born with, by object name in lower case; without `custom_objects`
    an org that has not been prepared for the whole history."""
    born = {}
    customs = features.custom_objects
    known = CUSTOMS | (ORDER_CUSTOMS if customs else {})
    for name, label, plural, prefix, rights, audited, fields in (
        *TABLES,
        *CONTENT_TABLES,
        *ORDER_TABLES,
        *SETUP_TABLES,
        *((TYPE_TABLE,) if features.multi_currency else ()),
        *((relations.TABLE,) if features.shared_contacts else ()),
    ):
        more = CUSTOM_FIELDS.get(name, ()) if customs else ()
        more = (*_switched_on(name, features), *known.get(name, ()), *more)
        every = (*SYSTEM, *fields, *more)
        by_name = {each.name.lower(): each for each in every}
        born[name.lower()] = Object(name, label, plural, prefix, rights, audited, by_name)
    for number, (name, plural, fields) in enumerate(CUSTOM_OBJECTS if customs else ()):
        named = field("Name", f"{label_of(name)} Name", "string", 80, "CUNDI")
        prefix, every = custom_prefix(number), with_key((*_switched_on(name, features), *fields))
        born[name.lower()] = custom_object(name, label_of(name), plural, prefix, every, named)
    shown_anywhere(born)
    return born
