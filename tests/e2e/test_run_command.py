import os
import signal
import socket
import subprocess
import time

import psycopg
import pytest

from shared.ops.borrowed_postgres import throwaway_postgres
from shared.ops.child_process import processes_in
from shared.ops.data_folder import FolderLock
from tests.e2e.service_process import CHECKOUT, IS_UP, ServiceProcess
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN


def what_it_says_when_it_refuses(data, **settings):
    """The lines of a run that must fail by itself, with a status other than 0 and without a traceback."""
    with ServiceProcess(data, **settings) as service:
        assert service.status() == 2
    assert not [line for line in service.lines if "Traceback" in line]
    return service.lines


def ask(data, question):
    with psycopg.connect((data / "postgres-url").read_text().strip()) as connection:
        return connection.execute(question).fetchone()[0]


def wait_until(condition, seconds=60):
    patience_ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience_ends
        time.sleep(0.1)


def post_the_example(service):
    """What the ready-made command answers: the HTTP status."""
    line = next(line for line in service.lines if line.startswith("  post"))
    command = line.split(maxsplit=1)[1].replace("curl ", "curl -o /dev/null -w '%{http_code}' ", 1)
    return subprocess.run(["bash", "-c", command], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout


def test_a_taken_port_is_one_sentence(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert what_it_says_when_it_refuses(data, ROUNDWIRE_PORT=str(port)) == [
            f"roundwire: Port {port} is taken by another program; choose one by ROUNDWIRE_PORT."
        ]


def test_a_data_folder_in_use_is_one_sentence_that_names_its_user(data):
    data.mkdir()
    lock = FolderLock(data)

    assert what_it_says_when_it_refuses(data) == [
        f"roundwire: The data folder {data} is in use by process {os.getpid()}."
    ]

    lock.release()


def test_a_data_folder_that_cannot_be_written_is_one_sentence(data):
    data.write_text("a file is in the way")

    assert what_it_says_when_it_refuses(data / "inside") == [
        f"roundwire: The data folder {data}/inside cannot be made: Not a directory."
    ]


def test_a_database_that_turns_us_away_is_one_sentence_without_its_password(data):
    with throwaway_postgres() as postgres:
        wrong = postgres.url.replace("://roundwire:", "://roundwire:secret")
        [line] = what_it_says_when_it_refuses(data, DATABASE_URL=wrong)

    assert line.startswith("roundwire: The database cannot be used: connection failed:")
    assert "password authentication failed" in line
    assert "secret" not in line


def test_a_database_of_ones_own_that_is_away_is_waited_for(data):
    with throwaway_postgres() as postgres:
        postgres.quit()
        wait_until(lambda: not postgres.is_running())
        with ServiceProcess(data, DATABASE_URL=postgres.url) as service:
            told = service.wait_for_line("It is waited for; what comes meanwhile is kept in the spool.")
            assert told.startswith("supervisor  The database cannot be used: connection ")
            postgres.restart()
            service.wait_for_line(IS_UP)
            wait_until(lambda: any("worker_started" in line for line in service.lines))


def test_a_setting_out_of_range_is_one_sentence_that_names_it(data):
    [line] = what_it_says_when_it_refuses(data, ROUNDWIRE_PORT="70000")

    assert line == "roundwire: ROUNDWIRE_PORT: Input should be less than or equal to 65535."


def test_a_wrong_discord_token_stops_everything_with_one_sentence(data):
    with FakeDiscord() as discord:
        lines = what_it_says_when_it_refuses(
            data, DISCORD_TOKEN="wrong", DISCORD_CHANNEL_ID=str(CHANNEL_ID), DISCORD_API_BASE=discord.api_base
        )

    assert lines[-1].startswith("roundwire: Discord refuses DISCORD_TOKEN: ")
    assert processes_in(data / "postgres", "postgres") == []


def test_the_ready_made_command_posts_a_round(data):
    with ServiceProcess(data, DEMO="1") as service:
        service.wait_for_line("  stop")

        assert post_the_example(service) == "201"


def test_an_empty_folder_comes_up_with_a_demo_match_in_the_preview(data):
    with ServiceProcess(data, DEMO="1") as service:
        service.wait_for_line(IS_UP)

        wait_until(lambda: ask(data, "SELECT count(*) FROM publications WHERE status = 'sent'") == 2)

        assert ask(data, "SELECT array_agg(round_number ORDER BY id) FROM rounds WHERE server_id = 'demo'") == [1, 2]
        assert service.end() == 0


def test_without_the_demo_nothing_is_played_and_no_server_is_registered(data):
    with ServiceProcess(data) as service:
        service.wait_for_line("  stop")

        assert ask(data, "SELECT count(*) FROM servers") == 0
        assert not (data / "demo-token").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_is_success_and_leaves_no_process_behind(data, number):
    with ServiceProcess(data) as service:
        service.wait_for_line(IS_UP)

        assert service.end(number) == 0

    assert processes_in(data / "postgres", "postgres") == []
    assert service.lines[-1] == f"Stopped; the data stays in {data}."


def test_a_second_start_on_the_same_folder_shows_the_rounds_of_the_first_and_plays_no_demo_again(data):
    with ServiceProcess(data, DEMO="1") as service:
        service.wait_for_line(IS_UP)
        wait_until(lambda: ask(data, "SELECT count(*) FROM rounds") == 2)
        service.end()

    with ServiceProcess(data, DEMO="1") as service:
        service.wait_for_line("  stop")

        assert ask(data, "SELECT count(*) FROM rounds") == 2
        assert service.end() == 0

    assert not [line for line in service.lines if line.startswith("demo")]


def test_a_killed_postgres_is_started_again_and_takes_the_next_round(data):
    with ServiceProcess(data, DEMO="1") as service:
        service.wait_for_line("  stop")
        postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        service.wait_for_line("postgres ended; it is started again")

        wait_until(lambda: post_the_example(service) in {"200", "201"})


def test_a_real_token_is_said_to_go_to_discord(data):
    with FakeDiscord() as discord:
        settings = {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_CHANNEL_ID": str(CHANNEL_ID),
            "DISCORD_API_BASE": discord.api_base,
        }
        with ServiceProcess(data, **settings) as service:
            assert service.wait_for_line("  cards") == "  cards    Discord"
