"""A review link is a capability: whoever reads one in a log could sign. Django logs the path
of every refused request, so the token is taken out of those lines."""

import logging
import re

TOKEN = re.compile(r"(/review/)[^/?\s]+")
LOGGERS = ("django.request", "django.security.csrf", "django.server")


class HideTokens(logging.Filter):
    """Replaces the token of a review address in a log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        if "/review/" in line:
            record.msg, record.args = TOKEN.sub(r"\1(token)", line), None
        return True


def hide_tokens() -> None:
    """Once a process: every logger through which Django names a path."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(present, HideTokens) for present in logger.filters):
            logger.addFilter(HideTokens())
