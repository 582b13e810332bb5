"""Plays a scripted match or a whole evening through the real Lua reporter into a running service, in accelerated time.

`python -m game_server.stand_in.play --url http://127.0.0.1:8080 --token-file F --server-id demo --home DIR --demo`

The virtual clock ends now, never in the future. Exit status 0 when every report was taken, 1 when one stayed in the spool
or was refused, 2 when the reporter's settings are wrong; the reason is one sentence on stderr.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from game_server.stand_in.et_engine import LUA_KINDS, Engine
from game_server.stand_in.evening import DEMO, EVENING, Script, length_ms, perform
from game_server.stand_in.game import Ended, Game
from game_server.stand_in.players import make_players

PLAYER_COUNT = 12
_ANSWER_WITHIN_SECONDS = 35.0
_POLL_SECONDS = 0.02
_FLUSH_EVERY_SECONDS = 10.0
_HOPELESS = {"401": "is the token that of a registered server?", "403": "the token is not allowed to report",
             "404": "the address is not that of a Roundwire service"}  # fmt: skip


def _silent(_line: str) -> None:
    return None


class SettingsError(ValueError):
    """The reporter refused its settings; the message holds its own lines."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the reports. left: still in the spool; refused: in refused/; last_status: HTTP status, 000: none."""

    rounds: int
    left: int
    refused: int
    last_status: str | None

    @property
    def is_complete(self) -> bool:
        """Whether the service took everything."""
        return self.left == 0 and self.refused == 0

    @property
    def sentence(self) -> str:
        """One plain sentence about it."""
        if self.is_complete:
            return f"{self.rounds} rounds were played and all of them were taken."
        parts = []
        if self.left:
            answer = "did not answer" if self.last_status in {None, "000"} else f"answered {self.last_status}"
            hint = _HOPELESS.get(self.last_status or "")
            parts.append(f"{self.left} stayed in the spool: the service {answer}" + (f" ({hint})" if hint else ""))
        if self.refused:
            parts.append(f"{self.refused} were refused, with the answer kept beside each in refused/")
        return f"Of {self.rounds} rounds " + " and ".join(parts) + "."


class _Session:
    """One run: the engine, the reporter's folder, and what is known of its sending."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.spool = folder / "spool" / "main"

    def sent_names(self) -> list[str]:
        pattern = re.compile(r"Sending webhook (\S+\.json) to main")
        return [found[1] for line in self.engine.console if (found := pattern.search(line))]

    def last(self) -> tuple[str, str] | None:
        """Name and status of the last upload that was concluded."""
        try:
            name, status = (self.folder / "last-main").read_text(encoding="ascii").split()
        except (FileNotFoundError, ValueError):
            return None
        return name, status

    def wait_for_answer(self, name: str) -> str:
        """The status for one report, `000` when nothing answered in time."""
        give_up = time.monotonic() + _ANSWER_WITHIN_SECONDS
        while time.monotonic() < give_up:
            last = self.last()
            if last is not None and last[0] == name:
                return last[1]
            time.sleep(_POLL_SECONDS)
        return "000"

    def waiting(self) -> list[Path]:
        return sorted(self.spool.glob("*.json"))

    def refused(self) -> set[str]:
        return {path.name for path in (self.folder / "refused" / "main").glob("*.json")}


def play(
    script: Script,
    *,
    url: str,
    token_file: Path,
    server_id: str,
    home: Path,
    lua: str = "5.4",
    seed: int = 1,
    port: int = 27960,
    wait_seconds: float = 90.0,
    say: Callable[[str], None] = _silent,
) -> Outcome:
    """Plays `script` to the end and waits until the spool is empty, at most `wait_seconds` after it.

    home: the stand-in's fs_homepath; the reporter's settings are written there. say: called with one line per round.
    Raises SettingsError when the reporter would not send.
    """
    _write_settings(home, url, token_file, server_id)
    start_unix = int(time.time()) - length_ms(script) // 1000 - 5  # noqa: TID251 - the edge where real time enters
    engine = Engine(home, lua=lua, port=port, start_unix=start_unix)
    session = _Session(engine, home / "legacy" / "round_reporter" / str(port))
    refused_before = session.refused()
    rng = Random(seed)  # noqa: S311 - a script for a stand-in, nothing secret
    game = Game(engine, make_players(rng, PLAYER_COUNT), rng)
    rounds = 0
    for ended in perform(game, script, rng):
        rounds += 1
        _refuse_bad_settings(engine)
        say(_line(rounds, script, ended, session))
    _drain(session, game, wait_seconds)
    game.stop_server()
    last = session.last()
    return Outcome(rounds, len(session.waiting()), len(session.refused() - refused_before), last[1] if last else None)


def play_demo(
    url: str,
    token_file: Path,
    server_id: str,
    home: Path,
    *,
    lua: str = "5.4",
    seed: int = 1,
    wait_seconds: float = 90.0,
    say: Callable[[str], None] = _silent,
) -> Outcome:
    """One map, two rounds, 6 against 6: see `play`."""
    return play(
        DEMO, url=url, token_file=token_file, server_id=server_id, home=home, lua=lua, seed=seed,
        wait_seconds=wait_seconds, say=say,
    )  # fmt: skip


def _write_settings(home: Path, url: str, token_file: Path, server_id: str) -> None:
    folder = home / "legacy"
    folder.mkdir(parents=True, exist_ok=True)
    text = f"url = {url}\ntoken_file = {token_file.resolve()}\nserver_id = {server_id}\n"
    (folder / "round_reporter.cfg").write_text(text, encoding="utf-8")


def _refuse_bad_settings(engine: Engine) -> None:
    problems = [line.strip() for line in engine.console if line.startswith("round_reporter: config")]
    if problems:
        raise SettingsError("; ".join(dict.fromkeys(problems)))


def _line(number: int, script: Script, ended: Ended, session: _Session) -> str:
    began = time.monotonic()
    names = session.sent_names()
    status = session.wait_for_answer(names[-1]) if len(names) >= number else "not sent"
    took = time.monotonic() - began
    of = sum(len(match.rounds) for match in script)
    minutes, seconds = divmod(ended.elapsed_ms / 1000, 60)
    answer = "no answer" if status == "000" else f"answer {status}"
    return (
        f"[{number}/{of}] {ended.map_name} R{ended.number} {ended.kind} ({ended.reason}) "
        f"{int(minutes)}:{seconds:06.3f} -> {answer}, {took:.2f} s"
    )


def _drain(session: _Session, game: Game, wait_seconds: float) -> None:
    """Keeps the stopped match's server running until its reporter has nothing left to send, or there is no hope."""
    give_up = time.monotonic() + wait_seconds
    next_flush = time.monotonic()
    while session.waiting() and time.monotonic() < give_up:
        last = session.last()
        if last is not None and last[1] in _HOPELESS:
            return
        if time.monotonic() >= next_flush:
            session.engine.console_command("round_reporter", "flush")
            next_flush = time.monotonic() + _FLUSH_EVERY_SECONDS
        time.sleep(0.5)
        game.idle(500)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m game_server.stand_in.play", description=__doc__)
    parser.add_argument("--url", required=True, help="the service's address, for instance http://127.0.0.1:8080")
    parser.add_argument("--token-file", required=True, type=Path, help="file whose first line is the server's token")
    parser.add_argument("--server-id", required=True)
    parser.add_argument("--home", required=True, type=Path, help="folder for the stand-in's files; kept")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help="one map, two rounds (the default)")
    what.add_argument("--evening", action="store_true", help="seven maps with holds, surrenders, a pause and a restart")
    parser.add_argument("--lua", choices=sorted(LUA_KINDS), default="5.4")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=27960, help="game port of the stand-in: its instance")
    parser.add_argument("--wait", type=float, default=90.0, help="seconds to wait for the spool to empty at the end")
    parser.add_argument("--progress", action=argparse.BooleanOptionalAction, default=True, help="a line per round")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    given = _arguments(argv)

    def say(line: str) -> None:
        if given.progress:
            print(line, flush=True)

    try:
        outcome = play(
            EVENING if given.evening else DEMO, url=given.url, token_file=given.token_file, server_id=given.server_id,
            home=given.home.resolve(), lua=given.lua, seed=given.seed, port=given.port, wait_seconds=given.wait, say=say,
        )  # fmt: skip
    except SettingsError as error:
        print(f"The reporter will not send: {error}", file=sys.stderr)
        return 2
    print(outcome.sentence, file=sys.stdout if outcome.is_complete else sys.stderr)
    return 0 if outcome.is_complete else 1


if __name__ == "__main__":
    raise SystemExit(main())
