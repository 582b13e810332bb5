from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.domain.stats_difference import difference
from shared.domain.vocabulary import DurationSource, ExitKind, Kind, R2Basis, Side
from shared.parsers import file_name, stats_file
from shared.parsers.stats_file_facts import doubts, from_stats_file
from tests.unit.parsers.stats_lines import a_file, a_header, a_line, read, values

SAMPLES = Path(__file__).parents[2] / "golden" / "stats_file"
FIRST, SECOND = "2026-02-03-235512-etl_frostbite-round-1.txt", "2026-02-04-000147-etl_frostbite-round-2.txt"
LJUBLJANA = ZoneInfo("Europe/Ljubljana")
NOW = datetime(2026, 2, 4, tzinfo=UTC)


def facts_of(told, name=FIRST, shares=None):
    return from_stats_file(told, file_name.read(name), "srv1", LJUBLJANA, NOW, shares)


def of_header(**changes):
    return facts_of(read(header=a_header(**changes)))


def the_match(form):
    first, second = (stats_file.read((SAMPLES / form / name).read_bytes()) for name in (FIRST, SECOND))
    return first, second, difference(second.players, first.players, second.header.duration_seconds)


def test_a_first_round_is_told_as_its_file_tells_it():
    first, _, _ = the_match("9-field")
    facts = facts_of(first)

    assert (facts.kind, facts.server_id, facts.map_name, facts.round_number) == (
        Kind.STATS_FILE,
        "srv1",
        "etl_frostbite",
        1,
    )
    assert (facts.winner, facts.defender, facts.exit_kind) == (Side.ALLIES, Side.AXIS, ExitKind.OBJECTIVE)
    assert (facts.elapsed_ms, facts.elapsed_source) == (246_812, DurationSource.FIELD9)
    assert (facts.limit_ms, facts.header_clock_ms, facts.config) == (720_000, 247_000, "legacy3")
    assert (facts.round_start_unix, facts.round_end_unix, facts.stamp.ends_unix) == (None, None, (1_770_159_309,))


def test_eight_fields_tell_the_time_of_a_won_attack_only():
    first, second, _ = the_match("8-field")

    assert (facts_of(first).elapsed_ms, facts_of(first).elapsed_source) == (247_000, DurationSource.HEADER)
    assert facts_of(second, SECOND).elapsed_ms is None


def test_a_second_round_is_told_by_the_players_shares_of_it():
    """P25."""
    _, second, shares = the_match("9-field")
    nordik, kaamos = facts_of(second, SECOND, shares).players

    assert (nordik.kills, nordik.damage_given, nordik.played_ms, nordik.dead_ms) == (6, 1080, 246_000, 42_000)
    assert (nordik.basis, nordik.counter_reset, nordik.alive_percent) == (R2Basis.DIFF, False, 83.0)
    assert (kaamos.kills, kaamos.basis, kaamos.counter_reset) == (1, R2Basis.RAW, True)


def test_a_second_round_without_its_first_stands_as_it_was_read():
    """P23."""
    _, second, _ = the_match("9-field")
    nordik, _ = facts_of(second, SECOND).players

    assert (nordik.kills, nordik.basis, nordik.counter_reset) == (16, R2Basis.RAW, False)


def test_a_first_round_has_no_basis():
    assert {player.basis for player in facts_of(read()).players} == {None}


def test_weapons_and_deeds_come_with_the_player():
    line = a_line(tail=values(killing_spree="4", useful_kills="3", multikill_6="2", denied_playtime_seconds="61"))
    (player,) = facts_of(read(line)).players

    assert player.weapons == ((5, 200, 60, 8, 3, 15),)
    assert (player.deeds.killing_spree_best, player.deeds.most_useful_kills) == (4, 3)
    assert (player.deeds.mega_kills, player.deeds.denied_playtime_seconds) == (2, 61)


def test_what_the_file_does_not_tell_is_unknown_and_not_zero():
    (player,) = facts_of(read(a_line(tail="5"))).players

    assert (player.damage_given, player.damage_received, player.played_ms, player.deeds.kill_assists) == (
        5,
        None,
        None,
        None,
    )


def test_bots_are_known_by_their_guid():
    assert facts_of(read(a_line(guid="OMNIBOT0"))).players[0].is_bot


@pytest.mark.parametrize(
    ("changes", "exit_kind"),
    [
        ({}, ExitKind.OBJECTIVE),
        ({"winner": "1", "playms": "719300"}, ExitKind.TIMELIMIT),
        ({"winner": "1", "playms": "300000", "nextlimit": "12:00"}, ExitKind.SURRENDER_ALLIES),
        ({"winner": "2", "defender": "2", "playms": "300000"}, ExitKind.SURRENDER_AXIS),
        ({"winner": "0"}, ExitKind.UNKNOWN),
        ({"winner": "1", "nextlimit": "12:00", "playms": None}, ExitKind.UNKNOWN),
        ({"playms": None}, ExitKind.OBJECTIVE),
        ({"winner": "1", "playms": "-100050"}, ExitKind.ABORTED),
        ({"playms": "0"}, ExitKind.ABORTED),
    ],
)
def test_how_a_round_ended_follows_from_sides_and_clock(changes, exit_kind):
    """P19, P57."""
    assert of_header(**changes).exit_kind is exit_kind


@pytest.mark.parametrize(
    ("playms", "is_witness"), [("246812", True), (None, False), ("-100050", False), ("nan", False)]
)
def test_only_what_was_played_witnesses_a_regular_end(playms, is_witness):
    assert of_header(playms=playms).is_regular_end_witnessed is is_witness


def test_a_save_on_the_way_out_of_a_map_was_not_waited_for():
    assert of_header(playms="-100050").stamp.ends_unix == (1_770_159_312,)


def test_a_file_without_a_stamp_in_its_name_has_none():
    assert facts_of(read(), "renamed.txt").stamp is None


def test_the_map_is_told_in_its_identity_form():
    assert of_header(map="^1ETL_Frostbite").map_name == "etl_frostbite"


def test_a_file_in_quarantine_has_no_facts():
    with pytest.raises(ValueError, match="understood"):
        facts_of(stats_file.read(b""))


def test_a_share_that_contradicts_the_first_round_is_noted():
    first = read(a_line(tail=values(gibs="5")))
    second = stats_file.read(a_file(a_line(tail=values(gibs="3", time_played_minutes="8.2"))))
    (note,) = doubts(difference(second.players, first.players))

    assert (note.pointer, note.code, note.message.endswith("gibs")) == ("/players/0", "basis_doubtful", True)
