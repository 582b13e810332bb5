"""The players in the JSON stats suite's body: who they are, what the engine counted, what objectives they touched. Pure."""

from dataclasses import dataclass
from typing import Any

from shared.domain.player_key import PREFIX_LENGTH, PlayerKeys, is_bot
from shared.domain.stats_counters import StatsFields, StatsPlayer, StatsWeapon
from shared.domain.text import clean_name
from shared.domain.vocabulary import Side
from shared.parsers.json_stream import JsonStream
from shared.parsers.notes import LARGEST_COUNT, Notes
from shared.parsers.problem import pointer_step
from shared.parsers.stats_weapons import indices
from shared.parsers.suite_text import guid_of, text_of

MOST_PLAYERS = 64
MOST_OBJECTIVES = 1_000
OBJECTIVES = (
    "obj_planted",
    "obj_defused",
    "obj_destroyed",
    "obj_repaired",
    "obj_taken",
    "obj_secured",
    "obj_returned",
    "obj_flagcaptured",
    "obj_misc",
    "obj_escort",
    "obj_carrierkilled",
)
_GROUP = 5
_TOTALS = 10
_LARGEST_MASK = 2**32 - 1
_SIDES = {"1": Side.AXIS, "2": Side.ALLIES, "3": Side.SPECTATOR}


@dataclass(frozen=True, slots=True)
class SuiteObjective:
    """One deed at an objective. `at_process_ms` on the server's process clock; of a killed carrier `killer_guid`."""

    category: str
    at_process_ms: int | None
    at_unix: int | None
    objective: str | None
    killer_guid: str | None = None
    weapon: int | None = None


@dataclass(frozen=True, slots=True)
class SuitePlayer:
    """One player. `stats` in the form of a stats file's line: in an R2 its counters, all but xp, still count the R1 in.
    Counters that could not be read are all unknown.
    """

    guid: str
    stats: StatsPlayer
    objectives: tuple[SuiteObjective, ...]


def read(stream: JsonStream, pointer: str, notes: Notes) -> tuple[SuitePlayer, ...] | None:
    """Everybody in the object that comes next, one above the most at most; None when it is no object.

    An empty list is an empty object too: Lua cannot tell.
    """
    if not stream.opens("{"):
        if stream.value() == []:
            return ()
        notes.drop(pointer, "not_an_object", "players are told by their GUIDs")
        return None
    keys, players = PlayerKeys(), list[SuitePlayer]()
    for guid in stream.members():
        if len(players) > MOST_PLAYERS:
            stream.skip()
            continue
        player = _player(guid, stream.value(), pointer + pointer_step(guid), notes, keys)
        if player is not None:
            players.append(player)
    return tuple(players)


def _player(key: str, told: Any, pointer: str, notes: Notes, keys: PlayerKeys) -> SuitePlayer | None:
    guid = guid_of(key)
    if guid is None or not isinstance(told, dict):
        notes.drop(
            pointer, "no_player", "a player has a GUID, and an object of values; without a GUID they are shifted"
        )
        return None
    name = text_of(told.get("name"), f"{pointer}/name", notes) or ""
    counted = _counted(told.get("weaponStats"))
    if counted is None:
        message = "a mask, five numbers for each weapon in it, and ten totals are needed here"
        notes.drop(f"{pointer}/weaponStats", "wrong_tokens", message)
    mask, weapons, fields = counted or (0, (), StatsFields())
    stats = StatsPlayer(
        key=keys.key(guid, name, is_bot=is_bot(guid, name)),
        guid8=guid[:PREFIX_LENGTH],
        name=name,
        clean_name=clean_name(name),
        side=_side(told.get("team"), f"{pointer}/team", notes),
        weapon_mask=mask,
        weapons=weapons,
        hits=sum(weapon.hits for weapon in weapons) if counted else None,
        shots=sum(weapon.shots for weapon in weapons) if counted else None,
        kills=sum(weapon.kills for weapon in weapons) if counted else None,
        deaths=sum(weapon.deaths for weapon in weapons) if counted else None,
        headshots=sum(weapon.headshots for weapon in weapons) if counted else None,
        fields=fields,
        is_partial=counted is None,
    )
    return SuitePlayer(guid, stats, _objectives(told, pointer, notes))


def _side(value: Any, pointer: str, notes: Notes) -> Side | None:
    side = _SIDES.get(str(value))
    if side is None and value not in (None, "", "0", 0):
        notes.drop(pointer, "not_a_side", "1 (Axis), 2 (Allies) or 3 (spectator) is needed here")
    return side


def _counted(tokens: Any) -> tuple[int, tuple[StatsWeapon, ...], StatsFields] | None:
    """The engine's weapon string: all of it, or nothing when its length is not what its mask promises."""
    if not isinstance(tokens, list) or not tokens:
        return None
    silent = Notes()
    numbers = [silent.decimal(token, "") for token in tokens[: 1 + 32 * _GROUP + _TOTALS + 1]]
    mask = numbers[0]
    if None in numbers or mask is None or not 0 <= mask <= _LARGEST_MASK or mask % 1:
        return None
    values = [value for value in numbers if value is not None]
    promised = indices(int(mask))
    if len(values) != 1 + _GROUP * len(promised) + _TOTALS or not _are_counts(values):
        return None
    groups = [[int(value) for value in values[at : at + _GROUP]] for at in range(1, len(values) - _TOTALS, _GROUP)]
    weapons = tuple(StatsWeapon(index, *group) for index, group in zip(promised, groups, strict=True))
    *totals, alive_percent, xp = values[-_TOTALS:]
    named = dict(zip(StatsFields._fields, map(int, totals), strict=False))
    return int(mask), weapons, StatsFields(time_alive_percent=alive_percent, xp=int(xp))._replace(**named)


def _are_counts(values: list[float]) -> bool:
    """Whole and not negative, but for the share of time alive and the experience at the end."""
    return all(value >= 0 and not value % 1 for value in values[:-2]) and max(map(abs, values[1:])) <= LARGEST_COUNT


def _objectives(told: dict[str, Any], pointer: str, notes: Notes) -> tuple[SuiteObjective, ...]:
    deeds: list[tuple[str, str, Any]] = []
    for category in OBJECTIVES:
        by_moment = told.get(category)
        if isinstance(by_moment, dict):
            deeds += [(category, moment, deed) for moment, deed in by_moment.items()]
        elif by_moment not in (None, []):
            notes.drop(f"{pointer}/{category}", "not_an_object", "deeds are told by their moments")
    if len(deeds) > MOST_OBJECTIVES:
        notes.drop(pointer, "too_long", f"of a player {MOST_OBJECTIVES} deeds are kept")
    return tuple(
        _objective(*deed, f"{pointer}/{deed[0]}{pointer_step(deed[1])}", notes) for deed in deeds[:MOST_OBJECTIVES]
    )


def _objective(category: str, moment: str, deed: Any, pointer: str, notes: Notes) -> SuiteObjective:
    """In the suite's first version a deed is the objective's name alone."""
    parts = deed if isinstance(deed, dict) else {"objective": deed}
    return SuiteObjective(
        category=category,
        at_process_ms=notes.whole(moment, pointer),
        at_unix=notes.unix(parts.get("timestamp_unix"), f"{pointer}/timestamp_unix"),
        objective=text_of(parts.get("objective"), pointer, notes),
        killer_guid=guid_of(parts.get("victim")),
        weapon=notes.whole(parts.get("weapon"), f"{pointer}/weapon"),
    )
