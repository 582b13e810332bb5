"""The rules of stopwatch on top of the engine stand-in: ready-up, play, ends, intermission, resets.

`g_currentRound` is flipped and the next limit set before scripts see intermission; an end cut short shows none of that.
"""

from collections.abc import Callable
from dataclasses import dataclass

from game_server.stand_in.levels import (
    COUNTDOWN,
    FRAME_MS,
    INITIALIZE,
    INTERMISSION,
    INTERMISSION_BEGAN,
    INTERMISSION_START_TIME,
    PLAYING,
    TOGGLES,
    WARMUP,
    WAVE_MS,
    Server,
)
from game_server.stand_in.players import ALLIES, AXIS, Player, fight

COUNTDOWN_MS = 10_000
PAUSED = 16
_PAUSE_STEP_MS = 500
_UNPAUSE_COUNTDOWN_MS = 10_000
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


class Game(Server):
    """A server being played on by the rules."""

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
        wave = WAVE_MS[victim.side]
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
            self._begin_intermission()
        engine.call("et_RunFrame", self.level)
        ended = Ended(self.map_name, number, kind, self.elapsed_ms, text)
        if not same_frame:
            self._begin_intermission()
            self._frames(FRAME_MS)
        return ended

    def _begin_intermission(self) -> None:
        """The two configstrings keep these values all through the next round of the map."""
        self._state(INTERMISSION)
        self.engine.set_string(INTERMISSION_BEGAN, "1")
        self.engine.set_string(INTERMISSION_START_TIME, str(self.level))

    # ----- after the round ----------------------------------------------------------------------------------------

    def _swap_sides(self) -> None:
        for player in self.players:
            player.side = {AXIS: ALLIES, ALLIES: AXIS}.get(player.side, player.side)
            player.forget_round(counters_too=False)

    def _exit_level(self) -> None:
        """Everybody connects again, and his counters are still there."""
        self.engine.print("ExitLevel: executed")
        for player in self.players:
            self.engine.put_fields(player.slot, {"pers.connected": 1})

    def to_second_round(self, intermission_ms: int) -> None:
        """Intermission after R1, then R2's warmup with the sides swapped."""
        self._frames(intermission_ms)
        self._exit_level()
        self._leave_level(1, WARMUP)
        self._swap_sides()
        self._new_vm(restart=1, gamestate=WARMUP)

    def to_map(self, map_name: str, limit_minutes: float, defender: int = AXIS, intermission_ms: int = 20_000) -> None:
        """Intermission after R2 (or a map vote in it), then another map; the same name plays it again from a load."""
        self.engine.set_cvar("nextmap", f"map {map_name}")
        self._frames(intermission_ms)
        self._exit_level()
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
