"""Facts and judgement of a round as rows: which word goes into which column. No decision is made here."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from shared.domain.attack_outcome import BY_OUTCOME, winner_of
from shared.domain.defenders import SideHint
from shared.domain.fingerprint import Fingerprint
from shared.domain.invariants import broken_by_round
from shared.domain.merging import Conflict, Told
from shared.domain.pairing import Place
from shared.domain.round_facts import RoundFacts
from shared.domain.scoring import RoundJudgement
from shared.domain.units import seconds
from shared.domain.vocabulary import SOURCE_OF_KIND, DurationSource, EventState, Kind, LinkStatus, Side

Record = dict[str, Any]


def round_row(told: Told, judgement: RoundJudgement, place: Place, strongest: Fingerprint, now: datetime) -> Record:
    """One row of `rounds`, all but its id and revision."""
    facts = told.facts
    moment = None if facts.near_unix is None else datetime.fromtimestamp(facts.near_unix, UTC)
    return {
        "server_id": facts.server_id,
        "map_name": facts.map_name,
        "round_number": facts.round_number,
        "match_id": place.match_id,
        "round_fingerprint": strongest.text,
        "fingerprint_tier": strongest.tier,
        "round_date": None if moment is None else moment.date().isoformat(),
        "round_time": None if moment is None else moment.time().isoformat(),
        "round_start_unix": facts.round_start_unix,
        "round_end_unix": facts.round_end_unix,
        "actual_duration_seconds": seconds(facts.elapsed_ms),
        "duration_source": None if facts.elapsed_ms is None else facts.elapsed_source,
        "limit_seconds": seconds(facts.limit_ms),
        "limit_source": _limit_source(told.limit_kind),
        "header_clock_seconds": seconds(facts.header_clock_ms),
        "total_pause_seconds": seconds(facts.pause_ms),
        "pause_count": None if facts.pauses is None else len(facts.pauses),
        "warmup_seconds": seconds(facts.warmup_ms),
        "winner_team": facts.winner,
        "defender_team": facts.defender,
        "sides_source": None if told.sides_kind is None else SOURCE_OF_KIND[told.sides_kind],
        "surrender_team": facts.surrender_side,
        "exit_kind": judgement.exit_kind,
        "end_reason": judgement.end_reason,
        "end_reason_raw": facts.end_reason_raw,
        "round_stopwatch_state": judgement.stopwatch_state,
        "time_to_beat_seconds": seconds(judgement.time_to_beat_ms),
        "next_timelimit_seconds": seconds(judgement.next_limit_ms),
        "next_timelimit_minutes": judgement.next_limit_minutes,
        "round_outcome": judgement.outcome,
        "score_confidence": judgement.confidence,
        "round_status": judgement.status,
        "is_valid": judgement.is_valid,
        "invalid_reason": judgement.invalid_reason,
        "is_bot_round": bool(judgement.bot_count),
        "bot_player_count": judgement.bot_count,
        "human_player_count": judgement.human_count,
        "ingest_state": EventState.ENRICHED,
        "link_status": LinkStatus.LINKED,
        "revision": 1,
        "created_at": now.isoformat(),
        "updated_at": now.isoformat(),
    }


def concluded_winner(judgement: RoundJudgement, row: Record) -> Record:
    """The winner of a round that was told without one, where it is known whether the attackers succeeded; else nothing."""
    winner = winner_of(judgement.stopwatch_state, row["defender_team"])
    if row["winner_team"] is not None or winner is None:
        return {}
    source = row["sides_source"] if row["sides_source"] in set(SideHint) else BY_OUTCOME
    return {"winner_team": winner, "sides_source": source}


def _limit_source(kind: Kind | None) -> DurationSource | None:
    if kind is None:
        return None
    return DurationSource.HEADER if kind is Kind.STATS_FILE else DurationSource.LUA


def breaches(facts: RoundFacts, players: Iterable[Record]) -> Record | None:
    """The flags of a round: how often each rule about times is broken in it, by itself and by the rows of its players."""
    broken: Counter[str] = Counter(
        broken_by_round(
            start_unix=facts.round_start_unix,
            end_unix=facts.round_end_unix,
            duration_ms=facts.elapsed_ms,
            pause_ms=facts.pause_ms,
            limit_ms=facts.limit_ms,
            has_lua_data=facts.elapsed_source is DurationSource.LUA,
        )
    )
    for player in players:
        if flags := player["flags"]:
            broken.update(flags.get("breaches", ()))
    return {"breaches": dict(sorted(broken.items()))} if broken else None


def lua_row(
    facts: RoundFacts,
    place: Place | None,
    delivery_id: int,
    link_reason: str,
    end_reason: str | None,
    captured_at: datetime,
) -> Record:
    """One row of `lua_round_teams`: what the game server's sender measured, unjudged. `place`: None while unlinked."""
    return {
        "delivery_id": delivery_id,
        "match_id": place.match_id if place else None,
        "round_number": facts.round_number,
        "map_name": facts.map_name,
        "source": SOURCE_OF_KIND[facts.kind],
        "round_start_unix": facts.round_start_unix,
        "round_end_unix": facts.round_end_unix,
        "actual_duration_seconds": seconds(facts.elapsed_ms),
        "timelimit_seconds": seconds(facts.limit_ms),
        "total_pause_seconds": seconds(facts.pause_ms),
        "pause_count": None if facts.pauses is None else len(facts.pauses),
        "lua_pause_events": _pauses(facts),
        "winner_team": facts.winner,
        "defender_team": facts.defender,
        "exit_line": facts.exit_line,
        "exit_kind": facts.exit_kind,
        "end_reason": end_reason,
        "end_reason_raw": facts.end_reason_raw,
        "surrender_team": facts.surrender_side,
        "surrender_caller_guid": facts.surrender_caller_guid,
        "surrender_caller_name": facts.surrender_caller_name,
        "axis_players": _roster(facts, Side.AXIS),
        "allies_players": _roster(facts, Side.ALLIES),
        "axis_score": facts.axis_score,
        "allies_score": facts.allies_score,
        "lua_warmup_seconds": seconds(facts.warmup_ms),
        "lua_warmup_start_unix": facts.warmup_start_unix,
        "lua_version": facts.sender_version,
        "link_reason": link_reason,
        "captured_at": captured_at.isoformat(),
    }


def _roster(facts: RoundFacts, side: Side) -> list[Record] | None:
    if facts.players is None:
        return None
    return [{"guid": player.guid, "name": player.name} for player in facts.players if player.side is side]


def _pauses(facts: RoundFacts) -> list[Record] | None:
    if facts.pauses is None:
        return None
    return [
        {
            "number": pause.number,
            "start_unix": pause.start_unix,
            "end_unix": pause.end_unix,
            "start_elapsed_seconds": seconds(pause.start_elapsed_ms),
            "length_seconds": seconds(pause.length_ms),
            "requested_by": pause.requested_by,
            "open_at_end": pause.open_at_end,
        }
        for pause in facts.pauses
    ]


def conflict_rows(conflicts: Iterable[Conflict]) -> list[Record]:
    """Rows of `field_conflicts`."""
    return [
        {
            "field": conflict.field,
            "kept_value": conflict.kept_value,
            "kept_source": conflict.kept_kind,
            "other_value": conflict.other_value,
            "other_source": conflict.other_kind,
            "reason": conflict.reason,
        }
        for conflict in conflicts
    ]
