"""A submit of the JSON stats suite as round facts. It comes only after a regular end, and counts an R1 into its R2."""

from datetime import datetime

from shared.domain import fingerprint
from shared.domain.instants import plausible
from shared.domain.player_key import is_bot
from shared.domain.round_end import witnessed_exit_kind
from shared.domain.round_facts import PlayerFacts, RoundFacts
from shared.domain.stats_difference import Difference
from shared.domain.stats_player_facts import player_facts
from shared.domain.vocabulary import Kind, R2Basis
from shared.parsers.suite_players import SuitePlayer
from shared.parsers.suite_submit import SuiteSubmit

SECOND = 2


def from_submit(submit: SuiteSubmit, server_id: str, now: datetime, shares: Difference | None = None) -> RoundFacts:
    """What the submit says, for the server its token named.

    How long the round took it does not say: its clocks run on in pauses. A clock of `M:SS` text is the header's. `shares`:
    for a second round, its players less those of its first; without them the counters stand as read, the first counted in.
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
        players=_players(submit, shares),
        sender_version=info.sender_version,
        kind=Kind.SUITE_JSON,
        is_regular_end_witnessed=True,
        config=info.config,
    )


def _players(submit: SuiteSubmit, shares: Difference | None) -> tuple[PlayerFacts, ...] | None:
    if submit.players is None:
        return None
    if submit.info.round_number != SECOND:
        return tuple(_player(player, player_facts(player.stats)) for player in submit.players)
    if shares is None:
        return tuple(_player(player, player_facts(player.stats, R2Basis.RAW)) for player in submit.players)
    by_key = {player.stats.key: player for player in submit.players}
    return tuple(
        _player(by_key[share.player.key], player_facts(share.player, share.basis, has_reset=bool(share.dropped)))
        for share in shares.players
    )


def _player(player: SuitePlayer, counted: PlayerFacts) -> PlayerFacts:
    """Here the GUID is whole, and of deeds nothing is counted."""
    return counted._replace(
        guid=player.guid,
        is_bot=is_bot(player.guid, counted.name),
        weapons=None if counted.kills is None else counted.weapons,
        deeds=None,
    )
