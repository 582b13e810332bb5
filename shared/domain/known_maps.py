"""What is known of maps before anybody has played them here: who defends, and the limit their first rounds are played under.

Measured in the scripts of competition maps. What is observed on a server goes before it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from shared.domain.vocabulary import Side

_MINUTE_MS = 60_000
_MINUTES_WHERE_AXIS_DEFENDS = {
    10: "et_operation_b7",
    12: "erdenberg_t1 erdenberg_t2 et_ufo_final te_escape2",
    15: "karsiah_te2 adlernest bremen_b3 etl_adlernest etl_base etl_frostbite etl_frostbite_v18 etl_supply frostbite "
    "missile_b3 supply sw_goldrush_te tc_base",
    19: "et_beach",
    20: "braundorf_b4 radar sw_oasis_b3",
}
_MINUTES_WHERE_ALLIES_DEFEND = {12: "et_ice etl_ice", 30: "railgun"}

DEFENDERS: Mapping[str, Side] = MappingProxyType(
    {name: Side.AXIS for names in _MINUTES_WHERE_AXIS_DEFENDS.values() for name in names.split()}
    | {name: Side.ALLIES for names in _MINUTES_WHERE_ALLIES_DEFEND.values() for name in names.split()}
)
"""The side that defends, by normalised map name."""
BASE_LIMITS_MS: Mapping[str, int] = MappingProxyType(
    {
        name: minutes * _MINUTE_MS
        for by_minutes in (_MINUTES_WHERE_AXIS_DEFENDS, _MINUTES_WHERE_ALLIES_DEFEND)
        for minutes, names in by_minutes.items()
        for name in names.split()
    }
)
"""The limit of an R1, by normalised map name."""
