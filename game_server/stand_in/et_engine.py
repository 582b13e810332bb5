"""The engine stand-in: one server process as a Lua script sees it. Real Lua files in real Lua VMs, nothing else real.

It keeps cvars (cut to 255 characters), configstrings, client slots and a virtual clock, creates and destroys the VM, and
delivers callbacks. It knows no rule of the game: `traces` replays a recording through it, `game` plays by the rules.
Text is bytes on the wire, carried as latin-1 strings, so that every byte a player may send survives unchanged.
"""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LUA_FOLDER = Path(__file__).parent.parent / "lua"
LUA_KINDS: Mapping[str, str] = {
    "5.4": "lupa.lua54",
    "luajit": "lupa.luajit21",
    "5.1": "lupa.lua51",
    "5.5": "lupa.lua55",
}
LONGEST_CVAR = 255
ARRAY_FIELDS = (
    "ps.persistant", "sess.skillpoints", "sess.skill", "sess.medals", "pers.playerStats.hitRegions", "sess.aWeaponStats",
)  # fmt: skip
FIELDS = (
    "inuse", "pers.connected", "pers.netname", "sess.sessionTeam", "sess.playerType", "ps.pm_flags", "ps.pm_type",
    "sess.kills", "sess.deaths", "sess.gibs", "sess.self_kills", "sess.team_kills", "sess.team_gibs",
    "sess.damage_given", "sess.damage_received", "sess.team_damage_given", "sess.team_damage_received", "sess.rounds",
    "sess.time_axis", "sess.time_allies", "sess.time_played", "sess.rank", "sess.startxptotal", *ARRAY_FIELDS,
)  # fmt: skip
_ANSWERING = {"et_ConsoleCommand"}
_TABLE = Path(__file__).with_name("et_table.lua")


class CallbackReturnedError(AssertionError):
    """A callback returned a value: in the engine that would stop every module loaded after this one."""


class Engine:
    """One process of a dedicated server with one Lua module.

    home: fs_homepath (the reporter writes below `<home>/legacy`). lua: a key of LUA_KINDS. start_unix: the wall clock at
    `ms` 0. known_fields: what `et.gentity_get` can read. still_clock: os.clock follows the virtual clock, so that no
    measured time gets into a report. shell: False makes `os.execute` do nothing.
    """

    def __init__(
        self,
        home: Path,
        *,
        lua: str = "5.4",
        port: int = 27960,
        start_unix: int = 1_770_000_000,
        max_clients: int = 64,
        known_fields: Sequence[str] = FIELDS,
        still_clock: bool = False,
        shell: bool = True,
        script: Path = LUA_FOLDER / "round_reporter.lua",
    ) -> None:
        self._runtime = importlib.import_module(LUA_KINDS[lua]).LuaRuntime
        self._known, self._still, self._shell, self._script = tuple(known_fields), still_clock, shell, script
        self.before_script = ""  # Lua run in each new VM before the script, for instance to hide a program
        self.max_clients = max_clients
        self.start_unix, self.ms = start_unix, 0
        self._unix: int | None = None
        self.cvars: dict[str, str] = {
            "fs_homepath": str(home), "fs_basepath": str(home), "fs_game": "legacy", "net_port": str(port),
            "sv_maxclients": str(max_clients), "mod_version": "v2.85.0", "g_gametype": "3", "g_customConfig": "legacy6",
        }  # fmt: skip
        self.strings: dict[int, str] = {}
        self.slots: dict[int, dict[str, Any]] = {}
        self.userinfos: dict[int, str] = {}
        self.console: list[str] = []
        self._lua: Any = None
        self._world: Any = None

    # ----- the world, kept in step with the VM --------------------------------------------------------------------

    @property
    def unix(self) -> int:
        """Wall clock in whole seconds."""
        return self._unix if self._unix is not None else self.start_unix + self.ms // 1000

    def set_clock(self, ms: int, unix: int | None = None) -> None:
        """Milliseconds since the server started; unix seconds when they do not simply follow from them."""
        self.ms, self._unix = ms, unix
        if self._world is not None:
            self._world.clock.ms, self._world.clock.unix = ms, self.unix

    def set_cvar(self, name: str, value: str) -> None:
        """A server cvar; survives every VM."""
        self.cvars[name] = value[:LONGEST_CVAR]
        if self._world is not None:
            self._world.cvars[name] = value[:LONGEST_CVAR]

    def set_string(self, number: int, value: str) -> None:
        """A configstring."""
        self.strings[number] = value
        if self._world is not None:
            self._world.strings[number] = value

    def set_userinfo(self, slot: int, value: str) -> None:
        """What `et.trap_GetUserinfo` answers."""
        self.userinfos[slot] = value
        if self._world is not None:
            self._world.userinfo[slot] = value

    def set_fields(self, slot: int, **fields: Any) -> None:
        """Fields by gentity name with `.` written as `__`; lists are arrays from 0; `weapons` is {index: five numbers}."""
        self.put_fields(slot, {name.replace("__", "."): value for name, value in fields.items()})

    def put_fields(self, slot: int, fields: Mapping[str, Any]) -> None:
        """The same with the names as they are."""
        self.slots.setdefault(slot, {}).update(fields)
        if self._world is not None:
            entity = self._world.slots[slot]
            if entity is None:
                entity = self._lua.table()
                self._world.slots[slot] = entity
            for name, value in fields.items():
                entity[name] = self._to_lua(value)

    def clear_slot(self, slot: int) -> None:
        """Nobody there any more."""
        self.slots.pop(slot, None)
        self.set_userinfo(slot, "")
        if self._world is not None:
            self._world.slots[slot] = None

    def _to_lua(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._lua.table_from({key: self._to_lua(item) for key, item in value.items()})
        if isinstance(value, list):
            return self._lua.table_from(dict(enumerate(value)))
        if isinstance(value, tuple):
            return self._lua.table_from(list(value))
        return value

    # ----- VM -----------------------------------------------------------------------------------------------------

    @property
    def has_vm(self) -> bool:
        """Whether a script is loaded."""
        return self._lua is not None

    def load_vm(self) -> None:
        """Executes the script file in a new VM; whatever an older one held is gone."""
        self.drop_vm()
        lua = self._runtime(encoding="latin-1", unpack_returned_tuples=True)
        world = lua.table()
        world.cvars, world.strings = lua.table_from(self.cvars), lua.table_from(self.strings)
        world.userinfo = lua.table_from(self.userinfos)
        world.known = lua.table_from(dict.fromkeys(self._known, True))
        world.arrays = lua.table_from(dict.fromkeys(ARRAY_FIELDS, True))
        world.clock = lua.table_from({"ms": self.ms, "unix": self.unix, "still": self._still})
        world.argv, world.slots, world.vm, world.loading = lua.table(), lua.table(), 0, True
        world.max_clients = self.max_clients
        self._lua, self._world = lua, world
        for slot, fields in self.slots.items():
            self.put_fields(slot, fields)
        path = ";".join((f"{LUA_FOLDER}/?.lua", f"{LUA_FOLDER}/lualibs/?.lua"))
        lua.globals().package.path = path
        make_table = lua.execute("return loadfile(...)", str(_TABLE))
        lua.globals().et = make_table(world, self.cvars.__setitem__, self.console.append)
        if not self._shell:
            lua.execute("os.execute = function() return true end")
        lua.execute(self.before_script)
        lua.execute("dofile(...)", str(self._script))
        world.loading = False

    def drop_vm(self) -> None:
        """The VM is gone without a word, as at kill -9."""
        self._lua, self._world = None, None

    def run_lua(self, code: str, *args: Any) -> Any:
        """Runs code inside the VM, for instance to break something there."""
        return self._lua.execute(code, *args)

    def call(self, callback: str, *args: Any) -> Any:
        """Delivers one callback if the script has it. A returned value is an error except where the engine expects one."""
        function = self._lua.globals()[callback]
        if function is None:
            return None
        result = function(*args)
        if result is not None and callback not in _ANSWERING:
            raise CallbackReturnedError(f"{callback} returned {result!r}")
        return result

    def console_command(self, *words: str) -> Any:
        """A console command the engine does not know; returns what the script answered."""
        self._world.argv = self._lua.table_from(dict(enumerate(words)))
        return self.call("et_ConsoleCommand", words[0])

    def client_command(self, slot: int, *words: str) -> None:
        """A command a player typed."""
        self._world.argv = self._lua.table_from(dict(enumerate(words)))
        self.call("et_ClientCommand", slot, words[0])

    def print(self, text: str) -> None:
        """A line the engine prints: modules see it as et_Print."""
        self.call("et_Print", text + "\n")

    def run_frames(self, level_time: int, count: int, step_ms: int = 50) -> int:
        """`count` frames, each `step_ms` of level and wall time after the one before; returns the last level time.

        level_time: that of the frame before the first one.
        """
        if self._lua is None:
            return level_time
        clock, frame = self._world.clock, self._lua.globals().et_RunFrame or (lambda _level_time: None)
        for _ in range(count):
            level_time += step_ms
            self.ms += step_ms
            clock.ms, clock.unix = self.ms, self.unix
            frame(level_time)
        return level_time
