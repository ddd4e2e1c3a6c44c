"""Which source field goes where, as proposed to staff."""

from dataclasses import replace

from projects.presets import RowDefault
from projects.presets.servicetitan_salesforce.activity import ACTIVITY_ROWS
from projects.presets.servicetitan_salesforce.beside import BESIDE_ROWS
from projects.presets.servicetitan_salesforce.files import FILE_ROWS
from projects.presets.servicetitan_salesforce.further import FURTHER_ROWS
from projects.presets.servicetitan_salesforce.orders import ORDER_ROWS
from projects.presets.servicetitan_salesforce.relations import RELATION_ROWS
from projects.presets.servicetitan_salesforce.timeline import TIMELINE_ROWS
from projects.presets.servicetitan_salesforce.values import COUNTRIES, PRIORITIES, STATES, STATUSES


def _address(shape: str, part: str, prefix: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, f"{part}.address", f"{prefix}Street", "street"),
        RowDefault(shape, f"{part}.address.city", f"{prefix}City"),
        RowDefault(shape, f"{part}.address.state", f"{prefix}State", without=f"{prefix}StateCode"),
        RowDefault(
            shape,
            f"{part}.address.state",
            f"{prefix}StateCode",
            "code",
            values=STATES,
            there=True,
        ),
        RowDefault(shape, f"{part}.address.zip", f"{prefix}PostalCode"),
        RowDefault(
            shape, f"{part}.address.country", f"{prefix}Country", without=f"{prefix}CountryCode"
        ),
        RowDefault(
            shape,
            f"{part}.address.country",
            f"{prefix}CountryCode",
            "country",
            "US",
            values=COUNTRIES,
            there=True,
        ),
    )


def _origin(shape: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "createdOn", "Source_Created_Date__c", "instant"),
        RowDefault(shape, "type", "Source_Customer_Type__c"),
        RowDefault(shape, "tags.name", "Source_Tags__c", "join"),
    )


def _reach(shape: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "phone.value", "Phone"),
        RowDefault(shape, "mobile.value", "MobilePhone"),
        RowDefault(shape, "email.value", "Email", "email"),
        RowDefault(shape, "phones.value", "Further_Phones__c", "join", "\n"),
        RowDefault(shape, "emails.value", "Further_Emails__c", "join", "\n"),
    )


def _person(shape: str, memo: str, otherwise: str, created: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, memo, "LastName", "person_last", otherwise),
        RowDefault(shape, memo, "FirstName", "person_first"),
        *_reach(shape),
        RowDefault(shape, created, "Source_Created_Date__c", "instant"),
    )


ROWS = (
    RowDefault("company", "name", "Name"),
    RowDefault("company", "phone.value", "Phone"),
    RowDefault("company", "fax.value", "Fax"),
    *_address("company", "site", "Shipping"),
    *(
        replace(r, path=r.path.removeprefix("site."))
        for r in _address("company", "site", "Billing")
    ),
    *_origin("company"),
    RowDefault("placeholder", "", "Name", "template", "Unassigned Account {number}"),
    RowDefault("household", "name", "FirstName", "first_name"),
    RowDefault("household", "name", "LastName", "last_name", "{@id}"),
    *_reach("household"),
    *_address("household", "site", "Mailing"),
    *_origin("household"),
    *_person("company contact", "person.memo", "{name}", "listed.createdOn"),
    *_person("further contact", "memo", "", "createdOn"),
    RowDefault("job", "", "Subject", "template", "{jobType.name} {jobNumber}"),
    RowDefault("job", "summary", "Description", "html_text"),
    RowDefault("job", "jobStatus", "Status", "value_map", values=STATUSES),
    RowDefault("job", "priority", "Priority", "value_map", values=PRIORITIES),
    RowDefault("job", "jobStatus", "Source_Status__c"),
    RowDefault("job", "priority", "Source_Priority__c"),
    RowDefault("job", "jobNumber", "Source_Job_Number__c"),
    RowDefault("job", "createdOn", "Source_Created_Date__c", "instant"),
    RowDefault("job", "first.start", "Source_Scheduled_Start__c", "instant"),
    RowDefault("job", "last.end", "Source_Scheduled_End__c", "instant"),
    RowDefault("job", "completedOn", "Source_Completed_Date__c", "instant"),
    RowDefault("job", "jobType.name", "Job_Type__c"),
    RowDefault("job", "jobType.class", "Job_Class__c"),
    RowDefault("job", "businessUnit.name", "Business_Unit__c"),
    RowDefault("job", "tags.name", "Source_Tags__c", "join"),
    RowDefault("job", "technician.id", "OwnerId", "owner"),
    RowDefault("job", "technicians.id", "Technician_Ids__c", "join"),
    RowDefault("job", "technicians.name", "Technician_Names__c", "join"),
    RowDefault("job", "technicians.email", "Technician_Emails__c", "join"),
    RowDefault("job", "technician.id", "Primary_Technician_Id__c"),
    RowDefault("job", "technician.name", "Primary_Technician_Name__c"),
    RowDefault("job", "technician.email", "Primary_Technician_Email__c", "email"),
    RowDefault("job", "customerPo", "Customer_PO__c"),
    RowDefault("job", "total", "Job_Total__c", "decimal"),
    RowDefault("job", "site.name", "Site_Name__c"),
    RowDefault("job", "site.address", "Site_Address__c", "address"),
    RowDefault("job", "site.id", "Site_Source_Id__c"),
    *FURTHER_ROWS,
    *ACTIVITY_ROWS,
    *TIMELINE_ROWS,
    *FILE_ROWS,
    *BESIDE_ROWS,
    *ORDER_ROWS,
    *RELATION_ROWS,
)
