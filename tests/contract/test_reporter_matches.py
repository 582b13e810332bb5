"""R1 and R2, attempts, starts and limits: which round it was."""

import pytest

from tests.contract.reporter_play import MINUTE, a_round, kinds, play_r1, play_r2
from tests.contract.reporter_world import LUA_KINDS, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


def test_r2_names_its_r1(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    play_r2(game)

    first, second = world.reports()
    assert second["r1"] == {
        "round_start_unix": first["round_start_unix"], "round_fingerprint": first["round_fingerprint"],
        "elapsed_ms": 60_000, "limit_ms": 900_000, "winner_team": 2, "defender_team": 1, "exit_kind": "objective",
        "next_limit_raw": "1.000000",
    }  # fmt: skip
    assert (second["limit_ms"], second["round_number_raw"]) == (60_000, 0)


def test_r2_still_names_its_r1_when_the_state_file_is_gone(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    (world.folder / "state").unlink()
    play_r2(game)

    first, second = world.reports()
    assert second["r1"]["round_start_unix"] == first["round_start_unix"]


def test_r2_names_an_r1_whose_start_nobody_saw_by_its_end(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    a_round(game)
    world.engine.drop_vm()
    (world.folder / "state").unlink()
    world.engine.set_cvar("round_reporter_owner", "")
    world.engine.load_vm()
    game.play_until(2 * MINUTE)
    game.objective()
    play_r2(game)

    first, second = world.reports()
    assert (second["r1"]["round_start_unix"], second["r1"]["elapsed_ms"]) == (None, 2 * MINUTE)
    assert second["r1"]["round_fingerprint"] == first["round_fingerprint"]
    assert first["round_fingerprint"].startswith("rf1:2:")


def test_an_r2_begun_again_keeps_its_r1_and_counts_attempts(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(20_000)
    game.map_restart()
    game.play_until(30_000)
    game.objective()

    reports = world.reports()
    assert kinds(world) == [(1, "objective"), (2, "aborted"), (2, "objective")]
    assert [report["attempt"] for report in reports] == [1, 1, 2]
    assert reports[2]["r1"]["round_start_unix"] == reports[0]["round_start_unix"]
    assert len({report["round_start_unix"] for report in reports}) == 3


def test_a_reset_forgets_r1(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(20_000)
    game.reset_match()
    game.warm_up(5_000)
    game.play_until(30_000)
    game.objective()
    play_r2(game)

    reports = world.reports()
    assert kinds(world) == [(1, "objective"), (2, "aborted"), (1, "objective"), (2, "objective")]
    assert reports[3]["r1"]["round_start_unix"] == reports[2]["round_start_unix"]


def test_an_r1_whose_limit_does_not_lead_here_is_not_named(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    game.to_second_round(5_000)
    world.engine.set_cvar("g_nextTimeLimit", "3.000000")
    game.warm_up(5_000)
    game.play_until(20_000)
    game.objective()

    assert (world.reports()[1]["r1"], world.reports()[1]["r1_missing_reason"]) == (None, "next_limit_differs")


@pytest.mark.parametrize(("minutes", "milliseconds"), [("7.6", 456_000), ("10.567", 634_020), ("4.113517", 246_811)])
def test_a_fractional_limit_is_exact(lua, minutes, milliseconds, tmp_path):
    """P1."""
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", float(minutes))
    game.warm_up(5_000)
    game.play_until(30_000)
    game.objective()

    report = world.reports()[0]
    assert (report["limit_raw"], report["limit_ms"]) == (minutes, milliseconds)
    assert f"timelimit={minutes} type=string" in world.console()


def test_a_round_begun_again_within_a_second_has_a_start_of_its_own(lua, tmp_path):
    """Server, map, number and start are a round's identity: two with the same would be one."""
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    for _ in range(3):
        game.map_restart()
    game.play_until(MINUTE)
    game.objective()

    starts = [report["round_start_unix"] for report in world.reports()]
    assert starts == [starts[0], starts[0] + 1, starts[0] + 2, starts[0] + 3]
    assert len({report["round_fingerprint"] for report in world.reports()}) == 4
    assert all(report["round_end_unix"] >= report["round_start_unix"] for report in world.reports())
    assert not any(report["clock_stepped"] for report in world.reports())


@pytest.mark.parametrize("raw", ["", "-1", "2", "one"])
def test_a_round_number_the_engine_never_has_is_not_guessed(lua, raw, tmp_path):
    world = World(tmp_path, lua)
    world.engine.before_script = f"""
        local get = et.trap_Cvar_Get
        function et.trap_Cvar_Get(name) return name == 'g_currentRound' and '{raw}' or get(name) end
    """
    play_r1(world.new_game())

    report = world.reports()[0]
    assert "round_number" not in report
    assert report["round_fingerprint"] is None
    assert "internal error" not in world.console()
