"""What is believed of a round: its voices, the most believed first, what they tell together, and what its match adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlalchemy import Connection

from ingest_api.services.evidence import Evidence, read_again, recall
from shared.db.map_lore import MapLore
from shared.db.rounds import Rounds
from shared.db.surroundings import Neighbour
from shared.db.voices import VoiceOfRound, Voices
from shared.domain.defenders import FilledIn, fill_in
from shared.domain.merging import Conflict, Told, reused_event_ids, tell
from shared.domain.own_share import own_share
from shared.domain.pairing import SECOND, Place, is_named_by_start, match_of
from shared.domain.precedence import believed
from shared.domain.vocabulary import Kind

Fresh = Mapping[int, Evidence]
"""Evidence that is at hand already, by delivery."""
NOTHING: Fresh = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Heard:
    """What is believed of a round, the most believed voice first, each with why it is linked; and what they tell together.

    `endstats`: its endstats files. `filled_in`: who defended, when none of them told it.
    `reused`: where one of them bears the event_id of another.
    """

    voices: tuple[tuple[Evidence, str], ...]
    told: Told
    endstats: tuple[VoiceOfRound, ...] = ()
    filled_in: FilledIn | None = None
    reused: tuple[Conflict, ...] = ()

    @property
    def has_unreadable_side(self) -> bool:
        """Whether a source told a winner or defender that is no side."""
        return any(evidence.understood.has_unreadable_side for evidence, _reason in self.voices)

    @property
    def counts_run_on(self) -> bool:
        """Whether a source of it counts on through R2."""
        return any(evidence.facts.counted is not None for evidence, _reason in self.voices)


def hear_one(evidence: Evidence, link_reason: str) -> Heard:
    """A round that one delivery tells of."""
    return Heard(((evidence, link_reason),), tell([evidence.facts]))


def hear(connection: Connection, round_id: int, fresh: Fresh = NOTHING) -> Heard:
    """All that is believed of a stored round."""
    return hear_all(connection, Voices(connection).of_round(round_id), fresh)


def hear_all(connection: Connection, voices: Sequence[VoiceOfRound], fresh: Fresh = NOTHING) -> Heard:
    """What is believed of these voices of one round."""
    by_rank = {voice.rank: voice for voice in voices}
    heard = [(evidence_of(connection, by_rank[rank], fresh), by_rank[rank].link_reason) for rank in believed(by_rank)]
    spoken = _without_own_files(heard)
    endstats = tuple(voice for voice in voices if voice.rank.kind is Kind.ENDSTATS_FILE)
    reused = tuple(reused_event_ids((voice.rank, voice.event_id) for voice in voices))
    return Heard(tuple(spoken), tell([evidence.facts for evidence, _reason in spoken]), endstats, reused=reused)


def as_voice(evidence: Evidence, link_reason: str) -> VoiceOfRound:
    """Evidence that is at hand as one of its round's voices, which it may only just become."""
    return VoiceOfRound(evidence.kept.delivery_id, link_reason, evidence.rank, evidence.understood.event_id)


def evidence_of(connection: Connection, voice: VoiceOfRound, fresh: Fresh = NOTHING) -> Evidence:
    """What a voice tells."""
    if voice.delivery_id in fresh:
        return fresh[voice.delivery_id]
    if voice.stored is None:
        return read_again(connection, voice.delivery_id)
    return recall(connection, voice.stored)


def in_its_match(
    connection: Connection, heard: Heard, place: Place, neighbours: Sequence[Neighbour] | None = None
) -> Heard:
    """A round with what its match and its map add to its own voices: each player's own share, and who defended.

    `neighbours`: all around it, if somebody looked.
    """
    heard = _with_own_shares(connection, heard, place, neighbours)
    facts = heard.told.facts
    if facts.defender is not None:
        return heard
    other_round = Rounds(connection).defender_of_other_half(match_of(place.match_id), facts.round_number)
    return replace(heard, filled_in=fill_in(facts, other_round, MapLore(connection).observed(facts.map_name)))


def other_half(
    connection: Connection, match_id: str, round_number: int, neighbours: Sequence[Neighbour] | None = None
) -> int | None:
    """The round that holds the other slot of a match. `neighbours`: all around this one, if somebody looked."""
    for other in neighbours or ():
        if other.match_id == match_id and other.half.round_number != round_number:
            return other.half.key
    if neighbours is not None and not is_named_by_start(match_id):
        return None  # only an R2 that names its R1 may stand in its match from further off
    return Rounds(connection).other_half(match_id, round_number)


def _with_own_shares(
    connection: Connection, heard: Heard, place: Place, neighbours: Sequence[Neighbour] | None
) -> Heard:
    """An R2 whose sources count on from its R1 with each player's own share in it; any other round as it is."""
    if heard.told.facts.round_number != SECOND or not heard.counts_run_on:
        return heard
    first_id = other_half(connection, match_of(place.match_id), SECOND, neighbours)
    if first_id is None:
        return heard
    first = hear(connection, first_id)
    counted = {evidence.facts.kind: evidence.facts.counted for evidence, _reason in first.voices}
    facts = [own_share(evidence.facts, counted.get(evidence.facts.kind)) for evidence, _reason in heard.voices]
    return replace(heard, told=tell(facts))


def _without_own_files(heard: Sequence[tuple[Evidence, str]]) -> list[tuple[Evidence, str]]:
    """A reporter that writes files for older tools says so: what such a file cannot say must not come back as fact."""
    written = {name for evidence, _reason in heard for name in evidence.understood.own_files}
    return [(evidence, reason) for evidence, reason in heard if evidence.kept.filename not in written]
