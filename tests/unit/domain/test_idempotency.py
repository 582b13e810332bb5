"""Which keys a delivery may come under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import Withheld
from shared.domain.idempotency import HEADER, LONGEST_KEY, UNCLEAR_PARAMETER, key_of
from shared.domain.vocabulary import QuarantineReason

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=LONGEST_KEY)


def test_without_the_header_there_is_no_key():
    assert key_of({"content-type": "application/json"}) is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ('"8e03978e-40d5-43dd-bc93-6894a57f9324"', "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ('  "a b"  ', "a b"),
        (r'"a\"b\\c"', r'a"b\c'),
        ("x" * LONGEST_KEY, "x" * LONGEST_KEY),
        ("srv1/2026-02-03:1", "srv1/2026-02-03:1"),
    ],
)
def test_a_key_is_a_quoted_text_or_a_word(written, key):
    assert key_of({HEADER: written}) == key


@given(printable)
def test_any_printable_text_can_be_a_key(key):
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    assert key_of({HEADER: f'"{escaped}"'}) == key


@pytest.mark.parametrize(
    "written",
    [
        "",
        '""',
        '"',
        '"a',
        'a"',
        "a b",
        '"a", "b"',
        "a, b",
        '"a";q=1',
        r'"\a"',
        "caf\xe9",
        '"caf\xe9"',
        "a\tb",
        "x" * 256,
    ],
)
def test_anything_else_is_no_key(written):
    with pytest.raises(Withheld) as refusal:
        key_of({HEADER: written})
    assert refusal.value.reason is QuarantineReason.BAD_IDEMPOTENCY_KEY
    assert refusal.value.pointer == "/header/idempotency-key"


@given(st.text(max_size=300))
def test_reading_a_key_never_fails_otherwise(written):
    try:
        key = key_of({HEADER: written})
    except Withheld:
        return
    assert key is not None
    assert 1 <= len(key) <= LONGEST_KEY


def test_an_unclear_parameter_is_told_before_the_key():
    with pytest.raises(Withheld) as refusal:
        key_of({HEADER: "k", UNCLEAR_PARAMETER: "dry_run"})
    assert (refusal.value.code, refusal.value.pointer) == ("bad_parameter", "/query/dry_run")
