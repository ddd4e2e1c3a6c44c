"""What each part of the rebuild reference is in Pipedrive, and how it is built there.

Source: Pipedrive Knowledge Base, "Data fields", "Automations", "Sequences", "Visibility groups",
"Insights", "Scheduler".
"""

from projects.presets.servicetitan.rebuild import REPORTS, SECTIONS, UNTRANSFERABLE
from projects.presets.servicetitan.uploads import UPLOADS
from projects.reference.parts import Becomes, Rebuild

BECOMES = {
    "job-types": Becomes(
        "Options of Job type",
        "They are there after “Create missing fields”; a pipeline of its own where a type runs "
        "through other stages.",
    ),
    "business-units": Becomes(
        "Pipelines or teams", "A pipeline each, or a Team under Manage users, and a filter."
    ),
    "zones": Becomes(
        "Filters and map views",
        "A filter on the site address a zone; deals on a map with the map view. No territories.",
    ),
    "business-hours": Becomes("Scheduler", "Availability in the Scheduler of each user."),
    "arrival-windows": Becomes(
        "Scheduler", "Meeting lengths and availability in the Scheduler; no windows as such."
    ),
    "shifts": Becomes("Scheduler", "Availability a user; recurring activities for on-call times."),
    "technicians": Becomes("Users", "A user, and so a seat, each."),
    "skills": Becomes("Options", "A multiple-option field on deals for what a job needs."),
    "teams": Becomes("Teams", "Manage users, Teams; with visibility groups where work is apart."),
    "tags": Becomes("Labels", "They are there after “Create missing fields”, a set each object."),
    "cancel-reasons": Becomes("Lost reasons", "Company settings, Lost reasons, predefined only."),
    "hold-reasons": Becomes("Options", "A single-option field beside the stage “On hold”."),
    "optimizer": Becomes("None", "It schedules nothing by itself: a marketplace app, or by hand."),
    "priority-buckets": Becomes(
        "Priority and rotting", "Options of Priority; days until a deal rots, a stage each."
    ),
    "routing-rules": Becomes(
        "Automations", "An automation each that sets the owner by job type, label or address."
    ),
    "playbooks": Becomes(
        "Automations and templates", "An automation that adds the activities of each step."
    ),
    "notifications": Becomes(
        "Automations or sequences", "An e-mail template each, sent by an automation or sequence."
    ),
    "capacity": Becomes("Insights", "A report of activities by owner and day; no limits."),
    "reports": Becomes("Insights", "A report each, with the columns that landed; dashboards."),
}
REBUILD = Rebuild(SECTIONS, UPLOADS, UNTRANSFERABLE, REPORTS, BECOMES)
