"""ServiceTitan → Salesforce: object rows, shapes and default mapping rows."""

from projects.presets import ObjectDefault, PlacementRule, RowDefault, Sample, TechnicianRule
from projects.shapes import Lookup, Part, Shape, When

READS = (
    "business-units",
    "tag-types",
    "job-types",
    "technicians",
    "customers",
    "customer-contacts",
    "locations",
    "jobs",
    "appointments",
    "appointment-assignments",
)
PARENTS = {
    "customer-contacts": "customerId",
    "locations": "customerId",
    "jobs": "customerId",
    "appointments": "jobId",
    "appointment-assignments": "jobId",
}

COMPANY = When("type", ("Commercial",))
HOUSEHOLD = When("type", ("Commercial",), negate=True)
NOT_MERGED = When("mergedToId", (None,))
ACTIVE = When("active", (True,))


def _has(path: str) -> When:
    return When(path, (None,), negate=True)


def _contact(name: str, *types: str, of: str = "") -> Part:
    return Part(
        name,
        "customer-contacts",
        "parent",
        of=of,
        where=(When("type", types),) if types else (),
        prefer=(ACTIVE,),
    )


SITE = Part("site", "locations", "parent", prefer=(ACTIVE,))
TAGS = Part("tags", "tag-types", "ids", paths=("tagTypeIds",), pick="all", order=("name",))

JOB_PARTS = (
    Part("customer", "customers", "id", paths=("customerId",)),
    Part("person", "customer-contacts", "parent", of="customer", prefer=(ACTIVE,)),
    Part("placement", "placements", "id", paths=("customerId",)),
    Part("site", "locations", "id", paths=("locationId",)),
    Part("jobType", "job-types", "id", paths=("jobTypeId",)),
    Part("businessUnit", "business-units", "id", paths=("businessUnitId",)),
    TAGS,
    Part("appointments", "appointments", "parent", prefer=(ACTIVE,), order=("start",), pick="all"),
    Part("first", "appointments", "parent", prefer=(ACTIVE,), order=("start",)),
    Part("last", "appointments", "parent", prefer=(ACTIVE,), order=("end",), pick="last"),
    Part(
        "assignments",
        "appointment-assignments",
        "parent",
        order=("assignedOn",),
        pick="all",
    ),
    Part(
        "decisive",
        "appointment-assignments",
        "parent",
        where=(ACTIVE,),
        prefer=(When("status", ("Done",)),),
        order=("modifiedOn",),
        pick="last",
    ),
    Part(
        "technicians",
        "technicians",
        "ids",
        paths=("assignments.technicianId", "soldById"),
        pick="all",
        order=("name",),
    ),
    Part("technician", "technicians", "id", paths=("decisive.technicianId", "soldById")),
)

SHAPES = (
    Shape(
        "company",
        "Company account",
        "Account",
        "customers",
        "customers/{@id}",
        where=(COMPANY, NOT_MERGED),
        parts=(SITE, _contact("phone", "Phone", "MobilePhone"), _contact("fax", "Fax"), TAGS),
        title="{name}",
    ),
    Shape(
        "placeholder",
        "Unassigned Account",
        "Account",
        "placements",
        "placements/{number}",
        title="Unassigned Account {number}",
        once=True,
    ),
    Shape(
        "household",
        "Household contact",
        "Contact",
        "customers",
        "customers/{@id}",
        where=(HOUSEHOLD, NOT_MERGED),
        parts=(
            SITE,
            _contact("phone", "Phone"),
            _contact("mobile", "MobilePhone"),
            _contact("email", "Email"),
            TAGS,
            Part("placement", "placements", "id", paths=("@id",)),
        ),
        lookups=(
            Lookup("AccountId", "Account", "placements/{placement.number}", (_has("placement"),)),
        ),
        title="{name}",
    ),
    Shape(
        "company contact",
        "Company contact",
        "Contact",
        "customers",
        "customers/{@id}",
        where=(COMPANY, NOT_MERGED, _has("person")),
        parts=(
            Part("person", "customer-contacts", "parent", prefer=(ACTIVE,)),
            _contact("phone", "Phone"),
            _contact("mobile", "MobilePhone"),
            _contact("email", "Email"),
        ),
        lookups=(Lookup("AccountId", "Account", "customers/{@id}"),),
        title="{person.memo}",
    ),
    Shape(
        "job",
        "Job",
        "Case",
        "jobs",
        "jobs/{@id}",
        parts=JOB_PARTS,
        lookups=(
            Lookup(
                "AccountId",
                "Account",
                "customers/{customer.@id}",
                (When("customer.type", ("Commercial",)),),
            ),
            Lookup("AccountId", "Account", "placements/{placement.number}", (_has("placement"),)),
            Lookup(
                "ContactId",
                "Contact",
                "customers/{customerId}",
                (When("customer.type", ("Commercial",), negate=True),),
            ),
            Lookup("ContactId", "Contact", "customers/{customerId}", (_has("person"),)),
        ),
        title="{jobNumber} {jobType.name}",
    ),
)

SAMPLE = Sample(
    root="jobs",
    spread=("jobTypeId", "priority", "jobStatus"),
    along=(("customers", "customerId"),),
)
TECHNICIANS = TechnicianRule(
    "technicians",
    name="name",
    email="email",
    active="active",
    work="appointment-assignments",
    worker="technicianId",
    job="jobId",
)
PLACEMENT = PlacementRule("customers", (HOUSEHOLD, NOT_MERGED), "jobs")

OBJECTS = (
    ObjectDefault(
        "customers",
        "Account, Contact",
        "company: 1 → Account + its contact; household: 1 → Contact",
        "full",
    ),
    ObjectDefault(
        "customer-contacts",
        "Contact, Account",
        "many → 1",
        "partial",
        "The first phone, mobile, e-mail and fax of a customer land; further ones are counted "
        "as left out.",
    ),
    ObjectDefault(
        "locations",
        "Contact, Account, Case",
        "many → 1",
        "partial",
        "The customer's first site and every job's own site land as addresses; further sites "
        "are counted as left out.",
    ),
    ObjectDefault("jobs", "Case", "1 → 1", "full"),
    ObjectDefault(
        "appointments",
        "Case",
        "many → 1",
        "partial",
        "First start and last end land on the job's record.",
    ),
    ObjectDefault(
        "appointment-assignments",
        "Case",
        "many → 1",
        "partial",
        "Every technician's id, name and e-mail land on the job's record.",
    ),
    ObjectDefault("technicians", "User", "1 → 1 by e-mail", "reference"),
    ObjectDefault("job-types", "Case", "name", "reference"),
    ObjectDefault("business-units", "Case", "name", "reference"),
    ObjectDefault("tag-types", "Account, Contact, Case", "names", "reference"),
    ObjectDefault("invoices", "", "", "not_yet", "not built yet: invoices, items and payments"),
)

STATUSES = (
    ("Scheduled", "New"),
    ("Dispatched", "Working"),
    ("InProgress", "Working"),
    ("In Progress", "Working"),
    ("Hold", "On Hold"),
    ("Completed", "Closed"),
    ("Canceled", "Cancelled"),
    ("Cancelled", "Cancelled"),
)
PRIORITIES = (
    ("Urgent", "High"),
    ("High", "High"),
    ("Normal", "Medium"),
    ("Low", "Low"),
    ("Emergency", "High"),
    ("Standard", "Medium"),
    ("1", "High"),
    ("2", "High"),
    ("3", "High"),
    ("4", "Medium"),
    ("5", "Medium"),
    ("6", "Medium"),
    ("7", "Low"),
    ("8", "Low"),
)


def _address(shape: str, part: str, prefix: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, f"{part}.address", f"{prefix}Street", "street"),
        RowDefault(shape, f"{part}.address.city", f"{prefix}City"),
        RowDefault(shape, f"{part}.address.state", f"{prefix}State"),
        RowDefault(shape, f"{part}.address.zip", f"{prefix}PostalCode"),
        RowDefault(shape, f"{part}.address.country", f"{prefix}Country"),
    )


def _origin(shape: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(shape, "createdOn", "Source_Created_Date__c", "instant"),
        RowDefault(shape, "type", "Source_Customer_Type__c"),
        RowDefault(shape, "tags.name", "Source_Tags__c", "join"),
    )


ROWS = (
    RowDefault("company", "name", "Name"),
    RowDefault("company", "phone.value", "Phone"),
    RowDefault("company", "fax.value", "Fax"),
    *_address("company", "site", "Shipping"),
    *(
        RowDefault("company", r.path.removeprefix("site."), r.field, r.transform)
        for r in _address("company", "site", "Billing")
    ),
    *_origin("company"),
    RowDefault("placeholder", "", "Name", "template", "Unassigned Account {number}"),
    RowDefault("household", "name", "FirstName", "first_name"),
    RowDefault("household", "name", "LastName", "last_name", "{@id}"),
    RowDefault("household", "phone.value", "Phone"),
    RowDefault("household", "mobile.value", "MobilePhone"),
    RowDefault("household", "email.value", "Email", "email"),
    *_address("household", "site", "Mailing"),
    *_origin("household"),
    RowDefault("company contact", "person.memo", "LastName", "last_name", "{name}"),
    RowDefault("company contact", "person.memo", "FirstName", "first_name"),
    RowDefault("company contact", "phone.value", "Phone"),
    RowDefault("company contact", "mobile.value", "MobilePhone"),
    RowDefault("company contact", "email.value", "Email", "email"),
    RowDefault("company contact", "person.createdOn", "Source_Created_Date__c", "instant"),
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
)

EXCEPTED = {
    "customers": ((When("mergedToId", (None,), negate=True), "merged into another customer"),),
}
LEFT_OUT = {
    "customer-contacts": "further contacts: not built yet",
    "locations": "further sites: not built yet",
    "appointments": "of no job that lands",
    "appointment-assignments": "of no job that lands",
    "technicians": "without work on any job",
    "job-types": "not used by any job",
    "business-units": "not used by any job",
    "tag-types": "not used by any record",
}
CUSTOM = {"jobs": ("job", "")}
