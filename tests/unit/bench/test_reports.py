from datetime import UTC, datetime

import pytest

from bench.reports import SERVERS, Reports
from shared.domain import fingerprint
from shared.domain.vocabulary import ParseStatus
from shared.parsers import report_facts, round_report

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
SINCE_UNIX = 1_760_000_000


@pytest.fixture(scope="module")
def reports():
    return Reports(SINCE_UNIX)


def test_a_number_always_makes_the_same_bytes(reports):
    assert [reports.body(number) for number in range(200)] == [
        Reports(SINCE_UNIX).body(number) for number in range(200)
    ]


@pytest.mark.parametrize("number", [0, SERVERS - 1, SERVERS, 5 * SERVERS + 7])
def test_every_report_is_understood_without_a_word_of_complaint(reports, number):
    reading = round_report.read(reports.body(number))

    assert (reading.parse_status, reading.problems, reading.unknown_fields) == (ParseStatus.OK, (), ())


def test_a_report_is_of_twelve_players(reports):
    assert len(round_report.read(reports.body(0)).report.players) == 12


def test_no_two_numbers_tell_of_the_same_round(reports):
    numbers = range(20 * SERVERS)

    assert len({reports.round(number).fingerprint for number in numbers}) == len(numbers)


@pytest.mark.parametrize("number", [3, SERVERS + 3])
def test_a_report_names_the_round_it_is_counted_as(reports, number):
    told = reports.round(number)
    facts = report_facts.from_report(round_report.read(reports.body(number)).report, told.server_id, NOON)

    aliases = fingerprint.aliases(
        facts.server_id, facts.map_name, facts.round_number, facts.round_start_unix, facts.round_end_unix
    )
    assert aliases[0].text == told.fingerprint


def test_a_second_round_names_the_first_one_of_its_server(reports):
    first, second = reports.round(3), reports.round(SERVERS + 3)

    named = round_report.read(reports.body(SERVERS + 3)).report.r1
    assert (second.round_number, named.round_start_unix) == (2, first.start_unix)
    assert named.round_fingerprint == first.fingerprint
