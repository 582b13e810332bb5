"""Whom an endstats file means by a name, and which of a round's files counts."""

import itertools

import pytest

from shared.domain.award_players import FoundPlayer, Roster
from shared.domain.awards import NobodyKnown
from shared.domain.endstats_choice import Richness, richest_first
from shared.domain.round_facts import PlayerFacts
from shared.domain.vocabulary import ParseStatus


def a_player(key, name, guid=None):
    return PlayerFacts(key, guid or key + "0" * 24, name, name, None, is_bot=False)


def roster(*players):
    made = Roster()
    made.add(players)
    return made


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("^2Nord^7ik", "Nordik"),
        ("caf\xe9", "caf"),
        ("a\x01b", "ab"),
        ("  two   words ", "two words"),
        ("^^1red", "^red"),
        ("tail^", "tail^"),
    ],
)
def test_a_player_is_found_by_what_the_writers_cleaning_left_of_his_name(name, written):
    assert roster(a_player("AAAAAAAA", name)).named(written) == FoundPlayer("AAAAAAAA")


def test_a_name_that_two_players_have_is_nobodys():
    found = roster(a_player("AAAAAAAA", "^1Bob"), a_player("BBBBBBBB", "Bob")).named("Bob")
    assert found == FoundPlayer(None, NobodyKnown.NAME_SHARED)


def test_a_name_nobody_has_is_nobodys():
    assert roster(a_player("AAAAAAAA", "Bob")).named("bob") == FoundPlayer(None, NobodyKnown.NAME_NOT_IN_ROUND)


@pytest.mark.parametrize("name", [None, "", " ", "\xe9"])
def test_a_name_of_which_nothing_is_left_is_nobodys(name):
    assert roster(a_player("AAAAAAAA", "\xe9")).named(name) == FoundPlayer(None, NobodyKnown.NAMELESS)


def test_a_player_who_changed_his_name_is_found_by_either():
    renamed = roster(a_player("AAAAAAAA", "Bob"), a_player("AAAAAAAA", "Bert"))
    assert [renamed.named(name).key for name in ("Bob", "Bert")] == ["AAAAAAAA", "AAAAAAAA"]


def test_a_guid_is_told_by_the_key_its_player_has_in_the_round():
    bots = roster(a_player("OMNIBOT0#1", "[BOT]a", "OMNIBOT01"), a_player("OMNIBOT0#2", "[BOT]b", "OMNIBOT02"))
    assert bots.key_of("omnibot02") == "OMNIBOT0#2"
    assert roster(a_player("AB12CD34", "x", "AB12CD34")).key_of("AB12CD34" + "0" * 24) == "AB12CD34"


def test_a_strangers_guid_is_told_by_its_prefix_and_no_guid_by_nothing():
    assert [roster().key_of(guid) for guid in ("ab12cd34ffff", "", None)] == ["AB12CD34", None, None]


def a_file(number, awards, duels, name=None, status=ParseStatus.OK, byte_count=100, sha="aa"):
    return Richness(number, name or f"{number}.txt", awards, duels, status, byte_count, sha)


RANKED = [
    a_file(1, 6, 2),
    a_file(2, 5, 9),
    a_file(3, 5, 8),
    a_file(4, 5, 8, status=ParseStatus.PARTIAL, byte_count=900),
    a_file(5, 0, 8, byte_count=101),
    a_file(6, 0, 8, sha="bb"),
    a_file(7, 0, 8, sha="ab"),
]


def test_the_file_that_tells_most_counts_whichever_came_first():
    """P28"""
    for order in itertools.islice(itertools.permutations(RANKED), 0, None, 97):
        assert richest_first(order) == RANKED


def test_of_two_versions_under_one_name_the_richer_speaks_for_the_name():
    poor, rich, other = a_file(1, 1, 0, "a.txt"), a_file(2, 9, 0, "a.txt"), a_file(3, 5, 0, "b.txt")
    for order in itertools.permutations([poor, rich, other]):
        assert richest_first(order) == [rich, other]
