"""What counts on through both rounds, as each player's own share of one. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.pairing import SECOND
from shared.domain.round_facts import PlayerFacts, RoundFacts
from shared.domain.stats_counters import StatsPlayer
from shared.domain.stats_difference import difference
from shared.domain.stats_player_facts import player_facts
from shared.domain.units import MS_PER_SECOND


def own_share(facts: RoundFacts, first: Sequence[StatsPlayer] | None) -> RoundFacts:
    """An R2's facts with its `players` worked out of `counted`. `first`: what the same kind of source counted in the
    match's R1; without it, and for other facts, nothing changes.
    """
    if facts.counted is None or first is None or facts.round_number != SECOND:
        return facts
    duration_seconds = None if facts.elapsed_ms is None else facts.elapsed_ms / MS_PER_SECOND
    shares = difference(facts.counted, first, duration_seconds).players
    known = {player.key: player for player in facts.players or ()}
    players = (player_facts(share.player, share.basis, has_reset=bool(share.dropped)) for share in shares)
    return replace(facts, players=tuple(_with_guid(player, known.get(player.key)) for player in players))


def _with_guid(player: PlayerFacts, known: PlayerFacts | None) -> PlayerFacts:
    """Counters know a GUID's first characters only; the source may know all of it."""
    return player if known is None else player._replace(guid=known.guid)
