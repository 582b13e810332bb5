"""Random evenings on the stand-in server, told by the reporter, come to the score that who saw them played would count.

`--hypothesis-profile=long` plays a thousand of them with each kind of Lua.
"""

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings

from shared.domain.session_score import score_session
from shared.domain.vocabulary import Confidence
from tests.contract.reporter_world import LUA_KINDS, World
from tests.contract.score_evening import ScoreEvening
from tests.contract.score_oracle import winners
from tests.judged_reports import judged

EVENINGS = 1_000 if settings.get_current_profile_name() == "long" else 20


@pytest.mark.parametrize("lua", LUA_KINDS)
def test_a_random_evening_is_scored_as_who_saw_it_would(lua):
    counted = 0
    for seed in range(EVENINGS):
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder), lua)
            evening = ScoreEvening(world, seed)
            evening.play()
            bodies = [path.read_bytes() for path in world.spooled()]
        Random(seed).shuffle(bodies)
        score = score_session(judged(bodies))
        told = [(one.map_name, str(one.verdict)) for one in score.counted]
        assert told == winners(evening.told), f"seed {seed}"
        assert all(one.confidence is Confidence.VERIFIED_HEADER for one in score.counted), f"seed {seed}"
        counted += len(told)
    assert counted > EVENINGS
