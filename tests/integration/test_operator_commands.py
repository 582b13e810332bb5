"""The operators' commands on a real database: what they do, what they print, and how they end."""

import io
import json
import subprocess
import sys

import pytest
from sqlalchemy import text

from shared.db.servers import Servers
from tests.factories import a_report, a_second_report
from tests.integration.ingesting import opened_door
from tests.integration.publishing import Presenter, add_publication, publication

OK, FOUND, FAILED = 0, 1, 2


def whose(engine, token):
    with engine.connect() as connection:
        return Servers(connection).by_token(token)


def put(engine, publication_id, status):
    with engine.begin() as connection:
        statement = text("UPDATE publications SET status = :status WHERE id = :id")
        connection.execute(statement, {"status": status, "id": publication_id})


def last_line(out):
    return out.splitlines()[-1]


# ----- servers --------------------------------------------------------------------------------------------------------


def test_a_new_servers_token_stands_alone_on_the_last_line(run, engine):
    status, out, _ = run("server", "add", "Alpha")
    assert status == OK
    assert whose(engine, last_line(out)) == "alpha"


def test_a_new_servers_token_is_told_as_json(run, engine):
    _, out, _ = run("server", "add", "Alpha", "--json")
    told = json.loads(out)
    assert (told["server_id"], whose(engine, told["token"])) == ("alpha", "alpha")


def test_a_servers_time_zone_is_kept(run):
    run("server", "add", "alpha", "--time-zone", "Europe/Paris")
    _, out, _ = run("server", "list", "--json")
    assert [(one["server_id"], one["time_zone"]) for one in json.loads(out)] == [("alpha", "Europe/Paris")]


@pytest.mark.parametrize("words", [["alpha"], ["ALPHA "], ["no good"], ["beta", "--time-zone", "Mars"]])
def test_what_cannot_be_registered_is_one_sentence(run, words):
    run("server", "add", "alpha")
    status, out, err = run("server", "add", *words)
    assert (status, out, err.count("\n")) == (FAILED, "", 1)


def test_after_rotation_both_tokens_are_valid(run, engine):
    first = last_line(run("server", "add", "alpha")[1])
    second = last_line(run("server", "rotate", "alpha")[1])
    assert (whose(engine, first), whose(engine, second)) == ("alpha", "alpha")


def test_after_revocation_no_token_is_valid(run, engine):
    token = last_line(run("server", "add", "alpha")[1])
    assert run("server", "revoke", "alpha")[0] == OK
    assert whose(engine, token) is None


@pytest.mark.parametrize("step", ["rotate", "revoke", "check"])
def test_an_unknown_server_is_one_sentence(run, step):
    status, _, err = run("server", step, "nobody")
    assert (status, err) == (FAILED, "roundwire: there is no server named nobody.\n")


def test_a_server_that_never_spoke_is_a_finding(run):
    run("server", "add", "alpha")
    status, out, _ = run("server", "check", "alpha")
    assert (status, "nothing has ever arrived" in out) == (FOUND, True)


def test_a_server_whose_reporter_said_hello_is_fine(run, engine, database_url):
    with opened_door(engine, database_url) as door:
        greeting = {"instance": "27960", "sender_version": "1.0", "config_problems": []}
        door.client.post("/v1/hello", json=greeting, headers={"Authorization": f"Bearer {door.token}"})
        status, out, _ = run("server", "check", "srv1")
    assert (status, "reporter 27960, version 1.0" in out) == (OK, True)


def test_what_a_reporter_complains_of_is_a_finding(run, engine, database_url):
    with opened_door(engine, database_url) as door:
        greeting = {"instance": "27960", "config_problems": ["no such folder"], "spool": {"files": 3}}
        door.client.post("/v1/hello", json=greeting, headers={"Authorization": f"Bearer {door.token}"})
        status, out, _ = run("server", "check", "--json")
    (check,) = json.loads(out)
    assert status == FOUND
    assert [trouble.split(" ", 2)[2] for trouble in check["troubles"]] == [
        "complains: no such folder",
        "had 3 unsent reports when it said hello",
    ]


def test_without_any_server_there_is_nothing_to_find(run):
    assert run("server", "check")[:2] == (OK, "No game server is registered.\n")


# ----- publications ---------------------------------------------------------------------------------------------------


def test_publications_are_listed_newest_first(run, engine):
    older, newer = add_publication(engine), add_publication(engine, start=1_770_000_000)
    status, out, _ = run("publications", "list", "--json")
    assert (status, [one["id"] for one in json.loads(out)]) == (OK, [newer, older])


def test_without_a_step_publications_are_listed(run, engine):
    add_publication(engine)
    assert run("publications", "--json")[1] == run("publications", "list", "--json")[1]


def test_publications_are_listed_by_status(run, engine):
    dead, _ = add_publication(engine), add_publication(engine, start=1_770_000_000)
    put(engine, dead, "dead")
    _, out, _ = run("publications", "list", "--status", "dead", "--json")
    assert [one["id"] for one in json.loads(out)] == [dead]


def test_a_dead_publication_is_tried_again(run, engine):
    dead = add_publication(engine)
    put(engine, dead, "dead")
    assert run("publications", "retry", dead)[0] == OK
    assert publication(engine, dead).status == "pending"


def test_a_dropped_publication_is_withdrawn(run, engine):
    unwanted = add_publication(engine)
    assert run("publications", "drop", unwanted)[0] == OK
    assert publication(engine, unwanted).status == "withdrawn"


def test_what_was_said_cannot_be_dropped(run, engine):
    said = add_publication(engine)
    put(engine, said, "sent")
    status, _, err = run("publications", "drop", said, 999)
    assert (status, err.splitlines()) == (
        FAILED,
        [
            f"roundwire: Publication {said} is sent; that cannot be changed now.",
            "roundwire: There is no publication 999.",
        ],
    )


# ----- demo -----------------------------------------------------------------------------------------------------------


def played(door, token):
    """Both rounds of a match, told with a token and shown in the preview."""
    for report in (a_report(), a_second_report()):
        assert door.post(report, token=token).status_code == 201
    door.client.post("/v1/hello", json={"instance": "1"}, headers={"Authorization": f"Bearer {token}"})
    Presenter(door.engine).publish(times=3)


def remaining(door):
    """Rows by table. When a secret was last used is noted some time after its use, and is part of a registration."""
    tables = door.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name: door.count(name) for name in (table["tablename"] for table in tables) if name != "secret_uses"}


def test_the_demo_is_purged_of_everything_but_its_registration(run, door):
    empty = remaining(door)
    token = door.register("demo")
    played(door, token)
    status, out, _ = run("demo", "purge", "--json")
    rows = json.loads(out)["rows"]
    assert status == OK
    assert (rows["rounds"], rows["deliveries"], rows["preview_messages"], rows["reporter_instances"]) == (2, 2, 2, 1)
    assert remaining(door) == empty | {"servers": 2}
    assert whose(door.engine, token) == "demo"


def test_other_servers_keep_everything(run, door):
    played(door, door.token)
    before = remaining(door)
    played(door, door.register("demo"))
    run("demo", "purge")
    assert remaining(door) == before | {"servers": 2}


def test_what_stands_on_discord_is_said(run, door):
    played(door, door.register("demo"))
    door.do("UPDATE publications SET posted_to = 'discord:1'")
    assert "2 messages of it stay on Discord" in run("demo", "purge")[1]


def test_purging_twice_finds_nothing_the_second_time(run, door):
    played(door, door.register("demo"))
    run("demo", "purge")
    rows = json.loads(run("demo", "purge", "--json")[1])["rows"]
    assert set(rows.values()) == {0}


# ----- around ---------------------------------------------------------------------------------------------------------


def test_a_schema_of_another_version_is_one_sentence(run, engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    status, _, err = run("server", "list")
    assert (status, "run `roundwire migrate up`" in err, err.count("\n")) == (FAILED, True, 1)


def test_an_unreachable_database_is_one_sentence(run, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    status, _, err = run("server", "list")
    assert (status, err.startswith("roundwire: The database cannot be used"), err.count("\n")) == (FAILED, True, 1)


def test_health_without_a_service_is_one_sentence(run, monkeypatch):
    monkeypatch.setenv("ROUNDWIRE_PORT", "1")
    status, _, err = run("health")
    assert (status, err) == (FAILED, "roundwire: No service answers at http://127.0.0.1:1; start it with `make run`.\n")


@pytest.mark.parametrize(("trouble", "status"), [(False, OK), (True, FOUND)])
def test_health_ends_as_the_service_is(run, door, monkeypatch, trouble, status):
    if trouble:
        door.post({"schema_version": 1})
    monkeypatch.setenv("ROUNDWIRE_PORT", str(door.client.base_url.port))
    ended, out, _ = run("health", "--json")
    assert (ended, json.loads(out)["database"]) == (status, "ok")


def test_a_command_works_alone_in_an_empty_folder(tmp_path, monkeypatch):
    """No service, no database: it brings its own for as long as it takes, and what it wrote stays."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ROUNDWIRE_DATA", str(tmp_path / "data"))
    command = [sys.executable, "-m", "ingest_api.cli.main", "server"]
    added = subprocess.run([*command, "add", "alpha"], capture_output=True, text=True, check=False)
    listed = subprocess.run([*command, "list", "--json"], capture_output=True, text=True, check=False)
    assert (added.returncode, added.stdout.splitlines()[-1].startswith("rw_")) == (OK, True)
    assert [one["server_id"] for one in json.loads(listed.stdout)] == ["alpha"]


@pytest.mark.parametrize(("reader", "read"), [("head -c 1", "["), ("true", "")])
@pytest.mark.usefixtures("run")
def test_a_reader_that_leaves_early_is_no_error(engine, reader, read):
    for number in range(40):
        add_publication(engine, start=1_770_000_000 + number)
    command = f"{sys.executable} -m ingest_api.cli.main publications --json | {reader}"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == (read, "")


# ----- webhooks -------------------------------------------------------------------------------------------------------

WEBHOOK_TOKEN = "made-up-by-somebody-else"
WEBHOOK_URL = f"https://chat.example/api/webhooks/4711/{WEBHOOK_TOKEN}"


def whose_webhook(engine, name, token):
    with engine.connect() as connection:
        return Servers(connection).by_webhook(name, token)


@pytest.fixture
def paste(monkeypatch):
    """Put a text where a command reads it."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize(
    "url",
    [
        WEBHOOK_URL,
        f" {WEBHOOK_URL}?wait=true\n",
        f"http://chat.example:81/api/v10/webhooks/4711/{WEBHOOK_TOKEN}/",
    ],
)
def test_a_webhook_is_registered_by_the_url_that_a_script_has(run, engine, paste, url):
    run("server", "add", "alpha")
    paste(url)
    status, out, _ = run("server", "webhook", "Alpha", "--json")
    assert (status, json.loads(out)) == (OK, {"server_id": "alpha", "webhook_id": "4711"})
    assert whose_webhook(engine, "4711", WEBHOOK_TOKEN) == "alpha"


def test_only_the_hash_of_a_webhooks_token_is_stored(run, engine, paste):
    """P45"""
    run("server", "add", "alpha")
    paste(WEBHOOK_URL)
    run("server", "webhook", "alpha")
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT servers::text FROM servers")).scalars().all()
    assert WEBHOOK_TOKEN not in repr(stored)


def test_a_webhook_stays_when_tokens_are_rotated_and_counts_as_none(run, engine, paste):
    """P45"""
    first = last_line(run("server", "add", "alpha")[1])
    paste(WEBHOOK_URL)
    run("server", "webhook", "alpha")
    second = last_line(run("server", "rotate", "alpha")[1])
    assert (whose(engine, first), whose(engine, second)) == ("alpha", "alpha")
    third = last_line(run("server", "rotate", "alpha")[1])
    assert [whose(engine, token) for token in (first, second, third)] == [None, "alpha", "alpha"]
    assert whose_webhook(engine, "4711", WEBHOOK_TOKEN) == "alpha"
    (listed,) = json.loads(run("server", "list", "--json")[1])
    assert (listed["token_count"], listed["webhook_id"]) == (2, "4711")


def test_a_second_webhook_takes_the_place_of_the_first(run, engine, paste):
    run("server", "add", "alpha")
    for number in (1, 2):
        paste(f"https://chat.example/api/webhooks/{number}/{WEBHOOK_TOKEN}-{number}")
        run("server", "webhook", "alpha")
    assert whose_webhook(engine, "alpha", f"{WEBHOOK_TOKEN}-1") is None
    assert whose_webhook(engine, "2", f"{WEBHOOK_TOKEN}-2") == "alpha"


def test_revocation_closes_a_webhook_too(run, engine, paste):
    run("server", "add", "alpha")
    paste(WEBHOOK_URL)
    run("server", "webhook", "alpha")
    run("server", "revoke", "alpha")
    assert whose_webhook(engine, "4711", WEBHOOK_TOKEN) is None


@pytest.mark.parametrize(
    ("name", "url", "sentence"),
    [
        (
            "alpha",
            "https://chat.example/hello",
            "this is no webhook URL: it must look like https://HOST/api/webhooks/ID/TOKEN",
        ),
        (
            "alpha",
            "https://chat.example/api/webhooks/1/short",
            "its token is too easily guessed: 16 characters are the least",
        ),
        ("nobody", WEBHOOK_URL, "there is no server named nobody, or its tokens are revoked"),
        ("beta", WEBHOOK_URL, "another server has this webhook already"),
    ],
)
def test_a_webhook_that_cannot_be_registered_is_one_sentence(run, paste, name, url, sentence):
    for server in ("alpha", "beta"):
        run("server", "add", server)
    paste(WEBHOOK_URL)
    run("server", "webhook", "alpha")
    paste(url)
    assert run("server", "webhook", name) == (FAILED, "", f"roundwire: {sentence}.\n")
