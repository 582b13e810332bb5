"""What happens on a random but lawful evening: drawn step by step, each thing only where the engine allows it."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from game_server.stand_in.players import ALLIES, AXIS, MEDIC, SPECTATOR, Player
from tests.contract.evening_game import EveningGame
from tests.contract.evening_truth import Told, is_bot
from tests.contract.reporter_world import World

MOST_ROUNDS, MOST_PLAYERS, SHORTEST_R1_MS = 6, 8, 6_000
ROOM_MS = 4_000
"""Enough before the limit for anything but the limit itself."""

names = st.one_of(
    st.sampled_from([b"Exit: Timelimit hit.", b"$(id)`x`|y", b"\xff\xfe\x80", "Zoë☺中".encode(), b"{}[],:", b"\xed\xa0\x80"]),
    st.binary(max_size=35).map(lambda raw: raw.translate(None, delete=b'\0\\"')),
).map(lambda raw: raw.decode("latin-1"))  # fmt: skip
bots = st.sampled_from([False, False, False, True])
sides = st.sampled_from([AXIS, ALLIES, AXIS, ALLIES, SPECTATOR])
maps = st.tuples(
    st.sampled_from(["supply", "etl_ice", "te_escape2", "b(1).x|y"]), st.sampled_from([0, 0.5, 0.7519, 1, 1.1]),
    st.sampled_from([AXIS, ALLIES]),
)  # fmt: skip


class Evening:
    """What happens next, drawn; each thing only where the engine allows it. `hold` is called after every end
    with the rounds that were played so far."""

    ANYWHERE = ("reload", "reload_without_a_frame", "join", "join", "leave", "rename", "wait", "set_clock")
    IN_PLAY = (
        "play", "play", "play", "pause", "change_side", "failed_vote", "reload_at_the_end", "false_exit_line",
    )  # fmt: skip
    ENDS = (
        "objective", "objective", "objective", "time_limit", "time_limit", "surrender", "script_ends_for_defenders",
        "next_map_vote", "map_restart", "reset_match", "everyone_leaves", "change_map", "stop", "kill",
    )  # fmt: skip
    ENDS_IN_A_PAUSE = ("map_restart", "reset_match", "everyone_leaves", "change_map", "stop", "kill")
    BEFORE = ("change_side", "restart_warmup", "break_countdown", "forget_match", "change_map")
    AFTER = ("follow", "follow", "follow", "change_map", "forget_match", "stop", "kill")

    def __init__(
        self, world: World, draw: Callable[[SearchStrategy[Any]], Any], hold: Callable[[list[Told]], None]
    ) -> None:
        self.world, self.draw, self._hold = world, draw, hold
        self.told: list[Told] = []
        self.gone: list[Player] = []
        self.guids = 0
        seated = draw(st.lists(st.tuples(names, sides), max_size=5))
        players = [
            Player(slot, name, self.new_guid(), side, 1.0, MEDIC, draw(bots))
            for slot, (name, side) in enumerate(seated)
        ]
        self.game = EveningGame(world.engine, players, Random(draw(st.integers(0, 99))), self.told)
        self.game.start_server(*draw(maps))

    def take_place(self):
        for _ in range(self.draw(st.integers(1, MOST_ROUNDS))):
            while self.game.phase != "play":
                self.come_to_play()
            self.some(self.ANYWHERE + self.IN_PLAY, 8)
            if self.game.phase in {"play", "paused"}:
                if self.draw(st.integers(0, 9)) == 9:
                    self.game.lua_restart()  # and no frame before the end
                self.one_of(self.ENDS if self.game.phase == "play" else self.ENDS_IN_A_PAUSE)
            self._hold(self.told)
        self.one_of(("stop", "kill"))
        self._hold(self.told)

    def come_to_play(self):
        if self.game.phase == "warmup":
            self.some(self.ANYWHERE + self.BEFORE, 3)
            self.game.warm_up(self.draw(st.sampled_from([50, 3_000])))
        else:
            self.some(self.ANYWHERE, 2)
            self.one_of(self.AFTER if self.game.phase == "intermission" else ("change_map",))

    def some(self, things, most):
        phase = self.game.phase
        for thing in self.draw(st.lists(st.sampled_from(things), max_size=most)):
            if self.game.phase not in {phase, "paused"}:
                return
            getattr(self, thing)()

    def one_of(self, things):
        getattr(self, self.draw(st.sampled_from(things)))()

    # ----- the server -----------------------------------------------------------------------------------------------

    def start_again(self):
        assert "error" not in self.world.console()
        engine = self.world.new_engine(self.world.engine.unix + self.draw(st.integers(1, 4_000)))
        self.game = EveningGame(engine, self.game.players, self.game.rng, self.told)
        self.game.start_server(*self.draw(maps))

    def stop(self):
        self.game.stop_server()
        self.start_again()

    def kill(self):
        self.game.kill_server()
        self.start_again()

    def reload(self):
        self.game.lua_restart()
        self.game.pass_a_frame()

    def reload_without_a_frame(self):
        self.game.lua_restart()  # what comes next, comes before the first one

    def set_clock(self):
        self.game.set_clock_of_host(self.draw(st.sampled_from([-3_600, 40, 3_600])))

    def wait(self):
        if self.game.phase != "paused" and self.has_room:
            self.game.idle(self.draw(st.sampled_from([50, 500, 2_000])))

    # ----- before and after a round -----------------------------------------------------------------------------------

    def restart_warmup(self):
        self.game.restart_warmup()

    def break_countdown(self):
        self.game.break_countdown(2_000)

    def forget_match(self):
        self.game.forget_match()

    def follow(self):
        if self.told[-1].number == 1:
            self.game.to_second_round(2_000)
        else:
            self.game.forget_match()  # `map_restart 0` after R2: the same map, sides as they are

    def change_map(self):
        if self.game.phase in {"play", "paused"}:
            self.game.change_map_in_play(*self.draw(maps))
        else:
            self.game.to_map(*self.draw(maps), 1_000)

    # ----- people -----------------------------------------------------------------------------------------------------

    def new_guid(self):
        self.guids += 1
        odd = ["AB$(id)CD'", "OMNIBOT", "\xff\xfe"][self.guids // 3 % 3]
        return f"{odd}{self.guids}" if self.guids % 3 == 0 else f"{self.guids:032X}"

    def join(self):
        if len(self.game.players) == MOST_PLAYERS:
            return
        name, side = self.draw(names), self.draw(sides)
        if self.gone and self.draw(st.booleans()):
            player = self.gone.pop()
            player.side = side
            if not is_bot(player):  # a bot under another name is another bot
                player.name = name
            self.game.come_back(player)
        else:
            self.game.join(name, self.new_guid(), side, is_bot=self.draw(bots))

    def leave(self):
        if self.game.players:
            player = self.somebody()
            self.game.disconnect(player)
            self.gone.append(player)
        if self.game.phase in {"play", "paused"} and self.game.a_side_is_empty and self.draw(st.booleans()):
            self.game.reset_match()

    def everyone_leaves(self):
        for player in list(self.game.players):
            self.game.disconnect(player)
            self.gone.append(player)
        self.game.reset_match()

    def change_side(self):
        side = self.draw(sides)
        if self.game.players and self.game.phase != "paused" and (player := self.somebody()).side != side:
            self.game.change_side(player, side)

    def rename(self):
        if self.game.players:
            self.game.rename(self.somebody(), self.draw(names))

    def somebody(self):
        return self.game.players[self.draw(st.integers(0, len(self.game.players) - 1))]

    # ----- play -------------------------------------------------------------------------------------------------------

    @property
    def has_room(self):
        return self.game.phase != "play" or self.game.room_ms > ROOM_MS

    def play(self):
        if self.game.phase == "paused":
            self.game.end_pause()
        elif self.has_room:
            self.play_on(self.draw(st.integers(1, 600)) * 50)

    def play_on(self, ms):
        self.game.play_until(self.game.elapsed_ms + min(ms, self.game.room_ms - ROOM_MS))

    def pause(self):
        if self.game.phase == "paused":
            self.game.stay_paused(self.draw(st.integers(1, 40)))
        elif self.has_room:
            self.game.begin_pause(self.somebody() if self.game.players and self.draw(st.booleans()) else None)

    def failed_vote(self):
        if self.game.phase == "play" and self.has_room and (callers := self.game.of_side(self.game.attacker)):
            self.game.call_surrender_vote_that_fails(self.game.attacker, callers[0])

    def false_exit_line(self):
        if self.game.phase == "play" and self.has_room:
            self.game.another_module_prints_an_exit_line()

    def reload_at_the_end(self):
        self.game.reload_at_the_end()

    # ----- ends -------------------------------------------------------------------------------------------------------

    def settle_in(self):
        """R1's time is R2's limit, which has to leave room for something."""
        if self.game.round_number == 1:
            self.game.play_until(SHORTEST_R1_MS)

    def objective(self):
        self.settle_in()
        if self.has_room:
            self.play_on(self.draw(st.integers(1, 600)) * 50)
        self.game.objective()

    def script_ends_for_defenders(self):
        self.settle_in()
        self.game.script_ends_for_defenders()

    def time_limit(self):
        if not self.game.limit_ms:
            self.objective()
        elif self.draw(st.booleans()):
            self.game.time_limit()
        else:
            self.game.time_runs_out_on_winners()

    def surrender(self):
        self.settle_in()
        side = self.draw(st.sampled_from([AXIS, ALLIES]))
        if self.has_room and (callers := self.game.of_side(side)):
            self.game.surrender(side, callers[-1])

    def next_map_vote(self):
        self.game.vote_next_map()

    def map_restart(self):
        self.game.map_restart()

    def reset_match(self):
        self.game.reset_match()
