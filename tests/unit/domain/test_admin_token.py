"""Tokens that open everything must be hard to guess."""

import pytest

from shared.domain.admin_token import weakness


@pytest.mark.parametrize(
    "token",
    [
        "",
        "admin",
        "x" * 23,
        "x" * 64,
        "changeme" * 8,
        "change-me-change-me-change-me",
        "abababababababababababababab",
        "roundwire-admin-token-secret",
        "0123456789 0123456789 abcdefgh",
        "ä0123456789abcdefghijklmnopq",
    ],
)
def test_what_is_easily_guessed_is_refused_without_being_repeated(token):
    said = weakness(token)
    assert said is not None
    assert not token or token not in said


@pytest.mark.parametrize(
    "token", ["8990d96cc4b611051b06fc94e49ec5a4", "9CV0YRjthqLkM8P6VniASJqm2FQcw1Mj", "correct.horse.battery.staple.7"]
)
def test_what_is_not_will_do(token):
    assert weakness(token) is None
