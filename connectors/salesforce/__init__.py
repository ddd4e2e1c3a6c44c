"""Salesforce as a destination. `destination.Salesforce` is the way in."""
