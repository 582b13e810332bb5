import pytest
from hypothesis import given
from hypothesis import strategies as st

from presenter_bot.cards.builder import (
    FIELD_VALUE_LIMIT,
    FIELDS_LIMIT,
    MESSAGE_TEXT_LIMIT,
    CardTooLargeError,
    Field,
    chunk,
    make_embed,
    spread,
    text_length,
)


@given(st.lists(st.text(alphabet="ab😀", min_size=1, max_size=500), max_size=60))
def test_blocks_are_packed_whole_and_in_order(blocks):
    fields = chunk("section", blocks)
    assert "\n".join(field.value for field in fields) == "\n".join(blocks)
    assert all(text_length(field.value) <= FIELD_VALUE_LIMIT for field in fields)


def test_a_block_that_no_field_holds_is_refused_rather_than_cut():
    with pytest.raises(CardTooLargeError):
        chunk("section", ["x" * (FIELD_VALUE_LIMIT + 1)])


@given(st.lists(st.integers(1, FIELD_VALUE_LIMIT), min_size=1, max_size=90))
def test_spread_fields_keep_their_order_and_every_message_its_limits(lengths):
    fields = [Field("name", "x" * length) for length in lengths]
    pages = spread(fields, first_spent=900, later_spent=200)
    assert [field for page in pages for field in page] == fields
    for number, page in enumerate(pages):
        spent = 200 if number else 900
        assert sum(field.length for field in page) + spent <= MESSAGE_TEXT_LIMIT
        assert len(page) <= FIELDS_LIMIT


@pytest.mark.parametrize(
    ("title", "description", "fields", "footer"),
    [
        ("x" * 257, "", 0, ""),
        ("", "x" * 4097, 0, ""),
        ("", "", 0, "x" * 2049),
        ("", "", 26, ""),
    ],
)
def test_an_embed_beyond_a_limit_is_refused(title, description, fields, footer):
    with pytest.raises(CardTooLargeError):
        make_embed(title, description, 0, [Field("name", "value")] * fields, footer)
