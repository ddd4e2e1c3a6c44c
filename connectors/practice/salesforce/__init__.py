"""The practice Salesforce: an org on real HTTP, stateful, seeded by number, as strict as can be."""

from connectors.practice.salesforce.vendor import SalesforceOrg
from connectors.practice.world import World


def build(world: World) -> SalesforceOrg:
    """The org as the server wants it; the contractor's system must be built before."""
    return SalesforceOrg(world)


__all__ = ["SalesforceOrg", "build"]
