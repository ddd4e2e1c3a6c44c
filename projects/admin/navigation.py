"""The sidebar. In: a request. Out: groups of links to the lists its user may see."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

Item = tuple[str, str, str]
"""Title, icon, and the model as app.model ("" for the overview)."""

GROUPS: tuple[tuple[str, bool, tuple[Item, ...]], ...] = (
    (
        "Moves",
        False,
        (
            ("Overview", "home", ""),
            ("Engagements", "moving", "projects.engagement"),
            ("Connections", "cable", "projects.connection"),
        ),
    ),
    (
        "Decisions",
        False,
        (
            ("Mapping rows", "alt_route", "projects.mappingrow"),
            ("Value maps", "translate", "projects.valuemap"),
            ("Technician matches", "badge", "projects.technicianmatch"),
            ("Flagged files", "attach_file", "projects.flaggedfile"),
            ("Object rows", "schema", "projects.objectrow"),
            ("Findings", "report", "projects.finding"),
        ),
    ),
    (
        "Work",
        False,
        (
            ("Runs", "play_circle", "projects.run"),
            ("Load items", "deployed_code", "projects.loaditem"),
            ("Operations", "history", "projects.operation"),
            ("Differences", "difference", "projects.difference"),
            ("Audit entries", "verified_user", "projects.auditentry"),
        ),
    ),
    (
        "Review",
        True,
        (
            ("Sign-offs", "draw", "projects.signoff"),
            ("Comments", "comment", "projects.comment"),
            ("Sample records", "compare_arrows", "projects.samplediff"),
            ("Review links", "link", "projects.reviewlink"),
            ("Plans", "inventory_2", "projects.plan"),
        ),
    ),
    (
        "Behind it",
        True,
        (
            ("Fields of both accounts", "view_column", "projects.schemafield"),
            ("Source records", "database", "projects.sourcerecord"),
            ("Feeds", "rss_feed", "projects.feed"),
            ("Slices", "splitscreen", "projects.slice"),
            ("Tickets", "confirmation_number", "projects.ticket"),
        ),
    ),
    ("Staff", True, (("Users", "person", "auth.user"), ("Groups", "group", "auth.group"))),
)


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """What unfold's SIDEBAR navigation takes."""
    return [
        {
            "title": title,
            "collapsible": collapsible,
            "items": [_item(*item) for item in items if _may_see(request, item[2])],
        }
        for title, collapsible, items in GROUPS
    ]


def _item(title: str, icon: str, model: str) -> dict[str, Any]:
    name = f"{model.replace('.', '_')}_changelist" if model else "index"
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name}")}


def _may_see(request: HttpRequest, model: str) -> bool:
    app, _, name = model.partition(".")
    return not model or any(
        request.user.has_perm(f"{app}.{right}_{name}") for right in ("view", "change")
    )
