"""What the presenter is given of a round: stored judgement as it stands, unknown where nothing is stored."""

import json

from sqlalchemy import text

from shared.db.read import round_view
from shared.domain.vocabulary import Confidence, RoundOutcome, Side, StopwatchState
from tests.integration.publishing import add_round

_DELIVERY = """
    INSERT INTO deliveries (server_id, kind, content_sha256, headers, body, byte_count, received_at)
    VALUES ('srv1', 'round_report', 'aa', '{}', 'x', 1, now()) RETURNING id
"""
_LUA = """
    INSERT INTO lua_round_teams (
        round_id, delivery_id, match_id, round_number, map_name, source, axis_players, allies_players, captured_at)
    VALUES (:round_id, :delivery_id, 'm', 1, 'supply', 'stats_ready', cast(:axis AS jsonb), NULL, now())
"""
_SPAWNS = """
    INSERT INTO lua_spawn_stats (round_id, round_number, map_name, player_guid, player_name, dead_seconds, captured_at)
    VALUES (:round_id, 1, 'supply', '00000000', 'player0', 96.5, now())
"""


def read(engine, round_id):
    with engine.connect() as connection:
        return round_view(connection, round_id)


def add_lua_data(engine, round_id):
    roster = [{"guid": "ABCD1234EF", "name": "^1lone"}]
    with engine.begin() as connection:
        delivery_id = connection.execute(text(_DELIVERY)).scalar_one()
        lua = {"round_id": round_id, "delivery_id": delivery_id, "axis": json.dumps(roster)}
        connection.execute(text(_LUA), lua)


def test_a_round_is_read_with_its_judgement(engine):
    view = read(engine, add_round(engine))
    assert (view.map_name, view.round_number, view.duration_seconds, view.limit_seconds) == ("supply", 1, 456.27, 600.0)
    assert (view.winner_side, view.defender_side, view.surrender_side) == (Side.ALLIES, Side.AXIS, None)
    assert (view.stopwatch_state, view.outcome) == (StopwatchState.TIME_SET, RoundOutcome.TIME_SET)
    assert view.score_confidence is Confidence.VERIFIED_HEADER
    assert view.short_fingerprint == "1:00000000"


def test_what_is_not_stored_is_unknown(engine):
    view = read(engine, add_round(engine))
    assert (view.header_clock_seconds, view.pause_count, view.play_number, view.source) == (None, None, None, None)
    assert {(player.gibs, player.hits, player.denied_seconds) for player in view.players} == {(None, None, None)}


def test_players_are_read_from_their_statistics(engine):
    first, second = sorted(read(engine, add_round(engine)).players, key=lambda player: player.guid)
    assert (first.name, first.side, first.kills, first.deaths) == ("^1player0", Side.AXIS, 12, 8)
    assert second.side is Side.ALLIES


def test_the_time_dead_comes_from_the_spawn_statistics_while_there_is_no_other(engine):
    round_id = add_round(engine, players=1)
    with engine.begin() as connection:
        connection.execute(text(_SPAWNS), {"round_id": round_id})
    assert read(engine, round_id).players[0].dead_seconds == 96.5


def test_without_statistics_the_roster_alone_is_shown(engine):
    round_id = add_round(engine, players=0)
    add_lua_data(engine, round_id)
    view = read(engine, round_id)
    (player,) = view.players
    assert (player.guid, player.name, player.side, player.kills) == ("ABCD1234EF", "^1lone", Side.AXIS, None)
    assert view.source == "stats_ready"


def test_an_unknown_round_is_none(engine):
    assert read(engine, 999_999) is None
