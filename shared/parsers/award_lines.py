"""The award lines of an endstats file, and which of them do not say what they seem to. Pure.

Where the writer means useful and useless kills it writes `Longest killing spree` once more, then the useless kills as
`Most objectives stolen`. That place is known by a spree that repeats, comes late in the order, or is shorter than any
spree that is awarded.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain.awards import (
    CATEGORY_OF_AWARD,
    LAST_OF_TODAYS_AWARDS,
    PLACE_OF_AWARD,
    AwardCategory,
    AwardFault,
    AwardUnit,
    known_award,
)

SHORTEST_SPREE = 3
_SPREE, _STOLEN, _USELESS = "Longest killing spree", "Most objectives stolen", "Most useless kills"
_NUMBER = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]{1,20})?) *([A-Za-z%]*)")
_UNITS = {
    **dict.fromkeys(("%", "percent"), AwardUnit.PERCENT),
    **dict.fromkeys(("s", "sec", "second", "seconds"), AwardUnit.SECONDS),
    **dict.fromkeys(("m", "metres", "meters"), AwardUnit.METRES),
    "x": AwardUnit.TIMES,
    **dict.fromkeys(("kill", "kills"), AwardUnit.KILLS),
}


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One award. `line` counts from 1; `player` None: a name of which the writer's cleaning left nothing.

    `value_number`: the first number of the text, counted in `unit`. With a `fault` it is kept and not shown.
    """

    line: int
    name: str
    name_as_written: str
    category: AwardCategory
    player: str | None
    value_text: str
    value_number: float | None
    unit: AwardUnit | None
    fault: AwardFault | None = None


def read(line: int, written: str, player: str, value_text: str) -> AwardLine:
    """The award of three cells; one whose name is not known is kept as it is."""
    name = known_award(written)
    found = _NUMBER.search(value_text)
    return AwardLine(
        line=line,
        name=name or written,
        name_as_written=written,
        category=CATEGORY_OF_AWARD[name] if name else AwardCategory.OTHER,
        player=player or None,
        value_text=value_text,
        value_number=float(found[1]) if found else None,
        unit=_UNITS.get(found[2].lower()) if found else None,
        fault=None if name else AwardFault.UNKNOWN_AWARD,
    )


def with_faults(awards: Sequence[AwardLine]) -> tuple[AwardLine, ...]:
    """The awards of one file in its order, those under a wrong label marked, and named for what they are where that is known."""
    judged: list[AwardLine] = []
    seen: set[str] = set()
    is_after_false_spree = False
    for award in awards:
        is_false_spree = award.name == _SPREE and _is_false_spree(award, seen)
        if is_false_spree:
            judged.append(replace(award, fault=AwardFault.EMITTER_MISLABEL))
        elif award.name == _STOLEN and (is_after_false_spree or _STOLEN in seen):
            judged.append(_as_useless_kills(award))
        else:
            judged.append(award)
            if award.name in PLACE_OF_AWARD:  # what nobody knows tells nothing of the order
                seen.add(award.name)
        is_after_false_spree = is_false_spree
    return tuple(judged)


def _is_false_spree(award: AwardLine, seen: set[str]) -> bool:
    if award.value_number is not None and award.value_number < SHORTEST_SPREE:
        return True
    later = (PLACE_OF_AWARD.get(name, 0) for name in seen)
    return _SPREE in seen or any(
        PLACE_OF_AWARD[_SPREE] < place <= PLACE_OF_AWARD[LAST_OF_TODAYS_AWARDS] for place in later
    )


def _as_useless_kills(award: AwardLine) -> AwardLine:
    category = CATEGORY_OF_AWARD[_USELESS]
    return replace(award, name=_USELESS, category=category, fault=AwardFault.EMITTER_MISLABEL)
