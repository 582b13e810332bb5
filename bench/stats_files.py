"""Stats files of whole matches to read: nine weapons a player, values as in real play, R2 counting on where R1 ended.

A number of a match and of players always makes the same bytes.
"""

from random import Random

from shared.domain.stats_counters import StatsFields

WEAPONS = 9
_HELD = (2, 3, 4, 5, 6, 7, 8, 11, 14, 15, 16, 17, 18, 19, 22, 23, 26, 27)
_MOST = {"hits": 80, "shots": 300, "kills": 9, "deaths": 6, "headshots": 15}
_LARGE = frozenset({"damage_given", "damage_received", "bullets_fired"})
_CUMULATIVE = frozenset(StatsFields._fields[:8]) | {"bullets_fired"}
_PERCENT = frozenset({"time_alive_percent", "time_dead_ratio"})
_MINUTES = {"time_played_minutes": 7.6, "time_dead_minutes": 0.9, "dpm": 0.0, "tank_meatshield": 0.0, "kd": 1.7}


def match(number: int, players: int) -> tuple[bytes, bytes]:
    """The files of an R1 and its R2."""
    rng = Random(number)
    roster = [_Player(rng, slot) for slot in range(players)]
    files = []
    for round_number, limit in ((1, "12:00"), (2, "7:36")):
        header = (
            f"^1Polar ^7Pub\\etl_frostbite\\legacy3\\{round_number}\\1\\2\\{limit}\\7:36\\456{rng.randrange(1000):03d}"
        )
        files.append("\n".join([header, *(player.line(rng, round_number) for player in roster), ""]).encode())
    return files[0], files[1]


class _Player:
    """What a player has done so far."""

    def __init__(self, rng: Random, slot: int) -> None:
        self._guid = f"{rng.getrandbits(32):08X}"
        self._name = f"^{slot % 10}clan^7>player{slot}"
        self._slot = slot
        self._held = sorted(rng.sample(_HELD, WEAPONS))
        self._weapons = dict.fromkeys(self._held, [0] * len(_MOST))
        self._counted = dict.fromkeys(_CUMULATIVE, 0)

    def line(self, rng: Random, round_number: int) -> str:
        """The line after one more round."""
        for index, counts in self._weapons.items():
            self._weapons[index] = [
                count + rng.randint(1, most) for count, most in zip(counts, _MOST.values(), strict=True)
            ]
        mask = sum(1 << index for index in self._held)
        numbers = " ".join(str(count) for counts in self._weapons.values() for count in counts)
        side = 1 + (self._slot + round_number) % 2
        values = "\t".join(self._value(name, rng, round_number) for name in StatsFields._fields)
        return f"{self._guid}\\{self._name}\\{round_number - 1}\\{side}\\{mask} {numbers} \t{values}"

    def _value(self, name: str, rng: Random, round_number: int) -> str:
        if name in _PERCENT:
            return f"{rng.uniform(60, 95):.1f}"
        if name in _MINUTES:
            rounds = round_number if name == "time_played_minutes" else 1
            return f"{_MINUTES[name] * rounds:.1f}"
        more = rng.randint(500, 3000) if name in _LARGE else rng.randint(0, 12)
        if name not in _CUMULATIVE:
            return str(more)
        self._counted[name] += more
        return str(self._counted[name])
