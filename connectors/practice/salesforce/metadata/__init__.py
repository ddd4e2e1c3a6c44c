"""Metadata deployments of the practice org: a zip goes in, objects, fields and rights come out."""

from connectors.practice.salesforce.metadata.api import Metadata

__all__ = ["Metadata"]
