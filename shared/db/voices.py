"""Who tells of a stored round: the events that are linked to it, and what decides how far each is believed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.db.deliveries import OF_STORED, StoredDelivery, stored_delivery
from shared.domain.nearness import Candidate
from shared.domain.precedence import Rank
from shared.domain.vocabulary import ExitKind, Kind, ParseStatus

_LINKED = "e.state IN ('linked_round_id', 'enriched', 'published')"
_VOICES = text(f"""
SELECT {OF_STORED}, e.link_reason, e.parse_status, e.event_id,
       e.facts ->> 'exit_kind' AS exit_kind, (e.facts ->> 'sequence')::bigint AS sequence
FROM round_events e JOIN deliveries d ON d.id = e.delivery_id JOIN servers s ON s.server_id = d.server_id
WHERE e.round_id = :round_id AND {_LINKED}
""")
_STARTS = text(f"""
SELECT e.round_id, d.kind, e.round_start_unix, e.round_end_unix, e.facts -> 'stamp_ends_unix' AS stamp_ends_unix
FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
WHERE e.round_id = ANY (:round_ids) AND {_LINKED}
""")


@dataclass(frozen=True, slots=True)
class VoiceOfRound:
    """An event that tells of a round, and what decides how far it is believed. `stored`: the delivery it came in; None when
    that is at hand.
    """

    delivery_id: int
    link_reason: str
    rank: Rank
    event_id: str | None = None
    stored: StoredDelivery | None = None


class Voices:
    """Questions about the events that tell of rounds, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_round(self, round_id: int) -> list[VoiceOfRound]:
        """Every event that is linked to a round."""
        return [_voice(row) for row in self._connection.execute(_VOICES, {"round_id": round_id})]

    def with_starts(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates with what the events linked to them tell of their starts, ends and stamps."""
        by_id = {candidate.round_id: candidate for candidate in candidates}
        starts: dict[int, dict[Kind, set[int | None]]] = {}
        ends: dict[int, set[int]] = {}
        stamps: dict[int, set[int]] = {}
        for row in self._connection.execute(_STARTS, {"round_ids": list(by_id)}):
            starts.setdefault(row.round_id, {}).setdefault(Kind(row.kind), set()).add(row.round_start_unix)
            ends.setdefault(row.round_id, set()).update(() if row.round_end_unix is None else (row.round_end_unix,))
            stamps.setdefault(row.round_id, set()).update(row.stamp_ends_unix or ())
        return [
            Candidate(
                one.round_id,
                one.round_start_unix,
                one.round_end_unix,
                tuple(sorted(stamps.get(one.round_id, ()))),
                {kind: frozenset(told) for kind, told in starts.get(one.round_id, {}).items()},
                frozenset(ends.get(one.round_id, ())),
            )
            for one in by_id.values()
        ]


def _voice(row: Row[Any]) -> VoiceOfRound:
    rank = Rank(
        Kind(row.kind),
        ExitKind(row.exit_kind) if row.exit_kind else ExitKind.UNKNOWN,
        ParseStatus(row.parse_status),
        row.sequence,
        row.byte_count,
        row.content_sha256,
    )
    return VoiceOfRound(row.delivery_id, row.link_reason, rank, row.event_id, stored_delivery(row))
