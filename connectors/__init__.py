"""Vendor knowledge in plain Python: no Django, nothing of `projects`.

`CONNECTORS` is the one table of vendors: kind → label, class, role. A new vendor is a
folder of the same shape and one line here.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from connectors.base import Connector, Destination, Kind, Source
from connectors.values import Setting

CONNECTORS: dict[str, Kind] = {
    "servicetitan": Kind("ServiceTitan", "connectors.servicetitan.source.ServiceTitan", "source"),
    "salesforce": Kind("Salesforce", "connectors.salesforce.destination.Salesforce", "destination"),
    "pipedrive": Kind("Pipedrive", "connectors.pipedrive.destination.Pipedrive", "destination"),
}


def connector_class(kind: str) -> type[Connector]:
    """The class behind a kind. Raises KeyError for a kind that CONNECTORS does not name."""
    module, name = CONNECTORS[kind].path.rsplit(".", 1)
    return cast(type[Connector], getattr(import_module(module), name))


def settings_of(kind: str) -> tuple[Setting, ...]:
    """What the connection form of this kind asks for."""
    return connector_class(kind).SETTINGS


def creates_fields(kind: str) -> bool:
    """Whether destinations of this kind are `capabilities.CreatesFields`."""
    return hasattr(connector_class(kind), "FIELDS")


def open_source(kind: str, settings: Mapping[str, str], secrets: Mapping[str, str]) -> Source:
    """A source ready to use as a context manager; nothing is sent before its first call."""
    return cast(Source, _open(kind, settings, secrets))


def open_destination(
    kind: str, settings: Mapping[str, str], secrets: Mapping[str, str]
) -> Destination:
    """A destination ready to use as a context manager; nothing is sent before its first call."""
    return cast(Destination, _open(kind, settings, secrets))


def _open(kind: str, settings: Mapping[str, str], secrets: Mapping[str, str]) -> Connector:
    opened: Connector = connector_class(kind)(settings, secrets)  # type: ignore[call-arg]
    return opened
