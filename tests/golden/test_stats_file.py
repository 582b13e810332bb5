"""Stats files of both forms of header beside what they say, read, subtracted and worked out: written down by hand."""

import json
from pathlib import Path

import pytest

from shared.domain import formulas
from shared.domain.stats_difference import difference
from shared.domain.text import clean_name
from shared.domain.vocabulary import ParseStatus
from shared.domain.weapons import weapon_name
from shared.parsers import file_name, stats_file

HERE = Path(__file__).parent / "stats_file"
FIRST = "2026-02-03-235512-etl_frostbite-round-1.txt"
SECOND = "2026-02-04-000147-etl_frostbite-round-2.txt"
RECOMPUTED = ("dpm", "tank_meatshield", "time_dead_ratio", "kd")
TOTALS = ("hits", "shots", "kills", "deaths", "headshots")
BEYOND_THE_FILE = {"outcome", "map_won_by", "engine_rounds"}
"""Judged elsewhere, or of no use: the engine's count of rounds."""


def expected(form: str, name: str):
    return without(BEYOND_THE_FILE, json.loads((HERE / form / "expected" / f"{name}.json").read_text(encoding="utf-8")))


def without(keys, tree):
    if isinstance(tree, dict):
        return {key: without(keys, value) for key, value in tree.items() if key not in keys}
    return [without(keys, item) for item in tree] if isinstance(tree, list) else tree


def read(form: str, name: str) -> stats_file.StatsFile:
    return stats_file.read((HERE / form / name).read_bytes())


def rounded(number, decimals=1):
    return None if number is None else round(number, decimals)


def told_of(player):
    fields = player.fields
    played_seconds = player.played_seconds
    return {
        "guid8": player.guid8,
        "name_raw": player.name,
        "name_clean": player.clean_name,
        "side": player.side,
        "weapons": {
            str(weapon.weapon_index): {"weapon": weapon_name(weapon.weapon_index)}
            | {total: getattr(weapon, total) for total in TOTALS}
            for weapon in player.weapons
        },
        "totals": {total: getattr(player, total) for total in TOTALS},
        "derived": {
            "accuracy_percent": rounded(formulas.accuracy_percent(player.hits, player.shots)),
            "kd": rounded(formulas.kill_death_ratio(player.kills, player.deaths), 2),
            "time_played_seconds": played_seconds,
            "dpm": rounded(formulas.damage_per_minute(fields.damage_given, played_seconds)),
            "time_dead_ratio_percent": rounded(formulas.dead_percent(player.dead_seconds, played_seconds)),
        },
    }


def told_as_read(name: str, read_file: stats_file.StatsFile):
    header = read_file.header
    stamp = file_name.read(name)
    clock = stamp.round_time
    playtime = header.actual_playtime_seconds
    return {
        "file": name,
        "stamp_local": f"{stamp.round_date} {clock[:2]}:{clock[2:4]}:{clock[4:]}",
        "header": {
            "host": header.host,
            "host_clean": clean_name(header.host),
            "map": header.map_name,
            "config": header.config,
            "round_number": header.round_number,
            "defender_side": header.defender,
            "winner_side": header.winner,
            "limit_seconds": header.limit_seconds,
            "next_limit_seconds": header.header_clock_seconds,
            "play_ms": None if playtime is None else round(playtime * 1000),
            "field_count": header.field_count,
        },
        "duration_seconds": header.duration_seconds,
        "duration_source": header.duration_source,
        "player_count": len(read_file.players),
        "players": [
            told_of(player)
            | {"weapon_mask": player.weapon_mask, "partial": player.is_partial, "fields": player.fields._asdict()}
            for player in read_file.players
        ],
    }


def told_of_the_difference(first: stats_file.StatsFile, second: stats_file.StatsFile):
    shares = difference(second.players, first.players, second.header.duration_seconds)
    return {
        "r1_file": FIRST,
        "r2_file": SECOND,
        "map": second.header.map_name,
        "limit_seconds": second.header.limit_seconds,
        "duration_seconds": second.header.duration_seconds,
        "duration_source": second.header.duration_source,
        "only_in_r1": list(shares.only_in_first),
        "players": [
            told_of(share.player)
            | {
                "r2_basis": share.basis,
                "in_r1": share.is_in_first,
                "reset_evidence": list(share.dropped),
                "fields": without(RECOMPUTED, share.player.fields._asdict()),
            }
            for share in shares.players
        ],
    }


@pytest.mark.parametrize("form", ["8-field", "9-field"])
@pytest.mark.parametrize(("name", "says"), [(FIRST, "round-1"), (SECOND, "round-2-as-read")])
def test_a_file_says_what_was_written_down(form, name, says):
    assert told_as_read(name, read(form, name)) == without({"limit_text", "next_limit_text"}, expected(form, says))


@pytest.mark.parametrize("form", ["8-field", "9-field"])
def test_the_second_round_less_the_first_is_what_was_written_down(form):
    actual = told_of_the_difference(read(form, FIRST), read(form, SECOND))

    assert actual == expected(form, "round-2-differential")


@pytest.mark.parametrize("form", ["8-field", "9-field"])
@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_a_real_file_is_read_without_a_word_of_complaint(form, name):
    told = read(form, name)

    assert (told.parse_status, told.problems, told.quarantine_reason) == (ParseStatus.OK, (), None)
