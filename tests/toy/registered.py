"""The toy in the product's tables, steps 4 and 6 of the README's recipe, as a vendor of the
product's own would stand there. Workers are other processes: theirs register by running this
module with the number of their run."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from connectors import CONNECTORS
from connectors.base import Kind


@contextmanager
def registered() -> Iterator[None]:
    from projects.presets import PRESETS  # only once Django is set up

    CONNECTORS["toy"] = Kind("Toy", "tests.toy.destination.Toy", "destination")
    PRESETS["servicetitan-toy"] = "tests.toy.preset"
    try:
        yield
    finally:
        del CONNECTORS["toy"], PRESETS["servicetitan-toy"]


if __name__ == "__main__":
    import django

    django.setup()
    from projects import queue

    with registered():
        queue.perform(int(sys.argv[1]))
