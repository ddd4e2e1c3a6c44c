"""What the tenant's gateway and API answer when a call is not a plain success."""

from secrets import token_hex

import orjson
from starlette.responses import Response

RFC = "https://tools.ietf.org/html/rfc"
KINDS = {
    400: (f"{RFC}7231#section-6.5.1", "One or more validation errors occurred."),
    401: (f"{RFC}7235#section-3.1", "Unauthorized"),
    403: (f"{RFC}7231#section-6.5.3", "Forbidden"),
    404: (f"{RFC}7231#section-6.5.4", "Not Found"),
    429: (f"{RFC}6585#section-4", "Rate limit is exceeded. Try again in {} seconds."),
}


class Problem(Exception):
    """A call that ends in an error answer. `errors`: parameter → what is wrong with it."""

    def __init__(
        self, status: int, errors: dict[str, list[str]] | None = None, retry_after: int = 0
    ) -> None:
        super().__init__(status)
        self.status, self.errors, self.retry_after = status, errors or {}, retry_after

    def response(self) -> Response:
        """The vendor's error envelope, all of whose members are always there."""
        kind, title = KINDS[self.status]
        body = {
            "type": kind,
            "title": title.format(self.retry_after),
            "status": self.status,
            "traceId": f"00-{token_hex(16)}-{token_hex(8)}-00",
            "errors": self.errors,
            "data": {},
        }
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        return Response(orjson.dumps(body), self.status, headers, "application/json")


def invalid(parameter: str, value: str) -> Problem:
    """The 400 for a parameter that cannot be understood."""
    return Problem(400, {parameter: [f"The value '{value}' is not valid."]})
