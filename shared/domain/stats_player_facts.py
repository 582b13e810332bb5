"""A stats line's counters as facts of a player: of a first round as read, of a second as his own share of it. Pure."""

from shared.domain.player_key import is_bot
from shared.domain.round_facts import Deeds, PlayerFacts, WeaponFacts
from shared.domain.stats_counters import StatsFields, StatsPlayer, StatsWeapon
from shared.domain.vocabulary import R2Basis

_MS_PER_SECOND = 1000
_FULL_PERCENT = 100.0


def player_facts(player: StatsPlayer, basis: R2Basis | None = None, *, has_reset: bool = False) -> PlayerFacts:
    """`basis`: how the counters of a second round were found; None in a first one. `has_reset`: they began again."""
    fields = player.fields
    alive = fields.time_alive_percent
    return PlayerFacts(
        key=player.key,
        guid=player.guid8,
        name=player.name,
        clean_name=player.clean_name,
        side=player.side,
        is_bot=is_bot(player.guid8, player.name),
        kills=player.kills,
        deaths=player.deaths,
        gibs=fields.gibs,
        self_kills=fields.self_kills,
        team_kills=fields.team_kills,
        team_gibs=fields.team_gibs,
        damage_given=fields.damage_given,
        damage_received=fields.damage_received,
        team_damage_given=fields.team_damage_given,
        team_damage_received=fields.team_damage_received,
        xp=fields.xp,
        shots=player.shots,
        hits=player.hits,
        headshots=player.headshots,
        played_ms=_ms(player.played_seconds),
        dead_ms=_ms(player.dead_seconds),
        revives_given=fields.revives_given,
        times_revived=fields.times_revived,
        counter_reset=has_reset,
        alive_percent=None if alive is None else min(alive, _FULL_PERCENT),
        weapons=tuple(map(_weapon, player.weapons)),
        deeds=_deeds(fields),
        basis=basis,
    )


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * _MS_PER_SECOND


def _weapon(weapon: StatsWeapon) -> WeaponFacts:
    return WeaponFacts(weapon.weapon_index, weapon.shots, weapon.hits, weapon.kills, weapon.deaths, weapon.headshots)


def _deeds(fields: StatsFields) -> Deeds:
    return Deeds(
        headshot_kills=fields.headshot_kills,
        killing_spree_best=fields.killing_spree,
        death_spree_worst=fields.death_spree,
        kill_assists=fields.kill_assists,
        kill_steals=fields.kill_steals,
        objectives_stolen=fields.objectives_stolen,
        objectives_returned=fields.objectives_returned,
        dynamites_planted=fields.dynamites_planted,
        dynamites_defused=fields.dynamites_defused,
        most_useful_kills=fields.useful_kills,
        useless_kills=fields.useless_kills,
        denied_playtime_seconds=fields.denied_playtime_seconds,
        constructions=fields.repairs_constructions,
        tank_meatshield=fields.tank_meatshield,
        double_kills=fields.multikill_2,
        triple_kills=fields.multikill_3,
        quad_kills=fields.multikill_4,
        multi_kills=fields.multikill_5,
        mega_kills=fields.multikill_6,
        full_selfkills=fields.full_selfkills,
    )
