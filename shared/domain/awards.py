"""The awards of an endstats file: their names, in the order their writer hands them out, and what each is about. Pure."""

from enum import StrEnum


class AwardCategory(StrEnum):
    """What an award is about."""

    COMBAT = "combat"
    DEATHS = "deaths"
    SKILLS = "skills"
    WEAPONS = "weapons"
    TEAMWORK = "teamwork"
    OBJECTIVES = "objectives"
    TIMING = "timing"
    OTHER = "other"


class AwardUnit(StrEnum):
    """What an award's value is counted in, as its text says; a bare number has none."""

    PERCENT = "percent"
    SECONDS = "seconds"
    METRES = "metres"
    TIMES = "times"
    KILLS = "kills"


class AwardFault(StrEnum):
    """What is wrong with an award. One under a wrong label is kept and never shown; one nobody knows is shown as it is."""

    EMITTER_MISLABEL = "emitter_mislabel"
    UNKNOWN_AWARD = "unknown_award"


class NobodyKnown(StrEnum):
    """Why nobody knows which player of the round a name means."""

    NAMELESS = "nameless"
    NAME_NOT_IN_ROUND = "name_not_in_round"
    NAME_SHARED = "name_shared"


_C = AwardCategory

CATEGORY_OF_AWARD = {
    "Most damage given": _C.COMBAT,
    "Most damage received": _C.COMBAT,
    "Most team damage given": _C.TEAMWORK,
    "Most team damage received": _C.TEAMWORK,
    "Most teamkills": _C.DEATHS,
    "Most selfkills": _C.DEATHS,
    "Most deaths": _C.DEATHS,
    "Most kills per minute": _C.COMBAT,
    "Most doublekills": _C.SKILLS,
    "Most multikills": _C.SKILLS,
    "Quickest multikill w/ light weapons": _C.SKILLS,
    "Farthest riflenade kill": _C.WEAPONS,
    "Most light weapon kills": _C.SKILLS,
    "Most pistol kills": _C.SKILLS,
    "Most rifle kills": _C.SKILLS,
    "Most riflenade kills": _C.WEAPONS,
    "Most sniper kills": _C.SKILLS,
    "Most knife kills": _C.SKILLS,
    "Most air support kills": _C.WEAPONS,
    "Most mine kills": _C.WEAPONS,
    "Most grenade kills": _C.WEAPONS,
    "Most panzer kills": _C.WEAPONS,
    "Most mortar kills": _C.WEAPONS,
    "Most panzer deaths": _C.DEATHS,
    "Mortarmagnet": _C.DEATHS,
    "Most MG42 kills": _C.WEAPONS,
    "Most MG42 deaths": _C.DEATHS,
    "Most revives": _C.TEAMWORK,
    "Most revived": _C.TEAMWORK,
    "Best K/D ratio": _C.COMBAT,
    "Most dynamites planted": _C.OBJECTIVES,
    "Most dynamites defused": _C.OBJECTIVES,
    "Longest killing spree": _C.SKILLS,
    "Longest death spree": _C.DEATHS,
    "Most objectives stolen": _C.OBJECTIVES,
    "Most objectives returned": _C.OBJECTIVES,
    "Most corpse gibs": _C.OBJECTIVES,
    "Most kill assists": _C.TEAMWORK,
    "Most killsteals": _C.TEAMWORK,
    "Most headshot kills": _C.SKILLS,
    "Most damage per minute": _C.COMBAT,
    "Tank/Meatshield (Refuses to die)": _C.COMBAT,
    "Full respawn king": _C.TIMING,
    "Least time dead (What spawn?)": _C.TIMING,
    "Most playtime denied": _C.TIMING,
    "Highest light weapons accuracy": _C.SKILLS,
    "Highest headshot accuracy": _C.SKILLS,
    "Most headshots": _C.SKILLS,
    "Most bullets fired": _C.SKILLS,
    "Most useful kills (>Half respawn time left)": _C.TIMING,
    "Most useless kills": _C.TIMING,
    "Most mortar deaths": _C.DEATHS,
}
"""Every known award, in the order of writing; the last three are in older files only."""

LAST_OF_TODAYS_AWARDS = "Most bullets fired"
PLACE_OF_AWARD = {name: place for place, name in enumerate(CATEGORY_OF_AWARD)}


def known_award(text: str) -> str | None:
    """The award a cell names: the longest known name that it is, or starts with."""
    if text in CATEGORY_OF_AWARD:
        return text
    return max((name for name in CATEGORY_OF_AWARD if text.startswith(name)), key=len, default=None)
