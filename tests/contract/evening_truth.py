"""What a report of a random evening has to say, and what one says, in the same words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from game_server.stand_in.players import COUNTERS, SPECTATOR, Player

HEARTBEAT_MS = 31_000
"""A killed server's round may be told this much too short: the state is saved each half minute, looked at each second."""
_ENGINE_ORDER = ("shots", "deaths", "headshots", "hits", "kills")

Numbers = dict[str, int]
"""Counters by name, those of weapon 4 as `4.kills`; what is 0 is left out."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in a round: his last name as bytes, his last side (3: spectator), whether he was there at its end, what
    he is, and what he added to the engine's numbers; None when nobody could read them.
    """

    name: bytes
    side: int
    is_there: bool
    is_bot: bool
    share: Numbers | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a report has to say of a round. Sides 1 and 2, times in milliseconds of the pause-free clock.

    pauses: (start, length) of each; the length of one still open is None. r1_start_unix: of the R1 an R2 follows.
    wall_ms: from start to end, pauses included; is_stepped: the host's clock was set meanwhile. people: by GUID.
    died: the server was killed, so elapsed_ms may fall short and nobody saw the people at the end.
    """

    map_name: str
    number: int
    attempt: int
    kind: str
    reason: str
    elapsed_ms: int
    winner: int | None
    defender: int
    start_unix: int
    wall_ms: int
    is_stepped: bool
    limit_raw: str
    r1_start_unix: int | None
    pauses: tuple[tuple[int, int | None], ...]
    people: dict[bytes, Seat]
    had_players: bool
    died: bool = False


@dataclass(slots=True)
class LiveRound:
    """The round being played, as far as it has come. A seat's share is what its holder added in the stays he has ended."""

    attempt: int
    r1_start_unix: int | None
    people: dict[bytes, Seat] = field(default_factory=dict)
    pauses: list[tuple[int, int | None]] = field(default_factory=list)
    had_players: bool = False
    start_unix: int = 0
    start_ms: int = 0
    stepped_seconds: int = 0
    limit_raw: str = ""
    _begun_with: dict[bytes, Numbers] = field(default_factory=dict)

    def seat(self, player: Player, *, begins_with: Numbers | None = None) -> None:
        """He is there, with this name on this side. begins_with: what the engine shows when a stay begins."""
        guid = player.guid.encode("latin-1")
        share = self.people[guid].share if guid in self.people else {}
        name = player.name.encode("latin-1")
        self.people[guid] = Seat(name, player.side, is_there=True, is_bot=is_bot(player), share=share)
        self.had_players |= player.side != SPECTATOR
        if begins_with is not None:
            self._begun_with[guid] = begins_with

    def unseat(self, player: Player, shown: Numbers, *, is_there: bool) -> None:
        """His stay ends, here or with the round, while the engine shows these numbers."""
        guid = player.guid.encode("latin-1")
        share = added(shown, self._begun_with.pop(guid), self.people[guid].share)
        self.people[guid] = replace(self.people[guid], side=player.side, is_there=is_there, share=share)


def is_bot(player: Player) -> bool:
    """Whether the engine says so or his GUID."""
    return player.is_bot or player.guid.startswith("OMNIBOT")


def numbers_in(slot: Mapping[str, Any]) -> Numbers:
    """What the engine shows of a slot."""
    numbers = {name: slot[f"sess.{name}"] for name in COUNTERS} | {"xp": slot["ps.persistant"][0]}
    for index, values in slot["weapons"].items():
        numbers |= {f"{index}.{name}": value for name, value in zip(_ENGINE_ORDER, values, strict=True)}
    return numbers


def added(now: Numbers, before: Numbers, earlier: Numbers) -> Numbers:
    """What came since `before`, and earlier."""
    names = now.keys() | before.keys() | earlier.keys()
    total = {name: now.get(name, 0) - before.get(name, 0) + earlier.get(name, 0) for name in names}
    return {name: value for name, value in total.items() if value}


def seats_in(report: Mapping[str, Any]) -> dict[bytes, Seat]:
    """The people of a report."""
    return {_raw(player, "guid"): _seat(player) for player in report["players"]}


def _seat(player: Mapping[str, Any]) -> Seat:
    share = _share(player) if "counters" in player else None
    return Seat(_raw(player, "name"), player["side"], player["left_ms"] is None, player["is_bot"], share)


def _raw(player: Mapping[str, Any], key: str) -> bytes:
    return bytes.fromhex(player[f"{key}_hex"]) if f"{key}_hex" in player else player[key].encode()


def _share(player: Mapping[str, Any]) -> Numbers:
    raw, baseline = dict(player["counters"]["raw"]), dict(player["counters"]["baseline"])
    for weapon in player["weapons"]:
        for numbers, values in ((raw, weapon), (baseline, weapon.get("baseline", {}))):
            numbers |= {f"{weapon['index']}.{name}": values.get(name, 0) for name in _ENGINE_ORDER}
    return added(raw, baseline, {})
