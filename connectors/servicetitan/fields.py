"""The fields of every object we read: data only.

One line a field: API path | type | label | known values (`A, B`) or `→ object` it refers to.
Types are the vendor's: int64, string, boolean, decimal, date-time, html, … ; an enum is
open (a value not listed may come); `decimal-string` is a decimal that JSON carries as text.
Source: developer.servicetitan.io, API reference.
"""

from connectors.servicetitan.optional_fields import OPTIONAL_TABLES
from connectors.values import FieldSpec

ADDRESS = """
address.street | string | Street
address.unit | string | Unit
address.city | string | City
address.state | string | State
address.zip | string | ZIP code
address.country | string | Country
address.latitude | double | Latitude
address.longitude | double | Longitude
"""

TRACE = """
createdOn | date-time | Created on
modifiedOn | date-time | Modified on
"""

TABLES: dict[str, str] = {
    "customers": f"""
id | int64 | Customer id
active | boolean | Active
name | string | Name
type | enum | Customer type | Residential, Commercial
{ADDRESS}
balance | decimal | Account balance
taxExempt | boolean | Tax exempt
tagTypeIds | array<int64> | Tags | → tag-types
doNotMail | boolean | Do not mail
doNotService | boolean | Do not service
nationalAccount | boolean | National account
mergedToId | int64 | Merged into customer | → customers
paymentTermId | int64 | Payment term id
creditLimit | decimal | Credit limit
creditLimitBalance | decimal | Credit limit balance
createdById | int64 | Created by user id
{TRACE}""",
    "customer-contacts": f"""
id | int64 | Contact id
customerId | int64 | Customer | → customers
type | enum | Contact type | Phone, Email, Fax, MobilePhone
value | string | Number or address
memo | string | Memo
active | boolean | Active
phoneSettings.phoneNumber | string | Phone number
phoneSettings.doNotText | boolean | Do not text
preferences.jobRemindersEnabled | boolean | Wants job reminders
preferences.marketingUpdatesEnabled | boolean | Wants marketing updates
preferences.invoiceStatementNotification | boolean | Wants invoice and statement notices
{TRACE}""",
    "locations": f"""
id | int64 | Location id
customerId | int64 | Customer | → customers
active | boolean | Active
name | string | Name
{ADDRESS}
zoneId | int64 | Zone id
taxZoneId | int64 | Tax zone id
taxExempt | boolean | Tax exempt
tagTypeIds | array<int64> | Tags | → tag-types
mergedToId | int64 | Merged into location | → locations
createdById | int64 | Created by user id
{TRACE}""",
    "jobs": f"""
id | int64 | Job id
jobNumber | string | Job number
customerId | int64 | Customer | → customers
locationId | int64 | Location | → locations
projectId | int64 | Project id
jobTypeId | int64 | Job type | → job-types
businessUnitId | int64 | Business unit | → business-units
campaignId | int64 | Campaign id
jobStatus | enum | Job status | Scheduled, Dispatched, InProgress, Hold, Completed, Canceled
priority | enum | Priority | Low, Normal, High, Urgent
summary | html | Summary
completedOn | date-time | Completed on
appointmentCount | int64 | Number of appointments
firstAppointmentId | int64 | First appointment | → appointments
lastAppointmentId | int64 | Last appointment | → appointments
recallForId | int64 | Recall of job | → jobs
warrantyId | int64 | Warranty for job | → jobs
jobGeneratedLeadSource.jobId | int64 | Lead came from job | → jobs
jobGeneratedLeadSource.employeeId | int64 | Lead came from employee id
noCharge | boolean | No charge
notificationsEnabled | boolean | Notifications enabled
tagTypeIds | array<int64> | Tags | → tag-types
soldById | int64 | Sold by technician | → technicians
customerPo | string | Customer purchase order
invoiceId | int64 | Invoice | → invoices
membershipId | int64 | Membership id
leadCallId | int64 | Lead call id
partnerLeadCallId | int64 | Partner lead call id
bookingId | int64 | Booking id
createdFromEstimateId | int64 | Created from estimate id
estimateIds | array<int64> | Estimate ids
total | decimal | Total
active | boolean | Active
createdById | int64 | Created by user id
{TRACE}""",
    "appointments": f"""
id | int64 | Appointment id
jobId | int64 | Job | → jobs
customerId | int64 | Customer | → customers
appointmentNumber | string | Appointment number
start | date-time | Scheduled start
end | date-time | Scheduled end
arrivalWindowStart | date-time | Arrival window start
arrivalWindowEnd | date-time | Arrival window end
status | enum | Appointment status | Scheduled, Dispatched, Working, Hold, Done, Canceled
specialInstructions | text | Special instructions
unused | boolean | Unused
isConfirmed | boolean | Confirmed
active | boolean | Active
createdById | int64 | Created by user id
{TRACE}""",
    "appointment-assignments": f"""
id | int64 | Assignment id
technicianId | int64 | Technician | → technicians
technicianName | string | Technician name
jobId | int64 | Job | → jobs
appointmentId | int64 | Appointment | → appointments
status | enum | Assignment status | Scheduled, Dispatched, Working, Done
isPaused | boolean | Paused
assignedById | int64 | Assigned by user id
assignedOn | date-time | Assigned on
active | boolean | Active
{TRACE}""",
    "technicians": f"""
id | int64 | Technician id
userId | int64 | User id
name | string | Name
firstName | string | First name
lastName | string | Last name
email | email | E-mail
phoneNumber | phone | Phone number
mobilePhone | string | Mobile phone
loginName | string | Login name
active | boolean | Active
businessUnitId | int64 | Business unit | → business-units
mainZoneId | int64 | Main zone id
zoneIds | array<int64> | Zone ids
team | string | Team
isManagedTech | boolean | Managed technician
licenseType | enum | Licence type | NonManagedTech, ManagedTech, ManagedInstaller
status | enum | Technician status | Idle, Dispatched, Working, Meal
positions | array<string> | Positions
home.street | string | Home street
home.unit | string | Home unit
home.city | string | Home city
home.state | string | Home state
home.zip | string | Home ZIP code
home.country | string | Home country
dailyGoal | decimal | Daily goal
payrollId | string | Payroll id
startDate | date-time | Start date
shiftStart | duration | Shift start
shiftEnd | duration | Shift end
bio | html | Bio
memo | html | Memo
{TRACE}""",
    "job-types": f"""
id | int64 | Job type id
name | string | Name
businessUnitIds | array<int64> | Business units | → business-units
skills | array<string> | Skills
tagTypeIds | array<int64> | Tags | → tag-types
priority | enum | Priority | Low, Normal, High, Urgent
duration | int64 | Duration
soldThreshold | decimal | Sold threshold
class | string | Class
summary | text | Summary
noCharge | boolean | No charge
invoiceSignaturesRequired | boolean | Invoice signatures required
isSmartDispatched | boolean | Takes part in Dispatch Pro
active | boolean | Active
{TRACE}""",
    "business-units": f"""
id | int64 | Business unit id
name | string | Name
officialName | string | Official name
active | boolean | Active
email | email | E-mail
phoneNumber | phone | Phone number
currency | string | Currency
{ADDRESS}
trade.name | string | Trade
division.name | string | Division
accountCode | string | Account code
defaultTaxRate | decimal | Default tax rate
tagTypeIds | array<int64> | Tags | → tag-types
tenant.name | string | Tenant name
{TRACE}""",
    "tag-types": f"""
id | int64 | Tag type id
name | string | Name
code | string | Code
color | string | Colour
importance | enum | Importance | Medium, High
isConversionOpportunity | boolean | Conversion opportunity
isVisibleOnDispatchBoard | boolean | Visible on the dispatch board
active | boolean | Active
{TRACE}""",
    "invoices": f"""
id | int64 | Invoice id
referenceNumber | string | Invoice number
invoiceConfiguration | enum | Kind of invoice | JobInvoice, ProjectInvoice, CounterSales,\
 MembershipInvoice, InterestChargeInvoice, ARImportInvoice
invoiceType.name | string | Invoice type
invoiceDate | date-time | Invoice date
dueDate | date-time | Due date
paidOn | date-time | Paid on
depositedOn | date-time | Deposited on
subTotal | decimal-string | Subtotal
salesTax | decimal-string | Sales tax
discountTotal | decimal-string | Discount total
total | decimal-string | Total
balance | decimal-string | Balance
salesTaxCode.name | string | Sales tax code
taxZoneId | int64 | Tax zone id
termName | string | Payment term
customer.id | int64 | Customer | → customers
customer.name | string | Customer name
customerAddress.street | string | Billing street
customerAddress.unit | string | Billing unit
customerAddress.city | string | Billing city
customerAddress.state | string | Billing state
customerAddress.zip | string | Billing ZIP code
customerAddress.country | string | Billing country
location.id | int64 | Location | → locations
location.name | string | Location name
businessUnit.id | int64 | Business unit | → business-units
businessUnit.name | string | Business unit name
job.id | int64 | Job | → jobs
job.number | string | Job number
job.type | string | Job type name
projectId | int64 | Project id
membershipId | int64 | Membership id
adjustmentToId | int64 | Adjusts invoice | → invoices
batch.number | string | Batch number
syncStatus | enum | Sync status | Pending, Posted, Exported
sentStatus | enum | Sent status | NotSent, Sent, Opened
reviewStatus | enum | Review status | NeedsReview, OnHold, Reviewed, PendingApproval, Rejected,\
 ReadyForBilling, Invoiced
assignedTo.name | string | Assigned to
employeeInfo.name | string | Created by employee
summary | html | Summary
items | array<object> | Line items
active | boolean | Active
createdBy | string | Created by login name
{TRACE}""",
}


def _field(line: str) -> FieldSpec:
    name, type_, label, *more = (part.strip() for part in line.split("|"))
    extra = more[0] if more else ""
    return FieldSpec(
        name,
        label,
        type_,
        createable=False,
        updateable=False,
        unique=name in ("id", "appliedId"),
        picklist=() if extra.startswith("→") else tuple(filter(None, extra.split(", "))),
        references=(extra.removeprefix("→ "),) if extra.startswith("→") else (),
    )


FIELDS: dict[str, tuple[FieldSpec, ...]] = {
    object: tuple(_field(line) for line in table.splitlines() if line.strip())
    for object, table in (TABLES | OPTIONAL_TABLES).items()
}
