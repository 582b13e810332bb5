"""A round judged from all its voices: which evidence is believed, where the round stands, and what is written of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.awarding import write_awards, write_timeline
from ingest_api.services.evidence import Evidence, aliases_of, read_again
from ingest_api.services.replacing import with_people
from shared.db import player_rows, round_rows
from shared.db.map_lore import MapLore
from shared.db.rounds import JudgedRound, Rounds, VoiceOfRound
from shared.domain import scoring
from shared.domain.defenders import FilledIn, fill_in
from shared.domain.merging import Conflict, Told, limit_mismatch, reused_event_ids, tell
from shared.domain.own_share import own_share
from shared.domain.pairing import FIRST, SECOND, Half, Place, match_of
from shared.domain.precedence import HEARD_BY_THE_ENGINE, believed
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import Kind, PublicationStatus, RoundStatus


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operators decided about judging: whether rounds are posted by themselves, and which maps only fill pauses."""

    autopost: bool = True
    filler_maps: frozenset[str] = scoring.FILLER_MAPS

    def without_posting(self) -> "Rules":
        """The same, for what is judged again: nothing is posted that was not to be posted before."""
        return replace(self, autopost=False)

    def publication_status(self, judgement: scoring.RoundJudgement) -> PublicationStatus | None:
        """How a round enters the outbox; None when it is not to be posted."""
        if not judgement.is_publishable:
            return None
        return PublicationStatus.PENDING if self.autopost else PublicationStatus.AUTOPOST_OFF


AS_USUAL = Rules()


@dataclass(frozen=True, slots=True)
class Heard:
    """What is believed of a round, the most believed voice first, each with why it is linked; and what they tell together.

    `endstats`: the deliveries of its endstats files. `filled_in`: who defended, when none of them told it.
    `reused`: where one of them bears the event_id of another.
    """

    voices: tuple[tuple[Evidence, str], ...]
    told: Told
    endstats: tuple[int, ...] = ()
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


def hear(connection: Connection, round_id: int, fresh: Mapping[int, Evidence] | None = None) -> Heard:
    """All that is believed of a stored round. `fresh`: evidence at hand already, by delivery."""
    voices = Rounds(connection).voices(round_id)
    by_rank = {voice.rank: voice for voice in voices}
    heard = [(_evidence(connection, by_rank[rank], fresh), by_rank[rank].link_reason) for rank in believed(by_rank)]
    spoken = _without_own_files(heard)
    endstats = tuple(voice.delivery_id for voice in voices if voice.rank.kind is Kind.ENDSTATS_FILE)
    reused = tuple(reused_event_ids((voice.rank, voice.event_id) for voice in voices))
    return Heard(tuple(spoken), tell([evidence.facts for evidence, _reason in spoken]), endstats, reused=reused)


def half_of(key: int, told: Told) -> Half:
    """The round as pairing sees it."""
    facts = told.facts
    return Half(
        key=key,
        round_number=facts.round_number,
        round_start_unix=facts.round_start_unix,
        round_end_unix=facts.round_end_unix,
        takes_slot=scoring.takes_slot(facts),
        limit_ms=facts.limit_ms,
        named_first_start_unix=facts.first_round.round_start_unix if facts.first_round else None,
        near_unix=facts.near_unix,
        elapsed_ms=facts.elapsed_ms,
        is_cut=scoring.is_cut(facts),
        next_limit_ms=scoring.limit_led_to_ms(facts),
    )


def judged(
    heard: Heard, place: Place, rules: Rules, now: datetime, next_round_limit_ms: int | None = None
) -> JudgedRound:
    """Everything that is to be written of a round in its place. `next_round_limit_ms`: for an R1, its R2's limit."""
    told = heard.told
    facts = told.facts
    filled_in = heard.filled_in
    sides = scoring.SidesTold(
        is_filled_in=filled_in is not None,
        is_unreadable=heard.has_unreadable_side,
        defender=filled_in.defender if filled_in else None,
    )
    judgement = scoring.judge(facts, place, next_round_limit_ms, sides, rules.filler_maps)
    strongest = aliases_of(facts)[0]
    row = round_rows.round_row(told, judgement, place, strongest, now)
    if filled_in is not None:
        row |= {"defender_team": filled_in.defender, "sides_source": filled_in.hint}
    row |= round_rows.concluded_winner(judgement, row)
    received_at = heard.voices[0][0].kept.received_at
    is_completed = judgement.status is RoundStatus.COMPLETED
    players = player_rows.player_rows(facts, row["round_date"], now, is_completed=is_completed)
    row["flags"] = round_rows.breaches(facts, players)
    return JudgedRound(
        round=row,
        lua=_lua_rows(heard.voices, place, judgement),
        spawns=player_rows.spawn_rows(_who_followed_lives(heard.voices) or facts, place, received_at),
        players=players,
        weapons=player_rows.weapon_rows(facts),
        conflicts=round_rows.conflict_rows(
            (*told.conflicts, *heard.reused, *limit_mismatch(told, place.expected_limit_ms))
        ),
        publish=rules.publication_status(judgement),
    )


def rejudge(
    connection: Connection, round_id: int, place: Place, rules: Rules, now: datetime, heard: Heard | None = None
) -> None:
    """Judge a stored round anew, in a place that may have changed, with what the other half of its match can teach.

    What stands beside its judgement follows from its own voices alone, and is left as it is.
    """
    heard = heard or hear(connection, round_id)
    rounds = Rounds(connection)
    next_round_limit_ms = None
    if heard.told.facts.round_number == FIRST:
        next_round_limit_ms = rounds.limit_of_other_half_ms(place.match_id, FIRST)
    heard = in_its_match(connection, heard, place)
    place = with_people(connection, place, heard.told.facts)
    rounds.rewrite(round_id, judged(heard, place, rules, now, next_round_limit_ms), now)


def write_beside(connection: Connection, round_id: int, heard: Heard, now: datetime) -> None:
    """Write what stands in a round beside its judgement: its awards, and a suite's log of it."""
    voices = [evidence for evidence, _reason in heard.voices]
    write_timeline(connection, round_id, voices)
    if heard.endstats:
        write_awards(connection, round_id, voices, heard.endstats, now)


def in_its_match(connection: Connection, heard: Heard, place: Place) -> Heard:
    """A round with what its match and its map add to its own voices: each player's own share, and who defended."""
    heard = _with_own_shares(connection, heard, place)
    facts = heard.told.facts
    if facts.defender is not None:
        return heard
    other_round = Rounds(connection).defender_of_other_half(match_of(place.match_id), facts.round_number)
    return replace(heard, filled_in=fill_in(facts, other_round, MapLore(connection).observed(facts.map_name)))


def _with_own_shares(connection: Connection, heard: Heard, place: Place) -> Heard:
    """An R2 whose sources count on from its R1 with each player's own share in it; any other round as it is."""
    if heard.told.facts.round_number != SECOND or not heard.counts_run_on:
        return heard
    first_id = Rounds(connection).other_half(match_of(place.match_id), SECOND)
    if first_id is None:
        return heard
    first = hear(connection, first_id)
    counted = {evidence.facts.kind: evidence.facts.counted for evidence, _reason in first.voices}
    facts = [own_share(evidence.facts, counted.get(evidence.facts.kind)) for evidence, _reason in heard.voices]
    return replace(heard, told=tell(facts))


def _evidence(connection: Connection, voice: VoiceOfRound, fresh: Mapping[int, Evidence] | None) -> Evidence:
    found = (fresh or {}).get(voice.delivery_id)
    return found if found is not None else read_again(connection, voice.delivery_id)


def _without_own_files(heard: Sequence[tuple[Evidence, str]]) -> list[tuple[Evidence, str]]:
    """A reporter that writes files for older tools says so: what such a file cannot say must not come back as fact."""
    written = {name for evidence, _reason in heard for name in evidence.understood.own_files}
    return [(evidence, reason) for evidence, reason in heard if evidence.kept.filename not in written]


def _who_followed_lives(voices: Sequence[tuple[Evidence, str]]) -> RoundFacts | None:
    """The best voice that stood beside the engine and saw players live: its word of how long they were dead, unmixed."""
    facts = (evidence.facts for evidence, _reason in voices if evidence.facts.kind in HEARD_BY_THE_ENGINE)
    return next((one for one in facts if any(player.spawns is not None for player in one.players or ())), None)


def _lua_rows(
    voices: Sequence[tuple[Evidence, str]], place: Place, judgement: scoring.RoundJudgement
) -> list[round_rows.Record]:
    """The word of the best voice that stood beside the engine, unmixed."""
    for evidence, reason in voices:
        if evidence.facts.kind in HEARD_BY_THE_ENGINE:
            kept = evidence.kept
            row = round_rows.lua_row(
                evidence.facts, place, kept.delivery_id, reason, judgement.end_reason, kept.received_at
            )
            return [row]
    return []
