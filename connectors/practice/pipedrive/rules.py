"""What of a record depends on several of its members: in goes the merged record, changed here.

A rule is `(company, old, new, sent) -> None`: `old` is None on create, `sent` holds the checked
members of the body. It raises Refused.
"""

from collections.abc import Callable
from typing import Any

from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import forbidden, invalid, refused
from connectors.practice.pipedrive.store import Record

Rule = Callable[[Company, Record | None, Record, dict[str, Any]], None]
SYNCED = ("postal_address", "notes", "im", "birthday", "job_title")
ONLY: dict[str, tuple[str, ...]] = {
    "won_time": ("won",),
    "lost_time": ("lost",),
    "lost_reason": ("lost",),
}
ONLY |= {"close_time": ("won", "lost")}
FULL = "feature_capping_deals_limit"


def no_rule(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    """Nothing depends on anything."""


def person(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    """Contact-sync members need the feature; the name is split at its first blank."""
    synced = [key for key in SYNCED if key in sent]
    if synced and not company.settings.contact_sync:
        raise forbidden(f"Contact sync must be set up to use: {', '.join(synced)}")
    first, _, last = new["name"].strip().partition(" ")
    new["first_name"], new["last_name"] = first, last.strip() or None


def deal(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    """Status and its times, stage and pipeline, the archive, the plan's cap."""
    if old and old["is_archived"] and sent != {"is_archived": False}:
        raise refused(400, "Archived deals cannot be edited.")
    if sent.get("is_deleted"):
        raise invalid({"is_deleted": "a deal can be deleted with DELETE only"})
    _stage(company, old, new, sent)
    _status(company, old, new, sent)
    _archive(company, old, new, sent)
    new["currency"] = new["currency"] or company.currency
    taken = old is None or old["is_archived"]
    if taken and not new["is_archived"] and company.is_full():
        raise refused(403, "Couldn't add the deal. Open deals limit reached.", FULL)


def _stage(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    if old is None and "pipeline_id" not in sent and "stage_id" not in sent:
        new["pipeline_id"] = company.store.select("pipelines", end="ORDER BY id LIMIT 1")[0]["id"]
    if "stage_id" in sent:
        stage = company.store.get("stages", sent["stage_id"]) or {}
        if sent.get("pipeline_id", stage["pipeline_id"]) != stage["pipeline_id"]:
            raise invalid({"stage_id": "does not belong to the pipeline"})
        new["pipeline_id"] = stage["pipeline_id"]
    elif old is None or new["pipeline_id"] != old["pipeline_id"]:
        stages = company.store.where("stages", pipeline_id=new["pipeline_id"])
        if not stages:
            raise invalid({"pipeline_id": "has no stages"})
        new["stage_id"] = min(stages, key=lambda stage: int(stage["order_nr"]))["id"]
    if old is None or new["stage_id"] != old["stage_id"]:
        new["stage_change_time"] = new["update_time"]


def _status(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    status = new["status"]
    wrong = {
        key: f"can only be set when status is {' or '.join(words)}"
        for key, words in ONLY.items()
        if sent.get(key) is not None and status not in words
    }
    if wrong:
        raise invalid(wrong)
    for key, words in ONLY.items():
        if status not in words:
            new[key] = None
    if status != "open":
        mine = f"{status}_time"
        new[mine] = new[mine] or new["close_time"] or new["update_time"]
        new["close_time"] = new["close_time"] or new[mine]
    for word in ("won", "lost", "close"):
        new[f"local_{word}_date"] = (new[f"{word}_time"] or "")[:10] or None


def _archive(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    if sent.get("archive_time") and not new["is_archived"]:
        raise invalid({"archive_time": "can only be set when is_archived is true"})
    if new["is_archived"]:
        new["archive_time"] = new["archive_time"] or new["update_time"]
    else:
        new["archive_time"] = None


def activity(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    """A deal wins over a lead; the person is the primary participant; done has its time."""
    if new["deal_id"] is not None:
        new["lead_id"] = None
    new["participants"], new["attendees"] = new["participants"] or [], new["attendees"] or []
    primary = (one["person_id"] for one in new["participants"] if one["primary"])
    new["person_id"] = next(primary, None)
    if not new["subject"]:
        (kind, *_) = company.store.where("activityTypes", key_string=new["type"])
        new["subject"] = kind["name"]
    if not new["done"]:
        new["marked_as_done_time"] = None
    elif not new["marked_as_done_time"]:
        new["marked_as_done_time"] = new["update_time"]


def pipeline(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    """A new one comes last."""
    if old is None:
        new["order_nr"] = company.store.count("pipelines") + 1


def stage(company: Company, old: Record | None, new: Record, sent: dict[str, Any]) -> None:
    """A new one comes last in its pipeline."""
    if old is None or old["pipeline_id"] != new["pipeline_id"]:
        new["order_nr"] = len(company.store.where("stages", pipeline_id=new["pipeline_id"])) + 1


RULES: dict[str, Rule] = {
    "persons": person,
    "deals": deal,
    "activities": activity,
    "pipelines": pipeline,
    "stages": stage,
}
