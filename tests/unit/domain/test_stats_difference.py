import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.stats_counters import StatsFields, StatsPlayer, StatsWeapon
from shared.domain.stats_difference import BASIS_DOUBTFUL, contradicts_spawns, difference
from shared.domain.stats_subtraction import CUMULATIVE
from shared.domain.vocabulary import R2Basis, Side

OF_THE_ROUND_ALREADY = (
    "xp", "killing_spree", "death_spree", "kill_assists", "kill_steals", "headshot_kills", "objectives_stolen",
    "objectives_returned", "dynamites_planted", "dynamites_defused", "times_revived", "time_dead_minutes", "useful_kills",
    "denied_playtime_seconds", "multikill_2", "multikill_3", "multikill_4", "multikill_5", "multikill_6", "useless_kills",
    "full_selfkills", "repairs_constructions", "revives_given",
)  # fmt: skip
TOTALS = ("hits", "shots", "kills", "deaths", "headshots")
THOMPSON, LUGER = 5, 2
R1 = {"damage_given": 1000, "damage_received": 900, "time_played_minutes": 4.1, "time_alive_percent": 80.0}


def a_player(guid8="AB12CD34", *weapons, name="one", key=None, is_complete=True, **fields) -> StatsPlayer:
    """`weapons`: index and five counters each; without any, a Thompson that killed 8 and was killed by 3."""
    held = tuple(StatsWeapon(*weapon) for weapon in weapons or [(THOMPSON, 60, 200, 8, 3, 15)])
    totals = (sum(getattr(weapon, total) for weapon in held) if is_complete else None for total in TOTALS)
    mask = sum(1 << weapon.weapon_index for weapon in held)
    return StatsPlayer(key or guid8, guid8, name, name, Side.AXIS, mask, held, *totals, StatsFields(**(R1 | fields)))


def later(first: StatsPlayer, **fields) -> StatsPlayer:
    """The same player after a second round, in which he did something."""
    ran_on = {"damage_given": 2500, "damage_received": 1500, "time_played_minutes": 8.2} | fields
    return a_player(first.guid8, (THOMPSON, 80, 300, 12, 5, 20), name=first.name, **ran_on)


def the_share(second, first, **rest):
    (share,) = difference([second], [first], **rest).players
    return share


def counters(**deeds):
    """A line after a reset: less of everything but what is said."""
    less = {"damage_given": 300, "damage_received": 200, "time_played_minutes": 2.0} | deeds
    kills = less.pop("kills", 2)
    guid8 = less.pop("guid8", "AB12CD34")
    return a_player(guid8, (THOMPSON, 10, 40, kills, less.pop("deaths", 1), 2), **less)


def test_cumulative_counters_are_subtracted():
    first = a_player(**dict.fromkeys(CUMULATIVE, 10))
    share = the_share(a_player(**dict.fromkeys(CUMULATIVE, 17), time_played_minutes=8.2), first)

    assert share.basis is R2Basis.DIFF
    assert [getattr(share.player.fields, name) for name in CUMULATIVE] == [7] * len(CUMULATIVE)


def test_what_the_script_counts_anew_in_each_round_is_taken_as_it_stands():
    first = a_player(**dict.fromkeys(OF_THE_ROUND_ALREADY, 9))
    share = the_share(later(first, **dict.fromkeys(OF_THE_ROUND_ALREADY, 4)), first)

    assert [getattr(share.player.fields, name) for name in OF_THE_ROUND_ALREADY] == [4] * len(OF_THE_ROUND_ALREADY)


def test_the_writers_own_sums_are_never_taken_over():
    first = a_player()
    sums = {"dpm": 5.0, "tank_meatshield": 1.0, "time_dead_ratio": 8.0, "kd": 2.0}
    shares = difference([later(first, **sums), a_player("7A00BEEF", **sums)], [first]).players

    assert all(getattr(share.player.fields, name) is None for share in shares for name in sums)


def test_every_value_has_its_rule():
    others = {"time_played_minutes", "time_alive_percent", "dpm", "tank_meatshield", "time_dead_ratio", "kd"}

    assert {*CUMULATIVE, *OF_THE_ROUND_ALREADY, *others} == set(StatsFields._fields)


def test_weapons_are_subtracted_one_by_one():
    first = a_player("AB12CD34", (LUGER, 1, 2, 0, 0, 0), (THOMPSON, 60, 200, 8, 3, 15))
    second = a_player(
        "AB12CD34", (LUGER, 1, 2, 0, 0, 0), (4, 5, 9, 1, 0, 0), (THOMPSON, 80, 300, 12, 5, 20), time_played_minutes=8.2
    )
    share = the_share(second, first).player

    assert share.weapons == ((LUGER, 0, 0, 0, 0, 0), (4, 5, 9, 1, 0, 0), (THOMPSON, 20, 100, 4, 2, 5))
    assert (share.hits, share.shots, share.kills, share.deaths, share.headshots) == (25, 109, 5, 2, 5)


def test_the_time_played_is_the_rest_of_it():
    first = a_player()

    assert the_share(later(first), first).player.played_seconds == 246


def test_the_percentage_alive_is_worked_out_of_both():
    first = a_player(time_alive_percent=85.8)

    assert the_share(later(first, time_alive_percent=84.4), first).player.fields.time_alive_percent == 83.0


@pytest.mark.parametrize(("before", "after", "share"), [(50.0, 100.0, 100.0), (100.0, 10.0, 0.0)])
def test_the_percentage_alive_stays_a_percentage(before, after, share):
    first = a_player(time_alive_percent=before)

    assert the_share(later(first, time_alive_percent=after), first).player.fields.time_alive_percent == share


def test_who_was_not_in_the_first_round_stands_as_he_is():
    """P23."""
    share = the_share(a_player("7A00BEEF"), a_player("AB12CD34"))

    assert (share.basis, share.is_in_first, share.player.kills) == (R2Basis.RAW, False, 8)


def test_who_did_not_come_back_is_named_and_has_no_share():
    told = difference([a_player("7A00BEEF")], [a_player("AB12CD34"), a_player("7A00BEEF")])

    assert ([share.player.key for share in told.players], told.only_in_first) == (["7A00BEEF"], ("AB12CD34",))


@pytest.mark.parametrize("deed", ["kills", "deaths", "damage_given", "damage_received"])
def test_one_deed_fewer_than_before_shows_a_reconnect(deed):
    first = a_player()
    fewer = {"kills": 9, "deaths": 4, "damage_given": 1100, "damage_received": 1000, "time_played_minutes": 5.0} | {
        deed: 1
    }
    share = the_share(counters(**fewer), first)

    assert (share.basis, share.dropped) == (R2Basis.RAW, (deed,))
    assert share.player.fields.damage_given == fewer["damage_given"]


def test_of_whom_only_the_clock_began_again_the_counters_are_still_subtracted():
    first = a_player()
    share = the_share(later(first, time_played_minutes=3.0), first)

    assert (share.basis, share.dropped, share.player.kills) == (R2Basis.MIXED, ("time_played_minutes",), 4)
    assert (share.player.fields.time_played_minutes, share.player.fields.time_alive_percent) == (3.0, None)


def test_a_clock_that_began_again_runs_no_longer_than_the_round():
    first = a_player(time_played_minutes=9.0)
    share = the_share(later(first), first, duration_seconds=246.0)

    assert share.player.fields.time_played_minutes == 4.1


def test_when_all_have_fallen_back_everybody_stands_as_he_is():
    """P25."""
    first = [a_player(f"{slot:08X}") for slot in range(6)]
    second = [counters(guid8=player.guid8) for player in first]
    told = difference(second, first)

    assert told.is_lobby_reset
    assert {share.basis for share in told.players} == {R2Basis.RAW}


def test_when_all_have_fallen_back_so_has_whoever_overtook_his_first_round_since():
    """P25."""
    first = [a_player(f"{slot:08X}") for slot in range(6)]
    second = [counters(guid8=player.guid8) for player in first]
    second[0] = later(first[0], time_played_minutes=4.1)
    second[1] = later(first[1], time_played_minutes=4.0)
    told = difference(second, first)

    assert told.is_lobby_reset
    assert {share.basis for share in told.players} == {R2Basis.RAW}


def test_when_all_have_fallen_back_a_latecomer_of_the_first_round_has_too():
    """P25."""
    first = [a_player(f"{slot:08X}") for slot in range(5)]
    latecomer = a_player(
        "FFFFFFFF", (THOMPSON, 1, 2, 0, 0, 0), damage_given=10, damage_received=10, time_played_minutes=0.5
    )
    told = difference([*(counters(guid8=player.guid8) for player in first), a_player("FFFFFFFF")], [*first, latecomer])

    assert told.is_lobby_reset
    assert told.players[-1].basis is R2Basis.RAW


def test_one_clock_that_went_on_shows_that_not_all_began_again():
    first = [a_player(f"{slot:08X}") for slot in range(6)]
    second = [counters(guid8=player.guid8) for player in first]
    second[0] = later(first[0])
    told = difference(second, first)

    assert not told.is_lobby_reset
    assert [share.basis for share in told.players] == [R2Basis.DIFF, *[R2Basis.RAW] * 5]


def test_one_player_who_fell_back_is_no_lobby():
    assert not difference([counters()], [a_player()]).is_lobby_reset


def test_clocks_alone_reset_no_lobby():
    first = [a_player(f"{slot:08X}") for slot in range(6)]
    told = difference([later(player, time_played_minutes=3.0) for player in first], first)

    assert not told.is_lobby_reset
    assert {share.basis for share in told.players} == {R2Basis.MIXED}


def test_kills_in_no_time_make_the_basis_doubtful():
    first = a_player()
    share = the_share(later(first, time_played_minutes=4.1), first)

    assert (share.player.fields.time_played_minutes, share.notes) == (0.0, (BASIS_DOUBTFUL,))


def test_a_share_below_zero_stands_at_zero_and_makes_the_basis_doubtful():
    first = a_player(gibs=5)
    share = the_share(later(first, gibs=3), first)

    assert (share.player.fields.gibs, share.clamped, share.notes) == (0, ("gibs",), (BASIS_DOUBTFUL,))


def test_a_weapon_below_zero_stands_at_zero_and_the_totals_with_it():
    first = a_player("AB12CD34", (LUGER, 5, 9, 2, 0, 0), (THOMPSON, 60, 200, 8, 3, 15))
    second = a_player("AB12CD34", (LUGER, 1, 2, 1, 0, 0), (THOMPSON, 80, 300, 12, 5, 20), time_played_minutes=8.2)
    share = the_share(second, first)

    assert share.player.weapons == ((LUGER, 0, 0, 0, 0, 0), (THOMPSON, 20, 100, 4, 2, 5))
    assert (share.player.kills, share.clamped) == (4, ("weapon_2",))


def test_a_weapon_that_vanished_makes_the_basis_doubtful():
    first = a_player("AB12CD34", (LUGER, 5, 9, 2, 0, 0), (THOMPSON, 60, 200, 8, 3, 15))

    assert the_share(later(first), first).clamped == ("weapon_2",)


@pytest.mark.parametrize("name", [*CUMULATIVE, "time_played_minutes"])
def test_of_what_one_file_does_not_tell_no_share_is_known(name):
    first = a_player(**{name: None})

    assert getattr(the_share(later(first), first).player.fields, name) is None
    assert getattr(the_share(later(first, **{name: None}), a_player()).player.fields, name) is None


def test_unknown_weapons_of_the_first_round_leave_no_totals_and_only_the_shared_weapons():
    first = a_player("AB12CD34", (THOMPSON, 60, 200, 8, 3, 15), is_complete=False)
    second = a_player("AB12CD34", (LUGER, 1, 2, 0, 0, 0), (THOMPSON, 80, 300, 12, 5, 20), time_played_minutes=8.2)
    share = the_share(second, first)

    assert (share.player.weapons, share.player.kills) == (((THOMPSON, 20, 100, 4, 2, 5),), None)
    assert share.notes == (BASIS_DOUBTFUL,)


def test_name_and_side_are_those_of_the_second_round():
    """P40."""
    share = the_share(a_player(name="new", time_played_minutes=8.2)._replace(side=Side.ALLIES), a_player(name="old"))

    assert (share.basis, share.player.name, share.player.side) == (R2Basis.DIFF, "new", Side.ALLIES)


def test_players_of_one_prefix_are_told_apart_by_name_whatever_their_order():
    first = [a_player(name="a", key="AB12CD34"), a_player(name="b", key="AB12CD34#1")]
    second = [later(first[1])._replace(key="AB12CD34"), later(first[0])._replace(key="AB12CD34#2")]
    told = difference(second, first)

    assert [(share.player.name, share.basis) for share in told.players] == [("b", R2Basis.DIFF), ("a", R2Basis.DIFF)]


def test_a_newcomer_with_a_shared_prefix_takes_nobodys_counters_and_is_doubtful():
    first = [a_player(name="a"), a_player(name="b", key="AB12CD34#1")]
    share = difference([a_player(name="c")], first).players[0]

    assert (share.is_in_first, share.notes) == (False, (BASIS_DOUBTFUL,))


def test_of_two_who_share_prefix_and_name_only_one_takes_the_counters():
    second = [a_player(guid8="", key="#1", time_played_minutes=8.2), a_player(guid8="", key="#1.2")]
    told = difference(second, [a_player(guid8="", key="#1")])

    assert [share.basis for share in told.players] == [R2Basis.DIFF, R2Basis.RAW]


@pytest.mark.parametrize(("spawns", "is_contradicted"), [(2, False), (3, False), (1, True), (6, False), (7, True)])
def test_lives_seen_contradict_a_share_of_far_more_or_fewer_deaths(spawns, is_contradicted):
    share = a_player("AB12CD34", (THOMPSON, 0, 0, 0, 2, 0))

    assert contradicts_spawns(share, spawns) is is_contradicted


def test_revived_lives_count_and_unknown_deaths_contradict_nothing():
    assert not contradicts_spawns(a_player("AB12CD34", (THOMPSON, 0, 0, 0, 5, 0), times_revived=4), 1)
    assert not contradicts_spawns(a_player(is_complete=False), 1)


counts = st.integers(0, 5_000)
weapon_counts = st.tuples(counts, counts, counts, counts, counts)


@st.composite
def two_rounds(draw):
    """A player after a first round and, some deeds later, after the second."""
    held = draw(st.dictionaries(st.integers(0, 31), weapon_counts, max_size=6))
    more = draw(st.dictionaries(st.integers(0, 31), weapon_counts, max_size=6))
    both = {
        index: tuple(map(sum, zip(held.get(index, (0,) * 5), more.get(index, (0,) * 5), strict=True)))
        for index in sorted({*held, *more})
    }
    before = {name: draw(counts) for name in CUMULATIVE}
    after = {name: value + draw(counts) for name, value in before.items()}
    minutes = draw(st.integers(0, 600))
    first = a_player("AB12CD34", *((i, *held[i]) for i in sorted(held)), **before, time_played_minutes=minutes / 10)
    ran_on = (minutes + draw(st.integers(0, 600))) / 10
    second = a_player("AB12CD34", *((index, *both[index]) for index in both), **after, time_played_minutes=ran_on)
    return (
        (first, second)
        if held
        else (first._replace(weapons=(), hits=0, shots=0, kills=0, deaths=0, headshots=0), second)
    )


@given(two_rounds())
def test_first_round_and_share_make_the_second_file(rounds):
    first, second = rounds
    share = the_share(second, first)

    summed = [getattr(first.fields, name) + getattr(share.player.fields, name) for name in CUMULATIVE]
    assert (share.basis, share.clamped) == (R2Basis.DIFF, ())
    assert summed == [getattr(second.fields, name) for name in CUMULATIVE]
    assert [getattr(first, t) + getattr(share.player, t) for t in TOTALS] == [getattr(second, t) for t in TOTALS]


players = st.builds(
    lambda guid, name, weapons, values, is_complete: a_player(
        guid, *((i, *weapons[i]) for i in sorted(weapons)), name=name, is_complete=is_complete, **values
    ),
    st.sampled_from(["AB12CD34", "7A00BEEF", "00000001"]),
    st.sampled_from("ab"),
    st.dictionaries(st.integers(0, 31), weapon_counts, min_size=1, max_size=3),
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("damage_given", "damage_received", "gibs", "time_played_minutes"), st.none() | counts),
    ),
    st.booleans(),
)
lobbies = st.lists(players, max_size=3, unique_by=lambda player: player.key)


@given(lobbies, lobbies)
def test_everybody_of_the_second_round_has_one_share_and_none_is_below_zero(second, first):
    told = difference(second, first)

    assert [share.player.key for share in told.players] == [player.key for player in second]
    for share in told.players:
        assert all(count >= 0 for weapon in share.player.weapons for count in weapon)
        assert all(
            getattr(share.player.fields, name) is None or getattr(share.player.fields, name) >= 0 for name in CUMULATIVE
        )


@given(lobbies, lobbies, st.randoms())
def test_the_order_of_the_first_file_changes_nothing_but_the_order_of_who_left(second, first, shuffling):
    shuffled = first[:]
    shuffling.shuffle(shuffled)

    assert difference(second, first).players == difference(second, shuffled).players
