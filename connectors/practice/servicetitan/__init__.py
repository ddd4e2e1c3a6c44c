"""The practice ServiceTitan: a contractor's tenant, read-only from outside, seeded by number."""

from connectors.practice.servicetitan.vendor import ServiceTitan
from connectors.practice.world import World


def build(world: World) -> ServiceTitan:
    """The vendor, also the contractor that the practice destinations ask for keys."""
    vendor = ServiceTitan(world)
    world.contractor = vendor
    return vendor
