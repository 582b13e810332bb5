"""Game servers with the real reporter, real shells and real curl, whose senders and servers are killed on the way."""

import os
import signal
from pathlib import Path
from random import Random

from game_server.stand_in.et_engine import Engine
from game_server.stand_in.game import Game
from game_server.stand_in.players import make_players
from tests.contract.reporter_delivering import command_lines, senders, set_age
from tests.contract.reporter_world import World

PLAYERS = 6
LIMIT_MINUTES = 15
WARMUP_MS = INTERMISSION_MS = 5_000
REBOOT_SECONDS = 60
OLD_SECONDS = 130.0  # old enough for a sweep, and for a lock that was left behind
CUT_SHORT, DIES = 0.1, 0.05  # shares of the rounds
KILLED_AT_ONCE = 0.5  # share of the processes at work
_MAPS = ("supply", "etl_adlernest", "etl_ice", "te_escape2", "sw_goldrush_te")
_ROUND_MS = (35_000, 90_000)


class GameHost:
    """One server. Every report has a second copy in the spool of a target that nothing is ever sent to."""

    def __init__(self, home: Path, server_id: str, token: str, url: str, lua: str, rng: Random) -> None:
        self.server_id, self.token = server_id, token
        self.senders_killed = 0
        (home / "legacy").mkdir(parents=True)
        (home / "legacy" / "token").write_text(token + "\n")
        settings = f"server_id = {server_id}\nurl = {url}\ntoken_file = token\nurl.kept = {url}\n"
        self._world = World(home, lua, settings=settings, shell=True)
        self._rng = rng
        self._game = self._started(self._world.engine)

    @property
    def reports(self) -> list[bytes]:
        """What was told until now."""
        return [path.read_bytes() for path in self._world.spooled("kept")]

    @property
    def waiting(self) -> int:
        """How many of them are still in the spool."""
        return len(self._world.spooled())

    @property
    def refused(self) -> list[str]:
        """Those that were moved aside."""
        return [path.name for path in (self._world.folder / "refused").glob("*/*.json")]

    @property
    def console(self) -> str:
        """What the operator saw."""
        return self._world.console()

    def play(self) -> None:
        """One round to its end, regular or not, and on to the next warmup."""
        game = self._game
        game.warm_up(WARMUP_MS)
        game.play_until(self._rng.randrange(*_ROUND_MS, 50))
        fate = self._rng.random()
        if fate < DIES:
            game.kill_server()
            self._game = self._started(self._world.new_engine(game.engine.unix + REBOOT_SECONDS))
        elif fate < DIES + CUT_SHORT:
            game.change_map_in_play(self._rng.choice(_MAPS), LIMIT_MINUTES)
        elif game.objective().number == 1:
            game.to_second_round(INTERMISSION_MS)
        else:
            game.to_map(self._rng.choice(_MAPS), LIMIT_MINUTES)

    def let_time_pass(self) -> None:
        """What waits becomes old enough for a sweep; so does the lock of one that was killed."""
        for path in self._world.spooled():
            _age(path)
        if not senders(self._world):  # one who waits for a round's end holds no lock
            _age(self._world.folder / "sweep.lock")

    def sweep(self) -> None:
        """As the operator asks for it."""
        self._world.engine.console_command("round_reporter", "flush")

    def kill_senders(self) -> None:
        """kill -9 to some of the shells and curls at work, whichever they are."""
        for process_id in self._processes():
            if self._rng.random() < KILLED_AT_ONCE:
                self.senders_killed += 1
                _kill(process_id)

    def _processes(self) -> list[int]:
        folder = str(self._world.folder).encode()
        return [process_id for process_id, line in command_lines() if folder in line]

    def _started(self, engine: Engine) -> Game:
        game = Game(engine, make_players(self._rng, PLAYERS), self._rng)
        game.start_server(self._rng.choice(_MAPS), LIMIT_MINUTES)
        return game


def _age(path: Path) -> None:
    try:
        set_age(path, OLD_SECONDS)
    except FileNotFoundError:
        return  # it has just left


def _kill(process_id: int) -> None:
    try:
        os.kill(process_id, signal.SIGKILL)
    except ProcessLookupError:
        return
