"""Times are minutes of one evening, so that a case reads like one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.sessions import (
    LONGEST_ROUND_SECONDS,
    Span,
    Standing,
    Stretch,
    affected,
    beyond,
    joins,
    place_in,
    regroup,
    span,
    whole,
)
from shared.domain.vocabulary import RoundStatus

EVENING = 1_770_159_000


def minute(number):
    return EVENING + round(60 * number)


def played(round_id, start, end=None, session_id=None, *, is_settled=True):
    between = Span(minute(start), minute(start + 10 if end is None else end))
    return Stretch(between, session_id, 1, round_id, is_settled)


def rounds_of(groups):
    return [[stretch.round_id for stretch in group.stretches] for group in groups]


def ids_of(groups):
    return [(group.session_id, group.absorbed) for group in groups]


# ----- when a round was -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "duration_seconds", "between"),
    [
        (100, 500, 300, (100, 500)),
        (100, None, 300, (100, 400)),
        (100, None, None, (100, 100)),
        (None, 500, 300, (200, 500)),
        (None, 500, None, (500, 500)),
    ],
)
def test_a_round_was_at_its_start_else_its_end_less_its_duration_else_its_end(start, end, duration_seconds, between):
    assert span(start, end, duration_seconds) == Span(*between)


def test_a_round_without_any_time_was_at_no_time():
    assert span(None, None, 300) is None


@pytest.mark.parametrize("end", [99, 100 + LONGEST_ROUND_SECONDS + 1])
def test_an_end_that_cannot_be_is_not_believed(end):
    assert span(100, end, 300) == Span(100, 400)


def test_a_duration_that_cannot_be_is_not_believed():
    assert span(None, 500, LONGEST_ROUND_SECONDS + 1) == Span(500, 500)


@pytest.mark.parametrize("status", [one for one in RoundStatus if one is not RoundStatus.GHOST])
def test_every_round_of_people_joins_aborted_and_cancelled_ones_too(status):
    assert joins(status, is_bot_round=False)


def test_ghosts_and_rounds_with_bots_do_not_join():
    assert not joins(RoundStatus.GHOST, is_bot_round=False)
    assert not joins(RoundStatus.COMPLETED, is_bot_round=True)


# ----- one session or two ---------------------------------------------------------------------------------------------


def test_a_pause_of_an_hour_does_not_end_a_session():
    assert rounds_of(regroup([played(1, 0, 10), played(2, 70, 80)])) == [[1, 2]]


def test_a_longer_pause_does():
    assert rounds_of(regroup([played(1, 0, 10), played(2, 70 + 1 / 60, 80)])) == [[1], [2]]


def test_midnight_does_not_end_a_session():
    """P16"""
    midnight_unix = 1_770_163_200
    before = Stretch(Span(midnight_unix - 420, midnight_unix - 60), None, 1, 1)
    after = Stretch(Span(midnight_unix, midnight_unix + 400), None, 1, 2)
    assert rounds_of(regroup([before, after])) == [[1, 2]]


def test_a_backfilled_round_of_last_year_does_not_land_in_tonights_session():
    """P26"""
    tonight = [played(1, 0, session_id=7), played(2, 15, session_id=7)]
    assert rounds_of(regroup([*tonight, played(3, -500_000)])) == [[3], [1, 2]]


def test_a_round_within_a_longer_one_does_not_shorten_it():
    assert rounds_of(regroup([played(1, 0, 120), played(2, 10, 20), played(3, 170, 180)])) == [[1, 2, 3]]


def test_a_session_lasts_from_the_first_start_to_the_latest_end():
    (group,) = regroup([played(1, 0, 120), played(2, 10, 20)])
    assert group.span == Span(minute(0), minute(120))


def test_no_rounds_make_no_session():
    assert regroup([]) == []


# ----- which id it has ------------------------------------------------------------------------------------------------


def test_a_round_far_from_all_others_founds_a_session():
    assert ids_of(regroup([played(1, 0, session_id=7), played(2, 200)])) == [(7, ()), (None, ())]


@pytest.mark.parametrize("start", [-30, 5, 40])
def test_a_round_before_within_or_after_a_session_extends_it(start):
    assert ids_of(regroup([played(1, 0, 10, session_id=7), played(2, start)])) == [(7, ())]


@pytest.mark.parametrize(("first", "second"), [(7, 9), (9, 7)])
def test_of_two_sessions_that_become_one_the_lower_id_survives(first, second):
    between = played(3, 60, 70)
    assert ids_of(regroup([played(1, 0, 10, first), between, played(2, 120, 130, second)])) == [(7, (9,))]


def test_of_a_session_that_falls_apart_the_earlier_part_keeps_the_id():
    assert ids_of(regroup([played(1, 0, session_id=7), played(2, 200, session_id=7)])) == [(7, ()), (None, ())]


def test_a_session_may_lose_a_part_and_swallow_another():
    stretches = [played(1, 0, session_id=9), played(2, 200, session_id=9), played(3, 220, session_id=7)]
    assert ids_of(regroup(stretches)) == [(9, ()), (7, ())]


def test_a_round_that_moved_away_leaves_the_id_to_those_that_stayed():
    stretches = [played(1, 500, session_id=7), played(2, 0, session_id=7, is_settled=False)]
    assert ids_of(regroup(stretches)) == [(None, ()), (7, ())]


def test_the_only_round_of_a_session_keeps_the_id_when_its_time_is_corrected():
    assert ids_of(regroup([played(1, 1, session_id=7, is_settled=False)])) == [(7, ())]


# ----- sessions in one piece ------------------------------------------------------------------------------------------


def test_a_session_in_which_nothing_changed_counts_its_rounds_as_they_are_counted():
    standing = Standing(7, Span(minute(0), minute(100)), 12)
    (group,) = regroup([whole(standing), played(99, 110)])
    assert (group.session_id, group.rounds_count) == (7, 13)


def test_a_session_of_which_only_a_part_is_looked_at_has_to_be_counted_again():
    standing = Standing(7, Span(minute(0), minute(3_000)), 300)
    (group,) = regroup([*beyond(standing, Span(minute(1_500), minute(1_510))), played(1, 1_200, 1_800, 7)])
    assert (group.session_id, group.rounds_count) == (7, None)


def test_only_places_within_a_session_are_places_of_it():
    standing = Standing(7, Span(minute(0), minute(100)), 12)
    left = [Span(minute(-300), minute(-290)), Span(minute(20), minute(30)), Span(minute(50), minute(60))]
    assert place_in(standing, left) == Span(minute(20), minute(60))
    assert place_in(standing, left[:1]) is None


def test_what_may_differ_begins_with_the_earliest_round_that_was_looked_at():
    standing = Standing(7, Span(minute(0), minute(100)), 12)
    (group,) = regroup([whole(standing), played(1, 110), played(2, 90)])
    assert group.changes_from_unix == minute(90)


def test_nothing_differs_in_a_session_that_stays_as_it_is():
    (group,) = regroup([whole(Standing(7, Span(minute(0), minute(100)), 12))])
    assert group.changes_from_unix is None


def test_from_where_a_session_is_swallowed_all_may_differ():
    swallowed = Standing(9, Span(minute(150), minute(300)), 12)
    (group,) = regroup([whole(Standing(7, Span(minute(0), minute(100)), 12)), whole(swallowed), played(1, 101, 149)])
    assert (group.absorbed, group.changes_from_unix) == ((9,), minute(101))


# ----- in any order ---------------------------------------------------------------------------------------------------

LENGTHS = st.integers(300, 900) | st.integers(0, LONGEST_ROUND_SECONDS)
SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 30 * 3600), LENGTHS)
EVENINGS = st.lists(SPANS, min_size=1, max_size=40).map(lambda spans: dict(enumerate(spans, start=1)))


def from_scratch(rounds):
    """The sessions of all rounds, as sets of rounds in order of time."""
    return [frozenset(one) for one in rounds_of(regroup(Stretch(at, None, 1, number) for number, at in rounds.items()))]


class Server:
    """Rounds and sessions of one server in memory, kept up one change at a time as the worker does it."""

    def __init__(self):
        self.rounds, self.session_of, self.used = {}, {}, 0

    def put(self, number, at):
        """A round becomes known, or is found to have been at another time; None: it goes."""
        left = [self.rounds[number]] if number in self.rounds else []
        stale = self.session_of.get(number)
        self.rounds.pop(number, None)
        standing = self.standing(including=dict.fromkeys([number], left[0]) if left else {})
        if at is not None:
            self.rounds[number] = at
        stretches = [] if at is None else [Stretch(at, stale, 1, number, is_settled=False)]
        for session in standing:
            stretches += self.pieces(session, left, besides=number)
        self.session_of.pop(number, None)
        for group in regroup(stretches):
            self.give(group)

    def standing(self, including):
        spans = {}
        for number, session_id in self.session_of.items():
            spans.setdefault(session_id, []).append(including.get(number) or self.rounds[number])
        return [
            Standing(session_id, Span(min(at.start_unix for at in ats), max(at.end_unix for at in ats)), len(ats))
            for session_id, ats in spans.items()
        ]

    def pieces(self, session, left, besides):
        place = place_in(session, left)
        if place is None:
            return [whole(session)]
        near = affected(place)
        singles = [
            Stretch(self.rounds[number], session.session_id, 1, number)
            for number, session_id in self.session_of.items()
            if session_id == session.session_id
            and number != besides
            and near.start_unix <= self.rounds[number].start_unix <= near.end_unix
        ]
        return beyond(session, place) + singles

    def give(self, group):
        if group.session_id is None:
            self.used += 1
        to = group.session_id or self.used
        members = [
            number
            for stretch in group.stretches
            for number, session_id in self.session_of.items()
            if stretch.round_id is None
            and session_id == stretch.session_id
            and stretch.span.start_unix <= self.rounds[number].start_unix <= stretch.span.end_unix
        ]
        self.session_of |= dict.fromkeys(
            [*members, *(s.round_id for s in group.stretches if s.round_id is not None)], to
        )

    def sessions(self):
        together = {}
        for number, session_id in self.session_of.items():
            together.setdefault(session_id, set()).add(number)
        return sorted(
            (frozenset(one) for one in together.values()), key=lambda one: min(self.rounds[n].start_unix for n in one)
        )


def test_a_round_that_goes_tears_apart_nothing_that_a_long_one_holds_together():
    hour = 3600
    rounds = {1: Span(0, 600), 2: Span(hour, 5 * hour), 3: Span(5 * hour - 60, 5 * hour), 4: Span(6 * hour, 7 * hour)}
    server = Server()
    for number, at in rounds.items():
        server.put(number, at)
    server.put(3, None)
    assert server.sessions() == [{1, 2, 4}]


def test_a_round_that_goes_tears_apart_what_it_alone_held_together():
    server = Server()
    for number, at in {1: Span(0, 2400), 2: Span(3600, 5400), 3: Span(6900, 7200)}.items():
        server.put(number, at)
    server.put(2, None)
    assert server.sessions() == [{1}, {3}]


def test_a_round_that_goes_leaves_together_what_was_together_long_before_it():
    hour = 3600
    rounds = {1: Span(0, 600), 2: Span(hour, 4 * hour), 3: Span(5 * hour, 6 * hour), 4: Span(7 * hour, 8 * hour)}
    server = Server()
    for number, at in rounds.items():
        server.put(number, at)
    server.put(4, None)
    assert server.sessions() == [{1, 2, 3}]


@given(EVENINGS, st.randoms())
def test_rounds_in_any_order_make_the_sessions_that_all_of_them_make_at_once(rounds, chance):
    server = Server()
    for number in chance.sample(sorted(rounds), len(rounds)):
        server.put(number, rounds[number])
    assert server.sessions() == from_scratch(rounds)


@given(EVENINGS, st.data())
def test_rounds_that_go_or_were_at_another_time_leave_the_sessions_of_what_is_there(rounds, data):
    server = Server()
    for number, at in rounds.items():
        server.put(number, at)
    left = dict(rounds)
    for number in data.draw(st.lists(st.sampled_from(sorted(rounds)), unique=True, max_size=8)):
        at = data.draw(SPANS | st.none())
        server.put(number, at)
        left.pop(number)
        left |= {} if at is None else {number: at}
    assert server.sessions() == from_scratch(left)


@given(EVENINGS)
def test_looking_again_at_sessions_as_they_are_changes_nothing(rounds):
    numbered = [
        replace(stretch, session_id=number)
        for number, group in enumerate(regroup(Stretch(at, None, 1, n) for n, at in rounds.items()), start=1)
        for stretch in group.stretches
    ]
    again = regroup(numbered)
    assert ids_of(again) == [(number, ()) for number in range(1, len(again) + 1)]
