"""The objects we write and what we know of them: data only.

Identity of each is a unique external id field (Text 80) that holds our key; of an activity
a plain text field, of a case comment the last line of its body, of a price book entry that of
its product (`identity.py`).
Source: Object Reference for Salesforce, relationships as each org's own describe tells them.
"""

from dataclasses import dataclass

CORE = ("Account", "Contact", "Case")
"""Without these nothing can be loaded; an org may lack any of the others."""
ORDER = (
    "Account",
    "Contact",
    "AccountContactRelation",
    "Service_Location__c",
    "Case",
    "CaseComment",
    "Task",
    "Event",
    "Appointment__c",
    "Invoice__c",
    "Invoice_Item__c",
    "Line_Item__c",
    "Product2",
    "PricebookEntry",
    "Order",
    "OrderItem",
    "Payment__c",
    "Job_Milestone__c",
    "Skill__c",
    "ContentVersion",
)
WITHOUT_KEY = ("CaseComment", "PricebookEntry")
KEY_FIELDS = {name: "Source_Id__c" for name in ORDER if name not in WITHOUT_KEY}
PLAIN_KEYS = frozenset({"Task", "Event"})
"""The key field of these need be neither unique nor an external id: whether the vendor takes
that of a field that tasks and events share is not documented."""
WITHOUT_RIGHTS = frozenset(
    {
        "AccountContactRelation",
        "CaseComment",
        "Task",
        "Event",
        "ContentVersion",
        "PricebookEntry",
        "OrderItem",
    }
)
"""Objects that no permission set lists: what they hang under, or a right of the user's own,
says who may use them."""
ORDERS = frozenset({"Product2", "PricebookEntry", "Order", "OrderItem"})
"""Of none may anybody say when it was created (Salesforce Help 000176484)."""
BY_CHOICE = ORDERS | {"Event"}
"""Every org has them and few moves write to them: nothing is said of them while they cannot hold
our key."""
ARCHIVED = {"Task": ("ActivityDate", 365), "Event": ("StartDateTime", 365)}
"""Object → the field by which its records leave plain queries, and after how many days: closed
tasks and events, in the night after (Object Reference, "Archived Activities"). They can still be
read, changed and deleted."""
PARENTS: dict[str, tuple[str, ...]] = {
    "Contact": ("AccountId",),
    "AccountContactRelation": ("AccountId", "ContactId"),
    "Service_Location__c": ("Account__c", "Contact__c"),
    "Case": ("AccountId", "ContactId", "Service_Location__c"),
    "CaseComment": ("ParentId",),
    "Task": ("WhatId", "WhoId"),
    "Event": ("WhatId", "WhoId"),
    "Appointment__c": ("Case__c",),
    "Invoice__c": ("Account__c", "Case__c"),
    "Invoice_Item__c": ("Invoice__c",),
    "Line_Item__c": ("Case__c", "Opportunity__c"),
    "Product2": (),
    "PricebookEntry": ("Product2Id",),
    "Order": ("AccountId", "Case__c"),
    "OrderItem": ("OrderId", "PricebookEntryId"),
    "Payment__c": ("Case__c", "Invoice__c"),
    "Job_Milestone__c": ("Case__c",),
    "Skill__c": ("User__c",),
    "ContentVersion": ("FirstPublishLocationId",),
}
"""Lookups to sort a chunk by: rows of one parent side by side meet no lock of each other.
A write of a detail locks its master, which therefore comes first."""


@dataclass(frozen=True, slots=True)
class Below:
    """How to ask for records of an object that hang under ours."""

    label: str = "Name"
    creator: str = "CreatedById"
    where: str = ""
    """Which of them count."""


BELOW = {
    "Account": Below(),
    "Contact": Below(),
    "Case": Below("CaseNumber"),
    "Opportunity": Below(),
    "Asset": Below(),
    "Contract": Below("ContractNumber"),
    "Order": Below("OrderNumber"),
    "OrderItem": Below("OrderItemNumber"),
    "PricebookEntry": Below(),
    "ServiceContract": Below(),
    "OpportunityContactRole": Below("Role"),
    "AccountContactRelation": Below("Contact.Name", where="IsDirect = false"),
    "CampaignMember": Below("Status"),
    "Task": Below("Subject"),
    "Event": Below("Subject"),
    "CaseComment": Below("CommentBody"),
    "EmailMessage": Below("Subject"),
    "Attachment": Below(),
    "Note": Below("Title"),
    "ContentDocumentLink": Below("ContentDocument.Title", "ContentDocument.CreatedById"),
}
"""Objects looked at before a delete. Custom objects are looked at too, by their name;
histories, shares and feeds go with their record and are nobody's work; so does the relation of a
contact to its own account."""
