"""What a practice vendor is, as the server, the control API and the fault gate see it."""

from typing import Any, Protocol

from starlette.routing import Route


class Vendor(Protocol):
    """One stand-in with its own records. A folder offers it as `build(world) -> Vendor`.

    A vendor is not thread-safe and need not be: everything runs in one event loop, so a
    handler that does not await is atomic.
    """

    name: str

    def routes(self) -> dict[str, list[Route]]:
        """Routes by port role; the roles and their ports are `server.PORTS`."""

    def reset(self) -> None:
        """Throw every record away and seed again from `world.seed` and its sizes."""

    def state(self) -> dict[str, dict[str, Any]]:
        """Object → {"count": int, "checksum": str}; see `checksum.Checksum`."""

    def edit(self, command: dict[str, Any]) -> dict[str, Any]:
        """A user of the vendor changes something behind our back. ValueError → 400."""

    def limits(self, values: dict[str, Any]) -> None:
        """Set allowances, windows and granted rights. ValueError → 400."""

    def disturb(self, kind: str, fault: dict[str, Any]) -> None:
        """A fault that only this vendor knows (`expire_token`, locked rows, a failed job …)
        strikes the call that is about to be handled. ValueError where it is unknown."""

    def is_write(self, method: str, path: str) -> bool:
        """Whether that call counts as a write in history and in fault matches."""

    def cost(self, method: str, path: str) -> int:
        """What the call takes from the vendor's daily allowance; 1 for most."""

    def credentials(self, urls: dict[str, str]) -> dict[str, str | None]:
        """What a client needs: this vendor's part of the first stdout line. `urls` holds a
        base URL by role; with `--tls` also "salesforce-tls" and "ca-file"."""


class Contractor(Protocol):
    """What the practice destinations may know about the contractor of the source."""

    def keys(self, kind: str, n: int) -> list[str]:
        """Up to n source keys `<tenant>/<object>/<id>` of that kind, always the same ones."""

    def technicians(self) -> list[dict[str, Any]]:
        """`{"id", "name", "email", "active"}` of every technician, by id."""
