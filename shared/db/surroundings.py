"""What the database knows around a round when a delivery tells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.fingerprint import Fingerprint
from shared.domain.linking import KnownAlias
from shared.domain.nearness import Candidate
from shared.domain.pairing import Half
from shared.domain.vocabulary import Confidence, ExitKind, RoundStatus

NEIGHBOURHOOD_SECONDS = 4 * 3600
_MS_PER_SECOND = 1000
_NO_SLOT = frozenset({RoundStatus.ABORTED, RoundStatus.GHOST})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where to look for what may belong to a round: its map around an instant, its names, and its match by name.

    `match_ids`: an R2's match and the places beside it when it names its R1, however long before that was played.
    """

    map_name: str | None = None
    near_unix: int | None = None
    aliases: Sequence[Fingerprint] = ()
    match_ids: Sequence[str] = ()

    def parameters(self) -> dict[str, Any]:
        """As the statements take them."""
        near_unix = self.near_unix
        return {
            "map_name": self.map_name,
            "earliest": None if near_unix is None else near_unix - NEIGHBOURHOOD_SECONDS,
            "latest": None if near_unix is None else near_unix + NEIGHBOURHOOD_SECONDS,
            "fingerprints": [alias.text for alias in self.aliases],
            "match_ids": list(self.match_ids),
        }


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored round near the one in question, and where it stands now.

    `is_verified`: its own sides tell who won it. `next_limit_ms`: for an R1, the limit its R2 is played under.
    """

    half: Half
    match_id: str
    status: RoundStatus
    is_verified: bool
    next_limit_ms: int | None

    @property
    def candidate(self) -> Candidate:
        """The round as one that an event might tell of; which events told of it already has to be asked for."""
        half = self.half
        is_known_by_stamp = half.round_start_unix is None and half.round_end_unix is None and half.near_unix is not None
        stamps = (half.near_unix,) if is_known_by_stamp and half.near_unix is not None else ()
        return Candidate(half.key, half.round_start_unix, half.round_end_unix, stamps)


@dataclass(frozen=True, slots=True)
class Look:
    """What is known. `delivery_id` is None when these bytes are here already; `is_awaited`: some event of this server and
    map waits for a round.
    """

    delivery_id: int | None
    aliases: tuple[KnownAlias, ...]
    neighbours: tuple[Neighbour, ...]
    is_awaited: bool = False


def look(
    delivery_id: int | None,
    aliases: list[Mapping[str, Any]] | None,
    neighbours: list[Mapping[str, Any]] | None,
    is_awaited: bool,  # noqa: FBT001  (a column)
) -> Look:
    """A row of the statements that look around."""
    return Look(
        delivery_id,
        tuple(KnownAlias(**alias) for alias in aliases or ()),
        tuple(_neighbour(row) for row in neighbours or ()),
        is_awaited,
    )


def _neighbour(row: Mapping[str, Any]) -> Neighbour:
    status = RoundStatus(row["round_status"])
    is_cut = row["exit_kind"] == ExitKind.ABORTED
    is_verified = row["score_confidence"] == Confidence.VERIFIED_HEADER
    half = Half(
        key=row["id"],
        round_number=row["round_number"],
        round_start_unix=row["round_start_unix"],
        round_end_unix=row["round_end_unix"],
        takes_slot=status not in _NO_SLOT and not is_cut and not row["is_bot_round"],
        limit_ms=_ms(row["limit_seconds"]),
        named_first_start_unix=row["named_first_start_unix"],
        near_unix=row["near_unix"],
        elapsed_ms=_ms(row["actual_duration_seconds"]),
        next_limit_ms=_ms(row["next_timelimit_seconds"]) if is_verified else None,
        is_cut=is_cut and status is not RoundStatus.GHOST and not row["is_bot_round"],
    )
    return Neighbour(half, row["match_id"], status, is_verified, _ms(row["next_timelimit_seconds"]))


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * _MS_PER_SECOND)
