"""Value maps: the source API's words, and those of its documents."""

PIPELINE = "Jobs"

STAGES = tuple(
    (word, f"{PIPELINE} / {stage}")
    for word, stage in (
        ("Scheduled", "Scheduled"),
        ("Dispatched", "Dispatched"),
        ("InProgress", "In progress"),
        ("In Progress", "In progress"),
        ("Hold", "On hold"),
        ("Completed", "Completed"),
        ("Canceled", "Canceled"),
        ("Cancelled", "Canceled"),
    )
)
STATUSES = (
    ("Scheduled", "open"),
    ("Dispatched", "open"),
    ("InProgress", "open"),
    ("In Progress", "open"),
    ("Hold", "open"),
    ("Completed", "won"),
    ("Canceled", "lost"),
    ("Cancelled", "lost"),
)
WON = "jobStatus: Completed"
LOST = "jobStatus: Canceled, Cancelled"
OVER = "Done, Canceled, Cancelled"
