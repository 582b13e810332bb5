"""One server process and its levels: VMs coming and going, clients in and out, frames. No rule of a round yet.

Every transition delivers its callbacks in the order and with the values measured on a real server: the VM is destroyed and
created anew, stale values show while the script file runs, six frames run before anybody is connected, and level time jumps
ahead of the wall clock at each start.
"""

from random import Random

from game_server.stand_in.et_engine import Engine
from game_server.stand_in.players import ALLIES, AXIS, Player

INITIALIZE, PLAYING, COUNTDOWN, WARMUP, INTERMISSION = -1, 0, 1, 2, 3
LEVEL_START_TIME, INTERMISSION_BEGAN, MAP_WINNER, INTERMISSION_START_TIME = 11, 12, 14, 36
FRAME_MS = 50
TOGGLES = 646
WAVE_MS = {AXIS: 30_000, ALLIES: 20_000}


class Server:
    """A process with its players. Times given to its methods are milliseconds of game time."""

    def __init__(self, engine: Engine, players: list[Player], rng: Random) -> None:
        self.engine, self.players, self.rng = engine, players, rng
        self.level = self.level_start = 0
        self.map_name, self.limit_minutes, self.defender = "", 15.0, AXIS
        self._next_fight_ms = 0
        self._time_counted_ms = 0
        engine.set_string(32, str(TOGGLES))

    # ----- values -------------------------------------------------------------------------------------------------

    @property
    def elapsed_ms(self) -> int:
        """The pause-free clock of the level."""
        return self.level - self.level_start

    @property
    def round_number(self) -> int:
        """The round being played or next to be, 1 or 2."""
        return int(self.engine.cvars["g_currentRound"]) + 1

    @property
    def limit_ms(self) -> float:
        """The limit in force, fractions included."""
        return float(self.engine.cvars["timelimit"]) * 60_000

    @property
    def attacker(self) -> int:
        """The side that does not defend."""
        return ALLIES if self.defender == AXIS else AXIS

    def _state(self, gamestate: int) -> None:
        self.engine.set_cvar("gamestate", str(gamestate))

    def _winner(self, side: int) -> None:
        self.engine.set_string(14, f"\\w\\{side - 1}")

    def _frames(self, ms: int) -> None:
        self.level = self.engine.run_frames(self.level, ms // FRAME_MS)

    # ----- levels -------------------------------------------------------------------------------------------------

    def start_server(self, map_name: str, limit_minutes: float, defender: int = AXIS) -> None:
        """The process starts and loads its first map."""
        for name in ("timelimit", "g_currentRound", "g_nextTimeLimit"):
            self.engine.set_cvar(name, "0")
        self.engine.set_cvar("nextmap", "map_restart 0")
        self._load_map(map_name, limit_minutes, defender)

    def _load_map(self, map_name: str, limit_minutes: float, defender: int) -> None:
        self.map_name, self.limit_minutes, self.defender = map_name, limit_minutes, defender
        self.engine.set_cvar("mapname", map_name)
        for number in (LEVEL_START_TIME, INTERMISSION_BEGAN, MAP_WINNER, INTERMISSION_START_TIME):
            self.engine.set_string(number, "")
        for player in self.players:
            player.forget_round(counters_too=True)
        self._new_vm(restart=0, gamestate=WARMUP)

    def _new_vm(self, *, restart: int, gamestate: int, pass_ms: int = 42) -> None:
        """Chunk with stale values, InitGame, six frames with nobody connected, connects, frames seven and eight."""
        engine = self.engine
        engine.set_clock(engine.ms + pass_ms)
        engine.set_cvar("sv_serverid", str(engine.ms))
        self._state(gamestate)
        for player in self.players:
            engine.put_fields(player.slot, {"pers.connected": 0})
        engine.load_vm()
        engine.call("et_SpawnEntitiesFromString")
        next_limit = engine.cvars["g_nextTimeLimit"]
        text = next_limit if float(next_limit) > 0 else f"{self.limit_minutes:.9g}"
        engine.set_cvar("timelimit", text)
        self.level += FRAME_MS
        self.level_start = self.level
        engine.set_string(11, str(self.level))
        engine.set_string(13, f"\\s\\2\\o\\1\\d\\{self.defender - 1}")
        self._winner(self.defender)
        engine.call("et_InitGame", self.level, self.rng.randrange(1 << 15), restart)
        for i in range(6):
            engine.call("et_RunFrame", self.level_start + 100 * i)
        self._connect_all(from_map_load=restart == 0)
        engine.call("et_RunFrame", self.level_start + 600)
        self.level = self.level_start + 700
        self._frames(FRAME_MS)
        self._next_fight_ms, self._time_counted_ms = 3_000, 0

    def _connect_all(self, *, from_map_load: bool) -> None:
        for player in self.players:
            self.connect(player, begin=not from_map_load)
        if from_map_load:
            for player in self.players:
                self.begin(player)

    def connect(self, player: Player, *, first_time: int = 0, begin: bool = True) -> None:
        """A client connects; with `begin` he enters the game at once."""
        self.engine.set_userinfo(player.slot, player.userinfo)
        player.alive = False
        player.show(self.engine)
        self.engine.put_fields(player.slot, {"pers.connected": 1})
        self.engine.call("et_ClientConnect", player.slot, first_time, int(player.is_bot))
        if begin:
            self.begin(player)

    def begin(self, player: Player) -> None:
        """He has loaded the level and is in the game."""
        self.engine.put_fields(player.slot, {"pers.connected": 2})
        self._spawn(player, team_change=1)
        self.engine.call("et_ClientBegin", player.slot)

    def disconnect(self, player: Player) -> None:
        """Leaves the server; if he comes back, his counters begin at 0."""
        self._count_time()
        self.engine.call("et_ClientDisconnect", player.slot)
        self.engine.clear_slot(player.slot)
        player.forget_round(counters_too=True)
        self.players.remove(player)

    def change_side(self, player: Player, side: int) -> None:
        """He goes to the other side (or 3): an obituary that is no death, limbo, the real spawn with the next wave."""
        self._count_time()
        if player.alive:
            self.engine.call("et_Obituary", player.slot, player.slot, 59)
        player.side, player.alive = side, False
        player.show(self.engine)
        self.engine.call("et_ClientUserinfoChanged", player.slot)
        self.engine.call("et_ClientSpawn", player.slot, 0, 1, 1)
        player.dead_until_ms = self.elapsed_ms + 5_000 if side in WAVE_MS else None

    def _spawn(self, player: Player, *, team_change: int = 0, revived: int = 0) -> None:
        player.alive, player.dead_until_ms = player.side in WAVE_MS, None
        player.show_life(self.engine)
        self.engine.call("et_ClientSpawn", player.slot, revived, team_change, 1)

    def _leave_level(self, restart: int, gamestate: int) -> None:
        engine = self.engine
        if restart:
            engine.set_cvar("sv_serverid", str(engine.ms))
        self._state(gamestate)
        engine.call("et_ShutdownGame", restart)
        engine.call("et_Quit")
        engine.drop_vm()

    def _count_time(self) -> None:
        """The engine's time counters, up to now."""
        passed = self.elapsed_ms - self._time_counted_ms
        self._time_counted_ms = self.elapsed_ms
        for player in self.players:
            if player.side in WAVE_MS:
                player.counters["time_axis" if player.side == AXIS else "time_allies"] += passed
                player.counters["time_played"] += passed * 85 // 100
            player.show(self.engine)
