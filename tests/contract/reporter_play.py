"""What the tests of the reporter play again and again, and how they look at what it told."""

from random import Random

from game_server.stand_in.players import Player, make_players

MINUTE = 60_000


def a_round(game, *, until_ms=60_000):
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(until_ms)


def play_r1(game, *, elapsed_ms=MINUTE):
    a_round(game, until_ms=elapsed_ms)
    return game.objective()


def play_r2(game, *, elapsed_ms=MINUTE // 2):
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(elapsed_ms)
    return game.objective()


def kinds(world):
    return [(report["round_number"], report["exit_kind"]) for report in world.reports()]


def named_players(names: list[bytes]) -> list[Player]:
    players = make_players(Random(1), len(names))
    for player, name in zip(players, names, strict=True):
        player.name = name.decode("latin-1")
    return players


def raw_name(player: dict) -> bytes:
    return bytes.fromhex(player["name_hex"]) if "name_hex" in player else player["name"].encode()


def module(world, name):
    return world.engine.run_lua("return (require(...))", f"round_reporter.{name}")
