"""Engagements as the pipeline leaves them, made without it: what the staff's pages show."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from projects import audit
from projects.models import (
    Connection,
    Difference,
    Engagement,
    Feed,
    Finding,
    FlaggedFile,
    LoadItem,
    Operation,
    OperationBody,
    Plan,
    ReviewLink,
    Run,
    SchemaField,
    SignOff,
    Slice,
    TechnicianMatch,
    Ticket,
)
from projects.presets import preset
from projects.stages import propose

PICKLISTS = {"Status": ["New", "Working", "On Hold", "Closed", "Cancelled"]}
SECRET = "cs-do-not-show-me"
TENANT = "8450"


def proposed(name: str = "Moreno Heating") -> Engagement:
    """Both accounts checked and inventoried, the preset's mapping proposed."""
    engagement = Engagement.objects.create(name=name, client_name="Moreno Heating & Air")
    audit.record(engagement, "anna", "engagement created")
    for role, kind, account in (
        ("source", "servicetitan", TENANT),
        ("destination", "salesforce", "00D000000000001"),
    ):
        connection = Connection(engagement=engagement, role=role, kind=kind, account_id=account)
        connection.account_name, connection.checked_at = f"{role} account", timezone.now()
        connection.settings = {"tenant": TENANT, "client_id": "cid-1"}
        connection.set_secrets({"client_secret": SECRET, "app_key": SECRET})
        connection.save()
    _schema(engagement)
    propose.propose(engagement)
    ran(engagement, "inventory")
    ran(engagement, "propose")
    return engagement


def scanned(name: str = "Moreno Heating") -> Engagement:
    """Extracted and scanned; one technician undecided, one finding to know of."""
    engagement = proposed(name)
    Feed.objects.create(engagement=engagement, object="customers", finished_at=timezone.now())
    ran(engagement, "extract")
    ran(engagement, "scan")
    for number, technician, action in (
        (11, "Ada Okafor", "match"),
        (12, "Ben Ito", "fallback"),
        (13, "Cleo Marsh", "undecided"),
    ):
        TechnicianMatch.objects.create(
            engagement=engagement,
            technician_id=str(number),
            name=technician,
            email=f"{technician.split()[0].lower()}@moreno.example",
            jobs=number * 10,
            action=action,
            user_id="005000000000001" if action == "match" else "",
        )
    FlaggedFile.objects.create(
        engagement=engagement,
        object="attachments",
        source_id="7",
        name="walkthrough.mp4",
        size=28_311_552,
        why="large",
        action="skip",
        reason="Too large",
    )
    Finding.objects.create(
        engagement=engagement,
        code="does not fit",
        severity="note",
        subject="job › Subject",
        message="3 record(s) of job: Case.Subject: 300 characters do not fit into 255.",
        count=3,
        records=["1", "2", "3"],
    )
    Engagement.objects.filter(pk=engagement.pk).update(fallback_owner="005000000000009")
    engagement.refresh_from_db()
    return engagement


def signed(name: str = "Moreno Heating") -> Engagement:
    """Mapping confirmed, sampled, and accepted by the client."""
    engagement = scanned(name)
    engagement.technician_matches.filter(action="undecided").update(action="skip")
    Engagement.objects.filter(pk=engagement.pk).update(state=Engagement.State.SIGNED_OFF)
    engagement.refresh_from_db()
    plan = Plan.freeze(engagement, "anna")
    run = ran(engagement, "sample", plan=plan, tally={"Case": {"landed": 150}})
    link, _ = ReviewLink.issue(engagement, "Rita", "anna")
    SignOff.objects.create(
        engagement=engagement,
        link=link,
        plan=plan,
        run=run,
        sample_digest="0" * 64,
        decision="accepted",
        name="Rita Moreno",
        comment="Looks right.",
    )
    return engagement


def loaded(name: str = "Moreno Heating") -> Engagement:
    """Loaded and reconciled: most landed, one held, one failed, one difference."""
    engagement = signed(name)
    plan = Plan.freeze(engagement, "anna")
    tally = {
        "customers": _counts(read=300, landed=290, held=0, failed=10),
        "jobs": _counts(read=1000, landed=980, held=15, failed=5),
    }
    run = ran(engagement, "load", plan=plan, tally=tally)
    for number in range(40):
        state = "failed" if number == 0 else "held" if number == 1 else "landed"
        written(engagement, run, "Case" if number % 3 else "Contact", str(number), state)
    checked = ran(engagement, "reconcile", plan=plan)
    Difference.objects.create(
        run=checked,
        kind="altered",
        object="Case",
        key=f"{TENANT}/jobs/7",
        field="Subject",
        expected="Repair furnace",
        found="Repair the furnace",
    )
    return engagement


def ran(engagement: Engagement, stage: str, status: str = "succeeded", **more: Any) -> Run:
    """A run that is over, or under way where `status` says so."""
    writes = stage in ("sample", "load", "rollback")
    now = timezone.now()
    return Run.objects.create(
        engagement=engagement,
        connection=engagement.destination if writes else None,
        stage=stage,
        writes=writes,
        status=status,
        started_by="anna",
        started_at=now - timedelta(minutes=2),
        heartbeat_at=now,
        finished_at=None if status in Run.LIVE else now,
        **more,
    )


def written(engagement: Engagement, run: Run, object: str, number: str, state: str) -> LoadItem:
    """A load item with its one operation."""
    item = LoadItem.objects.create(
        engagement=engagement,
        connection=engagement.destination,
        object=object,
        shape="job",
        key=f"{TENANT}/jobs/{number}",
        source_id=number,
        state=state,
        origin="created" if state == "landed" else "",
        remote_id=f"500{number:0>15}" if state == "landed" else "",
    )
    piece, _ = Slice.objects.get_or_create(
        run=run, number=len(object), object=object, done=40, total=40, status="done"
    )
    ticket = Ticket.objects.create(run=run, slice=piece, object=object, verb="create")
    if state != "held":
        operation = Operation.objects.create(
            run=run, ticket=ticket, item=item, verb="create", status=state, digest="0" * 64
        )
        OperationBody.objects.create(operation=operation, payload={"Subject": f"Job {number}"})
    return item


def _counts(**counts: int) -> dict[str, int]:
    names = ("read", "landed", "undone", "planned", "held", "failed", "carried", "excepted")
    return {name: counts.get(name, 0) for name in (*names, "left out")}


def _schema(engagement: Engagement) -> None:
    """Every field that the preset maps, as the destination would show it."""
    chosen = preset(engagement.preset)
    objects = {shape.name: shape.destination for shape in chosen.SHAPES}
    mapped = {(objects[row.shape], row.field) for row in chosen.ROWS}
    connection = engagement.destination
    SchemaField.objects.bulk_create(
        SchemaField(
            connection=connection,
            object=object,
            name=name,
            label=name,
            type="picklist" if name in PICKLISTS else "string",
            length=255,
            picklist=PICKLISTS.get(name, []),
        )
        for object, name in sorted({*mapped, ("Case", "Origin")})
    )
