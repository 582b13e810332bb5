import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.vocabulary import Kind
from shared.parsers.file_name import FileName, NameProblem, last_part, read

STAMP = {"round_date": "2026-02-03", "round_time": "235512"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2026-02-03-235512-etl_frostbite-round-1.txt", Kind.STATS_FILE),
        ("2026-02-03-235512-etl_frostbite-round-1-endstats.txt", Kind.ENDSTATS_FILE),
        ("2026-02-03-235512-etl_frostbite-round-1-timing.txt", Kind.GAMETIME_FILE),
        ("2026-02-03-235512-etl_frostbite-round-1_engagements.txt", Kind.PROXIMITY_FILE),
    ],
)
def test_a_stamped_name_tells_format_map_round_and_stamp(name, kind):
    assert read(name) == FileName(name, kind, "etl_frostbite", 1, **STAMP)


def test_a_gametime_name_tells_the_end_of_its_round():
    name = "gametime-etl_frostbite-R2-1770159704.json"

    assert read(name) == FileName(name, Kind.GAMETIME_FILE, "etl_frostbite", 2, round_end_unix=1770159704)


@pytest.mark.parametrize("end", ["0", "99", "999999999999"])
def test_an_impossible_end_in_a_gametime_name_is_unknown(end):
    named = read(f"gametime-supply-R1-{end}.json")

    assert (named.round_end_unix, named.problem) == (None, None)


@pytest.mark.parametrize("name", ["analysis.json", "demo_2026-02-03.dm_84.analysis.json", "evening-analysis.json"])
def test_a_demo_analysis_is_known_by_its_ending(name):
    assert read(name) == FileName(name, Kind.DEMO_ANALYSIS)


@pytest.mark.parametrize(
    "map_name", ["te-valhalla", "foo-round-2-b1", "goldrush.b3", "sw+oasis", "Karsiah_te2", "m" * 50]
)
def test_a_map_may_be_named_with_every_sign_that_maps_are_named_with(map_name):
    assert read(f"2026-02-03-235512-{map_name}-round-1.txt").map_name == map_name


@pytest.mark.parametrize("name", ["2026-02-03-235512-supply-round-0.txt", "gametime-supply-R0-1770159704.json"])
def test_round_zero_is_the_second_round(name):
    """P4."""
    assert read(name).round_number == 2


@pytest.mark.parametrize("number", ["3", "10", "-1", "x", "1e0", "٢", "001", "100000000000000000000"])
def test_any_other_round_number_is_named_as_the_fault_and_never_guessed(number):
    """P4."""
    name = f"2026-02-03-235512-supply-round-{number}.txt"

    assert read(name) == FileName(name, Kind.STATS_FILE, problem=NameProblem.BAD_ROUND_NUMBER)


@pytest.mark.parametrize(
    "stamp",
    ["2019-12-31-235959", "2036-01-01-000000", "2026-02-29-120000", "2026-13-01-120000", "2026-01-00-120000",
     "2026-01-01-240000", "2026-01-01-126000", "2026-01-01-120060", "2026-04-31-000000"],
)  # fmt: skip
def test_a_stamp_must_stand_on_the_calendar_and_the_clock(stamp):
    assert read(f"{stamp}-supply-round-1.txt").problem is NameProblem.BAD_STAMP


@pytest.mark.parametrize("map_name", ["m" * 51, "sup ply", "süpply", "sup'ply", "$(id)", "^1supply"])
def test_a_map_of_other_signs_or_more_than_fifty_is_none(map_name):
    assert read(f"2026-02-03-235512-{map_name}-round-1.txt").problem is NameProblem.BAD_MAP


@pytest.mark.parametrize(
    "name",
    [
        "2026-02-03-235512-supply-round-1_ws.txt",
        "2026-02-03-235512-supply-round-1_lifecycle.txt",
        "2026-02-03-235512-supply-round-1.txt.tmp",
        "2026-02-03-235512-supply-round-1.TXT",
        "2026-02-03-2355-supply-round-1.txt",
        "x2026-02-03-235512-supply-round-1.txt",
        "2026-02-03-235512-supply.txt",
        "2026-02-03-235512--round-1.txt",
        "٢٠٢٦-02-03-235512-supply-round-1.txt",
        "gametime-supply-R1.json",
        "gametime-supply-R1-.json",
        "etconsole.log",
        "2026-02-03-235512-supply-round-1.txt\n",
    ],
)
def test_a_name_that_only_looks_like_a_known_one_is_of_no_known_format(name):
    named = read(name)

    assert (named.kind, named.map_name) == (Kind.UNKNOWN_FILE, None)


@pytest.mark.parametrize(
    "name",
    [
        "", "../2026-02-03-235512-supply-round-1.txt", "gamestats/2026-02-03-235512-supply-round-1.txt",
        "gamestats\\2026-02-03-235512-supply-round-1.txt", "2026-02-03-235512-sup..ply-round-1.txt",
        "2026-02-03-235512-sup\0ply-round-1.txt", "2026-02-03-235512-supply-round-1.txt\0.png",
    ],
)  # fmt: skip
def test_what_is_no_plain_name_is_not_read_at_all(name):
    assert read(name) == FileName(name, Kind.UNKNOWN_FILE, problem=NameProblem.NOT_A_PLAIN_NAME)


def test_a_name_longer_than_a_file_system_takes_is_not_read():
    name = "2026-02-03-235512-" + "m" * 240 + "-round-1.txt"

    assert read(name).problem is NameProblem.TOO_LONG


@pytest.mark.parametrize("path", ["gamestats\\a.txt", "/srv/gamestats/a.txt", "a/b\\a.txt", "a.txt"])
def test_a_path_ends_in_its_name_whichever_way_it_is_separated(path):
    assert last_part(path) == "a.txt"


@given(st.text(max_size=300) | st.from_regex(r"20[0-9]{2}-[01]\d-[0-3]\d-[0-2]\d{5}-.{1,60}-round-.{1,3}\.txt"))
def test_any_text_is_read_and_a_known_round_has_a_plain_map_and_number(name):
    named = read(name)

    assert named.problem is not None or named.kind is Kind.DEMO_ANALYSIS or named.round_number in (1, 2)
    assert named.problem is None or named.map_name is None
