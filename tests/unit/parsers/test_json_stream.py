"""JSON read piece by piece says what JSON read whole says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.parsers import lenient_json
from shared.parsers.json_stream import LONGEST_VALUE, MOST_VALUES, JsonStream

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def in_chunks(body, size):
    return [body[start : start + size] for start in range(0, len(body), size)]


def taken(stream):
    """Everything of a body, walked into as far as it goes."""
    if stream.opens("{"):
        return {name: taken(stream) for name in stream.members()}
    if stream.opens("["):
        return [taken(stream) for _ in stream.entries()]
    return stream.value()


@given(tree=JSON, size=st.integers(1, 9), indent=st.sampled_from([None, 1]))
def test_where_the_body_is_cut_does_not_matter(tree, size, indent):
    body = json.dumps(tree, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    whole, walked = JsonStream(in_chunks(body, size)), JsonStream(in_chunks(body, size))

    assert (whole.value(), taken(walked)) == (lenient_json.parse(body), lenient_json.parse(body))
    whole.end()
    walked.end()


@pytest.mark.parametrize("number", ["1e5", "1.5", "-12.25e-3", "123456789012345678901234567890", "1E+2"])
def test_a_number_may_be_cut_anywhere(number):
    body = f"[{number},2]".encode()
    assert [JsonStream([body[:cut], body[cut:]]).value() for cut in range(len(body))] == [
        [float(number), 2] for _ in body
    ]


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        (b"\xef\xbb\xbf [1] ", [1]),
        (b'"a\xe9b"', "a\ufffdb"),
        (b'"a\x07\nb"', "a\x07\nb"),
        (b'"\\u0000\\ud800"', "\ufffd\ufffd"),
    ],
)
def test_bad_bytes_cost_themselves(body, tree):
    """P9"""
    assert JsonStream(in_chunks(body, 1)).value() == tree


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{", b"[1", b'{"a"', b'{"a":', b'{"a":1', b"{1:2}", b"[1 2]", b"[1,]", b"x"]
)
def test_what_is_no_json_is_said_to_be_none(body):
    with pytest.raises(NotJson):
        taken(JsonStream([body]))


@given(body=st.binary(max_size=40))
def test_any_bytes_are_json_or_not(body):
    try:
        tree = taken(JsonStream(in_chunks(body, 3)))
    except NotJson:
        return
    assert repr(tree)


def test_nothing_may_follow_the_end():
    stream = JsonStream([b"{} x"])
    stream.value()
    with pytest.raises(NotJson):
        stream.end()


def test_lists_and_objects_that_nobody_wants_are_passed_over():
    stream = JsonStream([b'{"a": [1, {"b": 2}], "c": {"d": [3]}, "e": 4}'])
    for name in stream.members():
        if name == "e":
            assert stream.value() == 4
        else:
            stream.skip()
    stream.end()


def test_a_value_too_long_to_be_taken_whole_is_refused():
    with pytest.raises(NotJson):
        JsonStream([b'"', b"x" * (LONGEST_VALUE * 3), b'"']).value()


@pytest.mark.parametrize("depth", [300, 600, 900, 100_000])
def test_a_nest_too_deep_is_refused_or_read_but_never_breaks(depth):
    body = b"[" * depth + b"]" * depth
    try:
        JsonStream([body]).value()
    except NotJson:
        assert depth > 300


def test_a_list_longer_than_any_value_may_be_is_read_entry_by_entry():
    count = LONGEST_VALUE // 100
    entry = b'{"text": "' + b"x" * 200 + b'"},'
    stream = JsonStream([b"[" + entry * count + b"1]"])
    assert sum(stream.raw_value() is not None for _ in stream.entries()) == count + 1


def test_a_body_of_nothing_but_values_is_refused_in_time():
    stream = JsonStream([b"[" + b"0," * (MOST_VALUES + 1) + b"0]"])
    with pytest.raises(NotJson):
        stream.skip()
