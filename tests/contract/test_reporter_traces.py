"""Recorded servers, replayed callback by callback: exactly the rounds that were played, each once."""

from pathlib import Path

import pytest

from game_server.stand_in.et_engine import LUA_KINDS as EVERY_LUA
from game_server.stand_in.traces import TRACE_FIELDS, read_trace, replay
from tests.contract.reporter_world import LUA_KINDS, TRACES, World
from tests.contract.trace_rounds import EXPECTED, Told


def play_trace(folder: Path, lua: str, name: str, *, fill_frames: bool, settings: str = "server_id = srv1\n") -> World:
    world = World(folder, lua, settings=settings, known_fields=TRACE_FIELDS, max_clients=16)
    for _ in replay(world.engine, read_trace(TRACES / f"{name}.jsonl"), fill_frames=fill_frames):
        pass
    return world


def told(report: dict, *, fill_frames: bool) -> Told:
    aborted = report["exit_kind"] == "aborted"
    return Told(
        map_name=report["map_name"], number=report["round_number"], kind=report["exit_kind"],
        reason=report["end_reason_raw"], start_unix=report["round_start_unix"], winner=report["winner_team"],
        elapsed_ms=report["elapsed_ms"] if fill_frames or not aborted else -1,
        next_limit_raw=None if aborted else report["next_limit_raw"], limit_raw=report["limit_raw"],
        attempt=report["attempt"], has_r1=report["r1"] is not None,
    )  # fmt: skip


@pytest.mark.parametrize("fill_frames", [True, False], ids=["all frames", "logged frames"])
@pytest.mark.parametrize("lua", EVERY_LUA)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_server_gives_exactly_its_rounds(name, lua, fill_frames, tmp_path):
    world = play_trace(tmp_path, lua, name, fill_frames=fill_frames)

    expected = [
        item if fill_frames or item.kind != "aborted" else Told(**{**item.__dict__, "elapsed_ms": -1})
        for item in EXPECTED[name]
    ]
    assert [told(report, fill_frames=fill_frames) for report in world.reports()] == expected
    assert {report["defender_team"] for report in world.reports()} <= {1}
    assert "internal error" not in world.console()


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_the_two_clocks_of_the_engine_agree_on_every_finished_round(lua, tmp_path):
    for name in EXPECTED:
        for report in play_trace(tmp_path / name, lua, name, fill_frames=True).reports():
            assert report["inconsistent"] is False, (name, report["inconsistent_text"])


@pytest.mark.parametrize("fill_frames", [True, False], ids=["all frames", "logged frames"])
@pytest.mark.parametrize("lua", LUA_KINDS)
def test_a_recorded_pause_has_its_true_place_and_length(lua, fill_frames, tmp_path):
    report = play_trace(tmp_path, lua, "pause-and-resets", fill_frames=fill_frames).reports()[1]

    pause = report["pauses"][0]
    assert len(report["pauses"]) == 1
    assert (pause["start_elapsed_ms"], pause["length_ms"], pause["open_at_end"]) == (12700, 20050, False)
    assert pause["requested_by"] == "console"
    assert pause["end_unix"] == 1795227137


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_a_pause_shows_without_its_bit_too(lua, tmp_path):
    lines = [line for line in read_trace(TRACES / "pause-and-resets.jsonl") if line["callback"] != "configstring"]
    world = World(tmp_path, lua, known_fields=TRACE_FIELDS, max_clients=16)
    for _ in replay(world.engine, lines, fill_frames=True):
        pass

    pauses = world.reports()[1]["pauses"]
    assert [(p["start_elapsed_ms"], p["length_ms"]) for p in pauses] == [(12700, 20050)]
    assert world.reports()[1]["elapsed_ms"] == 40650


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_who_surrendered_and_who_asked_for_it(lua, tmp_path):
    report = play_trace(tmp_path, lua, "surrender-by-attackers", fill_frames=True).reports()[0]

    vote = report["surrender_votes"][0]
    caller = next(player for player in report["players"] if player["slot"] == vote["caller_slot"])
    assert (vote["side"], vote["outcome"], vote["yes"], vote["no"]) == (2, "passed", 2, 0)
    assert report["surrender"] == {"team": 2, "caller_guid": caller["guid"], "caller_name": caller["name"]}


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_a_vote_that_was_only_called_is_no_surrender(lua, tmp_path):
    report = play_trace(tmp_path, lua, "pause-and-resets", fill_frames=True).reports()[0]

    assert [vote["outcome"] for vote in report["surrender_votes"]] == ["open"]
    assert report["surrender"] is None


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_those_who_left_or_changed_side_stay_in_the_roster(lua, tmp_path):
    report = play_trace(tmp_path, lua, "surrender-by-defenders-and-spoofing", fill_frames=True).reports()[0]

    by_slot = {player["slot"]: player for player in report["players"]}
    assert by_slot[1]["left_ms"] is not None
    assert by_slot[1]["side"] == 2
    assert [span["side"] for span in by_slot[2]["sides"]] == [1, 3]
    assert by_slot[0]["name"] == "Exit: Timelimit hit."


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_odd_names_come_back_byte_for_byte(lua, tmp_path):
    players = play_trace(tmp_path, lua, "odd-names", fill_frames=True).reports()[0]["players"]

    raw = {bytes.fromhex(p["name_hex"]) if "name_hex" in p else p["name"].encode() for p in players}
    assert raw == {b"^1Caf\xe9", "Zoë☺中".encode(), b"a<b>&c'd", b"$(id)`x`|y"}
    assert "AB$(id)CD" in {player["guid"] for player in players}


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_empty_rounds_are_counted_but_not_sent(lua, tmp_path):
    world = play_trace(tmp_path, lua, "empty-server", fill_frames=True)

    assert world.reports() == []
    assert "counts/empty_rounds=n2" in (world.folder / "state").read_text()


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_empty_rounds_are_sent_when_asked_for(lua, tmp_path):
    world = play_trace(
        tmp_path, lua, "empty-server", fill_frames=True, settings="server_id = srv1\nsend_empty_rounds = on\n"
    )

    assert [(r["exit_kind"], r["elapsed_ms"]) for r in world.reports()] == [("timelimit", 60000), ("aborted", 15550)]
    assert all(report["players"] == [] for report in world.reports())
