import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.parsers.lenient_json import is_sound, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


@given(value=JSON)
def test_sound_json_is_read_as_it_is(value):
    assert parse(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        (b'"a\xffb"', "a\ufffdb"),
        (b'"a\x01b\nc"', "a\x01b\nc"),
        (b'"a\\u0000b"', "a\ufffdb"),
        (b'{"\\ud800": "\\udfff"}', {"\ufffd": "\ufffd"}),
        (b'\xef\xbb\xbf{"a": [1]}', {"a": [1]}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_what_a_name_smuggles_in_costs_itself_alone(body, tree):
    """P9"""
    assert parse(body) == tree


def test_numbers_that_are_none_stay_recognisable_as_such():
    assert math.isnan(parse(b"NaN"))
    assert parse(b"[" + b"9" * 5000 + b"]") == [math.inf]


@given(body=st.binary(max_size=100))
def test_no_bytes_raise_anything_but_not_json(body):
    try:
        json.dumps(parse(body)).encode()
    except NotJson:
        return


@pytest.mark.parametrize("body", [b"", b"{", b"[1,]", b"'a'", b"[" * 10_000])
def test_what_no_kindness_makes_json_is_not_json(body):
    with pytest.raises(NotJson):
        parse(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": "\xc3\xa9"}', True),
        (b"\xef\xbb\xbf{}", True),
        (b'"\xe9"', False),
        (b'"\x07"', False),
        (b'"\\u0000"', False),
        (b"{", False),
    ],
)
def test_a_body_is_sound_when_nothing_in_it_has_to_be_mended(body, expected):
    assert is_sound(body) is expected
