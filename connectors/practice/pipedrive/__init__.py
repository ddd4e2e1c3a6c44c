"""The practice Pipedrive: a company on real HTTP, stateful, seeded, as strict as can be."""

from connectors.practice.pipedrive.vendor import PipedriveCompany
from connectors.practice.world import World


def build(world: World) -> PipedriveCompany:
    """The company as the server wants it; the contractor's system must be built before."""
    return PipedriveCompany(world)


__all__ = ["PipedriveCompany", "build"]
