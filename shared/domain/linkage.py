"""Is what was told bound to the rounds it tells of? Verdicts over counts of what is stored. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.domain.vocabulary import SOURCE_OF_KIND, Kind

LARGEST_UNLINKED_RATIO = 0.20
SEEN_ALONE_AFTER = timedelta(minutes=10)


class Breach(StrEnum):
    """What must not be."""

    UNLINKED_RATIO = "unlinked_ratio"
    OTHER_START = "lua_row_of_another_start"
    MAP_MISMATCH = "map_mismatch"
    ROUND_NUMBER_MISMATCH = "round_number_mismatch"
    TWO_LUA_ROWS = "two_lua_rows_on_one_round"
    HALVES_ON_TWO_MAPS = "match_halves_on_different_maps"
    COMPLETE_WITHOUT_CORE = "complete_match_without_core_part"


@dataclass(frozen=True, slots=True)
class Linkage:
    """`lua_rows`, of which `unlinked` have no round; `found`: the ids of what breaks a rule of which none may be broken."""

    lua_rows: int
    unlinked: int
    found: Mapping[Breach, tuple[str, ...]]

    @property
    def unlinked_ratio(self) -> float | None:
        """None where there is nothing to link."""
        return round(self.unlinked / self.lua_rows, 4) if self.lua_rows else None

    @property
    def breaches(self) -> dict[Breach, int]:
        """How often each rule is broken; of the ratio, by how many rows without a round."""
        broken = {breach: len(ids) for breach, ids in self.found.items() if ids}
        if (self.unlinked_ratio or 0) > LARGEST_UNLINKED_RATIO:
            broken[Breach.UNLINKED_RATIO] = self.unlinked
        return broken

    @property
    def is_ok(self) -> bool:
        """Whether no rule is broken."""
        return not self.breaches


def seen_only_by(kind: Kind) -> str:
    """The word for a round of which only a source speaks that may not found one."""
    return f"round_seen_only_by_{SOURCE_OF_KIND[kind]}"
