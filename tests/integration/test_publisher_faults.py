"""Misfortune of every kind Discord documents: no message lost, none said twice, each state visible."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from shared.domain.publications import LONGEST_DELAY
from shared.domain.vocabulary import PublicationStatus
from tests.fakes.discord_api import faults
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, State
from tests.integration.publishing import Presenter, add_publication, publication, revise

A_DAY = timedelta(days=1)


def talk(discord, times):
    """Others say something in the channel."""
    for _ in range(times):
        discord.state.post(CHANNEL_ID, {"content": "gg"})


@pytest.fixture
def discord():
    with FakeDiscord() as running:
        yield running


def assert_said_once(engine, discord, publication_id):
    (message,) = discord.state.shown_messages()
    row = publication(engine, publication_id)
    assert row.status == PublicationStatus.SENT
    assert row.message_ids == (message["id"],)
    assert row.error_code is None
    assert [entry["action"] for entry in discord.state.journal].count("post") == 1


def assert_waiting(engine, publication_id, error_code, at_least=timedelta()):
    row = publication(engine, publication_id)
    assert (row.status, row.error_code) == (PublicationStatus.PENDING, error_code)
    assert row.next_attempt_at - row.created_at >= at_least


@pytest.mark.parametrize("scope", faults.Scope)
def test_a_short_rate_limit_is_waited_out(engine, discord, scope):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.rate_limited(0.2, scope))
    Presenter(engine, discord).publish()
    assert_said_once(engine, discord, publication_id)


@pytest.mark.parametrize("scope", faults.Scope)
def test_a_long_rate_limit_puts_the_publication_off_by_as_long_as_was_asked(engine, discord, scope):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.rate_limited(90, scope))
    presenter = Presenter(engine, discord)
    assert presenter.publish(times=2) == [True, False]
    assert_waiting(engine, publication_id, "rate_limited", timedelta(seconds=90))
    presenter.clock_offset = timedelta(seconds=95)
    presenter.publish()
    assert_said_once(engine, discord, publication_id)


def test_the_network_in_front_of_discord_is_obeyed_as_well(engine, discord):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.blocked_at_the_edge(120))
    Presenter(engine, discord).publish()
    assert_waiting(engine, publication_id, "rate_limited", timedelta(seconds=120))


def test_the_buckets_of_the_answers_are_kept_to(engine):
    for number in range(4):
        add_publication(engine, start=1_770_000_000 + number)
    with FakeDiscord(State(bucket_limit=2, bucket_window_seconds=0.3)) as discord:
        Presenter(engine, discord).publish(times=4)
        assert len(discord.state.shown_messages()) == 4
        assert len([path for method, path in discord.state.requests if method == "POST"]) == 4


@pytest.mark.parametrize("status", [500, 502])
@pytest.mark.parametrize("stores", [False, True])
def test_an_error_that_the_library_tries_again_by_itself_makes_one_message(engine, discord, status, stores):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.server_error(status, stores=stores))
    Presenter(engine, discord).publish()
    assert_said_once(engine, discord, publication_id)


@pytest.mark.parametrize(
    ("fault", "error_code"),
    [
        (faults.server_error(503), "discord_503"),
        (faults.server_error(503, stores=True), "discord_503"),
        (faults.cut(), "connection_failed"),
        (faults.stored_but_cut(), "connection_failed"),
        (faults.slow(5.0, stores=True), "timeout"),
        (faults.slow(5.0, stores=False), "timeout"),
    ],
    ids=["503", "503 and posted", "cut", "posted and cut", "posted and slow", "slow"],
)
@pytest.mark.parametrize("nonces", ["remembered", "forgotten"])
def test_an_attempt_without_a_clear_answer_is_looked_for_before_the_next(engine, discord, fault, error_code, nonces):
    """P63: with Discord's memory of nonces and without it."""
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord, delivery_seconds=1.0)
    discord.state.faults.append(fault)
    presenter.publish()
    assert_waiting(engine, publication_id, error_code)
    if nonces == "forgotten":
        discord.state.forget_nonces()
    presenter.clock_offset = timedelta(minutes=11)
    presenter.publish()
    assert_said_once(engine, discord, publication_id)


def test_what_an_unanswered_attempt_left_behind_is_brought_up_to_date(engine, discord):
    """P63"""
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    discord.state.faults.append(faults.stored_but_cut())
    presenter.publish()
    revise(engine, publication_id, "radar")
    presenter.clock_offset = A_DAY
    presenter.publish()
    assert_said_once(engine, discord, publication_id)
    assert discord.state.shown_messages()[0]["embeds"][0]["title"].endswith("radar")


def test_a_repeated_nonce_answered_with_the_first_message_is_brought_up_to_date(engine, discord):
    """P63: the history may lag behind; the nonce does not."""
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    discord.state.faults.append(faults.stored_but_cut())
    presenter.publish()
    revise(engine, publication_id, "radar")
    (left_behind,) = discord.state.messages.values()
    left_behind["embeds"][0]["footer"]["text"] = "not to be found by its mark"
    presenter.clock_offset = A_DAY
    presenter.publish()
    assert_said_once(engine, discord, publication_id)
    assert discord.state.shown_messages()[0]["embeds"][0]["title"].endswith("radar")


@pytest.mark.parametrize("chatter", [(1100, 0), (0, 1100)], ids=["before", "after"])
def test_a_message_is_found_among_any_number_of_others(engine, discord, chatter):
    """P63: a busy channel, and a presenter that was away for long."""
    before, after = chatter
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    talk(discord, before)
    discord.state.faults.append(faults.stored_but_cut())
    presenter.publish()
    talk(discord, after)
    discord.state.forget_nonces()
    presenter.clock_offset = A_DAY
    presenter.publish()
    (posted,) = (message for message in discord.state.shown_messages() if message["embeds"])
    assert publication(engine, publication_id).message_ids == (posted["id"],)


def test_somebody_elses_message_is_never_taken_for_ours(engine, discord):
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    discord.state.faults.append(faults.stored_but_cut())
    presenter.publish()
    (forged,) = discord.state.messages.values()
    forged["author"] = {**forged["author"], "id": "42"}
    discord.state.forget_nonces()
    presenter.clock_offset = A_DAY
    presenter.publish()
    assert publication(engine, publication_id).message_ids != (forged["id"],)


def test_a_delivery_cut_short_in_a_global_rate_limit_does_not_stop_the_next(engine, discord):
    first = add_publication(engine)
    second = add_publication(engine, start=1_770_160_000)
    discord.state.faults.append(faults.rate_limited(20, faults.Scope.GLOBAL))
    Presenter(engine, discord, delivery_seconds=1.0).publish(times=2)
    assert publication(engine, first).error_code == "timeout"
    assert publication(engine, second).status == PublicationStatus.SENT


@pytest.mark.parametrize(
    ("fault", "error_code"),
    [(faults.missing_permissions(), "missing_permissions"), (faults.missing_access(), "missing_access")],
)
def test_a_channel_closed_to_us_is_asked_again_after_a_long_while(engine, discord, fault, error_code):
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    discord.state.faults.append(fault)
    assert presenter.publish(times=2) == [True, False]
    assert_waiting(engine, publication_id, error_code, LONGEST_DELAY)
    presenter.clock_offset = timedelta(minutes=11)
    presenter.publish()
    assert_said_once(engine, discord, publication_id)


def test_a_channel_that_is_gone_makes_a_visible_failure_and_in_the_end_a_dead_publication(engine, discord):
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    discord.state.channels.discard(CHANNEL_ID)
    presenter.publish()
    assert_waiting(engine, publication_id, "unknown_channel", LONGEST_DELAY)
    for _ in range(9):
        presenter.clock_offset += timedelta(minutes=11)
        presenter.publish()
    row = publication(engine, publication_id)
    assert (row.status, row.attempts, row.error_code) == (PublicationStatus.DEAD, 10, "history_unknown_channel")


def test_a_message_discord_refuses_is_dead_at_once(engine, discord):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.Fault("POST", status=400, code=50035, message="Invalid Form Body"))
    Presenter(engine, discord).publish()
    row = publication(engine, publication_id)
    assert (row.status, row.error_code) == (PublicationStatus.DEAD, "discord_400_50035")


def test_a_token_that_stops_working_stops_the_claiming_and_costs_no_attempt(engine, discord):
    publication_id = add_publication(engine)
    add_publication(engine, start=1_770_160_000)
    discord.state.faults.append(faults.unauthorized())
    presenter = Presenter(engine, discord)
    assert presenter.publish(times=3) == [True, False, False]
    row = publication(engine, publication_id)
    assert (row.status, row.error_code) == (PublicationStatus.PENDING, "token_refused")
    presenter.publish()
    assert_said_once(engine, discord, publication_id)


def test_a_service_that_is_down_at_the_start_is_tried_again(engine, discord):
    publication_id = add_publication(engine)
    discord.state.faults.append(faults.Fault("GET", "/users/@me", status=503))
    Presenter(engine, discord).publish()
    assert_said_once(engine, discord, publication_id)


def test_a_round_that_is_no_more_ends_its_publication(engine, discord):
    publication_id = add_publication(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE publications SET subject = '999999'"))
    Presenter(engine, discord).publish()
    row = publication(engine, publication_id)
    assert (row.status, row.error_code) == (PublicationStatus.DEAD, "unknown_round")
