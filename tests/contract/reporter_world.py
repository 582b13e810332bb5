"""A game server for a test: a home folder, the settings, the engine stand-in, and what the reporter left on disk."""

import json
from pathlib import Path
from random import Random
from typing import Any

from game_server.stand_in.et_engine import Engine
from game_server.stand_in.game import Game
from game_server.stand_in.players import Player, make_players

LUA_KINDS = ("5.4", "luajit")
PORT = 27960
START_UNIX = 1_770_159_000
TRACES = Path(__file__).parent.parent / "golden" / "engine_traces"


class World:
    """One instance on one host. Without a url nothing is sent and everything stays in the spool."""

    def __init__(self, home: Path, lua: str, *, settings: str = "server_id = srv1\n", **engine_options: Any) -> None:
        self.home, self.lua, self.engine_options = home, lua, engine_options
        (home / "legacy").mkdir(parents=True, exist_ok=True)
        self.write_settings(settings)
        self.folder = home / "legacy" / "round_reporter" / str(PORT)
        self.engine = self.new_engine()

    def write_settings(self, text: str) -> None:
        (self.home / "legacy" / "round_reporter.cfg").write_text(text)

    def new_engine(self, start_unix: int = START_UNIX, **more: Any) -> Engine:
        """Another process of the same server: cvars gone, files still there."""
        options = {"port": PORT, "start_unix": start_unix, "shell": False, **self.engine_options, **more}
        if not options["shell"]:
            for name in ("tmp", "targets", "spool/main", "refused/main", "gametimes"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.engine = Engine(self.home, lua=self.lua, **options)
        return self.engine

    def new_game(self, player_count: int = 4, seed: int = 1, players: list[Player] | None = None) -> Game:
        rng = Random(seed)
        return Game(self.engine, players or make_players(rng, player_count), rng)

    def spooled(self, target: str = "main") -> list[Path]:
        return sorted(
            (self.folder / "spool" / target).glob("*.json"), key=lambda path: int(path.stem.rsplit("-", 1)[1])
        )

    def reports(self) -> list[dict[str, Any]]:
        """The spooled reports in the order in which they were made, read strictly."""
        return [strict_json(path.read_bytes()) for path in self.spooled()]

    def console(self) -> str:
        return "".join(self.engine.console)


def strict_json(body: bytes) -> dict[str, Any]:
    """JSON as the standard has it: valid UTF-8, no NaN, no infinity, no key twice."""

    def refuse(text: str) -> None:
        raise AssertionError(f"not JSON: {text}")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"a key twice: {keys}"
        return dict(pairs)

    read: dict[str, Any] = json.loads(body.decode("utf-8"), parse_constant=refuse, object_pairs_hook=unique)
    return read
