"""Players of a round as rows: their numbers, their weapons, their lives. No decision is made here but units."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shared.domain import formulas, weapons
from shared.domain.invariants import broken_by_player
from shared.domain.pairing import Place
from shared.domain.round_facts import Deeds, PlayerFacts, RoundFacts
from shared.domain.units import MS_PER_SECOND, seconds
from shared.domain.vocabulary import R2Basis, Side

FROM_DURATION = "duration"
"""Where a played time comes from that nobody told: a player whose deeds were counted is taken to have played it all."""
_MS_PER_MINUTE = 60_000
_PLAYING = (Side.AXIS, Side.ALLIES)

Record = dict[str, Any]


def spawn_rows(facts: RoundFacts, place: Place, captured_at: datetime) -> list[Record]:
    """Rows of `lua_spawn_stats`, one per player whose lives were followed. `facts`: of the one voice that followed them."""
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


def player_rows(
    facts: RoundFacts, round_date: str | None, now: datetime, *, is_completed: bool = False
) -> list[Record]:
    """Rows of `player_comprehensive_stats`: this round's own numbers, the ratios of `formulas`, and what they break."""
    return [_player_row(player, facts, round_date, now, is_completed) for player in _known(facts.players)]


def _player_row(
    player: PlayerFacts,
    facts: RoundFacts,
    round_date: str | None,
    now: datetime,
    is_completed: bool,  # noqa: FBT001
) -> Record:
    played_ms, played_source = _played(player, facts)
    played_seconds = seconds(played_ms)
    whole_seconds = None if played_seconds is None else round(played_seconds)
    dead_ms = _no_longer_than(player.dead_ms, whole_seconds)
    dead_percent = formulas.dead_percent(seconds(dead_ms), played_seconds)
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
        "time_played_seconds": whole_seconds,
        "time_played_minutes": _minutes(played_ms),
        "time_dead_minutes": _minutes(dead_ms),
        "time_dead_minutes_original": _minutes(player.dead_ms),
        "time_played_percent": player.alive_percent,
        "time_dead_ratio": dead_percent,
        "xp": player.xp,
        "kd_ratio": formulas.kill_death_ratio(player.kills, player.deaths),
        "efficiency": formulas.efficiency_percent(player.kills, player.deaths),
        "dpm": formulas.damage_per_minute(player.damage_given, played_seconds),
        "bullets_fired": player.shots,
        "hits": player.hits,
        "accuracy": formulas.accuracy_percent(player.hits, player.shots),
        "times_revived": player.times_revived,
        "revives_given": player.revives_given,
        "r2_basis": player.basis or _basis(player, facts),
        "played_source": played_source,
        "flags": _flags(player, facts, played_ms, dead_percent, is_completed),
        "created_at": now.isoformat(),
        "time_alive_seconds": None if player.alive_ms is None else round(player.alive_ms / MS_PER_SECOND),
        "avg_respawn_seconds": seconds(player.avg_dead_ms),
        "longest_death_seconds": None if player.max_dead_ms is None else round(player.max_dead_ms / MS_PER_SECOND),
        **_deeds(player.deeds),
    }


def _played(player: PlayerFacts, facts: RoundFacts) -> tuple[int | None, str | None]:
    """How long he played, and who says so."""
    if player.played_ms is not None:
        return player.played_ms, player.counted_by or facts.kind
    if facts.elapsed_ms is None or player.side not in _PLAYING or player.damage_given is None:
        return None, None
    return facts.elapsed_ms, FROM_DURATION


def _flags(
    player: PlayerFacts,
    facts: RoundFacts,
    played_ms: int | None,
    dead_percent: float | None,
    is_completed: bool,  # noqa: FBT001
) -> Record | None:
    breaches = broken_by_player(
        played_ms,
        player.dead_ms,
        player.deeds.denied_playtime_seconds if player.deeds else None,
        dead_percent,
        facts.elapsed_ms,
        is_completed and player.side in _PLAYING,
    )
    if not breaches and not player.counter_reset:
        return None
    reset: Record = {"counter_reset": True} if player.counter_reset else {}
    return reset | ({"breaches": breaches} if breaches else {})


def _deeds(deeds: Deeds | None) -> Record:
    if deeds is None:
        return {}
    row = deeds._asdict()
    row["denied_playtime"] = row.pop("denied_playtime_seconds")
    return row


def weapon_rows(facts: RoundFacts) -> list[Record]:
    """Rows of `weapon_comprehensive_stats`, one per player and weapon that was told of."""
    return [
        {
            "player_guid": player.key,
            "player_name": player.name,
            "weapon_index": weapon.weapon_index,
            "weapon_name": weapons.weapon_name(weapon.weapon_index),
            "kills": weapon.kills,
            "deaths": weapon.deaths,
            "headshots": weapon.headshots,
            "shots": weapon.shots,
            "hits": weapon.hits,
            "accuracy": formulas.accuracy_percent(weapon.hits, weapon.shots),
        }
        for player in _known(facts.players)
        for weapon in player.weapons or ()
    ]


def _basis(player: PlayerFacts, facts: RoundFacts) -> R2Basis | None:
    """An R2's counters are the difference to what the player began it with, unless the engine began again at 0."""
    if facts.round_number == 1:
        return None
    return R2Basis.RAW if player.counter_reset else R2Basis.DIFF


def _no_longer_than(dead_ms: int | None, played_seconds: int | None) -> int | None:
    """Nobody was dead for longer than he played; writers that sample add up to more. What was told stays beside it."""
    return dead_ms if dead_ms is None or played_seconds is None else min(dead_ms, played_seconds * MS_PER_SECOND)


def _minutes(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / _MS_PER_MINUTE


def _known(players: Iterable[PlayerFacts] | None) -> Iterable[PlayerFacts]:
    return players or ()
