"""A server that writes stats files, and a reader of them as older tools read."""

from pathlib import Path
from typing import NamedTuple

from tests.contract.reporter_world import World

SETTINGS = "server_id = srv1\nstats_file = on\n"
TIMES_REVIVED, REVIVES_GIVEN = 19, 37
WEAPON_ORDER = ("hits", "shots", "kills", "deaths", "headshots")


class Line(NamedTuple):
    """A player's line: side, weapons as {index: [hits, shots, kills, deaths, headshots]}, the 38 numbers as texts."""

    name: str
    side: int
    weapons: dict[int, list[int]]
    fields: list[str]


def read_line(text: str) -> tuple[str, Line]:
    guid, name, _, side, rest = text.split("\\")
    numbers, *fields = rest.split("\t")
    mask, *values = [int(number) for number in numbers.split()]
    indexes = [index for index in range(32) if mask >> index & 1]
    assert len(values) == 5 * len(indexes)
    assert len(fields) == 38
    weapons = {index: values[5 * place : 5 * place + 5] for place, index in enumerate(indexes)}
    return guid, Line(name, int(side), weapons, fields)


def read(path: Path) -> tuple[str, dict[str, Line]]:
    header, *lines = path.read_bytes().decode("latin-1").removesuffix("\n").split("\n")
    players = dict(read_line(line) for line in lines)
    assert len(players) == len(lines)
    return header, players


def make_world(home: Path, lua: str, settings: str = SETTINGS) -> World:
    world = World(home, lua, settings=settings)
    (world.folder / "gamestats").mkdir(exist_ok=True)
    world.engine.set_cvar("sv_hostname", "^1Polar ^7Pub")
    return world


def stats_files(world):
    return sorted((world.folder / "gamestats").glob("*"))


def first_round(game, *, until_ms=60_000):
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(until_ms)


def second_round(game, *, until_ms=40_000):
    game.to_second_round(8_000)
    game.warm_up(3_000)
    game.play_until(until_ms)


def finish(game):
    game.objective()
    game.idle(1_000)
