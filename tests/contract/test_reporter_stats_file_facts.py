"""The numbers of a stats file: those of the reports, also for a reader that subtracts."""

import pytest

from tests.contract.reporter_world import LUA_KINDS, World
from tests.contract.stats_file_world import (
    REVIVES_GIVEN,
    TIMES_REVIVED,
    WEAPON_ORDER,
    Line,
    finish,
    first_round,
    make_world,
    read,
    second_round,
    stats_files,
)

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
CUMULATIVE = {
    0: "damage_given", 1: "damage_received", 2: "team_damage_given", 3: "team_damage_received", 4: "gibs",
    5: "self_kills", 6: "team_kills", 7: "team_gibs",
}  # fmt: skip


@pytest.fixture
def world(lua, tmp_path) -> World:
    return make_world(tmp_path, lua)


def reported_share(player: dict) -> tuple[dict[str, int], dict[int, list[int]]]:
    """What the report says this round added: counters, and weapons that did something."""
    raw, baseline = player["counters"]["raw"], player["counters"]["baseline"]
    weapons = {}
    for weapon in player["weapons"]:
        before = weapon.get("baseline", dict.fromkeys(WEAPON_ORDER, 0))
        added = [weapon[name] - before[name] for name in WEAPON_ORDER]
        if any(added):
            weapons[weapon["index"]] = added
    return {name: raw[name] - baseline[name] for name in CUMULATIVE.values()}, weapons


def subtracted(first: Line | None, second: Line) -> tuple[dict[str, int], dict[int, list[int]]]:
    """What a reader of both files makes of the second round."""
    before = first or Line("", 0, {}, ["0"] * 38)
    values = {name: int(second.fields[at]) - int(before.fields[at]) for at, name in CUMULATIVE.items()}
    weapons = {
        index: [now - then for now, then in zip(group, before.weapons.get(index, [0] * 5), strict=True)]
        for index, group in second.weapons.items()
    }
    return values, {index: group for index, group in weapons.items() if any(group)}


def come_back(game, player):
    game.players.append(player)
    game.connect(player, first_time=1)


def no_reconnect(game):
    second_round(game)


def reconnect_between_the_rounds(game):
    game.to_second_round(8_000)
    game.disconnect(player := game.players[0])
    come_back(game, player)
    game.warm_up(3_000)
    game.play_until(40_000)


def reconnect_in_the_second_round(game):
    second_round(game, until_ms=20_000)
    game.disconnect(player := game.players[0])
    come_back(game, player)
    game.play_until(40_000)


def restart_of_the_second_round(game):
    second_round(game, until_ms=20_000)
    game.map_restart()
    game.play_until(40_000)


@pytest.mark.parametrize("reconnects_in_the_first", [False, True])
@pytest.mark.parametrize(
    "play_on", [no_reconnect, reconnect_between_the_rounds, reconnect_in_the_second_round, restart_of_the_second_round]
)
def test_a_reader_that_subtracts_gets_the_numbers_of_the_reports(world, play_on, *, reconnects_in_the_first):
    game = world.new_game(8)
    first_round(game, until_ms=40_000)
    if reconnects_in_the_first:
        game.disconnect(player := game.players[1])
        come_back(game, player)
    game.play_until(60_000)
    finish(game)
    play_on(game)
    finish(game)

    first, second = (read(path)[1] for path in stats_files(world))
    finished = [report for report in world.reports() if report["exit_kind"] != "aborted"]
    for report, in_file in (
        (finished[0], {guid: subtracted(None, line) for guid, line in first.items()}),
        (finished[1], {guid: subtracted(first.get(guid), line) for guid, line in second.items()}),
    ):
        shares = {player["guid"][:8]: reported_share(player) for player in report["players"]}
        assert in_file == {guid: share for guid, share in shares.items() if guid in in_file}
        assert not any(weapons for guid, (_, weapons) in shares.items() if guid not in in_file)


def test_sides_revives_and_dead_time_are_those_of_the_report(world):
    game = world.new_game(8)
    first_round(game, until_ms=200_000)
    finish(game)

    lines = read(stats_files(world)[0])[1]
    told = {player["guid"][:8]: player for player in world.reports()[0]["players"]}
    assert len(lines) == len(told)
    assert sum(player["times_revived"] for player in told.values()) > 0
    for guid, line in lines.items():
        player = told[guid]
        assert line.side == player["side"]
        assert (line.fields[TIMES_REVIVED], line.fields[REVIVES_GIVEN]) == (
            str(player["times_revived"]),
            str(player["revives_given"]),
        )
        assert line.fields[25] == f"{player['dead_ms'] / 60_000:.1f}"


def test_somebody_who_left_before_the_end_has_his_line(world):
    game = world.new_game()
    first_round(game, until_ms=20_000)
    leaver = game.players[0]
    leaver.weapons, leaver.counters["damage_given"] = {2: [7, 0, 1, 3, 1]}, 90
    leaver.show(world.engine)
    game.disconnect(leaver)
    game.play_until(40_000)
    finish(game)

    line = read(stats_files(world)[0])[1][leaver.guid[:8]]
    assert (line.weapons, line.fields[0]) == ({2: [3, 7, 1, 0, 1]}, "90")


def test_the_first_round_of_another_match_is_never_added(world):
    game = world.new_game(8)
    first_round(game)
    finish(game)
    kept = (world.folder / "r1-stats").read_bytes()
    game.to_map("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    finish(game)
    (world.folder / "r1-stats").write_bytes(kept)
    second_round(game)
    finish(game)

    told = {player["guid"][:8]: player["counters"]["raw"] for player in world.reports()[2]["players"]}
    lines = read(stats_files(world)[2])[1]
    assert {guid: int(line.fields[0]) for guid, line in lines.items()} == {
        guid: told[guid]["damage_given"] for guid in lines
    }
