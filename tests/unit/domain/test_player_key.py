"""Who is who within one round."""

import pytest

from shared.domain.player_key import PlayerKeys, is_bot

BOT = "OMNIBOT01" + 23 * "0"


def test_a_player_has_one_key_in_whatever_letters_his_guid_is_sent():
    assert PlayerKeys().key("ab12cd34" + 24 * "f", "Nordik", is_bot=False) == "AB12CD34"


def test_a_bot_has_one_key_with_or_without_the_colours_of_its_name():
    keys = [PlayerKeys().key(BOT, name, is_bot=True) for name in ("^1Bo^$b", "Bob", "Bo^$b")]
    assert len(set(keys)) == 1


def test_two_bots_whose_names_differ_by_colour_alone_are_two():
    keys = PlayerKeys()
    assert keys.key(BOT, "^1Bob", is_bot=True) != keys.key(BOT, "^2Bob", is_bot=True)


@pytest.mark.parametrize(
    ("guid", "name", "expected"), [(BOT.lower(), "x", True), ("AB", "[BOT]x", True), ("AB", "x[BOT]", False)]
)
def test_a_bot_is_told_by_its_guid_or_the_beginning_of_its_name(guid, name, expected):
    assert is_bot(guid, name) is expected
