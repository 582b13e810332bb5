"""The rules of stopwatch on top of the engine stand-in: levels, ready-up, play, ends, intermission, resets.

Every transition delivers its callbacks in the order and with the values measured on a real server: the VM is destroyed and
created anew between warmup and play and between rounds, `g_currentRound` is flipped before scripts see intermission, stale
values show while the script file runs, and level time jumps ahead of the wall clock at each start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from game_server.stand_in.et_engine import Engine
from game_server.stand_in.players import ALLIES, AXIS, Player, fight

INITIALIZE, PLAYING, COUNTDOWN, WARMUP, INTERMISSION = -1, 0, 1, 2, 3
FRAME_MS = 50
COUNTDOWN_MS = 10_000
TOGGLES, PAUSED = 646, 16
_PAUSE_STEP_MS = 500
_UNPAUSE_COUNTDOWN_MS = 10_000
_WAVE_MS = {AXIS: 30_000, ALLIES: 20_000}
_FIGHT_EVERY_MS = (2_000, 7_000)
_REVIVE_MS, _REVIVED_SHARE = 1_000, 0.25
_SIDE_NAMES = {AXIS: "Axis", ALLIES: "Allies"}


@dataclass(frozen=True, slots=True)
class Ended:
    """A round as the game knows it ended, to compare reports with. kind: an exit_kind; elapsed_ms: pause-free."""

    map_name: str
    number: int
    kind: str
    elapsed_ms: int
    reason: str


class Game:
    """One server being played on. Times given to its methods are milliseconds of game time."""

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
        self.engine.set_string(14, "")
        self.engine.set_string(11, "")
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
        self.engine.call("et_ClientConnect", player.slot, first_time, 0)
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
        player.dead_until_ms = self.elapsed_ms + 5_000 if side in _WAVE_MS else None

    def _spawn(self, player: Player, *, team_change: int = 0, revived: int = 0) -> None:
        player.alive, player.dead_until_ms = player.side in _WAVE_MS, None
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

    # ----- before the round ---------------------------------------------------------------------------------------

    def warm_up(self, ms: int) -> None:
        """Warmup for this long, everybody ready, countdown, and play begins in a new VM."""
        self._frames(ms)
        self._state(COUNTDOWN)
        self.engine.set_string(5, str(self.level + COUNTDOWN_MS))
        self._frames(COUNTDOWN_MS)
        self._leave_level(1, PLAYING)
        self.engine.set_string(5, "")
        self._new_vm(restart=1, gamestate=PLAYING)

    def idle(self, ms: int) -> None:
        """Frames in which nothing happens."""
        self._frames(ms)

    # ----- play ---------------------------------------------------------------------------------------------------

    def play_until(self, elapsed_ms: int) -> None:
        """Fights and respawns until the frame before this elapsed time."""
        while self.elapsed_ms < elapsed_ms - FRAME_MS:
            due = min([self._next_fight_ms, *(p.dead_until_ms for p in self.players if p.dead_until_ms is not None)])
            target = max(self.elapsed_ms + FRAME_MS, min(due, elapsed_ms - FRAME_MS))
            self._frames(target - self.elapsed_ms)
            self._respawn_due()
            if self.elapsed_ms >= self._next_fight_ms:
                self._one_fight(time_left_ms=elapsed_ms - self.elapsed_ms)
                low, high = _FIGHT_EVERY_MS
                self._next_fight_ms = self.elapsed_ms + self.rng.randint(low, high)

    def _respawn_due(self) -> None:
        for player in self.players:
            if player.dead_until_ms is not None and player.dead_until_ms <= self.elapsed_ms:
                self._spawn(player)

    def _one_fight(self, *, time_left_ms: int) -> None:
        death = fight(self.rng, self.players)
        if death is None:
            return
        victim = next(player for player in self.players if player.slot == death.victim)
        self.engine.call("et_Obituary", death.victim, death.killer, death.means_of_death)
        victim.alive = False
        for player in self.players:
            if player.slot in (death.victim, death.killer):
                player.show(self.engine)
        victim.show_life(self.engine)
        medics = [p for p in self.players if p.side == victim.side and p.alive and p.class_ == 1]
        if medics and time_left_ms > 2 * _REVIVE_MS and self.rng.random() < _REVIVED_SHARE:
            reviver = self.rng.choice(medics)
            self._frames(_REVIVE_MS)
            self.engine.call("et_Revive", victim.slot, reviver.slot, self.level + 3_000)
            self._spawn(victim, revived=1)
            return
        wave = _WAVE_MS[victim.side]
        victim.dead_until_ms = (self.elapsed_ms // wave + 1) * wave

    def pause(self, ms: int, by: Player | None = None) -> None:
        """A pause of `ms` before the unpause, and the ten seconds of countdown that follow it."""
        if by is None:
            self.engine.console_command("ref", "pause")
        else:
            self.engine.client_command(by.slot, "ref", "pause")
        self.engine.set_string(32, str(TOGGLES + PAUSED))
        steps, start = (ms + _UNPAUSE_COUNTDOWN_MS) // _PAUSE_STEP_MS, self.level_start
        for _ in range(steps):
            self._frames(_PAUSE_STEP_MS - FRAME_MS)
            self.level_start += _PAUSE_STEP_MS
            self.engine.set_string(11, str(self.level_start))
            self._frames(FRAME_MS)
        self.engine.set_string(32, str(TOGGLES))
        self.level_start = start + steps * _PAUSE_STEP_MS + FRAME_MS
        self.engine.set_string(11, str(self.level_start))
        self._frames(FRAME_MS)

    def _count_time(self) -> None:
        """The engine's time counters, up to now."""
        passed = self.elapsed_ms - self._time_counted_ms
        self._time_counted_ms = self.elapsed_ms
        for player in self.players:
            if player.side in _WAVE_MS:
                player.counters["time_axis" if player.side == AXIS else "time_allies"] += passed
                player.counters["time_played"] += passed * 85 // 100
            player.show(self.engine)

    # ----- ends ---------------------------------------------------------------------------------------------------

    def objective(self) -> Ended:
        """The attackers do it: exit line and intermission in the same frame."""
        return self._exit("Wolf EndRound.", "objective", winner=self.attacker, same_frame=True)

    def time_limit(self) -> Ended:
        """Plays on to the limit; the attackers are held."""
        limit = self.limit_ms
        self.play_until(int(-(-limit // FRAME_MS)) * FRAME_MS)
        while self.elapsed_ms + FRAME_MS < limit:
            self._frames(FRAME_MS)
        return self._exit("Timelimit hit.", "timelimit", winner=self.defender, same_frame=False)

    def surrender(self, side: int, caller: Player) -> Ended:
        """A vote of `side`, passed a second later."""
        label = _SIDE_NAMES[side].upper()
        self.engine.client_command(caller.slot, "callvote", "surrender")
        self.engine.print(f"callvote: {caller.slot} Surrender [{label}]")
        self._frames(1_000)
        voters = sum(player.side == side for player in self.players)
        self.engine.print(
            f"Vote Passed: (Y:{voters}-N:0) Surrender [{label}] (Required:{voters // 2}, Voting Clients:{voters})"
        )
        winner = ALLIES if side == AXIS else AXIS
        return self._exit(
            f"{_SIDE_NAMES[side]} Surrender", f"surrender_{_SIDE_NAMES[side].lower()}", winner=winner, same_frame=False
        )

    def call_surrender_vote_that_fails(self, side: int, caller: Player) -> None:
        """A vote that is called and voted down: no surrender."""
        label = _SIDE_NAMES[side].upper()
        self.engine.print(f"callvote: {caller.slot} Surrender [{label}]")
        self._frames(2_000)
        self.engine.print(f"Vote Failed: (Y:1-N:4) Surrender [{label}]")

    def _exit(self, text: str, kind: str, *, winner: int, same_frame: bool) -> Ended:
        engine, number = self.engine, self.round_number
        self.level += FRAME_MS
        engine.set_clock(engine.ms + FRAME_MS)
        self._count_time()
        self._winner(winner)
        engine.print(f"Exit: {text}")
        for player in sorted(self.players, key=lambda player: -player.xp):
            engine.print(f"score: {player.xp}  ping: 48  client: {player.slot} {player.name}")
        engine.print("axis:0  allies:0")
        engine.set_cvar("g_currentRound", "1" if number == 1 else "0")
        held = winner == self.defender
        elapsed = f"{self.elapsed_ms / 60_000:.6f}"
        engine.set_cvar("g_nextTimeLimit", f"{float(engine.cvars['timelimit']):.6f}" if held else elapsed)
        if same_frame:
            self._state(INTERMISSION)
        engine.call("et_RunFrame", self.level)
        ended = Ended(self.map_name, number, kind, self.elapsed_ms, text)
        if not same_frame:
            self._state(INTERMISSION)
            self._frames(FRAME_MS)
        return ended

    # ----- after the round ----------------------------------------------------------------------------------------

    def _swap_sides(self) -> None:
        for player in self.players:
            player.side = {AXIS: ALLIES, ALLIES: AXIS}.get(player.side, player.side)
            player.forget_round(counters_too=False)

    def to_second_round(self, intermission_ms: int) -> None:
        """Intermission after R1, then R2's warmup with the sides swapped."""
        self._frames(intermission_ms)
        self.engine.print("ExitLevel: executed")
        self._leave_level(1, WARMUP)
        self._swap_sides()
        self._new_vm(restart=1, gamestate=WARMUP)

    def to_map(self, map_name: str, limit_minutes: float, defender: int = AXIS, intermission_ms: int = 20_000) -> None:
        """Intermission after R2 (or a map vote in it), then another map; the same name plays it again from a load."""
        self.engine.set_cvar("nextmap", f"map {map_name}")
        self._frames(intermission_ms)
        self.engine.print("ExitLevel: executed")
        self._change_map(map_name, limit_minutes, defender)

    def _change_map(self, map_name: str, limit_minutes: float, defender: int) -> None:
        self.engine.set_cvar("g_nextTimeLimit", "0")
        self.engine.set_cvar("g_currentRound", "0")
        self._leave_level(0, INITIALIZE)
        self.engine.set_cvar("nextmap", "map_restart 0")
        self._load_map(map_name, limit_minutes, defender)

    # ----- cut short ----------------------------------------------------------------------------------------------

    def _cut(self, reason: str, leave: Callable[[], None]) -> Ended:
        ended = Ended(self.map_name, self.round_number, "aborted", self.elapsed_ms, reason)
        self._count_time()
        leave()
        return ended

    def map_restart(self) -> Ended:
        """`map_restart 0` in play: the round begins again, counters at 0."""
        ended = self._cut("map_restart", lambda: self._leave_level(1, PLAYING))
        for player in self.players:
            player.forget_round(counters_too=True)
        self._new_vm(restart=1, gamestate=PLAYING)
        return ended

    def reset_match(self) -> Ended:
        """`reset_match` in play: back to the warmup of R1."""

        def leave() -> None:
            self.engine.set_cvar("g_currentRound", "0")
            self.engine.set_cvar("g_nextTimeLimit", "0")
            self._leave_level(1, WARMUP)

        ended = self._cut("back_to_warmup", leave)
        for player in self.players:
            player.forget_round(counters_too=True)
        self._new_vm(restart=1, gamestate=WARMUP)
        return ended

    def change_map_in_play(self, map_name: str, limit_minutes: float, defender: int = AXIS) -> Ended:
        """`map X` in play."""
        return self._cut("map_change", lambda: self._change_map(map_name, limit_minutes, defender))

    def lua_restart(self) -> None:
        """Only the modules begin again; the level goes on."""
        self.engine.call("et_Quit")
        self.engine.load_vm()

    def stop_server(self) -> Ended | None:
        """`quit`: the round cut short, if one is being played."""
        playing = self.engine.cvars["gamestate"] == str(PLAYING)
        if playing:
            gamestate = PLAYING
            return self._cut("server_quit", lambda: self._leave_level(0, gamestate))
        self._leave_level(0, int(self.engine.cvars["gamestate"]))
        return None

    def kill_server(self) -> None:
        """A crash or kill -9: no callback at all."""
        self.engine.drop_vm()
