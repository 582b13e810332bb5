"""Facts and judgement of a round as rows: which word goes into which column. No decision is made here."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from shared.domain import formulas
from shared.domain.fingerprint import Fingerprint
from shared.domain.linking import Link
from shared.domain.pairing import Place
from shared.domain.round_facts import PlayerFacts, RoundFacts
from shared.domain.scoring import RoundJudgement
from shared.domain.vocabulary import DurationSource, EventState, LinkStatus, R2Basis, Side, Source
from shared.parsers.round_report import Reading

MEASURED_BY_REPORTER = DurationSource.LUA
_MS_PER_SECOND = 1000
_MS_PER_MINUTE = 60_000

Record = dict[str, Any]


def seconds(milliseconds: int | None) -> float | None:
    """Milliseconds as the seconds a numeric column holds; exact, for the text of the number is what travels."""
    return None if milliseconds is None else milliseconds / _MS_PER_SECOND


def round_row(
    facts: RoundFacts, judgement: RoundJudgement, place: Place, strongest: Fingerprint, now: datetime
) -> Record:
    """One row of `rounds`, all but its id and revision."""
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
        "duration_source": None if facts.elapsed_ms is None else MEASURED_BY_REPORTER,
        "limit_seconds": seconds(facts.limit_ms),
        "limit_source": None if facts.limit_ms is None else MEASURED_BY_REPORTER,
        "total_pause_seconds": seconds(facts.pause_ms),
        "pause_count": None if facts.pauses is None else len(facts.pauses),
        "warmup_seconds": seconds(facts.warmup_ms),
        "winner_team": facts.winner,
        "defender_team": facts.defender,
        "sides_source": None if facts.winner is None and facts.defender is None else Source.STATS_READY,
        "surrender_team": facts.surrender_side,
        "exit_kind": facts.exit_kind,
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


def event_row(
    facts: RoundFacts,
    reading: Reading,
    *,
    delivery_id: int,
    received_at: datetime,
    state: EventState,
    decision: Link,
    aliases: Sequence[Fingerprint],
    confidence: str | None,
) -> Record:
    """One row of `round_events` for a delivery that was understood."""
    report = reading.report
    strongest = aliases[0] if aliases else None
    return {
        "delivery_id": delivery_id,
        "server_id": facts.server_id,
        "source": Source.STATS_READY,
        "map_name": facts.map_name,
        "round_number": facts.round_number,
        "round_start_unix": facts.round_start_unix,
        "round_end_unix": facts.round_end_unix,
        "webhook_id": report.event_id if report else None,
        "event_id": report.event_id if report else None,
        "received_at": received_at.isoformat(),
        "parse_status": reading.parse_status,
        "link_status": decision.status,
        "link_reason": decision.reason,
        "link_details": {"candidate_ids": decision.candidate_ids} if decision.candidate_ids else None,
        "confidence": confidence,
        "state": state,
        "round_fingerprint": strongest.text if strongest else None,
        "fingerprint_tier": strongest.tier if strongest else None,
        "r1_round_start_unix": facts.first_round.round_start_unix if facts.first_round else None,
        "attempt": report.attempt if report else None,
        "parse_notes": parse_notes(reading),
        "facts": {"exit_kind": facts.exit_kind, "sequence": report.sequence if report else None},
        "attempts": 0,
    }


def unjudged_event_row(
    server_id: str,
    reading: Reading,
    facts: RoundFacts | None,
    *,
    delivery_id: int,
    received_at: datetime,
    state: EventState,
    next_attempt_at: datetime | None = None,
) -> Record:
    """One row of `round_events` for a delivery that nobody understands yet, or that could not be judged yet."""
    return {
        "delivery_id": delivery_id,
        "server_id": server_id,
        "source": Source.STATS_READY,
        "map_name": facts.map_name if facts else None,
        "round_number": facts.round_number if facts else None,
        "next_attempt_at": next_attempt_at.isoformat() if next_attempt_at else None,
        "received_at": received_at.isoformat(),
        "parse_status": reading.parse_status,
        "link_status": LinkStatus.UNLINKED,
        "state": state,
        "parse_notes": parse_notes(reading),
        "attempts": 0,
    }


def parse_notes(reading: Reading) -> Record | None:
    """What reading a delivery left to say; None when nothing."""
    notes: Record = {
        "problems": [asdict(problem) for problem in reading.problems],
        "unknown_fields": list(reading.unknown_fields),
        "sanitised": reading.sanitised,
        "quarantine_reason": reading.quarantine_reason,
    }
    return {name: value for name, value in notes.items() if value} or None


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
        "source": Source.STATS_READY,
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


def spawn_rows(facts: RoundFacts, place: Place, captured_at: datetime) -> list[Record]:
    """Rows of `lua_spawn_stats`, one per player whose lives were followed."""
    return [
        {
            "match_id": place.match_id,
            "round_number": facts.round_number,
            "map_name": facts.map_name,
            "round_end_unix": facts.round_end_unix,
            "player_guid": player.key,
            "player_name": player.name,
            "spawn_count": player.spawns,
            "death_count": player.deaths_seen,
            "dead_seconds": seconds(player.dead_ms),
            "avg_respawn_seconds": seconds(player.avg_dead_ms),
            "max_respawn_seconds": seconds(player.max_dead_ms),
            "captured_at": captured_at.isoformat(),
        }
        for player in _known(facts.players)
        if player.spawns is not None
    ]


def player_rows(facts: RoundFacts, round_date: str | None, now: datetime) -> list[Record]:
    """Rows of `player_comprehensive_stats`: this round's own numbers, and the ratios of `formulas`."""
    return [_player_row(player, facts, round_date, now) for player in _known(facts.players)]


def _player_row(player: PlayerFacts, facts: RoundFacts, round_date: str | None, now: datetime) -> Record:
    played_seconds = seconds(player.played_ms)
    dead_seconds = seconds(player.dead_ms)
    return {
        "round_date": round_date,
        "map_name": facts.map_name,
        "round_number": facts.round_number,
        "player_guid": player.key,
        "player_guid_full": player.guid,
        "player_name": player.name,
        "clean_name": player.clean_name,
        "team": player.side,
        "is_bot": player.is_bot,
        "kills": player.kills,
        "deaths": player.deaths,
        "damage_given": player.damage_given,
        "damage_received": player.damage_received,
        "team_damage_given": player.team_damage_given,
        "team_damage_received": player.team_damage_received,
        "gibs": player.gibs,
        "self_kills": player.self_kills,
        "team_kills": player.team_kills,
        "team_gibs": player.team_gibs,
        "headshots": player.headshots,
        "time_played_seconds": None if played_seconds is None else round(played_seconds),
        "time_played_minutes": _minutes(player.played_ms),
        "time_dead_minutes": _minutes(player.dead_ms),
        "time_dead_minutes_original": _minutes(player.dead_ms),
        "time_dead_ratio": formulas.dead_percent(dead_seconds, played_seconds),
        "xp": player.xp,
        "kd_ratio": formulas.kill_death_ratio(player.kills, player.deaths),
        "dpm": formulas.damage_per_minute(player.damage_given, played_seconds),
        "bullets_fired": player.shots,
        "hits": player.hits,
        "accuracy": formulas.accuracy_percent(player.hits, player.shots),
        "times_revived": player.times_revived,
        "revives_given": player.revives_given,
        "r2_basis": _basis(player, facts),
        "played_source": None if player.played_ms is None else MEASURED_BY_REPORTER,
        "flags": {"counter_reset": True} if player.counter_reset else None,
        "created_at": now.isoformat(),
    }


def _basis(player: PlayerFacts, facts: RoundFacts) -> R2Basis | None:
    """An R2's counters are the difference to what the player began it with, unless the engine began again at 0."""
    if facts.round_number == 1:
        return None
    return R2Basis.RAW if player.counter_reset else R2Basis.DIFF


def _minutes(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / _MS_PER_MINUTE


def _known(players: Iterable[PlayerFacts] | None) -> Iterable[PlayerFacts]:
    return players or ()


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
