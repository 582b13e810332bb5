import json

import pytest

from bench.figures import Figure, Of, Target, document, percentile, table

RATE = Figure("rate", 450.0, "rounds/s", 900.0, Target(0.4, Of.RATIO, at_least=True))
SLOW = Figure("answer", 61.25, "ms", 2.0, Target(50), "measured once")
PLAIN = Figure("memory", 12.0, "MiB")


def verdict(figure):
    return table([figure]).splitlines()[2]


@pytest.mark.parametrize(
    ("figure", "is_met"),
    [
        (RATE, True),
        (SLOW, False),
        (PLAIN, None),
        (Figure("exactly", 0.4, "", 1.0, Target(0.4, Of.RATIO, at_least=True)), True),
        (Figure("exactly", 50.0, "", None, Target(50)), False),
    ],
)
def test_at_least_is_met_by_the_bound_and_less_than_is_not(figure, is_met):
    assert figure.is_met is is_met


def test_a_ratio_is_a_multiple_of_the_floor():
    assert (RATE.ratio, SLOW.ratio, PLAIN.ratio) == (0.5, 30.625, None)


def test_a_target_for_a_ratio_without_a_floor_is_refused():
    with pytest.raises(ValueError, match="no floor"):
        _ = Figure("rate", 1.0, "", None, Target(0.4, Of.RATIO)).is_met


@pytest.mark.parametrize(
    ("figure", "cells"),
    [
        (RATE, "rate  450 rounds/s    900   0.50  ≥ 0.4 of floor  met"),
        (SLOW, "answer  61.2 ms    2.0  30.62  < 50    not met"),
        (PLAIN, "memory  12.0 MiB"),
    ],
)
def test_a_line_of_the_table_says_value_floor_ratio_target_and_whether_it_is_met(figure, cells):
    assert verdict(figure).split() == cells.split()


def test_notes_stand_below_the_table():
    assert table([RATE, SLOW]).endswith("\n\nanswer: measured once")


def test_the_document_keeps_what_the_table_rounds():
    (figure,) = json.loads(document([SLOW], {"cores": 2}))["figures"]

    assert figure == {
        "name": "answer",
        "value": 61.25,
        "unit": "ms",
        "floor": 2.0,
        "ratio": 30.625,
        "target": "< 50",
        "met": False,
        "note": "measured once",
    }


def test_the_document_says_what_it_was_measured_on():
    assert json.loads(document([], {"cores": 2})) == {"machine": {"cores": 2}, "figures": []}


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (99, 99)])
def test_a_percentile_is_one_of_the_values(percent, value):
    assert percentile(range(100, 0, -1), percent) == value


def test_the_99th_percentile_of_few_values_is_the_worst():
    assert percentile([1.0, 5.0, 3.0], 99) == 5.0
