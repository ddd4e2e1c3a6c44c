"""Rows for tests that need no vendor: one factory a table, with a story that fits together.
`reviewable()` is an engagement whose sample waits for the client."""

from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from projects.models import (
    Connection,
    Engagement,
    Feed,
    LoadItem,
    MappingRow,
    ObjectRow,
    Plan,
    ReviewLink,
    Run,
    SampleDiff,
    SchemaField,
    SignOff,
    TechnicianMatch,
    ValueMap,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class EngagementFactory(DjangoModelFactory[Engagement]):
    class Meta:
        model = Engagement

    name = factory.Sequence(lambda n: f"Move {n}")
    client_name = "Harbor Heating & Air"
    state = Engagement.State.MAPPED
    fallback_owner = "005000000000099AAA"


class ConnectionFactory(DjangoModelFactory[Connection]):
    class Meta:
        model = Connection

    engagement = factory.SubFactory(EngagementFactory)
    role = Connection.Role.SOURCE
    kind = "servicetitan"
    account_id = "8450"
    account_name = "Harbor Heating & Air"

    class Params:
        destination = factory.Trait(
            role=Connection.Role.DESTINATION,
            kind="salesforce",
            account_id="00D000000000001AAA",
            account_name="Harbor CRM",
        )


class SchemaFieldFactory(DjangoModelFactory[SchemaField]):
    class Meta:
        model = SchemaField

    object = "Case"
    type = "string"
    length = 255


class ObjectRowFactory(DjangoModelFactory[ObjectRow]):
    class Meta:
        model = ObjectRow

    source_object = "jobs"
    destination_objects = "Case"
    status = ObjectRow.Status.FULL


class MappingRowFactory(DjangoModelFactory[MappingRow]):
    class Meta:
        model = MappingRow

    shape = "job"
    source_object = "jobs"
    source_field = "jobNumber"
    destination_object = "Case"
    destination_field = "Source_Job_Number__c"


class ValueMapFactory(DjangoModelFactory[ValueMap]):
    class Meta:
        model = ValueMap


class TechnicianMatchFactory(DjangoModelFactory[TechnicianMatch]):
    class Meta:
        model = TechnicianMatch

    technician_id = factory.Sequence(lambda n: str(700 + n))
    name = "Ana Diaz"
    action = TechnicianMatch.Action.MATCH
    user_id = "005000000000001AAA"
    user_name = "Ana Diaz-Ruiz"


class RunFactory(DjangoModelFactory[Run]):
    class Meta:
        model = Run

    engagement = factory.SubFactory(EngagementFactory)
    stage = "sample"
    writes = True
    status = Run.Status.SUCCEEDED
    started_by = "staff"
    started_at = finished_at = NOON


class SampleDiffFactory(DjangoModelFactory[SampleDiff]):
    """One record of the sample `run`, with its load item."""

    class Meta:
        model = SampleDiff

    run = factory.SubFactory(RunFactory)
    title = factory.LazyAttribute(lambda o: f"{o.number} No heat")
    lines = factory.LazyAttribute(lambda o: job_lines())
    differing = factory.LazyAttribute(
        lambda o: sum(line["verdict"] == "differs" for line in o.lines)
    )

    class Params:
        number = factory.Sequence(lambda n: 41870000 + n)

    @factory.lazy_attribute
    def item(self) -> LoadItem:
        return LoadItem.objects.create(
            engagement=self.run.engagement,
            connection=self.run.engagement.destination,
            object="Case",
            shape="job",
            key=f"8450/jobs/{self.number}",
            source_id=str(self.number),
            state=LoadItem.State.LANDED,
            remote_id=f"500{self.number:015d}",
        )


def line(source: str, value: str, field: str, planned: str, verdict: str) -> dict[str, str]:
    """A diff line whose read-back is what was planned, unless the verdict says otherwise."""
    back = "Medium" if verdict == "differs" else planned
    return {
        "source": source,
        "label": source,
        "source_value": value,
        "destination": field,
        "planned": planned,
        "read_back": back,
        "verdict": verdict,
    }


def job_lines(*more: dict[str, str], priority: str = "converted") -> list[dict[str, str]]:
    return [
        line("jobNumber", "1007", "Source_Job_Number__c", "1007", "same"),
        line("jobType.name", "No heat", "Job_Type__c", "No heat", "same"),
        line("priority", "Urgent", "Priority", "High", priority),
        line("technician.id", "700", "OwnerId", "005000000000001AAA", "converted"),
        line("campaignId", "77", "", "", "not moved"),
        line("warrantyId", "", "", "", "not moved"),
        *more,
    ]


def reviewable(records: int = 3, **engagement: Any) -> Run:
    """A succeeded sample of `records` jobs, with the plan that today's rows give."""
    run = RunFactory.build(engagement=EngagementFactory(**engagement))
    ConnectionFactory(engagement=run.engagement)
    run.connection = ConnectionFactory(engagement=run.engagement, destination=True)
    _map(run.engagement)
    run.plan = Plan.freeze(run.engagement, "staff")
    run.save()
    SampleDiffFactory.create_batch(records, run=run)
    return run


def _map(engagement: Engagement) -> None:
    ObjectRowFactory(engagement=engagement)
    TechnicianMatchFactory(engagement=engagement, technician_id="700")
    TechnicianMatchFactory(
        engagement=engagement,
        technician_id="701",
        name="Bo Lind",
        action=TechnicianMatch.Action.FALLBACK,
        user_id="",
        user_name="",
    )
    rows = (
        ("", "jobs", "jobNumber", "Source_Job_Number__c", "copy", "Job number"),
        ("jobType", "job-types", "name", "Job_Type__c", "copy", "Job type"),
        ("", "jobs", "priority", "Priority", "value_map", "Priority"),
        ("", "jobs", "jobStatus", "Status", "value_map", "Status"),
        ("technician", "technicians", "id", "OwnerId", "owner", "Technician"),
        ("site", "locations", "address", "Site_Address__c", "address", "Site address"),
    )
    made = {
        field: MappingRowFactory(
            engagement=engagement,
            part=part,
            source_object=object,
            source_field=name,
            destination_field=field,
            transform=transform,
            source_label=label,
        )
        for part, object, name, field, transform, label in rows
    }
    for source, destination in (("Urgent", "High"), ("Normal", "Medium"), ("Low", "Low")):
        ValueMapFactory(
            mapping_row=made["Priority"], source_value=source, destination_value=destination
        )
    ValueMapFactory(
        mapping_row=made["Status"], source_value="Completed", destination_value="Closed"
    )
    for name in made:
        SchemaFieldFactory(
            connection=engagement.destination,
            name=name,
            label=name.removesuffix("__c").replace("_", " "),
        )


def ready_to_load(**engagement: Any) -> Engagement:
    """Extracted, scanned, sampled and signed off: nothing stands in the way of a load."""
    made = reviewable(**engagement).engagement
    RunFactory(engagement=made, stage="scan", writes=False)
    Feed.objects.create(engagement=made, object="jobs", finished_at=NOON)
    sign(made)
    Engagement.objects.filter(pk=made.pk).update(state=Engagement.State.SIGNED_OFF)
    made.refresh_from_db()
    return made


def sign(engagement: Engagement, **changes: Any) -> SignOff:
    """The client's decision about the newest sample; accepted where nothing else is said."""
    sample = engagement.runs.filter(stage="sample").latest("pk")
    link, _ = ReviewLink.issue(engagement, "client", "staff")
    values: dict[str, Any] = {"decision": "accepted", "name": "Rita", "sample_digest": "d"}
    return SignOff.objects.create(
        engagement=engagement, link=link, plan=sample.plan, run=sample, **(values | changes)
    )
