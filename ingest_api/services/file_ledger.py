"""What became of a delivered file, noted under its name in the transaction that brings it about.

An endstats file's place in a round is noted with the awards; here only that it has none yet.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.evidence import Evidence, Kept
from shared.db.ledgers import Ledgers, Record
from shared.domain import linking
from shared.domain.vocabulary import FileStatus, Kind
from shared.parsers.understood import Understanding

_STATUS_IN_ROUND = {
    Kind.STATS_FILE: FileStatus.IMPORTED,
    Kind.GAMETIME_FILE: FileStatus.IMPORTED,
    Kind.PROXIMITY_FILE: FileStatus.FILED,
}


@dataclass(frozen=True, slots=True)
class _Standing:
    """How far a file has come. `reason` None: as far as it can."""

    status: FileStatus
    reason: str | None = None
    next_attempt_at: datetime | None = None


def note_linked(connection: Connection, evidence: Evidence, now: datetime) -> None:
    """The file is in its round now, or, of a format that is not read yet, under it."""
    status = _STATUS_IN_ROUND.get(evidence.understood.kind)
    if status is not None:
        _note_evidence(connection, evidence, _Standing(status), now)


def note_waiting(connection: Connection, evidence: Evidence, reason: str, now: datetime) -> None:
    """The file's round is not known, for `reason`; it is asked for again."""
    again_at = now + linking.next_try_after(now - evidence.kept.received_at)
    _note_evidence(connection, evidence, _Standing(FileStatus.WAITING, reason, again_at), now)


def note_quarantined(
    connection: Connection, server_id: str, kept: Kept, understood: Understanding, now: datetime
) -> None:
    """Nobody can say what the file tells; it is not asked again by itself."""
    standing = _Standing(FileStatus.QUARANTINED, understood.quarantine_reason)
    _note(connection, server_id, kept, understood, standing, now)


def _note_evidence(connection: Connection, evidence: Evidence, standing: _Standing, now: datetime) -> None:
    round_key = evidence.aliases[0].text if evidence.aliases else None
    _note(connection, evidence.facts.server_id, evidence.kept, evidence.understood, standing, now, round_key=round_key)


def _note(
    connection: Connection,
    server_id: str,
    kept: Kept,
    understood: Understanding,
    standing: _Standing,
    now: datetime,
    *,
    round_key: str | None = None,
) -> None:
    """`round_key`: the strongest fingerprint that the file itself tells."""
    if kept.filename is None:
        return
    ledgers, again_at = Ledgers(connection), standing.next_attempt_at
    row: Record = {
        "filename": kept.filename,
        "server_id": server_id,
        "attempts": 1,
        "next_attempt_at": again_at.isoformat() if again_at else None,
        "processed_at": now.isoformat(),
    }
    told: Record = {"file_hash": kept.content_sha256, "status": standing.status, "error_code": standing.reason}
    if understood.kind in (Kind.STATS_FILE, Kind.GAMETIME_FILE):
        ledgers.note_files(row | told | {"kind": understood.kind, "delivery_id": kept.delivery_id})
    elif understood.kind is Kind.PROXIMITY_FILE:
        ledgers.note_proximity(row | told | {"round_key": round_key} | _head(understood))
    elif understood.kind is Kind.ENDSTATS_FILE:
        awards, duels = understood.endstats.richness if understood.endstats else (None, None)
        counts = {"awards_count": awards, "vs_count": duels}
        ledgers.note_endstats(row | counts | {"success": False, "error_message": standing.reason})


def _head(understood: Understanding) -> Record:
    header = understood.proximity
    return {
        "aggregates_applied": False,
        "tracker_version": header.tracker_version if header else None,
        "capabilities": header.capabilities if header else None,
    }
