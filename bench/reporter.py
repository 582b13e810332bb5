"""What the reporter costs a game server: its share of a frame in play, and of the frame in which a round ends.

32 players with all weapons, the real Lua files in real VMs, `et` of plain Lua tables, real files and a real sender whose
service is away. The floor is a module that only reads the same fields in the same frames.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.databases import ON_DISK
from bench.figures import Figure, Target, percentile
from game_server.stand_in.et_engine import LUA_FOLDER, Engine
from game_server.stand_in.game import Game
from game_server.stand_in.players import make_players

LUA_KINDS = ("5.4", "luajit")
PLAYERS, WEAPONS = 32, 28
MATCHES, QUICK_MATCHES = 25, 5
_READING = Path(__file__).with_name("reading.lua")
_PLAYED_MS = 20_000
_NOTHING_LISTENS = "http://127.0.0.1:9"
_SENDER_IS_DONE_SECONDS = 0.2
_SETTINGS = f"url = {_NOTHING_LISTENS}\ntoken_file = token\nserver_id = bench\n"
_PLAY_TARGET, _END_TARGET = Target(1_000), Target(5_000)


def reporter(*, is_quick: bool) -> list[Figure]:
    """Both figures for each kind of Lua."""
    return [figure for lua in LUA_KINDS for figure in _figures(lua, QUICK_MATCHES if is_quick else MATCHES)]


def _figures(lua: str, matches: int) -> Iterator[Figure]:
    ours, bare = (_play(lua, script, matches) for script in (LUA_FOLDER / "round_reporter.lua", _READING))
    for name, mine, floor, target in (
        ("in play", ours.play_us, bare.play_us, _PLAY_TARGET),
        ("at a round's end", ours.end_us, bare.end_us, _END_TARGET),
    ):
        note = f"median {percentile(mine, 50):.0f} µs (floor {percentile(floor, 50):.0f}), {len(mine)} frames"
        yield Figure(
            f"reporter, Lua {lua}, frame {name}, p99", percentile(mine, 99), "µs", percentile(floor, 99), target, note
        )


class _TimedEngine(Engine):
    """Writes down what each frame cost in microseconds: its et_RunFrame and every callback since the one before."""

    def __init__(self, home: Path, **options: Any) -> None:
        super().__init__(home, **options)
        self.frames_us: list[float] = []
        self._since_frame_us = 0.0

    def call(self, callback: str, *args: Any) -> Any:
        began = time.perf_counter()
        result = super().call(callback, *args)
        self._since_frame_us += (time.perf_counter() - began) * 1e6
        if callback == "et_RunFrame":
            self.frames_us.append(self._since_frame_us)
            self._since_frame_us = 0.0
        return result

    def run_frames(self, level_time: int, count: int, step_ms: int = 50) -> int:
        for _ in range(count):
            level_time += step_ms
            self.set_clock(self.ms + step_ms)
            self.call("et_RunFrame", level_time)
        return level_time


class _Times:
    """What the frames of a run took, in microseconds."""

    def __init__(self) -> None:
        self.play_us: list[float] = []
        self.end_us: list[float] = []


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
    time.sleep(_SENDER_IS_DONE_SECONDS)  # a server has minutes between two senders
    engine.frames_us.clear()
    game.play_until(_PLAYED_MS)
    times.play_us += engine.frames_us
    game.objective()
    times.end_us.append(engine.frames_us[-1])
