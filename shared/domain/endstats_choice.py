"""Of several endstats files of one round, which one counts? The one that tells most, whichever came first. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.vocabulary import ParseStatus


@dataclass(frozen=True, slots=True)
class Richness:
    """What decides between two endstats files of one round; `delivery_id` only names it."""

    delivery_id: int
    filename: str
    awards: int
    duels: int
    parse_status: ParseStatus
    byte_count: int
    content_sha256: str

    def key(self) -> tuple[int, int, bool, int, str, str]:
        """More awards, then more duels, whole before partial, then the longer, the greater."""
        is_whole = self.parse_status is ParseStatus.OK
        return self.awards, self.duels, is_whole, self.byte_count, self.content_sha256, self.filename


def richest_first(files: Iterable[Richness]) -> list[Richness]:
    """The one that counts, then the others; of two versions under one name the richer speaks for the name."""
    by_name: dict[str, Richness] = {}
    for one in sorted(files, key=Richness.key, reverse=True):
        by_name.setdefault(one.filename, one)
    return list(by_name.values())
