"""What calls may be made: burst windows, the daily budget of tokens, and the block after abuse."""

from time import monotonic

from connectors.practice.limits import Window
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import Refused, plain

SECONDS = 2
TOKENS = 30_000
OVER = "request over limit"
PAGE = (
    "<!DOCTYPE html><html><head><title>Access denied | Cloudflare</title></head><body>"
    "<h1>Error 1015</h1><p>You are being rate limited. This error is produced by Cloudflare."
    "</p></body></html>"
)


class Ledger:
    """The counters of one company. The budget is of a day of the practice clock, in UTC;
    windows and the block run on real time."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self.renew()

    def renew(self) -> None:
        """As if nothing was ever called."""
        self._burst, self._search = Window(0, SECONDS), Window(0, SECONDS)
        self._abuse = Window(0, 10)
        self._blocked_until = 0.0
        self._day, self._used = "", 0

    def limit(self) -> int:
        """Tokens a day: of the plan and its seats, unless `daily_tokens` says another number."""
        settings = self._company.settings
        if settings.daily_tokens >= 0:
            return settings.daily_tokens
        return TOKENS * self._company.plan.tokens * settings.seats

    def left(self) -> int:
        """Tokens left today."""
        today = self._company.now()[:10]
        if today != self._day:
            if self._day:
                self._company.settings.tokens_used = 0
            self._day, self._used = today, 0
        return max(0, self.limit() - self._used - self._company.settings.tokens_used)

    def blocked(self) -> bool:
        """Whether the company's calls are shut out for now."""
        return monotonic() < self._blocked_until

    def block(self, seconds: float) -> None:
        """Shut the company's calls out for so long."""
        self._blocked_until = monotonic() + seconds

    def take(self, cost: int, search: bool) -> None:
        """Count a call. Raises Refused 429."""
        settings = self._company.settings
        burst = settings.burst if settings.burst >= 0 else self._company.plan.burst
        self._burst.limit, self._search.limit = burst, settings.search_burst
        if self._burst.take() is not None or (search and self._search.take() is not None):
            raise self._refuse()
        if self.left() < cost:
            self._used += self.left()
            raise self._refuse()
        self._used += cost

    def _refuse(self) -> Refused:
        settings = self._company.settings
        self._abuse.limit = settings.block_after
        if self._abuse.take() is not None:
            self.block(settings.block_seconds)
        return plain(429, OVER)

    def headers(self, search: bool) -> dict[str, str]:
        """What every answer says about the limits."""
        window = self._search if search else self._burst
        told = {}
        if window.limit:
            told = {
                "x-ratelimit-limit": str(window.limit),
                "x-ratelimit-remaining": str(window.left()),
                "x-ratelimit-reset": str(SECONDS),
            }
        if self._company.settings.daily_headers:
            told["x-daily-ratelimit-token-limit"] = str(self.limit())
            told["x-daily-ratelimit-token-remaining"] = str(self.left())
        return told
