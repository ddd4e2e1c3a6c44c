"""The staff's pages. Everything here validates, calls and shows; what happens is decided in
gates, queue, decisions and rows."""

from django.contrib import admin

from projects.admin import (
    audit,
    connection,
    engagement,
    files,
    mapping,
    plan,
    records,
    review,
    runs,
    schema,
    users,
)

admin.site.index_title = "Overview"

__all__ = [
    "audit",
    "connection",
    "engagement",
    "files",
    "mapping",
    "plan",
    "records",
    "review",
    "runs",
    "schema",
    "users",
]
