"""The fields every company has: entity → (code, name, type, options).

Options are labels whose ids are numbers of the account, or id → label where ids are words.
"""

from typing import Any

VISIBLE = {"1": "Owner only", "3": "Owner's visibility group", "7": "Entire company"}
STATUS = {"open": "Open", "won": "Won", "lost": "Lost", "deleted": "Deleted"}
COLORED = ("Hot", "Warm", "Cold")
MARKETING = {"no_consent": "No consent", "subscribed": "Subscribed"}
MARKETING |= {"unsubscribed": "Unsubscribed", "archived": "Archived"}
Row = tuple[str, str, str, Any]

_COMMON: list[Row] = [
    ("id", "ID", "int", None),
    ("owner_id", "Owner", "user", None),
    ("add_time", "Created", "date", None),
    ("update_time", "Updated", "date", None),
    ("visible_to", "Visible to", "visible_to", VISIBLE),
]
BUILTIN: dict[str, list[Row]] = {
    "deal": [
        *_COMMON,
        ("title", "Title", "varchar", None),
        ("creator_user_id", "Creator", "user", None),
        ("value", "Value", "monetary", None),
        ("currency", "Currency of Value", "varchar", None),
        ("pipeline_id", "Pipeline", "double", None),
        ("stage_id", "Stage", "stage", None),
        ("person_id", "Contact person", "people", None),
        ("org_id", "Organization", "org", None),
        ("status", "Status", "status", STATUS),
        ("label_ids", "Label", "set", COLORED),
        ("probability", "Probability", "int", None),
        ("lost_reason", "Lost reason", "varchar_options", None),
        ("stage_change_time", "Last stage change", "date", None),
        ("close_time", "Deal closed on", "date", None),
        ("won_time", "Won time", "date", None),
        ("lost_time", "Lost time", "date", None),
        ("expected_close_date", "Expected close date", "date", None),
        ("is_archived", "Archive status", "boolean", None),
        ("archive_time", "Archive time", "date", None),
        ("origin", "Source origin", "varchar", None),
        ("origin_id", "Source origin ID", "varchar", None),
        ("channel", "Source channel", "enum", {}),
        ("channel_id", "Source channel ID", "varchar", None),
    ],
    "person": [
        *_COMMON,
        ("name", "Name", "varchar", None),
        ("first_name", "First name", "varchar", None),
        ("last_name", "Last name", "varchar", None),
        ("phones", "Phone", "phone", None),
        ("emails", "Email", "varchar", None),
        ("org_id", "Organization", "org", None),
        ("label_ids", "Labels", "set", ("Customer", "Hot lead", "Warm lead", "Cold lead")),
        ("picture_id", "Profile picture", "picture", None),
        ("marketing_status", "Marketing status", "enum", MARKETING),
    ],
    "organization": [
        *_COMMON,
        ("name", "Name", "varchar", None),
        ("address", "Address", "address", None),
        ("label_ids", "Labels", "set", ("Customer", "Vendor", "Hot lead")),
        ("website", "Website", "varchar", None),
        ("linkedin", "LinkedIn profile", "varchar", None),
        ("industry", "Industry", "enum", ("Construction", "Real estate", "Retail", "Services")),
        ("annual_revenue", "Annual revenue", "double", None),
        ("employee_count", "Number of employees", "int", None),
    ],
    "product": [
        *_COMMON,
        ("name", "Name", "varchar", None),
        ("code", "Product code", "varchar", None),
        ("description", "Description", "text", None),
        ("unit", "Unit", "varchar", None),
        ("tax", "Tax", "double", None),
        ("category", "Category", "enum", ("Parts", "Labor", "Plans")),
        ("is_linkable", "Active", "boolean", None),
        ("prices", "Unit prices", "price_list", None),
        ("billing_frequency", "Billing frequency", "billing_frequency", None),
    ],
    "activity": [
        *_COMMON[:4],
        ("subject", "Subject", "varchar", None),
        ("type", "Type", "enum", {}),
        ("due_date", "Due date", "date", None),
        ("due_time", "Due time", "time", None),
        ("duration", "Duration", "time", None),
        ("busy", "Free/busy", "boolean", None),
        ("done", "Done", "boolean", None),
        ("marked_as_done_time", "Marked as done time", "date", None),
        ("deal_id", "Deal", "deal", None),
        ("lead_id", "Lead", "lead", None),
        ("person_id", "Contact person", "people", None),
        ("org_id", "Organization", "org", None),
        ("location", "Location", "address", None),
        ("public_description", "Public description", "text", None),
        ("priority", "Priority", "enum", ("High", "Medium", "Low")),
        ("note", "Note", "text", None),
    ],
}
