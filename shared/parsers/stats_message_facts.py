"""A STATS_READY message as round facts: what its sender could not know is left unknown.

It never heard the engine's exit line, called every vote a surrender, told an abort as an objective, turned the round
number round when a round was cut short, and saw no pause before version 1.7.1.
"""

from datetime import datetime

from shared.domain import fingerprint
from shared.domain.instants import plausible
from shared.domain.player_key import PlayerKeys, is_bot
from shared.domain.round_end import exit_kind, is_real_surrender
from shared.domain.round_facts import Claim, PauseFacts, PlayerFacts, RoundFacts
from shared.domain.text import clean_name
from shared.domain.vocabulary import ExitKind, Kind, Side
from shared.parsers.message_lists import ListedPlayer, SpawnStats
from shared.parsers.stats_message import StatsMessage

FIRST_VERSION_THAT_SEES_PAUSES = (1, 7, 1)
_MINUTE_MS = 60_000
_ABORT_REASONS = frozenset({"objective", "mapchange", "maprestart", "serverrestart"})


def from_message(
    message: StatsMessage,
    server_id: str,
    now: datetime,
    base_limit_ms: int | None = None,
    kind: Kind = Kind.STATS_MESSAGE,
) -> RoundFacts:
    """What the message says, for the server its door named. `base_limit_ms`: the usual limit of an R1 of this map there.

    The round number may differ from the message's own: that is a disagreement worth keeping.
    """
    end = _exit_kind(message)
    number = _round_number(message, end, base_limit_ms)
    has_surrender = end in (ExitKind.SURRENDER_AXIS, ExitKind.SURRENDER_ALLIES)
    return RoundFacts(
        server_id=server_id,
        map_name=fingerprint.map_name(message.map_name),
        round_number=number,
        round_start_unix=plausible(message.round_start_unix, now),
        round_end_unix=plausible(message.round_end_unix, now),
        exit_kind=end,
        has_exit_line=False,
        end_reason_raw=message.end_reason,
        elapsed_ms=message.played_ms,
        limit_ms=message.limit_ms,
        warmup_ms=message.warmup_ms,
        warmup_start_unix=plausible(message.warmup_start_unix, now),
        pauses=_pauses(message),
        winner=message.winner,
        defender=message.defender,
        axis_score=message.axis_score,
        allies_score=message.allies_score,
        surrender_caller_guid=message.surrender_caller_guid if has_surrender else None,
        surrender_caller_name=message.surrender_caller_name if has_surrender else None,
        players=_players(message),
        sender_version=message.sender_version,
        kind=kind,
        claims=() if number == message.round_number else (_other_number(number, message.round_number),),
    )


def _other_number(kept: int, told: int) -> Claim:
    return Claim("round_number", str(kept), str(told), "round_number_disagrees")


def _exit_kind(message: StatsMessage) -> ExitKind:
    """A win of the defenders is never an `objective`: the sender says so only of a round it was shut down in."""
    is_surrender = is_real_surrender(message.surrender_side, message.winner, message.played_ms, message.limit_ms)
    surrendered = message.surrender_side if is_surrender else None
    end = exit_kind(message.winner, message.defender, message.played_ms, message.limit_ms, surrendered)
    is_held = message.winner is not None and message.winner is message.defender
    if end is ExitKind.UNKNOWN and is_held and _plain(message.end_reason) in _ABORT_REASONS:
        return ExitKind.ABORTED
    return end


def _plain(reason: str | None) -> str:
    return (reason or "").lower().replace("_", "").replace(" ", "")


def _round_number(message: StatsMessage, end: ExitKind, base_limit_ms: int | None) -> int:
    """Only an R2 is played under a broken or a shortened limit; otherwise an abort's number is the other one."""
    if end is not ExitKind.ABORTED:
        return message.round_number
    if message.limit_ms is not None:
        is_shortened = base_limit_ms is not None and message.limit_ms < base_limit_ms
        if message.limit_ms % _MINUTE_MS or is_shortened:
            return 2
    return 1 if message.round_number == 2 else 2  # noqa: PLR2004


def _pauses(message: StatsMessage) -> tuple[PauseFacts, ...] | None:
    """The finished ones as listed, then one of unknown length for each that was counted and never seen to end."""
    listed, count = message.pauses or (), message.pause_count
    if not listed and not count:
        return () if count == 0 and _sees_pauses(message.sender_version) else None
    known = [
        PauseFacts(pause.number, pause.start_unix, pause.end_unix, None, pause.length_ms, None, open_at_end=False)
        for pause in listed
    ]
    missing = range(len(known) + 1, (count or 0) + 1)
    if message.pauses is None and count == 1 and message.paused_ms:
        return (PauseFacts(1, None, None, None, message.paused_ms, None, None),)
    has_open_one = message.pauses is not None and len(missing) == 1
    return (*known, *(PauseFacts(number, None, None, None, None, None, has_open_one or None) for number in missing))


def _sees_pauses(version: str | None) -> bool:
    return version is not None and tuple(map(int, version.split("."))) >= FIRST_VERSION_THAT_SEES_PAUSES


def _players(message: StatsMessage) -> tuple[PlayerFacts, ...] | None:
    """The roster, with each player's lives where they are told; who had left before the end is known by his lives alone."""
    roster, lives = message.roster, message.spawn_stats or ()
    if not roster and not lives and (roster is None or _had_players(message)):
        return None
    keys, lives_of = PlayerKeys(), {_who(stats): stats for stats in lives}
    present = [_player(player, player.side, lives_of.pop(_who(player), None), keys) for player in roster or ()]
    return (*present, *(_player(stats, None, stats, keys) for stats in lives_of.values()))


def _who(player: ListedPlayer | SpawnStats) -> str:
    return player.guid or player.name


def _had_players(message: StatsMessage) -> bool:
    """Two empty lists beside a summary of players: everyone had left before the sender looked."""
    return message.spawn_summary is not None and bool(message.spawn_summary.players)


def _player(
    player: ListedPlayer | SpawnStats, side: Side | None, lives: SpawnStats | None, keys: PlayerKeys
) -> PlayerFacts:
    is_a_bot = is_bot(player.guid, player.name)
    return PlayerFacts(
        key=keys.key(player.guid, player.name, is_bot=is_a_bot),
        guid=player.guid,
        name=player.name,
        clean_name=clean_name(player.name),
        side=side,
        is_bot=is_a_bot,
        spawns=lives.spawns if lives else None,
        deaths_seen=lives.deaths if lives else None,
        dead_ms=lives.dead_ms if lives else None,
        avg_dead_ms=lives.avg_respawn_ms if lives else None,
        max_dead_ms=lives.max_respawn_ms if lives else None,
    )
