"""The custom fields the practice org is born with: data only."""

from connectors.practice.salesforce.fields import Field, field, text, when

KEY = text("Source_Id__c", "Source Id", 80, "CUNXQI")


def long(name: str, label: str, length: int = 32768) -> Field:
    """A long text area."""
    return field(name, label, "textarea", length, "CUN")


CUSTOMER = (
    KEY,
    when("Source_Created_Date__c", "Source Created Date"),
    long("Source_Tags__c", "Source Tags"),
    text("Source_Customer_Type__c", "Source Customer Type", 40),
)
JOB = (
    KEY,
    text("Source_Job_Number__c", "Source Job Number", 80),
    text("Source_Status__c", "Source Status", 80),
    text("Source_Priority__c", "Source Priority", 80),
    when("Source_Created_Date__c", "Source Created Date"),
    when("Source_Scheduled_Start__c", "Source Scheduled Start"),
    when("Source_Scheduled_End__c", "Source Scheduled End"),
    when("Source_Completed_Date__c", "Source Completed Date"),
    text("Job_Type__c", "Job Type", 255),
    text("Job_Class__c", "Job Class", 255),
    text("Business_Unit__c", "Business Unit", 255),
    long("Source_Tags__c", "Source Tags"),
    long("Technician_Ids__c", "Technician Ids"),
    long("Technician_Names__c", "Technician Names"),
    long("Technician_Emails__c", "Technician Emails"),
    text("Primary_Technician_Id__c", "Primary Technician Id", 80),
    text("Primary_Technician_Name__c", "Primary Technician Name", 255),
    field("Primary_Technician_Email__c", "Primary Technician Email", "email", 80, "CUN"),
    text("Customer_PO__c", "Customer PO", 255),
    field("Job_Total__c", "Job Total", "currency", 0, "CUN", precision=18, scale=2),
    text("Site_Name__c", "Site Name", 255),
    field("Site_Address__c", "Site Address", "textarea", 255, "CUN"),
    text("Site_Source_Id__c", "Site Source Id", 80),
    text("Permit_Number__c", "Permit Number", 255),
    text("Warranty_Code__c", "Warranty Code", 255),
    text("Equipment_Serial__c", "Equipment Serial", 255),
    text("Dispatch_Priority__c", "Dispatch Priority", 10),
)
CUSTOMS: dict[str, tuple[Field, ...]] = {"Account": CUSTOMER, "Contact": CUSTOMER, "Case": JOB}
