"""Pipedrive: the destination connector. Rows in, outcomes out; v2 of the API, v1 where v2 has
nothing (users, notes, files, activity types, webhooks)."""
