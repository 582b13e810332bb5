"""How a round_event moves: the written table, and nothing beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.domain.errors import IllegalMove
from shared.domain.ingest_state import Move, move, walk
from shared.domain.vocabulary import EventState as S

ANY_REASON = "whatever"
REPLAY, REDO = ("replay",), ("replay", "relink")
UNLINK = ("one_to_one_conflict", "operator", "merged")
LAWFUL = {
    (None, S.SEEN): (None,),
    (S.SEEN, S.PARSED): (None,),
    (S.SEEN, S.QUARANTINED): (ANY_REASON,),
    (S.QUARANTINED, S.SEEN): (ANY_REASON,),
    (S.PARSED, S.LINKED): (ANY_REASON,),
    (S.LINKED, S.ENRICHED): (None,),
    (S.ENRICHED, S.PUBLISHED): ("sent", "not_publishable", "autopost_off"),
    (S.PUBLISHED, S.ENRICHED): ("revision",),
    (S.ENRICHED, S.LINKED): REDO,
    (S.PUBLISHED, S.LINKED): REDO,
    (S.PARSED, S.SEEN): REPLAY,
    (S.LINKED, S.SEEN): REPLAY,
    (S.ENRICHED, S.SEEN): REPLAY,
    (S.PUBLISHED, S.SEEN): REPLAY,
    (S.LINKED, S.PARSED): UNLINK,
    (S.ENRICHED, S.PARSED): UNLINK,
    (S.PUBLISHED, S.PARSED): UNLINK,
}
"""Per move the reasons that carry it; None: it needs none."""
REASONS = [None, ANY_REASON, "sent", "not_publishable", "autopost_off", "revision", *REDO, *UNLINK]
STATES = list(S)


@pytest.mark.parametrize(
    ("from_state", "to_state", "reason"),
    [(*pair, reason) for pair, reasons in LAWFUL.items() for reason in reasons],
)
def test_every_lawful_move_is_made_with_its_reason(from_state, to_state, reason):
    assert move(from_state, to_state, reason) == Move(from_state, to_state, reason)


@given(from_state=st.sampled_from([None, *STATES]), to_state=st.sampled_from(STATES), reason=st.sampled_from(REASONS))
def test_every_move_that_is_not_in_the_table_is_refused(from_state, to_state, reason):
    reasons = LAWFUL.get((from_state, to_state), ())
    if None in reasons or reason in reasons or (ANY_REASON in reasons and reason is not None):
        assert move(from_state, to_state, reason).to_state is to_state
    else:
        with pytest.raises(IllegalMove):
            move(from_state, to_state, reason)


@pytest.mark.parametrize("pair", [pair for pair, reasons in LAWFUL.items() if None not in reasons])
def test_a_move_that_needs_a_reason_is_refused_without_one(pair):
    with pytest.raises(IllegalMove, match="needs a reason"):
        move(*pair)


def test_no_move_leaves_a_state_for_itself():
    for state in STATES:
        with pytest.raises(IllegalMove):
            move(state, state, ANY_REASON)


def test_a_walk_is_the_chain_of_its_moves():
    steps = [(S.SEEN, None), (S.PARSED, None), (S.LINKED, "created_round"), (S.ENRICHED, None)]
    assert [(one.from_state, one.to_state) for one in walk(steps)] == [
        (None, S.SEEN),
        (S.SEEN, S.PARSED),
        (S.PARSED, S.LINKED),
        (S.LINKED, S.ENRICHED),
    ]


def test_a_walk_goes_on_from_where_its_event_stands():
    assert walk([(S.PARSED, None)], S.SEEN) == (Move(S.SEEN, S.PARSED),)


def test_a_walk_with_one_unlawful_step_is_no_walk():
    with pytest.raises(IllegalMove):
        walk([(S.SEEN, None), (S.LINKED, "created_round")])


class EventLife(RuleBasedStateMachine):
    """An event pushed about at random: it only ever stands where a lawful move took it."""

    def __init__(self) -> None:
        super().__init__()
        self.state: S | None = None
        self.history: list[Move] = []

    @rule(to_state=st.sampled_from(STATES), reason=st.sampled_from(REASONS))
    def push(self, to_state, reason):
        try:
            made = move(self.state, to_state, reason)
        except IllegalMove:
            return
        self.history.append(made)
        self.state = made.to_state

    @invariant()
    def history_is_one_unbroken_lawful_chain(self):
        before = None
        for made in self.history:
            assert made.from_state == before
            assert (made.from_state, made.to_state) in LAWFUL
            before = made.to_state
        assert self.state == before


TestEventLife = EventLife.TestCase
