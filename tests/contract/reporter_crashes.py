"""Everything a killed server can leave on disk, and what the next start tells from it.

A kill can come between two callbacks, and inside one between any two operations on files: there a file is empty, or not
yet renamed. `states_of` yields the disk at each such moment together with what has to be told then.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from game_server.stand_in.et_engine import Engine
from game_server.stand_in.players import ALLIES, AXIS
from game_server.stand_in.traces import replay
from tests.contract.reporter_world import START_UNIX, World
from tests.contract.trace_rounds import Told

_WATCH = """
local about_to_change = ...
local open, rename, remove = io.open, os.rename, os.remove
function io.open(path, mode)
  local file, reason = open(path, mode)
  if mode ~= "rb" then about_to_change() end
  return file, reason
end
function os.rename(from, to) about_to_change() return rename(from, to) end
function os.remove(path) about_to_change() return remove(path) end
"""
_MUCH_LATER = START_UNIX + 100_000_000

Disk = tuple[tuple[str, bytes], ...]


class Named(NamedTuple):
    """A round as a report names it, and how it ended."""

    map_name: str
    number: int
    start_unix: int
    kind: str
    reason: str


class State(NamedTuple):
    """A disk, and the reports that are right for it: between callbacks one list, inside one that before or after it."""

    disk: Disk
    right: tuple[list[Named], ...]


def disk_of(folder: Path) -> Disk:
    """Every file below a folder."""
    return tuple((str(path.relative_to(folder)), path.read_bytes()) for path in _files(folder))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def watch(engine: Engine, folder: Path, seen: list[Disk]) -> None:
    """From now on this VM's script leaves the disk in `seen` before each of its changes."""
    engine.run_lua(_WATCH, lambda: seen.append(disk_of(folder)))


def started_on(world: World, disk: Disk) -> Engine:
    """Another process of the server, its reporter not yet called, on a disk as a killed one left it."""
    shutil.rmtree(world.folder, ignore_errors=True)
    for name, content in disk:
        path = world.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    engine = world.new_engine(_MUCH_LATER)
    engine.set_cvar("sv_serverid", "1")
    engine.load_vm()
    return engine


def told_after(world: World, disk: Disk) -> list[Named]:
    """What is in the spool once another process has started on that disk. What was there already stays as it is: it may
    have been sent.
    """
    started_on(world, disk).call("et_InitGame", 50, 1, 0)
    assert "internal error" not in world.console()
    spooled = [(name, body) for name, body in disk if name.startswith("spool/") and name.endswith(".json")]
    assert [(name, (world.folder / name).read_bytes()) for name, _ in spooled] == spooled
    return [
        Named(r["map_name"], r["round_number"], r["round_start_unix"], r["exit_kind"], r["end_reason_raw"])
        for r in world.reports()
    ]


def states_of(world: World, lines: Sequence[dict[str, Any]], rounds: Sequence[Told], *, fill: bool) -> Iterator[State]:
    """Plays a recording and yields the states it leaves, each right before or after a callback or inside one."""
    watcher, inside, disk = _Watcher(world.engine, rounds), [], disk_of(world.folder)
    before = watcher.told
    for index in replay(world.engine, lines, fill_frames=fill):
        if lines[index]["callback"] == "chunk":
            watch(world.engine, world.folder, inside)
        watcher.look(lines[index])
        after = watcher.told
        if inside:
            yield from (State(disk, (before, after)) for disk in inside)
            disk = disk_of(world.folder)
            inside.clear()
        yield State(disk, (after,))
        before = after


class _Watcher:
    """Knows from the recording and its table what would have to be told if the server died now."""

    def __init__(self, engine: Engine, rounds: Sequence[Told]) -> None:
        self._engine = engine
        self._by_start = {told.start_unix: told for told in rounds}
        self._over: list[Named] = []
        self._current: Told | None = None
        self._is_seated = self._has_exit_line = False

    @property
    def told(self) -> list[Named]:
        """The rounds that are over, and the one that would be cut."""
        if self._current is None or not self._is_seated:
            return list(self._over)
        return [*self._over, self._named(self._current, is_over=self._has_exit_line)]

    def look(self, line: dict[str, Any]) -> None:
        """One more callback has happened."""
        name, gamestate = line["callback"], self._engine.cvars.get("gamestate")
        if self._current is None and name == "et_RunFrame" and gamestate == "0":
            self._current = self._by_start.get(line["unix"])
            self._is_seated = self._has_exit_line = False
        if self._current is None:
            return
        here = [slot for slot in self._engine.slots.values() if slot.get("pers.connected") == 2]
        self._is_seated = self._is_seated or any(slot.get("sess.sessionTeam") in (AXIS, ALLIES) for slot in here)
        self._has_exit_line = self._has_exit_line or (name == "et_Print" and line["args"][0].startswith("Exit: "))
        if name == "et_ShutdownGame" or (name == "et_RunFrame" and gamestate == "3"):
            if self._is_seated:
                self._over.append(self._named(self._current, is_over=True))
            self._current = None

    @staticmethod
    def _named(told: Told, *, is_over: bool) -> Named:
        kind, reason = (told.kind, told.reason) if is_over else ("aborted", "server_died")
        return Named(told.map_name, told.number, told.start_unix, kind, reason)
