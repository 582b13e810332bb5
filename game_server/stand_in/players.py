"""Artificial players: who they are, what the engine counts of them, and a plausible fight between them.

Deterministic from a seed. Names are the kind that break things, among ordinary ones; none comes from a real person.
"""

import hashlib
from dataclasses import dataclass, field
from random import Random

from game_server.stand_in.et_engine import Engine

AXIS, ALLIES, SPECTATOR = 1, 2, 3
NAMES: tuple[bytes, ...] = (
    b"^1Axe^7Man", b"Kraut.de", b"^4Al^7lie", b"zed|clan", b"Exit: Timelimit hit.", "Zoë☺中".encode(),
    b"^1Caf\xe9", b"a<b>&c'd", b"$(id)`x`|y", b"@everyone", b"**loud** _one_ ||hid||", b"^^^0double^",
    b"tab\there", b"[n](http://127.0.0.1)", "\u202eesrever".encode(), b"x" * 35, b" ", b"<@123456789012345678>",
)  # fmt: skip
SOLDIER, MEDIC, ENGINEER, FIELD_OPS, COVERT_OPS = range(5)
_CLASSES = (MEDIC, ENGINEER, FIELD_OPS, MEDIC, SOLDIER, COVERT_OPS)
# Weapon index and means of death of the main weapon, by side; the others by class.
_MAIN = {AXIS: (4, 8), ALLIES: (5, 9)}
_PISTOL = {AXIS: (2, 6), ALLIES: (3, 7)}
_GRENADE = (11, 16)
_HEAD, _BODY = 0, 2
_LIMBO, _DEAD = 16384, 3
_SELF_KILL_SHARE, _TEAM_KILL_SHARE, _GIB_SHARE, _HEAD_SHARE = 0.05, 0.03, 0.3, 0.18
COUNTERS = (
    "kills", "deaths", "gibs", "self_kills", "team_kills", "team_gibs", "damage_given", "damage_received",
    "team_damage_given", "team_damage_received", "time_axis", "time_allies", "time_played",
)  # fmt: skip


@dataclass(slots=True)
class Player:
    """One client slot. Counters as the engine keeps them; weapons are [shots, deaths by it, head hits, hits, kills];
    hit_regions are head, arms, body, legs.
    """

    slot: int
    name: str
    guid: str
    side: int
    skill: float
    class_: int
    is_bot: bool = False
    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))
    weapons: dict[int, list[int]] = field(default_factory=dict)
    hit_regions: list[int] = field(default_factory=lambda: [0] * 4)
    xp: int = 0
    alive: bool = False
    dead_until_ms: int | None = None

    @property
    def userinfo(self) -> str:
        """What the client sent at connecting."""
        return f"\\cl_guid\\{self.guid}\\name\\{self.name}\\rate\\45000\\ip\\127.0.0.1:27961"

    def weapon(self, index: int) -> list[int]:
        """The numbers of a weapon, begun at 0."""
        return self.weapons.setdefault(index, [0, 0, 0, 0, 0])

    def show(self, engine: Engine) -> None:
        """Everything the engine lets a script read of this player."""
        engine.put_fields(
            self.slot,
            {
                **{f"sess.{name}": value for name, value in self.counters.items()},
                "weapons": {index: tuple(numbers) for index, numbers in self.weapons.items()},
                "ps.persistant": [self.xp, 0, 0, 0, 0, 0, 0],
                "sess.skillpoints": [self.xp / 4, 0.0, 0.0, 0.0, self.xp * 3 / 4, 0.0, 0.0],
                "sess.skill": [self.xp // 80, 0, 0, 0, self.xp // 30, 0, 0], "sess.medals": [0] * 7, "sess.rank": 0,
                "sess.startxptotal": 0.0, "pers.playerStats.hitRegions": list(self.hit_regions),
                "pers.netname": self.name, "sess.sessionTeam": self.side, "sess.playerType": self.class_, "inuse": 1,
                "ps.pm_flags": 0 if self.alive else _LIMBO, "ps.pm_type": 0 if self.alive else _DEAD,
            },
        )  # fmt: skip

    def show_life(self, engine: Engine) -> None:
        """Only whether he is in the world."""
        flags, kind = (0, 0) if self.alive else (0, _DEAD)
        engine.put_fields(self.slot, {"ps.pm_flags": flags, "ps.pm_type": kind})

    def forget_round(self, *, counters_too: bool) -> None:
        """XP begins at 0 in every round; the counters only with a new map or a reset."""
        self.xp, self.hit_regions, self.alive, self.dead_until_ms = 0, [0] * 4, False, None
        if counters_too:
            self.counters, self.weapons = dict.fromkeys(COUNTERS, 0), {}


def make_players(rng: Random, count: int) -> list[Player]:
    """`count` players, half on each side; the same for the same generator."""
    players = []
    for slot in range(count):
        raw = NAMES[slot] if slot < len(NAMES) else b"player%d" % slot
        guid = hashlib.sha256(raw + b"%d" % slot).hexdigest()[:32].upper()
        players.append(
            Player(
                slot=slot, name=raw.decode("latin-1"), guid=guid, side=AXIS if slot % 2 == 0 else ALLIES,
                skill=rng.uniform(0.6, 1.6), class_=_CLASSES[(slot // 2) % len(_CLASSES)],
            )
        )  # fmt: skip
    return players


@dataclass(frozen=True, slots=True)
class Death:
    """One obituary: `killer` is 1022 for the world."""

    victim: int
    killer: int
    means_of_death: int


def _shoot(rng: Random, shooter: Player, index: int, hits: int, *, can_hit_heads: bool) -> None:
    numbers = shooter.weapon(index)
    numbers[0] += hits + int(hits * rng.uniform(1.2, 3.5))
    numbers[3] += hits
    shooter.hit_regions[_BODY] += hits
    if can_hit_heads:
        heads = sum(rng.random() < _HEAD_SHARE * shooter.skill for _ in range(hits))
        numbers[2] += heads
        shooter.hit_regions[_HEAD] += heads
        shooter.hit_regions[_BODY] -= heads


def fight(rng: Random, players: list[Player]) -> Death | None:
    """Somebody alive dies, counted as the engine would: by an enemy mostly, sometimes by himself or a team mate."""
    alive = [player for player in players if player.alive and player.side in (AXIS, ALLIES)]
    if not alive:
        return None
    killer = rng.choices(alive, weights=[player.skill for player in alive])[0]
    if rng.random() < _SELF_KILL_SHARE:
        killer.counters["self_kills"] += 1
        return Death(killer.slot, killer.slot, 33)
    mates = [player for player in alive if player.side == killer.side and player is not killer]
    enemies = [player for player in alive if player.side != killer.side]
    team_kill = bool(mates) and rng.random() < _TEAM_KILL_SHARE
    if not team_kill and not enemies:
        return None
    victim = rng.choice(mates if team_kill else enemies)
    index, means = rng.choices((_MAIN[killer.side], _PISTOL[killer.side], _GRENADE), weights=(80, 8, 12))[0]
    damage = rng.randint(90, 190)
    hits = max(1, damage // 18)
    if team_kill:
        killer.counters["team_kills"] += 1
        killer.counters["team_damage_given"] += damage
        victim.counters["team_damage_received"] += damage
        return Death(victim.slot, killer.slot, means)
    _shoot(rng, killer, index, hits if index != _GRENADE[0] else 1, can_hit_heads=index != _GRENADE[0])
    killer.weapon(index)[4] += 1
    victim.weapon(index)[1] += 1
    killer.counters["kills"] += 1
    victim.counters["deaths"] += 1
    killer.counters["damage_given"] += damage
    victim.counters["damage_received"] += damage
    killer.xp += 3
    if rng.random() < _GIB_SHARE:
        killer.counters["gibs"] += 1
    wounded = rng.choice([player for player in enemies if player is not victim] or [victim])
    scratch = rng.randint(10, 80)
    _shoot(rng, wounded, _MAIN[wounded.side][0], 1 + scratch // 18, can_hit_heads=True)
    wounded.counters["damage_given"] += scratch
    killer.counters["damage_received"] += scratch
    return Death(victim.slot, killer.slot, means)
