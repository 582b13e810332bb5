"""Replays a recording of a real server, callback by callback, through the engine stand-in.

A trace holds every callback with the values it could read, but only those frames in which something changed; the others
can be filled in exactly (frame n of a VM at S + 100·(n - 1) up to 7, at S + 750 + 50·(n - 8) from 8).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from game_server.stand_in.et_engine import Engine

CONFIGSTRINGS: Mapping[str, int] = {
    "CS_WARMUP": 5, "CS_LEVEL_START_TIME": 11, "CS_INTERMISSION": 12, "CS_MULTI_INFO": 13, "CS_MULTI_MAPWINNER": 14,
    "CS_SERVERTOGGLES": 32, "CS_INTERMISSION_START_TIME": 36,
}  # fmt: skip
# What the probe recorded of a player; asking for anything else raises, as for a field a build does not have.
TRACE_FIELDS = (
    "inuse", "pers.connected", "pers.netname", "sess.sessionTeam", "sess.kills", "sess.deaths", "sess.damage_given",
    "sess.rounds",
)  # fmt: skip
_TEAM = re.compile(r"ClientUserinfoChanged: (\d+) .*?\\t\\(\d)")
_CONNECTS_WITHIN_MS = 40
_FIRST_FRAME_WITH_CLIENTS = 7


@dataclass(frozen=True, slots=True)
class _Frame:
    number: int
    level_time: int
    ms: int


def read_trace(path: Path) -> list[dict[str, Any]]:
    """The lines of a trace file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def replay(engine: Engine, lines: Sequence[Mapping[str, Any]], *, fill_frames: bool) -> Iterator[int]:
    """Delivers the lines in order and yields the index after each, so that a caller may stop (or kill) anywhere."""
    replayer = _Replayer(engine, lines, fill_frames=fill_frames)
    for index in range(len(lines)):
        replayer.deliver(index)
        yield index


def _wire(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _from_hex(text: str) -> str:
    return bytes.fromhex(text).decode("latin-1")


class _Replayer:
    def __init__(self, engine: Engine, lines: Sequence[Mapping[str, Any]], *, fill_frames: bool) -> None:
        self.engine, self.lines, self.fill = engine, lines, fill_frames
        self.frames: list[_Frame] = []
        self.began = False

    def deliver(self, index: int) -> None:
        line = self.lines[index]
        name = line["callback"]
        if self.fill and name != "chunk":
            self._run_frames_before(line)
        self.engine.set_clock(line["ms"], line["unix"])
        if name == "chunk":
            self._new_vm(index)
            return
        self._merge(line)
        if name == "configstring":
            self.engine.set_string(line["args"][0], line["args"][1])
        elif line["args"] is not None:
            self._callback(name, line, index)

    # ----- values -------------------------------------------------------------------------------------------------

    def _merge(self, line: Mapping[str, Any]) -> None:
        state = dict(line.get("state") or {})
        for key, value in (state.pop("configstrings", None) or {}).items():
            self.engine.set_string(CONFIGSTRINGS[key], _wire(value))
        for key, value in state.items():
            self.engine.set_cvar(key, _wire(value))
        if "players" in line:
            here = {player["slot"]: player for player in line["players"]}
            for slot in set(self.engine.slots) - set(here):
                self.engine.put_fields(slot, {"pers.connected": 0, "inuse": 0})
            for slot, player in here.items():
                self.engine.put_fields(slot, {key: value for key, value in player.items() if key in TRACE_FIELDS})

    def _callback(self, name: str, line: Mapping[str, Any], index: int) -> None:
        engine = self.engine
        raw_hex = line.get("args_hex") or {}
        args: list[Any] = [
            _from_hex(raw_hex[str(i)]) if str(i) in raw_hex else _wire(arg) if isinstance(arg, str) else arg
            for i, arg in enumerate(line["args"])
        ]
        if name == "et_ClientConnect":
            self._connect(args[0], line)
        elif name == "et_ClientBegin":
            engine.put_fields(args[0], {"pers.connected": 2})
        elif name == "et_ClientUserinfoChanged":
            self._read_team_ahead(index)
        if name in {"et_ClientCommand", "et_ConsoleCommand"}:
            rest = _from_hex(line["rest_hex"]) if "rest_hex" in line else _wire(line.get("rest") or "")
            words = [args[-1], *rest.split()]
            if name == "et_ClientCommand":
                engine.client_command(args[0], *words)
            else:
                engine.console_command(*words)
            return
        engine.call(name, *args)
        self.began = self.began or name == "et_RunFrame"
        if name == "et_ClientDisconnect":
            engine.clear_slot(args[0])
        elif name == "et_Quit":
            engine.drop_vm()

    def _connect(self, slot: int, line: Mapping[str, Any]) -> None:
        if "userinfo_hex" in line:
            self.engine.set_userinfo(slot, _from_hex(line["userinfo_hex"]))
        elif line.get("userinfo"):
            self.engine.set_userinfo(slot, _wire(line["userinfo"]))
        name = re.search(r"\\name\\([^\\]*)", self.engine.userinfos.get(slot, ""))
        self.engine.put_fields(slot, {"pers.connected": 1, "inuse": 1, "pers.netname": name.group(1) if name else ""})

    def _read_team_ahead(self, index: int) -> None:
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        text = following["args"][0] if following and following["callback"] == "et_Print" else ""
        found = _TEAM.match(text)
        if found:
            self.engine.put_fields(int(found[1]), {"sess.sessionTeam": int(found[2])})

    # ----- VMs and frames -----------------------------------------------------------------------------------------

    def _new_vm(self, index: int) -> None:
        self._merge(self.lines[index])
        same_level = self._is_lua_restart(index)
        if not same_level:
            for slot in self.engine.slots:
                self.engine.put_fields(slot, {"pers.connected": 0})
        self.began = False
        self.frames = self._frames_of_vm(index, same_level=same_level) if self.fill else []
        self.engine.load_vm()

    def _is_lua_restart(self, index: int) -> bool:
        for line in self.lines[index + 1 :]:
            if line["callback"] in {"et_InitGame", "et_RunFrame"}:
                return bool(line["callback"] == "et_RunFrame")
        return False

    def _frames_of_vm(self, index: int, *, same_level: bool) -> list[_Frame]:
        """Every frame of the VM that begins here; those not logged lie 50 ms apart before the next logged one."""
        anchors: list[tuple[int, int]] = []
        first_level = first_ms = 0
        for line in self.lines[index + 1 :]:
            if line["callback"] == "chunk":
                break
            if line["callback"] == "et_RunFrame":
                if not anchors:
                    first_level, first_ms = line["args"][0], line["ms"]
                anchors.append((line["frame"], line["ms"]))
            elif line["callback"] == "et_ShutdownGame":
                anchors.append((line["frames"] + 1, line["ms"]))
        frames: list[_Frame] = []
        for (low, _), (high, high_ms) in pairwise(anchors):
            for number in range(low + 1, high):
                unconnected = not same_level and number < _FIRST_FRAME_WITH_CLIENTS
                earliest = first_ms if same_level else first_ms + _CONNECTS_WITHIN_MS
                ms = first_ms if unconnected else max(earliest, high_ms - 50 * (high - number))
                frames.append(_Frame(number, _level_time(first_level, number, same_level=same_level), ms))
        return frames

    def _run_frames_before(self, line: Mapping[str, Any]) -> None:
        """Frames due before this line: by number before a logged frame or the shutdown, else by time."""
        limit = line["frame"] if "frame" in line else line["frames"] + 1 if "frames" in line else None
        while self.frames:
            frame = self.frames[0]
            due = frame.number < limit if limit is not None else self.began and frame.ms <= line["ms"]
            if not due:
                return
            self.frames.pop(0)
            engine = self.engine
            engine.set_clock(frame.ms, engine.unix + max(0, frame.ms - engine.ms) // 1000)
            engine.call("et_RunFrame", frame.level_time)


def _level_time(first: int, number: int, *, same_level: bool) -> int:
    if same_level:
        return first + 50 * (number - 1)
    return first + 100 * (number - 1) if number <= _FIRST_FRAME_WITH_CLIENTS else first + 750 + 50 * (number - 8)
