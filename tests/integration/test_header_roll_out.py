"""Headers of eight and of nine fields are both read for ever, and what is stored as a duration is never a target."""

import pytest

from shared.domain.vocabulary import Kind
from tests.integration.telling import GOLDEN, Teller, Voice

FIRST, SECOND = "2026-02-03-235512-etl_frostbite-round-1.txt", "2026-02-04-000147-etl_frostbite-round-2.txt"


def a_file(form, name):
    return Voice(Kind.STATS_FILE, (GOLDEN / "stats_file" / form / name).read_bytes(), name)


def stored(told):
    return told.rows("""
        SELECT round_number, actual_duration_seconds::float AS seconds, duration_source AS source,
               header_clock_seconds::float AS clock, round_stopwatch_state AS state
        FROM rounds WHERE server_id = :server_id ORDER BY round_number""")


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


def test_the_ninth_field_is_stored_as_the_duration(told):
    told.tell(a_file("9-field", FIRST))
    (first,) = stored(told)

    assert (first["seconds"], first["source"]) == (246.812, "field9")


def test_without_it_the_clock_of_an_attack_that_succeeded_is(told):
    told.tell(a_file("8-field", FIRST))
    (first,) = stored(told)

    assert (first["seconds"], first["source"], first["clock"]) == (247.0, "header", 247.0)


def test_without_it_the_clock_of_a_second_round_is_kept_beside_and_is_no_duration(told):
    """P19"""
    told.tell(a_file("8-field", FIRST), a_file("8-field", SECOND))
    second = stored(told)[1]

    assert (second["source"], second["seconds"], second["clock"]) == (None, None, 247.0)


def test_a_file_of_either_form_tells_of_the_same_match(engine):
    teller = Teller(engine)
    eight, nine = teller.new_server(), teller.new_server()
    eight.tell(a_file("8-field", FIRST), a_file("8-field", SECOND))
    nine.tell(a_file("9-field", FIRST), a_file("9-field", SECOND))

    assert [row["round_number"] for row in stored(eight)] == [row["round_number"] for row in stored(nine)] == [1, 2]


def test_a_ninth_field_that_comes_later_recalculates_only_its_own_round(engine):
    teller = Teller(engine)
    old, new = teller.new_server(), teller.new_server()
    old.tell(a_file("8-field", FIRST))
    before = stored(old)
    new.tell(a_file("9-field", FIRST))

    assert stored(old) == before
