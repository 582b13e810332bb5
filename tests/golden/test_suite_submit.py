"""Submits of the JSON stats suite, one of them captured on the wire, beside the facts in them."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.text import clean_name
from shared.domain.vocabulary import ExitKind, ParseStatus
from shared.parsers.content import inflated
from shared.parsers.suite_submit import read
from shared.parsers.suite_submit_facts import from_submit

HERE = Path(__file__).parent / "senders" / "suite"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
LARGEST = 1_048_576


def body_of(name):
    """What a file holds once inflated; a captured request has its head before it."""
    content = (HERE / name).read_bytes()
    if name.endswith(".raw"):
        content = content.split(b"\r\n\r\n", 1)[1]
    return content if name.endswith(".json") else inflated(content, "gzip", LARGEST)


def read_whole(name):
    reading = read([body_of(name)])
    assert (reading.parse_status, reading.problems) == (ParseStatus.OK, ())
    return reading.submit


def told(submit):
    info, facts = submit.info, from_submit(submit, "srv1", NOW)
    return {
        "map": facts.map_name,
        "round_number": facts.round_number,
        "winner_side": facts.winner,
        "defender_side": facts.defender,
        "outcome": "held" if facts.winner is facts.defender else "completed",
        "limit_seconds": facts.limit_ms / 1000,
        "next_limit_seconds": facts.header_clock_ms / 1000,
        "round_start_unix": facts.round_start_unix,
        "round_end_unix": facts.round_end_unix,
        "wall_clock_seconds": info.wall_clock_ms / 1000,
        "server": {"name": info.server_name, "ip": info.server_ip, "port": info.server_port},
        "config": info.config or "",
        "sender_version": facts.sender_version,
        "match_id_raw": info.match_id_raw,
        "match_id": info.match_id,
        "players": [player_told(*both) for both in zip(submit.players, facts.players, strict=True)],
        "gamelog_counts": submit.log_counts,
    }


def player_told(player, facts):
    return {
        "guid": facts.guid,
        "guid8": facts.key,
        "name_raw": facts.name,
        "name_clean": facts.clean_name,
        "side": facts.side,
        "token_count": 1 + 5 * len(facts.weapons) + 10,
        "weapons": {
            str(weapon.weapon_index): {
                "hits": weapon.hits,
                "shots": weapon.shots,
                "kills": weapon.kills,
                "deaths": weapon.deaths,
                "headshots": weapon.headshots,
            }
            for weapon in facts.weapons
        },
        "kills": facts.kills,
        "deaths": facts.deaths,
        "headshots": facts.headshots,
        "hits": facts.hits,
        "shots": facts.shots,
        "damage_given": facts.damage_given,
        "damage_received": facts.damage_received,
        "team_damage_given": facts.team_damage_given,
        "team_damage_received": facts.team_damage_received,
        "gibs": facts.gibs,
        "self_kills": facts.self_kills,
        "team_kills": facts.team_kills,
        "team_gibs": facts.team_gibs,
        "alive_percent": facts.alive_percent,
        "xp": facts.xp,
        "objectives": objectives_told(player),
    }


def objectives_told(player):
    found = {}
    for deed in player.objectives:
        found.setdefault(deed.category, {})[str(deed.at_process_ms)] = {
            "objective": deed.objective,
            "timestamp_unix": deed.at_unix,
        }
    return found


@pytest.mark.parametrize("name", ["r1-minimal.json", "r1-minimal.json.gz", "captured-r1.request.raw"])
def test_a_submit_says_what_its_expected_facts_say(name):
    expected = json.loads((HERE / "expected" / f"{name.split('.')[0]}.json").read_text())
    actual = told(read_whole(name))
    for tree in (expected, actual):
        tree["players"].sort(key=lambda player: player["guid"])
    assert actual == expected


def test_the_kills_of_a_captured_round_are_its_timeline():
    submit = read_whole("captured-r1.request.raw")
    first = submit.timeline[0]

    assert [entry.label for entry in submit.timeline] == ["kill"] * submit.log_counts["kill"]
    assert (first.player_guid, first.other_guid) == (
        "3CFCF8C027B516E18090EB9F0F1AD4FF",
        "74B62E0ADDEA4EFF08524E82624CDCCB",
    )
    assert (first.at_unix_ms, first.details["weapon"]) == (1_795_227_518_755, 8)


def test_an_objective_told_only_with_its_player_stands_in_the_timeline():
    (entry,) = read_whole("r1-minimal.json").timeline
    assert (entry.label, entry.player_guid) == ("obj_planted", "AB12CD340000000000000000000000AA")
    assert (entry.at_unix_ms, entry.details) == (1_770_159_157_437, {"objective": "main_gate"})


def test_a_submit_is_a_witness_of_a_regular_end():
    facts = from_submit(read_whole("r1-minimal.json"), "srv1", NOW)
    assert (facts.is_regular_end_witnessed, facts.exit_kind, facts.elapsed_ms) == (True, ExitKind.OBJECTIVE, None)


def test_names_are_shown_clean():
    submit = read_whole("captured-r1.request.raw")
    assert all(player.stats.clean_name == clean_name(player.stats.name) for player in submit.players)


def test_a_gzip_member_that_names_its_file_is_inflated():
    named = gzip.compress(body_of("r1-minimal.json"))
    assert inflated(named, "gzip", LARGEST) == body_of("r1-minimal.json.gz")
