"""What became of each file, under its name. Whoever brings it about notes it in the same transaction, so no row claims what
was never done.

A name that was imported once keeps that claim when worse bytes come under it; a note that claims nothing stops nobody from
trying again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, Table, TextClause, text

from shared.db.tables import ledgers

Record = dict[str, Any]
SUPERSEDED = "superseded"
RELEASED = "released"


def _note(table: Table, is_done: str, told_again: Sequence[str], keeps: str, first: str = "") -> TextClause:
    """Write rows of a ledger over what stood under their names. `is_done`: nothing is left to be tried; `told_again`: what
    has to be as before for the old instant to stay; `keeps`: when the old row stays as it is; `first`: what is to be done
    before, answering a row for each that it did.
    """
    name = table.name
    given = {"attempts", "processed_at", "filename", "server_id"}
    columns = ", ".join(f"{c.name} = excluded.{c.name}" for c in table.columns if c.name not in given)
    before, now = (", ".join(f"{whose}.{column}" for column in told_again) for whose in (name, "excluded"))
    before_that = f"WITH done AS ({first})" if first else ""
    once_done = "(SELECT count(*) FROM done) AS counted," if first else ""  # counting them has all of them done
    return text(f"""
        {before_that}
        INSERT INTO {name}
        SELECT given.* FROM {once_done} json_populate_recordset(NULL::{name}, CAST(:rows AS json)) AS given
        ON CONFLICT ON CONSTRAINT {name}_server_id_filename_key DO UPDATE SET {columns},
            attempts = {name}.attempts + CASE WHEN {is_done} THEN 0 ELSE 1 END,
            processed_at = CASE WHEN ({before}) IS NOT DISTINCT FROM ({now}) THEN {name}.processed_at
                                ELSE excluded.processed_at END
        WHERE NOT ({keeps})
    """)


_FILES = ledgers.processed_files.name
_NOTE_FILES = _note(
    ledgers.processed_files,
    f"{_FILES}.status = 'imported'",
    ("status", "error_code", "delivery_id"),
    f"{_FILES}.status = 'imported' AND excluded.status <> 'imported' AND {_FILES}.delivery_id <> excluded.delivery_id",
)
_PROXIMITY = ledgers.proximity_processed_files.name
_NOTE_PROXIMITY = _note(
    ledgers.proximity_processed_files,
    f"{_PROXIMITY}.status = 'filed'",
    ("status", "error_code", "file_hash"),
    f"{_PROXIMITY}.status = 'filed' AND excluded.status <> 'filed' AND {_PROXIMITY}.file_hash <> excluded.file_hash",
)
_ENDSTATS = ledgers.processed_endstats_files.name
_RELEASED = f"SET success = false, round_id = NULL, error_message = '{RELEASED}', processed_at = :now"
_ENDSTATS_RULES = (
    f"{_ENDSTATS}.success OR {_ENDSTATS}.error_message = '{SUPERSEDED}'",
    ("success", "round_id", "error_message"),
    f"{_ENDSTATS}.success AND NOT excluded.success AND excluded.error_message <> '{SUPERSEDED}'",
)
_NOTE_ENDSTATS = _note(ledgers.processed_endstats_files, *_ENDSTATS_RULES)
_NOTE_ENDSTATS_OF_ROUND = _note(
    ledgers.processed_endstats_files,
    *_ENDSTATS_RULES,
    f"UPDATE {_ENDSTATS} {_RELEASED} WHERE round_id = :round_id AND success AND filename <> ALL (:filenames) RETURNING 1",
)
_RELEASE = text(f"""
UPDATE {_ENDSTATS} {_RELEASED}
WHERE server_id = :server_id AND filename = :filename AND success
""")


class Ledgers:
    """Notes on files, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note_files(self, *rows: Record) -> None:
        """Note what became of files whose facts go into rounds; rows of `processed_files`."""
        self._note(_NOTE_FILES, rows)

    def note_proximity(self, *rows: Record) -> None:
        """Note what became of a proximity tracker's files; rows of `proximity_processed_files`."""
        self._note(_NOTE_PROXIMITY, rows)

    def note_endstats(self, *rows: Record) -> None:
        """Note what became of endstats files, each name once; rows of `processed_endstats_files`."""
        self._note(_NOTE_ENDSTATS, rows)

    def note_endstats_of_round(self, round_id: int, rows: Sequence[Record], now: datetime) -> None:
        """Note all endstats files of a round, the one that counts for it last, so that the round is free for it; what is
        noted of any other file as standing in this round is taken back: it has left.
        """
        filenames = [row["filename"] for row in rows]
        parameters = {"round_id": round_id, "filenames": filenames, "now": now}
        self._note(_NOTE_ENDSTATS_OF_ROUND, rows, **parameters)

    def release_endstats(self, server_id: str, filename: str, now: datetime) -> None:
        """Take back that a file's awards stand in a round: the file is leaving it."""
        self._connection.execute(_RELEASE, {"server_id": server_id, "filename": filename, "now": now})

    def _note(self, statement: TextClause, rows: Sequence[Record], **parameters: object) -> None:
        self._connection.execute(statement, {"rows": to_json(rows).decode()} | parameters)
