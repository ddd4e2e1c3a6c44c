"""The fields of the objects that can be left out: data only, in the form of `fields.py`.

Names that begin with the object's own parent (`jobId` of an attachment) and those named in
`optional.py` are added when reading; all others are the vendor's.
Source: developer.servicetitan.io, API reference.
"""

TRACE = """
createdOn | date-time | Created on
modifiedOn | date-time | Modified on
"""

NOTE = f"""
id | int64 | Note id
text | html | Text
isPinned | boolean | Pinned
createdById | int64 | Created by user id
{TRACE}"""

REASON = f"""
name | string | Name
active | boolean | Active
{TRACE}"""

OPTIONAL_TABLES: dict[str, str] = {
    "job-notes": f"""
{NOTE}
jobId | int64 | Job | → jobs
active | boolean | Active
""",
    "job-history": """
id | int64 | History id
jobId | int64 | Job | → jobs
eventType | string | Event
date | date-time | Date
employeeId | int64 | By employee, technician or user id
usedSchedulingTool | enum | Scheduling tool | Manual, SmartSchedule, SmartDispatch,\
 TechnicianRouteOptimization, AdaptiveCapacity
""",
    "job-timesheets": f"""
id | int64 | Timesheet id
jobId | int64 | Job | → jobs
appointmentId | int64 | Appointment | → appointments
technicianId | int64 | Technician | → technicians
dispatchedOn | date-time | Dispatched on
arrivedOn | date-time | Arrived on
canceledOn | date-time | Canceled on
doneOn | date-time | Done on
active | boolean | Active
{TRACE}""",
    "job-splits": f"""
id | int64 | Split id
jobId | int64 | Job | → jobs
technicianId | int64 | Technician | → technicians
split | decimal | Share
active | boolean | Active
{TRACE}""",
    "job-canceled-logs": """
id | int64 | Cancellation id
jobId | int64 | Job | → jobs
reasonId | int64 | Reason | → cancel-reasons
memo | string | Memo
createdById | int64 | Created by user id
active | boolean | Active
createdOn | date-time | Created on
""",
    "cancel-reasons": f"""
id | int64 | Reason id
{REASON}""",
    "hold-reasons": f"""
id | int64 | Reason id
{REASON}""",
    "location-contacts": f"""
id | int64 | Contact id
locationId | int64 | Location | → locations
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
    "contacts": f"""
id | string | Contact id
referenceId | string | Reference id
name | string | Name
title | string | Title
isArchived | boolean | Archived
createdBy | int64 | Created by user id
modifiedBy | int64 | Changed by user id
{TRACE}""",
    "contact-relationships": """
id | string | Relationship id
contactId | string | Contact | → contacts
relatedEntityId | int64 | Related record id
typeName | string | Type
typeSlug | enum | Kind of record | customer, location, booking
createdOn | date-time | Created on
createdBy | int64 | Created by user id
""",
    "customer-notes": f"""
customerId | int64 | Customer | → customers
{NOTE}""",
    "location-notes": f"""
locationId | int64 | Location | → locations
{NOTE}""",
    "invoice-items": f"""
id | int64 | Item id
invoiceId | int64 | Invoice | → invoices
invoiceNumber | string | Invoice number
jobId | int64 | Job | → jobs
customerId | int64 | Customer | → customers
order | int32 | Order
type | enum | Item type | Service, Material, Equipment, PriceModifier, Unspecified
skuId | int64 | SKU id
skuName | string | SKU code
displayName | string | Name
description | html | Description
quantity | decimal-string | Quantity
price | decimal-string | Price
total | decimal-string | Total
cost | decimal-string | Cost
totalCost | decimal-string | Total cost
memberPrice | decimal-string | Member price
isChargeable | boolean | Chargeable
taxable | boolean | Taxable
inventory | boolean | Inventory
addOn | boolean | Add-on
displayInAmount | boolean | Displayed in amount
soldHours | decimal | Sold hours
serviceDate | date-time | Service date
technicianId | int64 | Technician | → technicians
businessUnit.id | int64 | Business unit | → business-units
businessUnit.name | string | Business unit name
generalLedgerAccount.name | string | Income account
generalLedgerAccount.number | string | Income account number
itemGroup.name | string | Item group
membershipTypeId | int64 | Membership type id
installedEquipmentId | int64 | Installed equipment id
estimateItemId | int64 | Estimate item id
createdById | int64 | Created by user id
active | boolean | Invoice active
{TRACE}""",
    "payments": f"""
id | int64 | Payment id
customer.id | int64 | Customer | → customers
customer.name | string | Customer name
date | date-time | Payment date
type | string | Payment type
typeId | string | Payment type id
total | decimal-string | Total
unappliedAmount | decimal-string | Unapplied amount
checkNumber | string | Check number
referenceNumber | string | Reference number
authCode | string | Authorisation code
memo | string | Memo
refundedPaymentId | int64 | Refunds payment | → payments
businessUnit.id | int64 | Business unit | → business-units
businessUnit.name | string | Business unit name
batch.number | string | Batch number
deposit.name | string | Deposit
generalLedgerAccount.name | string | Account
syncStatus | enum | Sync status | Pending, Posted, Exported
appliedTo | array<object> | Applied to
active | boolean | Active
createdBy | string | Created by login name
{TRACE}""",
    "payment-applications": f"""
appliedId | int64 | Application id
paymentId | int64 | Payment | → payments
invoiceId | int64 | Invoice | → invoices
customerId | int64 | Customer | → customers
amount | decimal-string | Amount
appliedAmount | decimal-string | Applied amount
appliedTo | int64 | Applied to invoice | → invoices
appliedToReferenceNumber | string | Invoice number
appliedBy | string | Applied by login name
appliedOn | date-time | Applied on
paymentDate | date-time | Payment date
paymentType | string | Payment type
active | boolean | Payment active
{TRACE}""",
    "calls": f"""
id | int64 | Call id
direction | enum | Direction | Inbound, Outbound
status | enum | Call status | Ringing, Answered, Completed, Initiated
type | enum | Call type | Abandoned, Unbooked, Excused, Booked, NotLead
from | string | From
to | string | To
duration | duration | Duration
job.id | int64 | Job | → jobs
job.number | string | Job number
customer.id | int64 | Customer | → customers
customer.name | string | Customer name
location.id | int64 | Location | → locations
location.name | string | Location name
campaign.id | int64 | Campaign | → campaigns
campaign.name | string | Campaign name
reason.name | string | Reason
agent.name | string | Agent
createdBy.name | string | Created by
recordingUrl | string | Recording address
voiceMailPath | string | Voicemail path
excuseMemo | string | Excuse memo
tag | string | Tag
lead.id | int64 | Lead id
active | boolean | Active
{TRACE}""",
    "employees": f"""
id | int64 | Employee id
userId | int64 | User id
name | string | Name
firstName | string | First name
lastName | string | Last name
email | email | E-mail
phoneNumber | phone | Phone number
loginName | string | Login name
role | enum | Role | Unspecified, Technician, Dispatch, Accounting, FieldManager, DisplayUser,\
 DisplayUserWithBillingAccess, SalesManager, CSR, GeneralOffice, TechnicianHelper,\
 TechnicianMaintenance, TechnicianInstaller, Admin, TechnicianService, TechnicianSales, Owner,\
 EmptyEmployee, EmptyTechnician
managerId | int64 | Manager | → employees
businessUnitId | int64 | Business unit | → business-units
startDate | date-time | Start date
terminationDate | date-time | Termination date
active | boolean | Active
{TRACE}""",
    "zones": f"""
id | int64 | Zone id
name | string | Name
zips | array<string> | ZIP codes
cities | array<string> | Cities
businessUnits | array<int64> | Business units | → business-units
technicians | array<int64> | Technicians | → technicians
serviceDaysEnabled | boolean | Service days enabled
serviceDays | array<string> | Service days
createdBy | int64 | Created by user id
active | boolean | Active
{TRACE}""",
    "teams": f"""
id | int64 | Team id
createdBy | int64 | Created by user id
{REASON}""",
    "technician-skills": f"""
id | string | Skill id
technicianId | int64 | Technician | → technicians
jobTypeIds | array<int64> | Job types | → job-types
{REASON}""",
    "arrival-windows": """
id | int64 | Arrival window id
start | duration | Start
duration | duration | Duration
businessUnitIds | array<int64> | Business units | → business-units
active | boolean | Active
""",
    "business-hours": """
id | int64 | Number
weekdays | array<object> | Weekdays
saturday | array<object> | Saturday
sunday | array<object> | Sunday
""",
    "technician-shifts": f"""
id | int64 | Shift id
shiftType | enum | Shift type | Normal, OnCall, TimeOff
title | string | Title
note | string | Note
technicianId | int64 | Technician | → technicians
start | date-time | Start
end | date-time | End
timesheetCodeId | int64 | Timesheet code id
active | boolean | Active
{TRACE}""",
    "reports": """
id | int64 | Report id
name | string | Name
description | string | Description
category.id | string | Category id
category.name | string | Category
parameters | array<object> | Parameters
fields | array<object> | Columns
modifiedOn | date-time | Modified on
""",
    "campaigns": f"""
id | int64 | Campaign id
category.name | string | Category
isDefaultCampaign | boolean | Default campaign
source | string | Source
otherSource | string | Other source
medium | string | Medium
otherMedium | string | Other medium
businessUnit | string | Business unit name
campaignPhoneNumbers | array<string> | Phone numbers
{REASON}""",
    "form-signatures": """
id | string | Submission and place of the signature in it
submissionId | int64 | Submission id
formName | string | Form name
name | string | Field
fileName | string | File name
content | string | The picture, its address or its name
signer | string | Signed by
isRefused | boolean | Refused
refusalReason | string | Why it was refused
signedOn | date-time | Signed on
createdById | int64 | Created by user id
active | boolean | Active
jobId | int64 | Job | → jobs
customerId | int64 | Customer | → customers
locationId | int64 | Location | → locations
""",
    "note-images": """
id | string | Note and place of the image in it
noteId | int64 | Note id
number | int32 | Place in the note
fileName | string | File name
content | string | The image, or its address
jobId | int64 | Job | → jobs
createdById | int64 | Created by user id
createdOn | date-time | Created on
modifiedOn | date-time | Modified on
active | boolean | Active
""",
    "attachments": """
id | int64 | Attachment id
jobId | int64 | Job | → jobs
fileName | string | File name
createdById | int64 | Created by user id
createdOn | date-time | Created on
""",
    "form-submissions": """
id | int64 | Submission id
formId | int64 | Form id
formName | string | Form name
status | enum | Submission status | Started, Completed, Any
submittedOn | date-time | Submitted on
createdById | int64 | Created by user id
jobId | int64 | Job | → jobs
customerId | int64 | Customer | → customers
locationId | int64 | Location | → locations
owners | array<object> | Owners
units | array<object> | Answers
""",
}
