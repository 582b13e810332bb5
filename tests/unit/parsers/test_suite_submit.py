"""Bodies of the JSON stats suite, of both versions, and what strangers make of them."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson, TooLarge
from shared.domain.vocabulary import ParseStatus, QuarantineReason, Side
from shared.parsers.content import pieces
from shared.parsers.suite_log import MOST_KEPT
from shared.parsers.suite_players import MOST_OBJECTIVES, MOST_PLAYERS
from shared.parsers.suite_submit import read
from tests.messages import as_bytes
from tests.submits import GUID, INFO, OTHER, TOKENS, a_submit, a_submit_player


def reading_of(**changes):
    return read([as_bytes(a_submit(**changes))])


def found(reading):
    return [(problem.pointer, problem.code) for problem in reading.problems]


def with_player(guid=GUID, **changes):
    return reading_of(player_stats={guid: a_submit_player(**changes)})


# ----- the round ------------------------------------------------------------------------------------------------------


def test_members_may_come_in_any_order():
    tree = a_submit(gamelog=[{"label": "kill", "killer": GUID, "victim": OTHER}])
    backwards = dict(reversed(tree.items()))
    assert read([as_bytes(backwards)]) == read([as_bytes(tree)])


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"{}", b'{"round_info": []}', b'{"round_info": null}'])
def test_json_without_a_round_waits_in_quarantine(body):
    assert read([body]).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_body_that_breaks_off_is_no_json(cut):
    with pytest.raises(NotJson):
        read([as_bytes(a_submit())[:cut]])


def test_what_the_chunks_raise_is_raised():
    with pytest.raises(TooLarge):
        read(pieces(as_bytes(a_submit()), None, 10))


@pytest.mark.parametrize("written", [3, -1, "x", None, 1.5, True])
def test_a_round_number_that_is_none_waits_in_quarantine_with_the_member_named(written):
    """P4"""
    reading = reading_of(info={"round": written})
    assert (reading.submit, reading.quarantine_reason) == (None, QuarantineReason.SCHEMA_VIOLATION)
    assert ("/round_info/round", "no_round") in found(reading)


def test_round_0_is_round_2():
    """P4"""
    assert reading_of(info={"round": 0}).submit.info.round_number == 2


def test_a_round_without_a_map_waits_in_quarantine():
    assert ("/round_info/mapname", "no_mapname") in found(reading_of(info={"mapname": None}))


@pytest.mark.parametrize(
    ("name", "written", "attribute"),
    [
        ("timelimit", "1:2:3", "limit_ms"),
        ("timelimit", "abc", "limit_ms"),
        ("winnerteam", 3, "winner"),
        ("defenderteam", "x", "defender"),
        ("round_start_unix", "soon", "round_start_unix"),
        ("round_end_unix", 1770159000, "round_end_unix"),
        ("server_port", 99999, "server_port"),
        ("round_end", "x", "round_end_process_ms"),
        ("servername", "x" * 600, "server_name"),
    ],
)
def test_a_member_that_cannot_be_read_costs_that_member(name, written, attribute):
    """P55"""
    reading = reading_of(info={name: written})
    assert (getattr(reading.submit.info, attribute), reading.parse_status) == (None, ParseStatus.PARTIAL)
    assert {problem.pointer for problem in reading.problems} == {f"/round_info/{name}"}


@pytest.mark.parametrize(("written", "limit_ms"), [("12:00", 720_000), ("7.5", 450_000), ("0:00", None)])
def test_a_clock_is_minutes_and_seconds_and_0_is_unknown(written, limit_ms):
    reading = reading_of(info={"timelimit": written})
    assert (reading.submit.info.limit_ms, reading.parse_status) == (limit_ms, ParseStatus.OK)


def test_an_instant_of_0_is_unknown_and_so_is_the_time_between():
    info = reading_of(info={"round_start_unix": 0}).submit.info
    assert (info.round_start_unix, info.wall_clock_ms) == (None, None)


@pytest.mark.parametrize(("written", "match_id"), [("1770158000", None), ("gather-17", "gather-17"), (None, None)])
def test_the_suites_own_number_is_no_match_id(written, match_id):
    assert reading_of(info={"matchID": written}).submit.info.match_id == match_id


# ----- players --------------------------------------------------------------------------------------------------------


def test_weapons_and_totals_are_in_the_order_of_the_mask():
    stats = with_player().submit.players[0].stats
    assert [(weapon.weapon_index, weapon.hits, weapon.shots) for weapon in stats.weapons] == [(4, 8, 15), (5, 4, 9)]
    assert (stats.kills, stats.deaths, stats.hits, stats.shots, stats.headshots) == (3, 1, 12, 24, 2)
    assert (stats.fields.damage_given, stats.fields.gibs, stats.fields.self_kills) == (128, 3, 1)
    assert (stats.fields.time_alive_percent, stats.fields.xp, stats.side) == (24.2, 7, Side.ALLIES)


@pytest.mark.parametrize(
    "tokens",
    [
        TOKENS[:-1],
        [*TOKENS, "0"],
        ["49", *TOKENS[1:]],
        ["-1", *TOKENS[1:]],
        ["4294967296", *TOKENS[1:]],
        ["48.5", *TOKENS[1:]],
        [*TOKENS[:3], "-1", *TOKENS[4:]],
        [*TOKENS[:3], "x", *TOKENS[4:]],
        [*TOKENS[:3], None, *TOKENS[4:]],
        [*TOKENS[:3], 2**40, *TOKENS[4:]],
        ["0"] * 5000,
        [],
        "48 8 15",
        None,
        {},
    ],
)
def test_tokens_whose_number_is_not_what_the_mask_promises_are_unknown_counters(tokens):
    reading = with_player(weaponStats=tokens)
    player = reading.submit.players[0]
    assert (player.stats.is_partial, player.stats.kills, player.stats.fields.damage_given) == (True, None, None)
    assert found(reading) == [(f"/player_stats/{GUID}/weaponStats", "wrong_tokens")]


def test_a_player_who_fired_nothing_has_counters_of_0():
    stats = with_player(weaponStats="0 0 0 0 0 0 0 0 0 100.0 -3".split()).submit.players[0].stats
    assert (stats.kills, stats.fields.damage_given, stats.fields.xp) == (0, 0, -3)


@pytest.mark.parametrize("guid", ["", "WORLD", "WORLD_1022", "SLOT7", " "])
def test_who_is_nobody_is_no_player(guid):
    reading = with_player(guid)
    assert (reading.submit.players, [code for _, code in found(reading)]) == ((), ["no_player"])


def test_a_guid_may_be_anything_else():
    player = with_player("ab$(id)cd").submit.players[0]
    assert (player.guid, player.stats.key) == ("AB$(ID)CD", "AB$(ID)C")


@pytest.mark.parametrize("nobody", [{}, []])
def test_nobody_is_an_empty_object_or_an_empty_list(nobody):
    """P76: Lua cannot tell the two."""
    reading = reading_of(player_stats=nobody)
    assert (reading.submit.players, reading.parse_status) == ((), ParseStatus.OK)


@pytest.mark.parametrize("unreadable", [[1], "x", 7])
def test_players_that_are_no_object_are_unknown(unreadable):
    reading = reading_of(player_stats=unreadable)
    assert (reading.submit.players, found(reading)) == (None, [("/player_stats", "not_an_object")])


def test_as_many_players_as_no_server_holds_wait_in_quarantine():
    crowd = {f"{number:032}": a_submit_player() for number in range(MOST_PLAYERS + 1)}
    assert reading_of(player_stats=crowd).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION
    crowd.popitem()
    assert len(reading_of(player_stats=crowd).submit.players) == MOST_PLAYERS


@pytest.mark.parametrize(("team", "side"), [("1", 1), (2, 2), ("3", 3), ("0", None), ("", None)])
def test_a_side_is_axis_allies_spectator_or_unknown(team, side):
    reading = with_player(team=team)
    assert (reading.submit.players[0].stats.side, reading.parse_status) == (side, ParseStatus.OK)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"a\"b", 'a"b'),
        (r"a\tb", "a\tb"),
        (r"caf\u{e9}", "café"),
        (r"caf\u{c3}\u{a9}", "café"),
        (r"\u{1f600}", "\U0001f600"),
        (r"\u{d800}", "\ufffd"),
        (r"\u{110000}", "\ufffd"),
        (r"a\x", r"a\x"),
    ],
)
def test_a_name_is_unescaped_once(written, name):
    assert with_player(name=written).submit.players[0].stats.name == name


def test_a_byte_that_is_no_utf_8_costs_itself():
    """P9"""
    body = as_bytes(a_submit()).replace(b"^2Nord^7ik", b"Caf\xe9")
    assert read([body]).submit.players[0].stats.name == "Caf\ufffd"


def test_a_carriers_death_is_his_killers_deed():
    deed = {"500": {"victim": OTHER.lower(), "weapon": 8, "objective": "gold", "timestamp_unix": 1770159100}}
    (entry,) = with_player(obj_carrierkilled=deed).submit.timeline
    assert (entry.label, entry.player_guid, entry.other_guid) == ("obj_carrierkilled", OTHER, GUID)
    assert entry.details == {"objective": "gold", "weapon": 8}


@pytest.mark.parametrize("unreadable", [[1], "x"])
def test_objectives_that_cannot_be_read_cost_themselves(unreadable):
    reading = with_player(obj_planted=unreadable)
    assert (reading.submit.players[0].objectives, reading.parse_status) == ((), ParseStatus.PARTIAL)


def test_as_many_objectives_as_no_round_has_are_cut_with_a_note():
    deeds = {str(moment): "gate" for moment in range(MOST_OBJECTIVES + 1)}
    reading = with_player(obj_planted=deeds)
    assert len(reading.submit.players[0].objectives) == MOST_OBJECTIVES
    assert found(reading) == [(f"/player_stats/{GUID}", "too_long")]


# ----- the log --------------------------------------------------------------------------------------------------------


def test_of_a_log_kills_revives_and_objectives_are_kept_and_all_is_counted():
    labels = ["round_start", "damage", "damage", "message", "kill", "revive", "obj_flag_captured", "round_end"]
    submit = reading_of(gamelog=[{"label": label, "player": GUID, "killer": GUID} for label in labels]).submit
    assert [entry.label for entry in submit.timeline] == ["kill", "revive", "obj_flag_captured"]
    assert (submit.log_counts["damage"], sum(submit.log_counts.values())) == (2, len(labels))


def test_a_kill_by_nobody_is_a_kill_by_nobody():
    (entry,) = reading_of(gamelog=[{"label": "kill", "victim": OTHER, "unixtime": 99}]).submit.timeline
    assert (entry.player_guid, entry.other_guid, entry.at_unix_ms) == (None, OTHER, None)


def test_of_an_entry_only_what_can_be_kept_is():
    told = {"label": "kill", "weapon": 8, "killer_pos": "1 2 3", "victim_pos": [1], "killer_reinf": 1e999, "x": 1}
    (entry,) = reading_of(gamelog=[told]).submit.timeline
    assert entry.details == {"weapon": 8, "killer_pos": "1 2 3"}


def test_entries_that_are_none_cost_themselves():
    reading = reading_of(gamelog=[1, None, {}, {"label": 7}, {"label": "kill"}])
    assert len(reading.submit.timeline) == 1
    assert found(reading) == [
        ("/gamelog/0", "no_entry"),
        ("/gamelog/1", "no_entry"),
        ("/gamelog/2", "no_label"),
        ("/gamelog/3", "no_label"),
    ]


@pytest.mark.parametrize(
    ("empty", "status"), [({}, ParseStatus.OK), (None, ParseStatus.OK), ("x", ParseStatus.PARTIAL)]
)
def test_a_log_that_is_no_list_is_an_empty_one(empty, status):
    reading = reading_of(gamelog=empty)
    assert (reading.submit.timeline, reading.parse_status) == ((), status)


def test_a_log_without_end_is_kept_up_to_a_bound_and_counted_to_its_end():
    reading = reading_of(gamelog=[{"label": "kill"}] * (MOST_KEPT + 5))
    assert (len(reading.submit.timeline), reading.submit.log_counts) == (MOST_KEPT, {"kill": MOST_KEPT + 5})
    assert found(reading) == [("/gamelog", "too_long")]


def test_the_first_versions_obituaries_are_kills_on_the_clock_the_round_ended_by():
    deaths = [
        {"timestamp": 31552000, "attacker": OTHER, "target": GUID, "meansOfDeath": 8},
        {
            "timestamp": 31551118,
            "attacker": GUID,
            "target": OTHER,
            "meansOfDeath": 9,
            "attackerRespawnTime": 3,
            "victimRespawnTime": 11,
        },
        {"timestamp": 31551500, "attacker": GUID, "target": GUID},
        {"timestamp": 31551600, "attacker": "WORLD", "target": GUID},
    ]
    tree = a_submit(info={"obituaries": deaths, "damageStats": [{"damage": 1}], "stats_version": None})
    del tree["gamelog"]
    first, by_world, last = read([as_bytes(tree)]).submit.timeline

    assert (first.player_guid, first.at_unix_ms) == (GUID, 1_770_159_308_000)
    assert first.details == {"weapon": 9, "killer_reinf": 11, "victim_reinf": 3}
    assert (by_world.player_guid, last.player_guid) == (None, OTHER)


def test_an_obituary_without_a_time_is_noted():
    reading = reading_of(info={"obituaries": [{"attacker": GUID, "target": OTHER}]})
    assert (reading.submit.timeline, found(reading)) == ((), [("/round_info/obituaries/0", "no_time")])


def test_the_first_versions_objectives_are_names_alone():
    (entry,) = with_player(obj_planted={"31551118": "main gate"}).submit.timeline
    assert (entry.at_unix_ms, entry.details) == (1_770_159_308_000, {"objective": "main gate"})


# ----- anything -------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


@given(body=st.binary(max_size=100))
def test_no_bytes_whatever_raise_anything_but_that_they_are_no_json(body):
    with contextlib.suppress(NotJson):
        read([body])


@given(
    info=st.dictionaries(st.sampled_from([*INFO, "obituaries"]), JSON, max_size=4),
    player=st.dictionaries(st.sampled_from(["name", "team", "weaponStats", "obj_planted"]), JSON),
    log=JSON | st.lists(st.fixed_dictionaries({"label": st.just("kill")}, optional={"killer": JSON, "weapon": JSON})),
)
def test_whatever_its_members_hold_a_submit_is_facts_or_a_reason(info, player, log):
    tree = {"round_info": INFO | info, "player_stats": {GUID: a_submit_player(**player)}, "gamelog": log}
    reading = read([json.dumps(tree).encode()])
    assert (reading.submit is None) is (reading.quarantine_reason is not None)
