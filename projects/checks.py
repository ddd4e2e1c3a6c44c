"""What `manage.py check` proves of the presets: an object that the source offers and that no row
names would be left behind without a word."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from django.core.checks import CheckMessage, Error, register

import connectors
from connectors.base import Source
from projects.presets import PRESETS, preset


@register()
def objects_are_named(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Every source object is in the preset's OBJECTS exactly once; what is read or listed, too."""
    return [
        Error(problem, obj=name, id="projects.E001")
        for name in PRESETS
        for problem in problems(name)
    ]


def problems(name: str) -> Iterator[str]:
    """What is wrong with the preset of that name, a sentence each."""
    chosen = preset(name)
    offered = cast(type[Source], connectors.connector_class(name.partition("-")[0])).OBJECTS
    counted = Counter(default.source for default in chosen.OBJECTS)
    listed = [source for line in chosen.LISTED for source in line.sources]
    for source in dict.fromkeys((*offered, *chosen.READS, *listed)):
        if source not in counted:
            yield f"{source} is in no object row: say where it lands, or why it does not."
    yield from (f"{source} has {n} object rows." for source, n in counted.items() if n > 1)
