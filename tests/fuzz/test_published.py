"""Everything that OpenAPI publishes, asked of real processes in every way: each answer is as published, and no fault."""

from collections import Counter

from tests.fuzz.published import ask_everything

DOORS = "^/(v1/(rounds|files|filename|hello)|api/v2/)"
SEED = 1


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


def is_refused(statuses: Counter[int]) -> bool:
    """Nothing was taken; what needs no token at all was answered."""
    return statuses[401] > statuses[200] and not statuses.keys() & {201, 202}
