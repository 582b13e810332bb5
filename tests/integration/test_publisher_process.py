"""The presenter as a process: killed at the worst moments, told to stop, started with what cannot work."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.domain.vocabulary import PublicationStatus
from tests.fakes.discord_api import faults
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN
from tests.integration.publishing import add_publication, publication

CHECKOUT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20.0


@pytest.fixture
def discord():
    with FakeDiscord() as running:
        yield running


@pytest.fixture
def environment(database_url, discord):
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_CHANNEL_ID": str(CHANNEL_ID),
        "DISCORD_API_BASE": discord.api_base,
    }


@contextmanager
def running_presenter(environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "presenter_bot.main"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.02)


def let_leases_end(engine):
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE publications SET lease_until = now() - interval '1 second', next_attempt_at = NULL")
        )


def is_sent(engine, publication_id):
    return publication(engine, publication_id).status == PublicationStatus.SENT


def test_a_presenter_killed_between_posting_and_storing_the_message_id_posts_nothing_twice(
    engine, discord, environment
):
    """P63: the message is there, its answer is not; Discord has forgotten the nonce by the time we are back."""
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.slow(60, stores=True))
    with running_presenter(environment) as process:
        wait_until(discord.state.shown_messages)
        process.send_signal(signal.SIGKILL)
        process.wait()
    discord.state.forget_nonces()
    let_leases_end(engine)
    with running_presenter(environment):
        wait_until(lambda: is_sent(engine, publication_id))
    (message,) = discord.state.shown_messages()
    assert publication(engine, publication_id).message_ids == (message["id"],)


def test_a_presenter_killed_between_claiming_and_posting_loses_nothing(engine, discord, environment):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.slow(60, stores=False))
    with running_presenter(environment) as process:
        wait_until(lambda: publication(engine, publication_id).status == PublicationStatus.CLAIMED)
        process.send_signal(signal.SIGKILL)
        process.wait()
    discord.state.faults.clear()
    let_leases_end(engine)
    with running_presenter(environment):
        wait_until(lambda: is_sent(engine, publication_id))
    assert len(discord.state.shown_messages()) == 1


def test_killed_again_and_again_under_load_nothing_is_lost_and_nothing_doubled(engine, discord, environment):
    """P63"""
    ids = [add_publication(engine, start=1_770_000_000 + number) for number in range(60)]
    for _ in range(5):
        before = len(discord.state.shown_messages())
        with running_presenter(environment) as process:
            wait_until(lambda before=before: len(discord.state.shown_messages()) > before)
            process.send_signal(signal.SIGKILL)
            process.wait()
        discord.state.forget_nonces()
        let_leases_end(engine)
    with running_presenter(environment):
        wait_until(lambda: all(is_sent(engine, publication_id) for publication_id in ids))
    stored = sorted(publication(engine, publication_id).message_ids[0] for publication_id in ids)
    assert stored == sorted(message["id"] for message in discord.state.shown_messages())


def test_told_to_stop_it_finishes_what_it_is_saying_and_leaves_quietly(engine, discord, environment):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.slow(1, stores=True))
    with running_presenter(environment) as process:
        wait_until(discord.state.shown_messages)
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in output
    assert is_sent(engine, publication_id)


def test_the_bot_is_seen_online(discord, environment):
    with running_presenter(environment) as process:
        wait_until(lambda: discord.state.identified)
        process.terminate()
        process.wait(PATIENCE_SECONDS)
    assert discord.state.identified[0]["intents"] == 0


def test_publishing_does_not_wait_for_the_gateway(engine, discord, environment):
    publication_id = add_publication(engine)
    discord.state.faults += [faults.Fault("GET", "/api/v10/gateway", status=503)] * 50
    with running_presenter(environment):
        wait_until(lambda: is_sent(engine, publication_id))
    assert discord.state.identified == []


def test_a_wrong_token_is_one_plain_sentence_and_status_78(environment):
    with running_presenter(environment | {"DISCORD_TOKEN": "wrong"}) as process:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 78
    assert "Discord refuses DISCORD_TOKEN" in output.splitlines()[-1]
    assert "Traceback" not in output


def test_without_a_token_it_publishes_to_the_preview_and_talks_to_nobody(engine, discord, environment):
    publication_id = add_publication(engine)
    del environment["DISCORD_TOKEN"]
    with running_presenter(environment):
        wait_until(lambda: is_sent(engine, publication_id))
    assert publication(engine, publication_id).posted_to == "preview"
    assert discord.state.requests == []


def test_without_a_database_address_it_says_so(environment):
    del environment["DATABASE_URL"]
    with running_presenter(environment) as process:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, len(output.splitlines())) == (78, 1)
