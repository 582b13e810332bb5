"""A game server on a random evening, and beside it the plain truth of what the reporter has to tell of it.

`EveningGame` adds to the stand-in what may happen between and in rounds, each thing as the engine does it, and writes down
every round at its end from what was done, never from anything the reporter said.
"""

from collections.abc import Callable
from random import Random

from game_server.stand_in.et_engine import Engine
from game_server.stand_in.game import Ended, Game
from game_server.stand_in.levels import COUNTDOWN, FRAME_MS, INTERMISSION, PLAYING, TOGGLES, WARMUP
from game_server.stand_in.players import ALLIES, AXIS, MEDIC, Player
from tests.contract.evening_truth import LiveRound, Told, numbers_in

_PAUSED, _PAUSE_STEP_MS = 16, 500
_A_DAY_MS = 86_400_000
_SAME_START_SECONDS = 10
_FALSE_EXIT_MS = 600


class EveningGame(Game):
    """One process of the server. `told` grows by one with every round that ends; read `phase` before doing anything."""

    def __init__(self, engine: Engine, players: list[Player], rng: Random, told: list[Told]) -> None:
        super().__init__(engine, players, rng)
        self.told = told
        self.phase = "down"
        self.paused_at_ms: int | None = None
        self._live: LiveRound | None = None
        self._attempts: dict[int, int] = {}
        self._r1_start_unix: int | None = None
        self._pause_steps = 0
        self._reload_wanted = self._reload_before_intermission = False

    # ----- what is so ---------------------------------------------------------------------------------------------

    @property
    def played_ms(self) -> int:
        """The pause-free clock: it stands still in a pause."""
        return self.elapsed_ms if self.paused_at_ms is None else self.paused_at_ms

    @property
    def room_ms(self) -> int:
        """Time to the limit; a day when there is none."""
        return int(self.limit_ms or _A_DAY_MS) - self.played_ms

    @property
    def a_side_is_empty(self) -> bool:
        """Whether Axis or Allies have nobody."""
        return {AXIS, ALLIES} - {player.side for player in self.players} != set()

    def of_side(self, side: int) -> list[Player]:
        """Who plays there."""
        return [player for player in self.players if player.side == side]

    # ----- levels -------------------------------------------------------------------------------------------------

    def _load_map(self, map_name: str, limit_minutes: float, defender: int) -> None:
        self._attempts.clear()
        super()._load_map(map_name, limit_minutes, defender)

    def _new_vm(self, *, restart: int, gamestate: int, pass_ms: int = 42) -> None:
        self.paused_at_ms = self._live = None
        self.engine.set_string(32, str(TOGGLES))
        if gamestate == PLAYING:
            self._live = self._begin()
        super()._new_vm(restart=restart, gamestate=gamestate, pass_ms=pass_ms)
        self.phase = "play" if gamestate == PLAYING else "warmup"
        if self._live is not None:
            self._live.start_ms = self.engine.ms - FRAME_MS
            self._live.start_unix = self._free_start(self.engine.start_unix + self._live.start_ms // 1000)
            self._live.limit_raw = self.engine.cvars["timelimit"]

    def _begin(self) -> LiveRound:
        if self.round_number == 1:
            self._attempts.pop(2, None)
            for player in self.players:
                player.forget_round(counters_too=True)
        self._attempts[self.round_number] = self._attempts.get(self.round_number, 0) + 1
        r1 = self._r1_start_unix if self.round_number == 2 else None
        return LiveRound(self._attempts[self.round_number], r1)

    def _free_start(self, unix: int) -> int:
        """A round begun again at once: its start is the second after the last one's."""
        last = self.told[-1] if self.told else None
        is_again = last is not None and (last.map_name, last.number) == (self.map_name, self.round_number)
        if is_again and unix <= last.start_unix < unix + _SAME_START_SECONDS:
            return last.start_unix + 1
        return unix

    def restart_warmup(self) -> None:
        """`map_restart 0` in the warmup or the countdown: the same warmup again."""
        self._leave_level(1, WARMUP)
        self._new_vm(restart=1, gamestate=WARMUP)

    def break_countdown(self, ms: int) -> None:
        """Everybody ready, and somebody takes it back: the level begins again."""
        self._state(COUNTDOWN)
        self.engine.set_string(5, str(self.level + 10_000))
        self._frames(ms)
        self.restart_warmup()

    def forget_match(self) -> None:
        """`reset_match`, or a side left, while nothing is being played: R1's warmup."""
        self.engine.set_cvar("g_currentRound", "0")
        self.engine.set_cvar("g_nextTimeLimit", "0")
        self.restart_warmup()

    # ----- people -------------------------------------------------------------------------------------------------

    def begin(self, player: Player) -> None:
        """He is in the game, and in the round when one is being played."""
        if self._live is not None:
            self._live.seat(player, begins_with=numbers_in(self.engine.slots[player.slot]))
        super().begin(player)

    def join(self, name: str, guid: str, side: int, *, is_bot: bool) -> None:
        """A new client."""
        self.come_back(Player(0, name, guid, side, 1.0, MEDIC, is_bot))

    def come_back(self, player: Player) -> None:
        """Connects, perhaps again, in the first free slot; the engine begins his counters at 0."""
        player.slot = min(set(range(len(self.players) + 1)) - {other.slot for other in self.players})
        self.players.append(player)
        self.connect(player, first_time=1)
        self.pass_a_frame()  # nobody comes and goes within one

    def rename(self, player: Player, name: str) -> None:
        """Another name in the same slot."""
        player.name = name
        self.engine.set_userinfo(player.slot, player.userinfo)
        player.show(self.engine)
        self.engine.call("et_ClientUserinfoChanged", player.slot)
        self._seat(player)

    def change_side(self, player: Player, side: int) -> None:
        """To the other side or to the spectators."""
        super().change_side(player, side)
        self._seat(player)

    def disconnect(self, player: Player) -> None:
        """Gone, but not from the round he was in."""
        self._count_time()
        if self._live is not None:
            self._live.unseat(player, numbers_in(self.engine.slots[player.slot]), is_there=False)
        super().disconnect(player)

    def _seat(self, player: Player) -> None:
        if self._live is not None:
            self._live.seat(player)

    # ----- pauses -------------------------------------------------------------------------------------------------

    def begin_pause(self, by: Player | None) -> None:
        """The clock stands from here; the ten seconds before play goes on count as pause too."""
        if by is None:
            self.engine.console_command("ref", "pause")
        else:
            self.engine.client_command(by.slot, "ref", "pause")
        self.paused_at_ms, self.phase = self.elapsed_ms, "paused"
        self.engine.set_string(32, str(TOGGLES + _PAUSED))
        self._live.pauses.append((self.paused_at_ms, None))
        self._pause_steps = 0
        self.stay_paused(1)

    def stay_paused(self, steps: int) -> None:
        """Half seconds; the level's start follows at the end of each."""
        for _ in range(steps):
            self._frames(_PAUSE_STEP_MS - FRAME_MS)
            self.level_start += _PAUSE_STEP_MS
            self.engine.set_string(11, str(self.level_start))
            self._frames(FRAME_MS)
        self._pause_steps += steps

    def pass_a_frame(self) -> None:
        """One frame; in a pause half a second, which is what moves there."""
        if self.paused_at_ms is None:
            self._frames(FRAME_MS)
        else:
            self.stay_paused(1)

    def end_pause(self) -> None:
        """The frame in which the level's start is exact again."""
        self._live.pauses[-1] = (self.paused_at_ms, self._pause_steps * _PAUSE_STEP_MS + FRAME_MS)
        self.paused_at_ms, self.phase = None, "play"
        self.engine.set_string(32, str(TOGGLES))
        self.level_start += FRAME_MS
        self.engine.set_string(11, str(self.level_start))
        self._frames(FRAME_MS)

    # ----- what else may happen -----------------------------------------------------------------------------------------

    def set_clock_of_host(self, seconds: int) -> None:
        """Somebody, or a time service, sets it while everything goes on."""
        self.engine.start_unix += seconds
        self.engine.set_clock(self.engine.ms)
        if self._live is not None:
            self._live.stepped_seconds += seconds

    def another_module_prints_an_exit_line(self) -> None:
        """And play goes on."""
        self.engine.run_lua("et.G_LogPrint('Exit: Timelimit hit.\\n')")
        self._frames(_FALSE_EXIT_MS)

    # ----- ends ---------------------------------------------------------------------------------------------------

    def vote_next_map(self) -> Ended:
        """A vote for the next map passes: the engine writes an exit line, and nobody won."""
        return self._exit("Nextmap vote passed", "aborted", winner=self.defender, same_frame=False)

    def script_ends_for_defenders(self) -> Ended:
        """The map's script gives the round to the defenders before the limit."""
        return self._exit("Wolf EndRound.", "objective", winner=self.defender, same_frame=True)

    def time_runs_out_on_winners(self) -> Ended:
        """A script whose end action failed: the attackers are the winners, and still it is the limit that ends it."""
        self.play_until(int(self.limit_ms) - FRAME_MS)
        while self.elapsed_ms + FRAME_MS < self.limit_ms:
            self._frames(FRAME_MS)
        return self._exit("Timelimit hit.", "timelimit", winner=self.attacker, same_frame=False)

    def reload_at_the_end(self) -> None:
        """`lua_restart` between the exit line and the intermission, if the next end leaves a frame for it."""
        self._reload_wanted = True

    def _state(self, gamestate: int) -> None:
        if gamestate == INTERMISSION and self._reload_before_intermission:
            self.lua_restart()
        super()._state(gamestate)

    def _exit(self, text: str, kind: str, *, winner: int, same_frame: bool) -> Ended:
        self._reload_before_intermission = self._reload_wanted and not same_frame
        self._reload_wanted = False
        ended = super()._exit(text, kind, winner=winner, same_frame=same_frame)
        self._write_down(ended, winner=None if kind == "aborted" else winner)
        if kind != "aborted":
            self._attempts.clear()
            self._r1_start_unix = self.told[-1].start_unix if ended.number == 1 else None
        self.phase = "next map" if kind == "aborted" else "intermission"
        return ended

    def _cut(self, reason: str, leave: Callable[[], None]) -> Ended:
        if reason == "back_to_warmup" and self.a_side_is_empty:
            reason = "empty_team"
        self._count_time()
        self._write_down(self._ended_now(reason), winner=None)
        return super()._cut(reason, leave)

    def _ended_now(self, reason: str) -> Ended:
        return Ended(self.map_name, self.round_number, "aborted", self.played_ms, reason)

    def stop_server(self) -> Ended | None:
        """`quit` or SIGTERM."""
        ended = super().stop_server()
        self.phase = "down"
        return ended

    def kill_server(self) -> None:
        """A crash: the next start tells the round."""
        if self._live is not None:
            self._write_down(self._ended_now("server_died"), winner=None, died=True)
        super().kill_server()
        self.phase = "down"

    def _write_down(self, ended: Ended, *, winner: int | None, died: bool = False) -> None:
        live = self._live
        for player in self.players:
            live.unseat(player, numbers_in(self.engine.slots[player.slot]), is_there=True)
        self._live = None
        self.told.append(
            Told(
                map_name=ended.map_name, number=ended.number, attempt=live.attempt, kind=ended.kind, reason=ended.reason,
                elapsed_ms=ended.elapsed_ms, winner=winner, defender=self.defender, start_unix=live.start_unix,
                wall_ms=self.engine.ms - live.start_ms, is_stepped=live.stepped_seconds != 0, limit_raw=live.limit_raw,
                r1_start_unix=live.r1_start_unix, pauses=tuple(live.pauses), people=live.people,
                had_players=live.had_players, died=died,
            )
        )  # fmt: skip
