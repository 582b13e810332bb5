"""A STATS_READY message in the shape its samples' expected facts have."""

from shared.domain.text import clean_name
from shared.domain.vocabulary import ExitKind
from shared.parsers.stats_message_facts import from_message


def told(message, now):
    seconds = _seconds
    facts = from_message(message, "srv1", now)
    return {
        "map": facts.map_name,
        "round_number_as_written": message.round_number,
        "winner_side": message.winner,
        "defender_side": message.defender,
        "outcome": _outcome(facts),
        "duration_seconds": seconds(facts.elapsed_ms),
        "limit_seconds": seconds(facts.limit_ms),
        "pause_count": message.pause_count,
        "pause_seconds": seconds(message.paused_ms),
        "pauses": list(message.pauses),
        "end_reason_raw": facts.end_reason_raw,
        "warmup_seconds": seconds(facts.warmup_ms),
        "warmup_start_unix": facts.warmup_start_unix,
        "round_start_unix": facts.round_start_unix,
        "round_end_unix": facts.round_end_unix,
        "surrender_side": facts.surrender_side,
        "surrender_caller": facts.surrender_caller_guid,
        "axis_score": facts.axis_score,
        "allies_score": facts.allies_score,
        "roster": [
            {
                "guid": player.guid,
                "name": player.name,
                "name_clean": clean_name(player.name),
                "side": player.side,
            }
            for player in message.roster
        ],
        "spawn_summary": {
            "players": message.spawn_summary.players,
            "spawns": message.spawn_summary.spawns,
            "avg_respawn_seconds": seconds(message.spawn_summary.avg_respawn_ms),
            "max_respawn_seconds": seconds(message.spawn_summary.max_respawn_ms),
        },
        "sender_version": facts.sender_version,
    }


def _seconds(milliseconds):
    return None if milliseconds is None else milliseconds / 1000


def _outcome(facts):
    if facts.exit_kind is ExitKind.ABORTED:
        return "aborted"
    return "held" if facts.winner is facts.defender else "completed"
