"""Everything that OpenAPI publishes, asked of real processes in every way: each answer is as published, and no fault."""

from collections import Counter

import pytest

from tests.fuzz.published import ask_everything
from tests.fuzz.service import fuzzed_service

BACK_ROOMS = "^/(diagnostics|metrics)"
OPERATORS = "4f9c2d71b6e8a0537d1c94e2f80b6a35"
DOORS = "^/(v1/(rounds|files|filename|hello)|api/v2/)"
SEED = 1


@pytest.fixture(scope="module")
def service_of_operators(tmp_path_factory):
    """One that asks for a token of those who look behind the doors."""
    with fuzzed_service(tmp_path_factory.mktemp("fuzzed"), {"ROUNDWIRE_ADMIN_TOKEN": OPERATORS}) as running:
        yield running


def test_with_a_server_s_token_every_answer_is_as_published(service):
    found = ask_everything(service, token=service.token, examples=5, seed=SEED, is_short=True)
    assert found.breaches == []
    assert found.cases > 500
    assert {200, 201, 204, 405, 422} <= set(found.statuses)


def test_without_a_token_the_doors_answer_as_published(service):
    found = ask_everything(service, token=None, examples=3, seed=SEED, only=DOORS, is_short=True)
    assert found.breaches == []
    assert is_refused(found.statuses)


def test_with_a_token_of_nobody_the_doors_answer_as_published(service):
    found = ask_everything(service, token="rw_of_nobody", examples=3, seed=SEED, only=DOORS, is_short=True)
    assert found.breaches == []
    assert is_refused(found.statuses)


@pytest.mark.parametrize("token", [None, "of-nobody", OPERATORS])
def test_what_only_operators_see_is_answered_as_published_to_them_alone(service_of_operators, token):
    found = ask_everything(service_of_operators, token=token, examples=3, seed=SEED, only=BACK_ROOMS, is_short=True)
    assert found.breaches == []
    assert (200 in found.statuses, 401 in found.statuses) == (token == OPERATORS, token != OPERATORS)


def is_refused(statuses: Counter[int]) -> bool:
    """Nothing was taken; what needs no token at all was answered."""
    return statuses[401] > statuses[200] and not statuses.keys() & {201, 202}
