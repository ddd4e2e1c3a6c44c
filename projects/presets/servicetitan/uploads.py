"""What only ServiceTitan's screens show: the columns of each file, and where to look it up."""

from projects.reference.parts import Column, Upload

UPLOADS = (
    Upload(
        "optimizer",
        "Optimizer settings",
        "In Dispatch Pro, open Settings and copy each setting with its value: mode (Assist or "
        "Auto, Full or Light) of each day, prioritisation, revenue weights, drive-time thresholds.",
        (
            Column("setting", required=True),
            Column("value", required=True),
            Column("applies_to"),
            Column("note"),
        ),
    ),
    Upload(
        "priority-buckets",
        "Priority buckets",
        "In Dispatch Pro, open Settings, Priorities: up to eight buckets in their order, with what "
        "puts a job into each.",
        (
            Column("bucket", "number", required=True),
            Column("name", required=True),
            Column("condition"),
            Column("job_types", "list"),
            Column("response_hours", "number"),
        ),
    ),
    Upload(
        "routing-rules",
        "Routing rules and their priorities",
        "In Dispatch Pro, open Settings, Rules: copy every rule with its priority, and whether it "
        "is switched on.",
        (
            Column("rule", required=True),
            Column("priority", required=True),
            Column("condition", required=True),
            Column("action"),
            Column("active", "yes or no"),
        ),
    ),
    Upload(
        "playbooks",
        "Playbooks",
        "From your own documents, and from Settings, Workflows: one row a step, in the order in "
        "which it is done.",
        (
            Column("playbook", required=True),
            Column("step", "number", required=True),
            Column("instruction", required=True),
            Column("trigger"),
            Column("responsible"),
            Column("job_types", "list"),
        ),
    ),
    Upload(
        "notifications",
        "Notification and workflow rules",
        "In Settings, Communications and Workflows: what is sent, when, to whom.",
        (
            Column("name", required=True),
            Column("trigger", required=True),
            Column("channel", choices=("E-mail", "SMS", "Call", "Push", "Other")),
            Column("recipient"),
            Column("text"),
            Column("active", "yes or no"),
        ),
    ),
    Upload(
        "capacity",
        "Capacity planning",
        "The API tells capacity only in answer to a POST, and this product sends the source "
        "nothing but reads. In Dispatch, Capacity Planning, copy the planned hours of a usual "
        "week by business unit, and the rules of adaptive capacity.",
        (
            Column(
                "weekday",
                required=True,
                choices=(
                    "Monday",
                    "Tuesday",
                    "Wednesday",
                    "Thursday",
                    "Friday",
                    "Saturday",
                    "Sunday",
                ),
            ),
            Column("business_unit", required=True),
            Column("window"),
            Column("hours", "number", required=True),
            Column("note"),
        ),
    ),
)
