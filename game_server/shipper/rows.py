"""The checkpoint's two tables and the statements on them: one row a file, one row for the service."""

import sqlite3

from game_server.shipper.entry import Entry, FileOutcome, Stamp

FILE_NAME = "checkpoint.sqlite"
BUSY_SECONDS = 10.0
SCHEMA = """
BEGIN;
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('taken', 'refused', 'waiting')),
    content_sha256 TEXT,
    attempts INTEGER NOT NULL,
    next_attempt_unix REAL,
    status INTEGER,
    answer TEXT NOT NULL,
    noted_unix REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS service (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), wait_until_unix REAL);
COMMIT;
"""
_ENTRIES = """
SELECT path, size_bytes, modified_ns, changed_ns,
    outcome, content_sha256, attempts, next_attempt_unix, status, answer, noted_unix
FROM files
"""
_KEEP = """
INSERT OR REPLACE INTO files (path, size_bytes, modified_ns, changed_ns,
    outcome, content_sha256, attempts, next_attempt_unix, status, answer, noted_unix)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_RETRY = "UPDATE files SET outcome = 'waiting', attempts = 0, next_attempt_unix = NULL WHERE outcome = 'refused'"
_ARE_THERE = "SELECT count(*) FROM sqlite_master WHERE name = 'files'"


def are_there(database: sqlite3.Connection) -> bool:
    """Have the tables been made yet?"""
    return bool(database.execute(_ARE_THERE).fetchone()[0])


def version(database: sqlite3.Connection) -> int:
    """A number that changes when another connection has committed something."""
    return int(database.execute("PRAGMA data_version").fetchone()[0])


def entries(database: sqlite3.Connection) -> dict[str, Entry]:
    """Everything known, by path."""
    return {
        path: Entry(path, Stamp(size, modified, changed), FileOutcome(outcome), *became)
        for path, size, modified, changed, outcome, *became in database.execute(_ENTRIES)
    }


def keep(database: sqlite3.Connection, entry: Entry) -> None:
    """Write down what became of one file."""
    stamp = entry.stamp
    became = (
        entry.content_sha256,
        entry.attempts,
        entry.next_attempt_unix,
        entry.status,
        entry.answer,
        entry.noted_unix,
    )
    row = (entry.path, stamp.size_bytes, stamp.modified_ns, stamp.changed_ns, entry.outcome, *became)
    database.execute(_KEEP, row)


def wait_until_unix(database: sqlite3.Connection) -> float | None:
    """Until when the service asked us to wait, if it did."""
    row = database.execute("SELECT wait_until_unix FROM service").fetchone()
    return row[0] if row else None


def keep_wait(database: sqlite3.Connection, until_unix: float | None) -> None:
    """Write down until when the service asked us to wait; None: it is not asking any more."""
    database.execute("INSERT OR REPLACE INTO service (only_row, wait_until_unix) VALUES (1, ?)", (until_unix,))


def retry_refused(database: sqlite3.Connection) -> int:
    """Let all that was refused be sent again; how many files that is."""
    return database.execute(_RETRY).rowcount
