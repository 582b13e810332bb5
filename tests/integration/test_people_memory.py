"""What a list of sessions remembers is never older than what is stored."""

from shared.db.session_list import PeopleMemory, sessions_page
from tests.factories import a_player, a_report
from tests.integration.scored_evening import people, play_evening
from tests.integration.session_rounds import assign, assigned


def kills(door, memory):
    with door.engine.connect() as connection:
        return [(row["players"], row["total_kills"]) for row in sessions_page(connection, memory, 10).rows]


def test_a_further_report_of_a_round_is_seen_at_once(door):
    memory = PeopleMemory()
    play_evening(door)
    before = kills(door, memory)
    told = {"raw": {"kills": 50, "deaths": 5, "damage_given": 1, "damage_received": 1}}
    counters = told | {"baseline": dict.fromkeys(told["raw"], 0)}
    door.post(a_report(sequence=9, players=people(counters=counters)))
    assert (before, kills(door, memory)) == ([(4, 160)], [(4, 320)])


def test_a_round_that_joins_is_seen_at_once(door):
    memory = PeopleMemory()
    assigned(door, 0)
    before = kills(door, memory)
    door.post(a_report(event_id="e-9", sequence=9, map_name="radar", round_start_unix=1_770_161_000,
                       round_end_unix=1_770_161_456, players=[a_player(0), a_player(1), a_player(7)]))  # fmt: skip
    assign(door)
    assert (before, kills(door, memory)) == ([(4, 40)], [(5, 70)])


def test_only_the_latest_sessions_are_remembered(door):
    memory = PeopleMemory(most=1)
    assigned(door, 0, 5, 10)
    assert kills(door, memory) == kills(door, memory) == [(4, 40)] * 3
