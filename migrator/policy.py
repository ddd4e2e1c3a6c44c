"""Content-Security-Policy per part of the site: strict everywhere, the skin's needs in admin."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class PolicyMiddleware(CSPMiddleware):
    """django-csp with `STAFF_POLICY` replaced in below `STAFF_PATHS`."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(settings.STAFF_PATHS):
            parts.replace = settings.STAFF_POLICY | (parts.replace or {})
        return parts
