"""A STATS_READY message as its sender writes it, to be changed field by field."""

import json

FIELDS = {
    "Map": "supply",
    "Round": "1",
    "Winner": "2",
    "Defender": "1",
    "Lua_Playtime": "247 sec",
    "Lua_Timelimit": "12 min",
    "Lua_Pauses": "0 (0 sec)",
    "Lua_EndReason": "objective",
    "Lua_Warmup": "0 sec",
    "Lua_WarmupStart": "1770159062",
    "Lua_RoundStart": "1770159062",
    "Lua_RoundEnd": "1770159309",
    "Lua_SurrenderTeam": "0",
    "Lua_SurrenderCaller": "",
    "Lua_SurrenderCallerName": "",
    "Lua_AxisScore": "0",
    "Lua_AlliesScore": "1",
    "Axis_JSON": '[{"guid":"ab12cd340000000000000000000000aa","name":"Nordik"}]',
    "Allies_JSON": '[{"guid":"7a00beef0000000000000000000000bb","name":"Kaa^$mos"}]',
    "Lua_Pauses_JSON": "[]",
    "Lua_SpawnSummary": "Players:2 | Spawns:14 | AvgRespawn:11s | MaxRespawn:24s",
}


def a_message(version="1.7.2", **changes):
    """The tree of a message; a change to None takes the field out, one of a new name adds it."""
    fields = {**FIELDS, **changes}
    listed = [{"name": name, "value": value} for name, value in fields.items() if value is not None]
    footer = {"footer": {"text": f"Slomix Lua Webhook v{version}"}} if version else {}
    return {"username": "ET:Legacy Stats", "content": "STATS_READY", "embeds": [{"fields": listed, **footer}]}


def as_bytes(tree):
    return json.dumps(tree).encode()
