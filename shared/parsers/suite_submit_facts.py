"""A submit of the JSON stats suite as round facts. It comes only after a regular end, and counts an R1 into its R2."""

from datetime import datetime

from shared.domain import fingerprint
from shared.domain.instants import plausible
from shared.domain.player_key import is_bot
from shared.domain.round_end import witnessed_exit_kind
from shared.domain.round_facts import PlayerFacts, RoundFacts, WeaponFacts
from shared.domain.stats_counters import StatsWeapon
from shared.domain.vocabulary import Kind
from shared.parsers.suite_players import SuitePlayer
from shared.parsers.suite_submit import SuiteSubmit


def from_submit(submit: SuiteSubmit, server_id: str, now: datetime) -> RoundFacts:
    """What the submit says, for the server its token named.

    How long the round took it does not say: its clocks run on in pauses. A clock of `M:SS` text is the header's, and in an
    R2 the counters are left unknown until the R1's have been taken off.
    """
    info = submit.info
    return RoundFacts(
        server_id=server_id,
        map_name=fingerprint.map_name(info.map_name),
        round_number=info.round_number,
        round_start_unix=plausible(info.round_start_unix, now),
        round_end_unix=plausible(info.round_end_unix, now),
        exit_kind=witnessed_exit_kind(info.winner, info.defender, info.wall_clock_ms, info.limit_ms),
        has_exit_line=False,
        limit_ms=info.limit_ms,
        header_clock_ms=info.next_limit_ms,
        winner=info.winner,
        defender=info.defender,
        players=None if submit.players is None else tuple(_player(one, info.round_number) for one in submit.players),
        sender_version=info.sender_version,
        kind=Kind.SUITE_JSON,
        is_regular_end_witnessed=True,
        config=info.config,
    )


def _player(player: SuitePlayer, round_number: int) -> PlayerFacts:
    stats = player.stats
    known = PlayerFacts(
        key=stats.key,
        guid=player.guid,
        name=stats.name,
        clean_name=stats.clean_name,
        side=stats.side,
        is_bot=is_bot(player.guid, stats.name),
        xp=stats.fields.xp,
    )
    return _with_counters(known, player) if round_number == 1 and player.has_counters else known


def _with_counters(known: PlayerFacts, player: SuitePlayer) -> PlayerFacts:
    stats, fields = player.stats, player.stats.fields
    return known._replace(
        kills=stats.kills,
        deaths=stats.deaths,
        gibs=fields.gibs,
        self_kills=fields.self_kills,
        team_kills=fields.team_kills,
        team_gibs=fields.team_gibs,
        damage_given=fields.damage_given,
        damage_received=fields.damage_received,
        team_damage_given=fields.team_damage_given,
        team_damage_received=fields.team_damage_received,
        shots=stats.shots,
        hits=stats.hits,
        headshots=stats.headshots,
        alive_percent=fields.time_alive_percent,
        weapons=tuple(map(_weapon, stats.weapons)),
    )


def _weapon(weapon: StatsWeapon) -> WeaponFacts:
    return WeaponFacts(
        weapon_index=weapon.weapon_index,
        shots=weapon.shots,
        hits=weapon.hits,
        kills=weapon.kills,
        deaths=weapon.deaths,
        headshots=weapon.headshots,
    )
