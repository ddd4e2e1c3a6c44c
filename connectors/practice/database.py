"""Where practice vendors keep what must not fill memory: SQLite files in a temporary folder."""

import sqlite3
from pathlib import Path


def open_database(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, tuned for data nobody minds losing in a crash."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-16000")
    return db
