"""The story: the reporter in a real Lua VM, real curl, the whole service as one command, and the cards people see."""

import html
import re
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.e2e.service_process import CHECKOUT, PATIENCE_SECONDS, ServiceProcess
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN

ROUND_1 = (
    "⏱️ **7:36** of 12:00 · src lua",
    "🏆 **Allies** won · Completed",
    "⚔️ Allies attacked · 🛡️ Axis defended",
    "🔎 Score confidence: verified_header",
    "🎯 Stopwatch: TIME_SET · to beat 7:36 · next limit 7:36",
)
ROUND_2 = (
    "⏱️ **6:31** of 7:36 · src lua",
    "🏆 **Allies** won · Completed",
    "⚔️ Allies attacked · 🛡️ Axis defended",
    "🔎 Score confidence: verified_header",
    "🎯 Stopwatch: TIME_SET",
)


def roundwire(data, *words):
    """What the command line answers, on the last line of its output."""
    command = [sys.executable, "-m", "ingest_api.cli.main", *words]
    environment = {"ROUNDWIRE_DATA": str(data)}
    result = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    return result.stdout.splitlines()[-1]


def play_a_match(service, data, tmp_path, lua):
    """Two rounds of frostbite, 6 against 6, by a game server that was registered for it; fails unless both were taken."""
    token = tmp_path / "token"
    token.write_text(roundwire(data, "server", "add", "alpha"))
    where = ["--url", f"http://127.0.0.1:{service.port}", "--home", str(tmp_path / "home")]
    who = ["--server-id", "alpha", "--token-file", str(token), "--lua", lua]
    command = [sys.executable, "-m", "game_server.stand_in.play", "--demo", *where, *who]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)


def wait_for_two(count):
    patience_ends = time.monotonic() + PATIENCE_SECONDS
    while count() < 2:
        assert time.monotonic() < patience_ends
        time.sleep(0.05)


def text_of_the_preview(service):
    """What a reader sees of it: no tags, no runs of white space."""
    with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/preview", timeout=10) as answer:
        return " ".join(html.unescape(re.sub(r"<[^>]*>", "", answer.read().decode())).split())


def title(number, map_name):
    return f"Round {number} Complete \N{EN DASH} {map_name}"


def sections(card):
    return [field["name"] for field in card["fields"]]


@pytest.mark.parametrize("lua", ["5.4", "luajit"])
def test_a_match_on_a_game_server_becomes_two_cards_in_discord_each_posted_once(data, tmp_path, lua):
    with FakeDiscord() as discord:
        to_discord = {"DISCORD_TOKEN": TOKEN, "DISCORD_CHANNEL_ID": str(CHANNEL_ID)}
        with ServiceProcess(data, DISCORD_API_BASE=discord.api_base, **to_discord) as service:
            service.wait_for_line("  stop")
            play_a_match(service, data, tmp_path, lua)
            wait_for_two(lambda: len(discord.state.shown_messages()))
            service.end()

        first, second = (message["embeds"][0] for message in discord.state.shown_messages())
        assert [entry["action"] for entry in discord.state.journal].count("post") == 2
        assert first["title"] == title(1, r"etl\_frostbite")
        assert tuple(first["description"].splitlines()) == ROUND_1
        assert second["title"] == title(2, r"etl\_frostbite")
        assert tuple(second["description"].splitlines()) == ROUND_2
        assert (
            sections(first) == sections(second) == ["🟥 Axis — 6 players", "🟦 Allies — 6 players", "📊 Round Summary"]
        )


def test_without_a_token_the_preview_shows_both_cards(data, tmp_path):
    with ServiceProcess(data) as service:
        service.wait_for_line("  stop")
        play_a_match(service, data, tmp_path, "5.4")
        wait_for_two(lambda: sum(title(number, "etl_frostbite") in text_of_the_preview(service) for number in (1, 2)))

        seen = text_of_the_preview(service)

    for number, lines in ((1, ROUND_1), (2, ROUND_2)):
        plain = " ".join(lines).replace("**", "")
        assert f"{title(number, 'etl_frostbite')} {plain}" in seen
