"""The settings file: what is understood, and one line for each thing that is not."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from game_server.shipper.errors import SettingsProblems
from game_server.shipper.names import KNOWN_FORMATS
from game_server.shipper.settings import _KEYS, Settings, read_settings, read_token

CHECKOUT = Path(__file__).parents[3]
NEEDED = "url = http://127.0.0.1:8080\ntoken_file = token\nfolder = gamestats\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "roundwire-ship.cfg"


def understood(file: Path, text: str) -> Settings:
    file.write_text(text)
    return read_settings(file)


def problems(file: Path, text: str) -> tuple[str, ...]:
    file.write_text(text)
    with pytest.raises(SettingsProblems) as refused:
        read_settings(file)
    return refused.value.lines


def test_three_lines_are_enough_and_paths_begin_at_the_files_folder(file, tmp_path):
    assert understood(file, NEEDED) == Settings(
        url="http://127.0.0.1:8080",
        token_file=tmp_path / "token",
        folders=(tmp_path / "gamestats",),
        state_dir=tmp_path / "roundwire-ship-state",
        include=KNOWN_FORMATS,
        watch=True,
        poll_seconds=5,
        settle_seconds=3,
        max_file_mib=32,
    )


def test_the_settings_that_are_shipped_are_understood():
    shipped = read_settings(CHECKOUT / "game_server" / "roundwire-ship.cfg")

    assert shipped.state_dir == Path("/var/lib/roundwire-ship")
    assert len(shipped.folders) == 2


def test_every_setting_stands_in_the_shipped_file_and_in_the_documentation():
    shipped = (CHECKOUT / "game_server" / "roundwire-ship.cfg").read_text()
    documented = (CHECKOUT / "docs" / "shipper.md").read_text()

    assert set(re.findall(r"^#?([a-z_]+) = ", shipped, flags=re.MULTILINE)) == set(_KEYS)
    assert {
        key
        for row in re.findall(r"^\| (`.*?`) \|", documented, flags=re.MULTILINE)
        for key in re.findall(r"`(\w+)`", row)
    } >= set(_KEYS)


def test_a_folder_named_twice_is_one(file, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gamestats")

    assert understood(file, NEEDED + "folder = ./gamestats/\nfolder = link\n").folders == (tmp_path / "gamestats",)


@pytest.mark.parametrize("door", ["", "/", "/v1/files", "/v1/files/", "/v1/rounds"])
def test_the_address_may_name_a_door(door, file):
    assert understood(file, NEEDED.replace(":8080", f":8080{door}")).url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(("line", "problem"), [
    ("nonsense", "expected key = value"),
    ("= 3", "expected key = value"),
    ("folders = x", 'folders: no such key, did you mean "folder"?'),
    ("url = ftp://x", 'url: expected http:// or https://, got "ftp://x"'),
    ("url = http://", 'url: expected http:// or https://, got "http://"'),
    ("url = http://a:b@host", 'url: expected http:// or https://, got "http://a:b@host"'),
    ("url = http://[::1", 'url: expected http:// or https://, got "http://[::1"'),
    ("token_file =", "token_file: expected a path"),
    ("include =", "include: expected patterns of file names, with spaces between them"),
    ("watch = maybe", 'watch: expected on or off, got "maybe"'),
    ("poll_seconds = 0", 'poll_seconds: expected a whole number from 1 to 3600, got "0"'),
    ("settle_seconds = 2.5", 'settle_seconds: expected a whole number from 1 to 600, got "2.5"'),
    ("max_file_mib = ²", 'max_file_mib: expected a whole number from 1 to 4096, got "²"'),
])  # fmt: skip
def test_a_problem_is_one_line_with_its_number_and_key(line, problem, file):
    assert problems(file, f"{NEEDED}# a comment\n\n{line}\n") == (f"config line 6: {problem}",)


def test_what_is_missing_is_said(file):
    assert problems(file, "\n") == ("config: url: not set", "config: token_file: not set", "config: folder: not set")


def test_a_missing_file_is_said(file):
    with pytest.raises(SettingsProblems, match="No such file or directory"):
        read_settings(file)


@given(
    text=st.one_of(
        st.text(), st.lists(st.sampled_from([*_KEYS, "=", " ", "\n", "/", "\x00", "é", "1", "http://h"])).map("".join)
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_understood_or_refused_in_lines(text, file):
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    lines: tuple[str, ...] = ()
    try:
        read_settings(file)
    except SettingsProblems as refused:
        lines = refused.lines
    assert all(line.startswith("config") for line in lines)


@pytest.mark.parametrize("content", ["", "two words", "not\x00a-token", "ü"])
def test_a_token_of_other_letters_is_none(content, tmp_path):
    (tmp_path / "token").write_text(content)

    with pytest.raises(SettingsProblems, match="no token in the first line"):
        read_token(tmp_path / "token")
