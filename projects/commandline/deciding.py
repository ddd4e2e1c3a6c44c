"""`engagement confirm`, `safety` and `link`: what staff decide. The client's own decisions are made
on the review page alone. In: who acts. Out: a frozen plan; a review link, shown once."""

import argparse

from django.db import transaction

from projects import audit, decisions
from projects.commandline.ask import Ask, Groups
from projects.commandline.exits import PERSON, stop
from projects.models import Confirmation, ReviewLink

SITE = "http://127.0.0.1:8000"


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser("confirm", parents=[common], help="stand by today's mapping")
    parser.set_defaults(perform=confirm)
    parser = groups.add_parser(
        "safety", parents=[common], help="what a person sees to before anything is written"
    )
    parser.add_argument("--name", help="confirm all of it as seen to by this person")
    parser.set_defaults(perform=safety)
    parser = groups.add_parser("link", parents=[common], help="issue a review link for the client")
    parser.add_argument("--label", default="client", help="for whom the link is")
    parser.add_argument("--days", type=int, default=30, help="how long it opens the page")
    parser.add_argument("--site", default=SITE, metavar="URL", help=f"default: {SITE}")
    parser.set_defaults(perform=link)


def confirm(ask: Ask) -> None:
    engagement = ask.engagement()
    plan = decisions.confirm_mapping(engagement, ask.actor)
    document = {"engagement": engagement.name, "state": engagement.state, "plan": plan.digest}
    ask.answer(document, lambda: ask.say(f"Mapping confirmed as {plan}."))


def safety(ask: Ask) -> None:
    """Lists what is open; with --name confirms it. Without one it ends with 3 while any is."""
    engagement = ask.engagement()
    points = Confirmation.open_points(engagement)
    if ask["name"] is not None:
        decisions.confirm_safety(engagement, points, ask["name"], ask.actor)
    left = Confirmation.open_points(engagement)
    document = {"open": [p.message for p in left], "confirmed": len(points) - len(left)}
    lines = [f"- {point.message}" for point in left] or ["Everything is confirmed."]
    ask.answer(document, lambda: ask.say(*lines))
    if left:
        raise stop(PERSON, "See to these, then: engagement safety --name “who saw to them”")


def link(ask: Ask) -> None:
    engagement = ask.engagement()
    with transaction.atomic():
        issued, token = ReviewLink.issue(engagement, ask["label"], ask.actor, ask["days"])
        audit.record(
            engagement, ask.actor, "review link issued", link=issued.pk, label=issued.label
        )
    url = f"{ask['site'].rstrip('/')}/review/{token}/"
    document = {"url": url, "label": issued.label, "expires_at": issued.expires_at.isoformat()}
    ask.answer(
        document,
        lambda: ask.say(url, f"Opens until {issued.expires_at:%Y-%m-%d}. It is not shown again."),
    )
