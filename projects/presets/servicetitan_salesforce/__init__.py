"""ServiceTitan → Salesforce, as data."""

from projects.presets.servicetitan.conditions import INACTIVE
from projects.presets.servicetitan.listed import LISTED
from projects.presets.servicetitan_salesforce.objects import (
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
from projects.presets.servicetitan_salesforce.rebuild import REBUILD
from projects.presets.servicetitan_salesforce.rows import ROWS
from projects.presets.servicetitan_salesforce.shapes import SHAPES

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
