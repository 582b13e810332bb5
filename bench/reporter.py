"""What the reporter costs a game server: its share of a frame in play, and of the frame in which a round ends.

32 players with all weapons, the real Lua files in real VMs, `et` of plain Lua tables, real files and a real sender whose
service is away. The floor is a module that only reads the same fields in the same frames and fills a file of a report's length.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from bench.databases import ON_DISK
from bench.figures import Figure, Target, median, percentile
from game_server.stand_in.et_engine import LUA_FOLDER, Engine
from game_server.stand_in.game import Game
from game_server.stand_in.players import make_players

LUA_KINDS = ("5.4", "luajit")
PLAYERS, WEAPONS = 32, 28
MATCHES, QUICK_MATCHES = 50, 5
_READING = Path(__file__).with_name("reading.lua")
_PLAYED_MS = 20_000
_NOTHING_LISTENS = "http://127.0.0.1:9"
_SENDER_IS_DONE_SECONDS = 0.2
_SOMEBODY_WAITS_WITHIN_SECONDS = 2.0
_SETTINGS = f"url = {_NOTHING_LISTENS}\ntoken_file = token\nserver_id = bench\n"
_PLAY_TARGET, _END_TARGET = Target(1_000), Target(5_000)


def reporter(*, is_quick: bool) -> list[Figure]:
    """Both figures for each kind of Lua."""
    return [figure for lua in LUA_KINDS for figure in _figures(lua, QUICK_MATCHES if is_quick else MATCHES)]


def _figures(lua: str, matches: int) -> Iterator[Figure]:
    ours, bare = (_play(lua, script, matches) for script in (LUA_FOLDER / "round_reporter.lua", _READING))
    for name, mine, floor, target in (
        ("in play", ours.play, bare.play, _PLAY_TARGET),
        ("at a round's end", ours.end, bare.end, _END_TARGET),
    ):
        wall, bare_wall = [cost.wall_us for cost in mine], [cost.wall_us for cost in floor]
        note = (
            f"median {median(wall):.0f} µs (floor {median(bare_wall):.0f}); processor time alone: "
            f"p99 {percentile([cost.processor_us for cost in mine], 99):.0f} µs; {len(mine)} frames"
        )
        yield Figure(
            f"reporter, Lua {lua}, frame {name}, p99",
            percentile(wall, 99),
            "µs",
            percentile(bare_wall, 99),
            target,
            note,
        )


class _Cost(NamedTuple):
    """Of one frame, in microseconds. On a busy machine the two differ by what others took."""

    wall_us: float
    processor_us: float


class _TimedEngine(Engine):
    """Writes down what each frame cost: its et_RunFrame and every callback since the one before."""

    def __init__(self, home: Path, **options: Any) -> None:
        super().__init__(home, **options)
        self.frames: list[_Cost] = []
        self._wall = self._processor = 0.0
        self._bell = home / "legacy" / "round_reporter" / self.cvars["net_port"] / "bell"

    def rest(self) -> None:
        """A server has minutes between two senders, and somebody who waits for the next report all the while."""
        time.sleep(_SENDER_IS_DONE_SECONDS)
        give_up = time.monotonic() + _SOMEBODY_WAITS_WITHIN_SECONDS
        while self._bell.parent.exists() and not self._bell.is_fifo() and time.monotonic() < give_up:
            time.sleep(_SENDER_IS_DONE_SECONDS)

    def call(self, callback: str, *args: Any) -> Any:
        wall, processor = time.perf_counter(), time.thread_time()
        result = super().call(callback, *args)
        # The wall first: to ask for the processor's time is an occasion for others to be let in, which is not the frame's.
        wall_now, processor_now = time.perf_counter(), time.thread_time()
        self._wall, self._processor = self._wall + wall_now - wall, self._processor + processor_now - processor
        if callback == "et_RunFrame":
            self.frames.append(_Cost(self._wall * 1e6, self._processor * 1e6))
            self._wall = self._processor = 0.0
        return result

    def run_frames(self, level_time: int, count: int, step_ms: int = 50) -> int:
        for _ in range(count):
            level_time += step_ms
            self.set_clock(self.ms + step_ms)
            self.call("et_RunFrame", level_time)
        return level_time


@dataclass(slots=True)
class _Times:
    """What the frames of a run cost."""

    play: list[_Cost] = field(default_factory=list)
    end: list[_Cost] = field(default_factory=list)


def _play(lua: str, script: Path, matches: int) -> _Times:
    times = _Times()
    with tempfile.TemporaryDirectory(prefix="roundwire-", dir=ON_DISK, ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "legacy").mkdir()
        (home / "legacy" / "token").write_text("bench\n")
        (home / "legacy" / "round_reporter.cfg").write_text(_SETTINGS)
        engine = _TimedEngine(home, lua=lua, script=script)
        rng = Random(1)
        game = Game(engine, make_players(rng, PLAYERS), rng)
        game.start_server("supply", 15)
        for _ in range(matches):
            _round(game, engine, times)
            game.to_second_round(1_000)
            _round(game, engine, times)
            game.to_map("supply", 15, intermission_ms=1_000)
        time.sleep(_SENDER_IS_DONE_SECONDS)
    return times


def _round(game: Game, engine: _TimedEngine, times: _Times) -> None:
    game.warm_up(1_000)
    for player in game.players:
        for index in range(WEAPONS):
            player.weapon(index)[0] += 1_000 + index
        player.show(engine)
    engine.rest()
    engine.frames.clear()
    game.play_until(_PLAYED_MS)
    times.play += engine.frames
    game.objective()
    times.end.append(engine.frames[-1])
