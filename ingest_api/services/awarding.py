"""What stands in a round beside its judgement: awards and duels of its richest endstats file, and the log a suite sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.evidence import Evidence
from shared.db.award_rows import award_rows, timeline_rows, vs_rows
from shared.db.awards import Awards
from shared.db.ledgers import SUPERSEDED, Ledgers, Record
from shared.domain.award_players import Roster
from shared.domain.endstats_choice import Richness, richest_first
from shared.parsers.endstats_file import EndstatsFile


def write_awards(
    connection: Connection, round_id: int, voices: Sequence[Evidence], endstats: Sequence[Evidence], now: datetime
) -> None:
    """Write a round's awards and duels anew, and of each of its endstats files what became of it.

    `voices`: whoever tells who played; `endstats`: the round's endstats files, at least one.
    """
    told = {one.kept.delivery_id: one for one in endstats}
    files = richest_first(_richness(one) for one in told.values())
    best = _file(told[files[0].delivery_id])
    roster = _roster(voices)
    Awards(connection).rewrite(round_id, award_rows(best.awards, roster), vs_rows(best.vs_lines, roster))
    server_id = told[files[0].delivery_id].facts.server_id
    rows = [_ledger_row(one, server_id, round_id if one is files[0] else None, now) for one in reversed(files)]
    Ledgers(connection).note_endstats_of_round(round_id, rows, now)


def write_timeline(connection: Connection, round_id: int, voices: Sequence[Evidence]) -> None:
    """Write the log that the believed submit of a suite tells; without such a submit nothing is written."""
    teller = next((voice for voice in voices if voice.understood.timeline), None)
    if teller is not None:
        delivery_id = teller.kept.delivery_id
        entries = timeline_rows(delivery_id, teller.understood.timeline, _roster(voices))
        Awards(connection).rewrite_timeline(round_id, delivery_id, entries)


def _roster(voices: Sequence[Evidence]) -> Roster:
    roster = Roster()
    for voice in voices:
        roster.add(voice.facts.players or ())
    return roster


def _file(evidence: Evidence) -> EndstatsFile:
    if evidence.understood.endstats is None:
        raise ValueError(f"delivery {evidence.kept.delivery_id} is no endstats file")
    return evidence.understood.endstats


def _richness(evidence: Evidence) -> Richness:
    kept, (awards, duels) = evidence.kept, _file(evidence).richness
    status = evidence.understood.parse_status
    return Richness(kept.delivery_id, kept.filename or "", awards, duels, status, kept.byte_count, kept.content_sha256)


def _ledger_row(file: Richness, server_id: str, round_id: int | None, now: datetime) -> Record:
    """`round_id` None: another file of the round tells more."""
    return {
        "filename": file.filename,
        "server_id": server_id,
        "round_id": round_id,
        "success": round_id is not None,
        "attempts": 1,
        "error_message": None if round_id is not None else SUPERSEDED,
        "awards_count": file.awards,
        "vs_count": file.duels,
        "processed_at": now.isoformat(),
    }
