import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_server.shipper.names import KNOWN_FORMATS, Unsendable, is_wanted, upload_name
from shared.parsers import file_name

STATS = "2026-02-03-235512-etl_frostbite-round-1.txt"
names = st.text(st.characters(exclude_characters="/\0", exclude_categories=[]), min_size=1)


@pytest.mark.parametrize(
    "name",
    [STATS, STATS.replace(".txt", "-endstats.txt"), STATS.replace(".txt", "-timing.txt"),
     STATS.replace(".txt", "_engagements.txt"), f"gamestats\\{STATS}", "gametime-etl_frostbite-R1-1770159309.json",
     "analysis.json", "2026-02-03-demo.analysis.json"],
)  # fmt: skip
def test_files_of_every_known_format_are_wanted(name):
    assert is_wanted(name, KNOWN_FORMATS)


@pytest.mark.parametrize(
    "name", [f".{STATS}", f"{STATS}.tmp", f"{STATS}~", "server.cfg", "etconsole.log", "a.json", "x.txt"]
)
def test_nothing_else_is(name):
    assert not is_wanted(name, KNOWN_FORMATS)


@given(names)
def test_a_name_is_refused_or_plain(name):
    try:
        sent = upload_name(name)
    except Unsendable:
        return
    assert sent.isprintable()
    assert 0 < len(sent) <= 255
    assert not set(sent) & set("/\\")
    assert name.endswith(sent)
    sent.encode()


@given(names)
def test_a_name_that_is_sent_is_a_plain_name_to_the_service(name):
    try:
        sent = upload_name(name)
    except Unsendable:
        return
    assert file_name.read(sent).problem is not file_name.NameProblem.NOT_A_PLAIN_NAME
