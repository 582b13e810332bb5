"""How verdicts are explained to people: short, in attacks, and with what makes them less sure."""

import pytest

from shared.domain.attribution import KnownMap
from shared.domain.session_score import score_session
from shared.domain.vocabulary import ExitKind
from tests.factories import TWELVE_MINUTES_MS
from tests.played import ALLIES, AXIS, a_match, clock_ms

T736 = clock_ms("7:36")
SET = {"winner": ALLIES, "elapsed_ms": T736}
HELD = {"winner": AXIS, "exit_kind": ExitKind.TIMELIMIT}
UNTOLD = {"winner": None, "defender": None, "exit_kind": ExitKind.UNKNOWN, "has_exit_line": False}
R2 = {"limit_ms": T736}


@pytest.mark.parametrize(
    ("first", "second", "note"),
    [
        (SET, R2 | {"winner": ALLIES, "elapsed_ms": 370_000}, "R2 attackers 6:10 beat 7:36"),
        (SET, R2 | {"winner": ALLIES, "elapsed_ms": 457_000}, "R2 attackers were faster"),
        (SET, R2 | {"winner": ALLIES, "elapsed_ms": None}, "R2 attackers were faster"),
        (HELD, {"winner": ALLIES, "elapsed_ms": 540_000}, "R2 attackers 9:00 beat a fullhold"),
        (SET, R2 | HELD, "R2 attackers did not beat 7:36"),
        (HELD, HELD, "fullhold in both rounds"),
        (
            SET,
            R2 | {"winner": AXIS, "elapsed_ms": 120_000, "exit_kind": ExitKind.SURRENDER_ALLIES},
            "R2 attackers surrendered at 2:00: 7:36 stands",
        ),
        (
            SET,
            R2 | {"winner": ALLIES, "elapsed_ms": 120_000, "exit_kind": ExitKind.SURRENDER_AXIS},
            "R2 defenders surrendered at 2:00",
        ),
        (SET, None, "R1 only (not counted)"),
        (None, {"winner": ALLIES, "limit_ms": None}, "R2 only (R1 missing)"),
        (
            None,
            R2 | HELD,
            "R2 attackers did not beat 7:36; R1 is missing, R2's limit tells how it ended",
        ),
        (
            SET,
            UNTOLD | R2 | {"elapsed_ms": 454_500},
            "R2 attackers 7:34 beat 7:36; R2 ended within 2 s of its limit",
        ),
        (
            SET,
            UNTOLD | R2 | {"elapsed_ms": None, "header_clock_ms": 370_000},
            "R2 attackers were faster; R2's clock may be an estimate",
        ),
    ],
)
def test_a_verdict_is_explained_in_a_line(first, second, note):
    known = {"supply": KnownMap(AXIS, TWELVE_MINUTES_MS)}
    (one,) = score_session(a_match(first, second), known).maps
    assert one.note == note


def test_a_match_that_was_never_played_out_says_what_became_of_its_rounds():
    cut = {"winner": AXIS, "exit_kind": ExitKind.ABORTED}
    (one,) = score_session(a_match(SET | cut, None)).matches
    assert (one.note, one.is_played) == ("R1 aborted", False)
