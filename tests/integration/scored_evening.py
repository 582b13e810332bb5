"""A short evening with a score: two maps, both teams' people known, one attempt that was begun again."""

from ingest_api.services.score_sessions import ScoreKeeping
from tests.factories import R1_START, R2_START, a_player, a_report, a_second_report
from tests.integration.session_rounds import NOW, assign

SECOND_MAP = R2_START + 1200
EVENING = "2026-02-03"


def people(*, swapped=False, **changes):
    """Four players; the first and third are Axis in R1 and swap sides after it."""
    return [a_player(slot, 1 + (slot + swapped) % 2, **changes) for slot in range(4)]


def score(door):
    """Put rounds into sessions and let the worker work out what is due."""
    assign(door)
    keeping = ScoreKeeping(door.engine)
    while keeping.keep(NOW):
        pass


def play_evening(door, map_name="supply", **of_players):
    """TeamA wins the first map, TeamB the second one after an attempt that came to nothing; answers the round_ids."""
    second_map = {"map_name": "radar", "round_start_unix": SECOND_MAP, "round_end_unix": SECOND_MAP + 456}
    reports = [
        a_report(map_name=map_name, players=people(**of_players)),
        a_second_report(map_name=map_name, players=people(swapped=True, **of_players)),
        a_report(
            map_name="radar",
            event_id="e-3",
            sequence=3,
            round_start_unix=SECOND_MAP - 300,
            round_end_unix=SECOND_MAP - 200,
            elapsed_ms=100_000,
            exit_kind="aborted",
            exit_line=None,
            players=people(),
        ),
        a_report(event_id="e-4", sequence=4, players=people(), **second_map),
        a_second_report(
            map_name="radar",
            event_id="e-5",
            sequence=5,
            round_start_unix=SECOND_MAP + 500,
            round_end_unix=SECOND_MAP + 956,
            elapsed_ms=456_000,
            winner_team=1,
            exit_kind="timelimit",
            exit_line="Exit: Timelimit hit.",
            r1={"round_start_unix": SECOND_MAP},
            players=people(swapped=True),
        ),
    ]
    answers = [door.post(report) for report in reports]
    score(door)
    return [answer.json()["round_id"] for answer in answers]


__all__ = ["EVENING", "R1_START", "people", "play_evening", "score"]
