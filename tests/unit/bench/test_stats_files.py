import pytest

from bench.parsing import split_and_convert
from bench.stats_files import match
from shared.domain.stats_difference import difference
from shared.domain.vocabulary import ParseStatus, R2Basis
from shared.parsers import stats_file


@pytest.mark.parametrize("players", [6, 12, 24])
@pytest.mark.parametrize("number", [0, 7])
def test_every_file_is_read_without_a_word_of_complaint(number, players):
    for body in match(number, players):
        told = stats_file.read(body)

        assert (told.parse_status, told.problems, len(told.players)) == (ParseStatus.OK, (), players)


def test_the_second_round_counts_on_from_the_first():
    first, second = map(stats_file.read, match(3, 12))
    shares = difference(second.players, first.players).players

    assert {(share.basis, share.clamped, share.notes) for share in shares} == {(R2Basis.DIFF, (), ())}
    assert all(share.player.kills > 0 for share in shares)


def test_a_number_always_makes_the_same_match():
    assert match(5, 12) == match(5, 12) != match(6, 12)


def test_the_floor_converts_every_number_of_the_file():
    first, _ = match(1, 12)

    assert split_and_convert(first) == 12 * (1 + 9 * 5 + 38)
