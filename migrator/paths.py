"""Where the embedded servers listen. Pure: settings ask before any server runs."""

import hashlib
import os
from pathlib import Path

LONGEST = 100
"""Unix socket paths end at 108 bytes on Linux and 104 on macOS (man 7 unix)."""

POSTGRES_SOCKET = ".s.PGSQL.5432"


def socket_folder(folder: Path, name: str) -> Path:
    """`folder`, or where a socket `name` in it would be too long, a short folder of our own.

    The short one is a function of `folder` and the user, so that every process finds it.
    """
    if len(os.fsencode(folder / name)) <= LONGEST:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path("/tmp") / f"migrator-{os.getuid()}-{digest}"


def valkey_socket(folder: Path) -> Path:
    """The socket of the Valkey whose data is in `folder`."""
    return socket_folder(folder, "valkey.sock") / "valkey.sock"


def valkey_url(folder: Path) -> str:
    """What a client of that Valkey connects to."""
    return f"unix://{valkey_socket(folder)}?db=0"
