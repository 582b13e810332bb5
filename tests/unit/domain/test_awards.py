"""The names of awards."""

import pytest

from shared.domain.awards import CATEGORY_OF_AWARD, AwardCategory, known_award


def test_there_are_52_awards_each_about_something():
    assert len(CATEGORY_OF_AWARD) == 52
    assert AwardCategory.OTHER not in CATEGORY_OF_AWARD.values()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Most headshots", "Most headshots"),
        ("Most headshot kills", "Most headshot kills"),
        ("Most deaths (all)", "Most deaths"),
        ("Most useful kills (>Half respawn time left)", "Most useful kills (>Half respawn time left)"),
        ("most deaths", None),
        ("Most", None),
        ("", None),
    ],
)
def test_an_award_is_known_by_its_name_or_by_what_begins_with_it(text, name):
    assert known_award(text) == name
