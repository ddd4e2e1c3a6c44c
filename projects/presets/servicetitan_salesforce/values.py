"""Value maps: the source API's words, and those of its documents."""

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
