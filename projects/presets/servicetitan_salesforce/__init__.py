"""ServiceTitan → Salesforce, as data."""

from projects.presets.servicetitan_salesforce.objects import (
    CUSTOM,
    EXCEPTED,
    LEFT_OUT,
    OBJECTS,
    PARENTS,
    PLACEMENT,
    READS,
    SAMPLE,
    TECHNICIANS,
)
from projects.presets.servicetitan_salesforce.rows import ROWS
from projects.presets.servicetitan_salesforce.shapes import SHAPES

__all__ = [
    "CUSTOM",
    "EXCEPTED",
    "LEFT_OUT",
    "OBJECTS",
    "PARENTS",
    "PLACEMENT",
    "READS",
    "ROWS",
    "SAMPLE",
    "SHAPES",
    "TECHNICIANS",
]
