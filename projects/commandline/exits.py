"""Exit codes, and the one place that turns an expected failure into a code and a sentence.
In: exceptions of connectors, gates and queue. Out: CommandError, which Django prints as one
message on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError
from django.db import OperationalError, ProgrammingError

from connectors.errors import ConnectorError, Misconfigured
from projects.queue import QueueDown, machine
from projects.stages.base import StageBlocked

DONE = 0
BAD_INPUT = 2
PERSON = 3
VENDOR = 4
DIFFERENCES = 5

INTERRUPTED = 130

EXPECTED = (StageBlocked, ConnectorError, QueueDown)
PROBLEMS_SHOWN = 20
CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "�")


def stop(code: int, message: str) -> CommandError:
    """The error that ends the command with this code and this message."""
    return CommandError(plain(message), returncode=code)


def plain(text: str) -> str:
    """The text without control characters: what a vendor's record holds must not steer the
    terminal it is shown on."""
    return text.translate(CONTROLS)


def bad_input(problems: list[str], where: str) -> CommandError:
    """The error for a file that is not as it should be: every problem on a line of its own."""
    shown = problems[:PROBLEMS_SHOWN]
    if len(problems) > len(shown):
        shown.append(f"… and {len(problems) - len(shown)} more")
    lines = "\n".join(f"  {problem}" for problem in shown)
    return stop(BAD_INPUT, f"{where}: nothing was changed, correct this first:\n{lines}")


def code_of(error: Exception) -> int:
    """Who has to act: a person here, or the vendor and the network."""
    return PERSON if isinstance(error, StageBlocked | Misconfigured) else VENDOR


@contextmanager
def expected() -> Iterator[None]:
    """Failures that a person can do something about end the command without a traceback."""
    try:
        yield
    except EXPECTED as error:
        raise stop(code_of(error), str(error)) from error
    except KeyboardInterrupt:
        raise stop(
            INTERRUPTED,
            "Interrupted. What was done is kept: say the same again to go on, or cancel the run.",
        ) from None
    except (OperationalError, ProgrammingError) as broken:
        raise stop(PERSON, _database(broken)) from broken


def _database(broken: OperationalError | ProgrammingError) -> str:
    """A schema that is not there has another cure than a disk that is full."""
    if isinstance(broken, ProgrammingError) or "no such" in str(broken):
        return (
            f"The database refused: {broken}. It is new or was upgraded: run `manage.py migrate`."
        )
    return machine(broken)
