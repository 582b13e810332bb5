"""Scripts of lawful matches: which maps, how each round ends, what happens in it. A script is data; `perform` plays it."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from game_server.stand_in.game import COUNTDOWN_MS, Ended, Game
from game_server.stand_in.players import ALLIES, AXIS

_PER_LEVEL_MS = 3_000  # two VM loads and the frames of a start, generously


@dataclass(frozen=True, slots=True)
class Round:
    """How one round goes. end: objective, timelimit, surrender_attackers, surrender_defenders, map_restart or reset.

    elapsed_ms: when it ends, for a time limit ignored. pause_at_ms with pause_ms: one pause. failed_vote: a surrender
    vote that is called and does not pass. leaver: somebody leaves halfway.
    """

    end: str
    elapsed_ms: int = 0
    pause_at_ms: int | None = None
    pause_ms: int = 0
    failed_vote: bool = False
    leaver: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """One play of one map. Rounds in the order they are begun; a cut one is followed by its next attempt."""

    map_name: str
    limit_minutes: float
    rounds: tuple[Round, ...]
    defender: int = AXIS
    warmup_ms: int = 20_000
    intermission_ms: int = 15_000


Script = tuple[Match, ...]

DEMO: Script = (
    Match(
        "etl_frostbite",
        12.0,
        (Round("objective", 456_000), Round("objective", 391_250, failed_vote=True)),
        warmup_ms=15_000,
        intermission_ms=10_000,
    ),
)

EVENING: Script = (
    Match("etl_adlernest", 15.0, (Round("objective", 402_150), Round("timelimit"))),
    Match("supply", 15.0, (Round("timelimit"), Round("objective", 734_550, pause_at_ms=200_000, pause_ms=45_000))),
    Match("etl_ice", 12.0, (Round("surrender_attackers", 250_000), Round("timelimit", leaver=True)), defender=ALLIES),
    Match("te_escape2", 12.0, (Round("map_restart", 61_000), Round("objective", 305_000), Round("objective", 288_450))),
    Match("te_escape2", 12.0, (Round("objective", 634_000), Round("timelimit", failed_vote=True))),
    Match("braundorf_b4", 10.0, (Round("timelimit"), Round("timelimit"))),
    Match("sw_goldrush_te", 15.0, (Round("surrender_defenders", 187_300), Round("timelimit"))),
)


def length_ms(script: Script) -> int:
    """Upper bound of the virtual time a script takes, in milliseconds."""
    total = 0
    for match in script:
        for item in match.rounds:
            played = item.elapsed_ms or int(match.limit_minutes * 60_000)
            pause = item.pause_ms + 12_000 if item.pause_at_ms is not None else 0
            total += match.warmup_ms + COUNTDOWN_MS + played + pause + match.intermission_ms + 2 * _PER_LEVEL_MS
    return total


def perform(game: Game, script: Script, rng: Random) -> Iterator[Ended]:
    """Plays the script from the start of the server to the warmup after it; yields each round right after its end."""
    first = script[0]
    game.start_server(first.map_name, first.limit_minutes, first.defender)
    for index, match in enumerate(script):
        yield from _play_match(game, match, rng)
        following = script[index + 1] if index + 1 < len(script) else match
        game.to_map(following.map_name, following.limit_minutes, following.defender, match.intermission_ms)


def _play_match(game: Game, match: Match, rng: Random) -> Iterator[Ended]:
    live = False
    for index, item in enumerate(match.rounds):
        if not live:
            game.warm_up(match.warmup_ms)
        ended = _play_round(game, item, rng)
        live = item.end == "map_restart"
        yield ended
        if index + 1 < len(match.rounds) and not live and item.end != "reset":
            game.to_second_round(match.intermission_ms)


def _play_round(game: Game, item: Round, rng: Random) -> Ended:
    if item.pause_at_ms is not None:
        game.play_until(item.pause_at_ms)
        game.pause(item.pause_ms, by=rng.choice(game.players))
    if item.failed_vote:
        game.play_until(game.elapsed_ms + 60_000)
        caller = rng.choice([player for player in game.players if player.side == game.attacker])
        game.call_surrender_vote_that_fails(game.attacker, caller)
    if item.leaver:
        game.play_until(game.elapsed_ms + 30_000)
        game.disconnect(game.players[-1])
    if item.end == "timelimit":
        return game.time_limit()
    if item.end in {"surrender_attackers", "surrender_defenders"}:
        side = game.attacker if item.end == "surrender_attackers" else game.defender
        game.play_until(item.elapsed_ms - 1_000)
        return game.surrender(side, next(player for player in game.players if player.side == side))
    game.play_until(item.elapsed_ms)
    if item.end == "objective":
        return game.objective()
    return game.map_restart() if item.end == "map_restart" else game.reset_match()
