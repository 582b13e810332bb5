"""Of several voices telling of one round, which is believed? Rank decides, never the order of arrival. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.vocabulary import ExitKind, Kind, ParseStatus

VOICES = (Kind.ROUND_REPORT, Kind.STATS_MESSAGE, Kind.SUITE_JSON, Kind.GAMETIME_FILE, Kind.STATS_FILE)
"""The kinds that tell what happened in a round, the most believed first. They may found a round."""

HEARD_BY_THE_ENGINE = frozenset({Kind.ROUND_REPORT, Kind.STATS_MESSAGE, Kind.GAMETIME_FILE})
"""The voices that stood beside the engine: only they tell of pauses and surrender votes, and of lives lived."""


@dataclass(frozen=True, slots=True)
class Rank:
    """What decides between two events of one round and kind: the greater one is believed."""

    kind: Kind
    exit_kind: ExitKind
    parse_status: ParseStatus
    sequence: int | None
    byte_count: int
    content_sha256: str

    def key(self) -> tuple[bool, bool, int, int, str]:
        """Finished before aborted, whole before partial, then the later, the longer, the greater."""
        return (
            self.exit_kind is not ExitKind.ABORTED,
            self.parse_status is ParseStatus.OK,
            -1 if self.sequence is None else self.sequence,
            self.byte_count,
            self.content_sha256,
        )


def believed(ranks: Iterable[Rank]) -> list[Rank]:
    """The best of each kind, the most believed kind first; kinds that tell nothing of what happened are left out."""
    best: dict[Kind, Rank] = {}
    for rank in ranks:
        if rank.kind not in best or rank.key() > best[rank.kind].key():
            best[rank.kind] = rank
    return [best[kind] for kind in VOICES if kind in best]
