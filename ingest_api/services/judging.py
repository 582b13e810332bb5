"""A round judged from all its voices: which evidence is believed, where the round stands, and what is written of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.awarding import write_awards, write_timeline
from ingest_api.services.evidence import Evidence, aliases_of
from ingest_api.services.hearing import NOTHING, Fresh, Heard, evidence_of, hear, in_its_match
from ingest_api.services.replacing import with_people
from shared.db import player_rows, round_rows
from shared.db.round_records import JudgedRound
from shared.db.rounds import Rounds
from shared.domain import scoring
from shared.domain.merging import Told, limit_mismatch
from shared.domain.pairing import FIRST, Half, Place
from shared.domain.precedence import HEARD_BY_THE_ENGINE
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import PublicationStatus, RoundStatus


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


def write_beside(connection: Connection, round_id: int, heard: Heard, now: datetime, fresh: Fresh = NOTHING) -> None:
    """Write what stands in a round beside its judgement: its awards, and a suite's log of it."""
    voices = [evidence for evidence, _reason in heard.voices]
    write_timeline(connection, round_id, voices)
    if heard.endstats:
        endstats = [evidence_of(connection, voice, fresh) for voice in heard.endstats]
        write_awards(connection, round_id, voices, endstats, now)


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
