"""A submit of the JSON stats suite as its second version writes it, to be changed member by member."""

GUID = "AB12CD340000000000000000000000AA"
OTHER = "7A00BEEF0000000000000000000000BB"
TOKENS = "48 8 15 1 0 2 4 9 2 1 0 128 110 0 0 3 1 0 0 24.2 7".split()
"""MP40: 8 hits, 15 shots, 1 kill, 2 to the head. Thompson: 4, 9, 2, killed once by it."""

INFO = {
    "servername": "^1Polar ^7Pub",
    "config": "legacy3",
    "defenderteam": 1,
    "winnerteam": 2,
    "timelimit": "12:00",
    "nextTimeLimit": "4:07",
    "mapname": "supply",
    "round": 1,
    "matchID": "1770158000",
    "stats_version": "2.4.0",
    "mod_version": "v2.83.2",
    "server_ip": "192.0.2.7",
    "server_port": "27960",
    "round_start": 31305012,
    "round_end": 31552118,
    "round_start_unix": 1770159062,
    "round_end_unix": 1770159309,
}


def a_submit_player(**changes):
    return {"guid": GUID[:8], "name": "^2Nord^7ik", "rounds": "0", "team": "2", "weaponStats": TOKENS, **changes}


def a_submit(info=None, **changes):
    """The tree of a body; `info` changes members of `round_info`, one set to None goes."""
    told = {name: value for name, value in {**INFO, **(info or {})}.items() if value is not None}
    return {"round_info": told, "player_stats": {GUID: a_submit_player()}, "gamelog": [], **changes}
