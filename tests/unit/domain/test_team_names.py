from shared.domain.session_score import score_session
from shared.domain.team_names import LabelDecision, team_labels
from shared.domain.vocabulary import TeamSlot
from tests.played import ALLIES, PEOPLE_A, PEOPLE_B, a_match

A, B = TeamSlot
SET = {"winner": ALLIES, "elapsed_ms": 456_000}
NAMED = LabelDecision(A, tuple(name.upper() for name in PEOPLE_A), name="Reds")


def teams(**people):
    return score_session(a_match(SET | people, None)).teams


def test_without_a_word_of_anybody_names_come_from_the_pool_and_differ():
    labels = team_labels(teams())
    assert labels[A].name != labels[B].name
    assert not labels[A].is_custom_name


def test_the_pool_gives_an_evening_the_same_names_again():
    assert team_labels(teams()) == team_labels(teams())


def test_a_name_follows_its_people_when_the_sides_of_an_earlier_round_become_known():
    labels = team_labels(teams(axis=PEOPLE_B, allies=PEOPLE_A), [NAMED])
    assert (labels[B].name, labels[A].is_custom_name) == ("Reds", False)


def test_the_latest_word_counts_and_a_colour_leaves_the_name():
    colored = LabelDecision(A, NAMED.guids, color="red")
    labels = team_labels(teams(), [NAMED, colored, LabelDecision(A, NAMED.guids, name="Crimsons")])
    assert (labels[A].name, labels[A].color) == ("Crimsons", "red")
