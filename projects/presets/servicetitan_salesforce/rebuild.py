"""What each part of the rebuild reference is in Salesforce, and how it is built there.

Source: Salesforce Help, "Field Service", "Set Up Assignment Rules", "Entitlement Management",
"Flow Builder", "Reports and Dashboards".
"""

from projects.presets.servicetitan.rebuild import REPORTS, SECTIONS, UNTRANSFERABLE
from projects.presets.servicetitan.uploads import UPLOADS
from projects.reference.parts import Becomes, Rebuild

BECOMES = {
    "job-types": Becomes(
        "Work types",
        "With Field Service: a Work Type each, with Estimated Duration and Skill Requirements. "
        "Without it: values of Case.Job_Type__c, and a Flow that sets priority by type.",
    ),
    "business-units": Becomes(
        "Queues and record types",
        "A queue for cases each, with its members; a record type where the page differs.",
    ),
    "zones": Becomes(
        "Service territories",
        "With Field Service: a Service Territory each, technicians as Service Territory Members, "
        "postal codes in a Flow or in polygons. Without it: a queue a zone, filled by assignment "
        "rules on the site's postal code.",
    ),
    "business-hours": Becomes(
        "Business hours and operating hours",
        "Setup, Business Hours, for entitlements; Operating Hours with Time Slots for territories.",
    ),
    "arrival-windows": Becomes(
        "Arrival windows",
        "Operating Hours with a Time Slot each, named in the scheduling policy's appointment "
        "booking.",
    ),
    "shifts": Becomes(
        "Shifts",
        "Shift Templates and Patterns a technician (Field Service); on-call times as shifts of a "
        "type of their own.",
    ),
    "technicians": Becomes(
        "Service resources",
        "A Service Resource a user, with the territory of the main zone as primary membership.",
    ),
    "skills": Becomes(
        "Skills",
        "Setup, Skills; then Service Resource Skills a technician and Skill Requirements a work "
        "type. Skill__c records of this move are the list to work from.",
    ),
    "teams": Becomes("Service crews", "A Service Crew each, or a public group without it."),
    "tags": Becomes(
        "Picklist values or topics",
        "The words of each record land in Source_Tags__c; those that steer work become picklist "
        "values that rules and list views can use.",
    ),
    "cancel-reasons": Becomes("Picklist values", "Values of Case.Cancel_Reason__c, active ones."),
    "hold-reasons": Becomes("Picklist values", "Values of a reason field beside “On Hold”."),
    "optimizer": Becomes(
        "Scheduling policy",
        "Work Rules for what must hold, Service Objectives with weights for what should; the mode "
        "by day becomes an automated optimization request.",
    ),
    "priority-buckets": Becomes(
        "Entitlement milestones",
        "An Entitlement Process with a milestone a bucket and its response time; a Flow puts a "
        "case into its bucket.",
    ),
    "routing-rules": Becomes(
        "Assignment rules",
        "Case Assignment Rules in the same order; what looks at skills or time becomes "
        "Omni-Channel skills-based routing or a Work Rule.",
    ),
    "playbooks": Becomes(
        "Flows",
        "A screen flow a playbook, a screen a step, on the case page by trigger; or Guidance in "
        "the Path of the case's status.",
    ),
    "notifications": Becomes(
        "Record-triggered flows",
        "A record-triggered flow each, with an e-mail alert or a messaging action.",
    ),
    "capacity": Becomes(
        "Work capacity limits",
        "Work Capacity Limits by territory and work type (Field Service), or a report of hours.",
    ),
    "reports": Becomes(
        "Reports and dashboards",
        "A custom report type on Case with its related objects, then a report each with the "
        "columns that landed; folders by category.",
    ),
}
REBUILD = Rebuild(SECTIONS, UPLOADS, UNTRANSFERABLE, REPORTS, BECOMES)
