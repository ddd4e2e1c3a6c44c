"""ServiceTitan → Pipedrive, as data."""

from projects.presets.servicetitan.conditions import INACTIVE
from projects.presets.servicetitan.listed import LISTED
from projects.presets.servicetitan_pipedrive.objects import (
    CORE,
    CUSTOM,
    EXCEPTED,
    INSIDE,
    LEFT_OUT,
    MAY_BE_CLOSED,
    MERGES,
    OBJECTS,
    PARENTS,
    PLACEMENT,
    READS,
    SAMPLE,
    TECHNICIANS,
)
from projects.presets.servicetitan_pipedrive.rebuild import REBUILD
from projects.presets.servicetitan_pipedrive.rows import ROWS
from projects.presets.servicetitan_pipedrive.shapes import SHAPES

__all__ = [
    "CORE",
    "CUSTOM",
    "EXCEPTED",
    "INACTIVE",
    "INSIDE",
    "LEFT_OUT",
    "LISTED",
    "MAY_BE_CLOSED",
    "MERGES",
    "OBJECTS",
    "PARENTS",
    "PLACEMENT",
    "READS",
    "REBUILD",
    "ROWS",
    "SAMPLE",
    "SHAPES",
    "TECHNICIANS",
]
