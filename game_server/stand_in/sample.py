"""The two reports of the demo match as the real Lua writes them, the same bytes every time.

`python -m game_server.stand_in.sample FOLDER` writes them as r1.json and r2.json.
"""

import sys
import tempfile
from pathlib import Path
from random import Random

from game_server.stand_in.et_engine import Engine
from game_server.stand_in.evening import DEMO, Script, perform
from game_server.stand_in.game import Game
from game_server.stand_in.players import make_players

_START_UNIX = 1_770_159_000
_PORT = 27960


def reports(
    script: Script = DEMO, *, lua: str = "5.4", player_count: int = 12, seed: int = 1, server_id: str = "srv1"
) -> list[bytes]:
    """Plays a script without sending anything; returns the spooled reports in the order in which they were made."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        instance = home / "legacy" / "round_reporter" / str(_PORT)
        for name in ("tmp", "targets", "spool/main", "refused/main", "gametimes"):
            (instance / name).mkdir(parents=True)
        (home / "legacy" / "token").write_text("sample\n")
        (home / "legacy" / "round_reporter.cfg").write_text(
            f"url = http://127.0.0.1:8080\ntoken_file = token\nserver_id = {server_id}\n"
        )
        engine = Engine(home, lua=lua, port=_PORT, start_unix=_START_UNIX, still_clock=True, shell=False)
        rng = Random(seed)  # noqa: S311 - a script for a stand-in, nothing secret
        for _ in perform(Game(engine, make_players(rng, player_count), rng), script, rng):
            pass
        return [path.read_bytes() for path in sorted((instance / "spool" / "main").glob("*.json"))]


def main() -> int:
    """The command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, body in enumerate(reports(), start=1):
        (folder / f"r{number}.json").write_bytes(body)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
