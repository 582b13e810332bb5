"""Whatever is told besides makes nobody less sure of a round or a map, unless it contradicts, and then that is said."""

from datetime import UTC
from itertools import pairwise
from random import Random

import pytest

from ingest_api.services.assign_sessions import SessionAssignment
from ingest_api.services.score_sessions import ScoreKeeping
from shared.domain.map_score import BEST_FIRST
from shared.domain.vocabulary import Confidence
from tests.integration.telling import R1, R2, Teller

ORDERS = 12
_SURE = """
SELECT round_number::text AS what, score_confidence AS confidence FROM rounds WHERE server_id = :server_id
UNION ALL SELECT 'match', confidence FROM matches WHERE server_id = :server_id AND counted
"""
_CONFLICTS = """
SELECT count(*) AS number FROM field_conflicts c JOIN rounds r ON r.id = c.round_id WHERE r.server_id = :server_id
"""


def judged_one_by_one(told, voices):
    """After each voice: how sure everything is, and how many contradictions are stated."""
    for voice in voices:
        told.tell(voice)
        SessionAssignment(told.engine, UTC).assign(told.now)
        ScoreKeeping(told.engine).keep(told.now)
        sure = {row["what"]: BEST_FIRST.index(Confidence(row["confidence"])) for row in told.rows(_SURE)}
        yield sure, told.rows(_CONFLICTS)[0]["number"]


@pytest.mark.parametrize("seed", range(ORDERS))
def test_more_evidence_never_makes_anything_less_sure_without_a_stated_conflict(engine, seed):
    voices = [*R1.values(), *R2.values()]
    Random(seed).shuffle(voices)
    judged = list(judged_one_by_one(Teller(engine).new_server(), voices))
    for (before, stated_before), (after, stated) in pairwise(judged):
        worse = [what for what in before if after.get(what, len(BEST_FIRST)) > before[what]]
        assert worse == [] or stated > stated_before
    assert judged[-1][0] == {"1": 0, "2": 0, "match": 0}
