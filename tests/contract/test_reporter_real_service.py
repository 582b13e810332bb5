"""Reporter and service together, with nothing scripted between them: limits are respected, and once is once."""

import pytest

from tests.contract.reporter_delivering import (
    a_world,
    make_old,
    play_another,
    play_round,
    sweep,
    until_idle,
)
from tests.contract.reporter_world import LUA_KINDS
from tests.integration.ingesting import opened_door

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
ROUNDS = 5


def test_a_limit_of_the_service_is_waited_for_and_nothing_is_lost(lua, engine, database_url, tmp_path):
    with opened_door(engine, database_url, rounds_per_minute=20, rounds_burst=2) as door:
        world = a_world(tmp_path, lua, str(door.client.base_url).rstrip("/"))
        (tmp_path / "legacy" / "token").write_text(door.token)
        game = play_round(world)
        for _ in range(ROUNDS - 1):
            play_another(game)
        until_idle(world)
        was_told_to_wait = (world.folder / "wait-main").exists()
        while world.spooled():
            make_old(world)
            sweep(world)
        stored = door.count("deliveries")

    assert was_told_to_wait
    assert stored == ROUNDS


def test_a_report_whose_answer_was_lost_is_stored_once(lua, engine, database_url, tmp_path):
    """The sender dies after the service has stored it: the same bytes come again."""
    with opened_door(engine, database_url) as door:
        world = a_world(
            tmp_path, lua, str(door.client.base_url).rstrip("/"), more_settings="url.kept = http://127.0.0.1:1\n"
        )
        (tmp_path / "legacy" / "token").write_text(door.token)
        play_round(world)
        until_idle(world)
        (report,) = world.spooled("kept")
        (world.folder / "spool" / "main" / report.name).write_bytes(report.read_bytes())
        make_old(world)
        sweep(world)
        outcomes = [row["outcome"] for row in door.rows("SELECT outcome FROM delivery_receipts ORDER BY id")]
        counts = door.count("deliveries"), door.count("rounds")

    assert (outcomes, counts, world.spooled()) == (["accepted", "duplicate"], (1, 1), [])
