"""The weapons by the number that stats files and the reporter know them by, named as the engine shows them. Pure."""

_NAMES = (
    "knife", "KA-BAR", "Luger", "Colt", "MP40", "Thompson", "Sten", "FG42", "Panzerfaust", "Bazooka", "flamethrower",
    "grenade", "mortar", "Granatwerfer", "dynamite", "airstrike", "artillery", "satchel", "rifle-grenade launcher",
    "landmine", "MG42", "Browning", "Garand", "K43 Rifle", "Garand (scoped)", "K43 (scoped)", "MP34", "syringe",
)  # fmt: skip


def weapon_name(index: int) -> str:
    """The name of a weapon; `weapon_<index>` for one that has none yet.

    22 and 23 are the carbine and the Kar98 of the engine's source, which it shows as Garand and K43: a classic source
    of mislabelled rifles.
    """
    return _NAMES[index] if 0 <= index < len(_NAMES) else f"weapon_{index}"
