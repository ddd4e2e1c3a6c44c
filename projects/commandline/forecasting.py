"""`engagement forecast`: what the load will use of the destination's allowances, and what is
left of them now. In: counts from the extracted source. Out: two tables."""

import argparse
from dataclasses import asdict

from connectors.capabilities import HasLimits
from projects.commandline import plans
from projects.commandline.ask import Ask, Groups
from projects.commandline.exits import PERSON, stop
from projects.stages.measuring import files_to_send


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser(
        "forecast", parents=[common], help="what the load will use of the destination's limits"
    )
    parser.set_defaults(perform=forecast)


def forecast(ask: Ask) -> None:
    engagement = ask.engagement()
    counts = plans.to_write(engagement)
    if not any(counts.values()):
        raise stop(PERSON, "Nothing is extracted yet. First: engagement run extract --wait")
    files = files_to_send(engagement)
    sizes = {object: sent.bytes for object, sent in files.items()}
    with engagement.destination.open_destination() as destination:
        limited = destination if isinstance(destination, HasLimits) else None
        needs = limited.forecast(counts, sizes) if limited else []
        allowances = limited.allowance() if limited else []
    document = {
        "records": counts,
        "files": {object: asdict(sent) for object, sent in files.items()},
        "forecast": [asdict(need) for need in needs],
        "allowance": [asdict(one) for one in allowances],
    }

    def tell() -> None:
        ask.tally("Records to write", {o: {"records": n} for o, n in counts.items()})
        if files:
            ask.tally("Files among them", {o: asdict(sent) for o, sent in files.items()})
        rows = [(n.name, n.needed, n.left, n.note) for n in needs]
        ask.table("The load will use", ("Limit", "Needed", "Left", "Note"), rows)
        left = [(a.name, a.limit, a.left, a.resets_at or "") for a in allowances]
        ask.table("Left now", ("Limit", "Of", "Left", "Starts anew"), left)

    ask.answer(document, tell)
