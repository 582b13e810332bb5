"""The stand-in keeps Discord's documented promises, so that what passes here passes there."""

import httpx
import pytest

from tests.fakes.discord_api import faults
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN, State

MESSAGES = f"/v10/channels/{CHANNEL_ID}/messages"
NOBODY = {"allowed_mentions": {"parse": []}}


@pytest.fixture
def discord():
    with FakeDiscord(State(bucket_limit=50)) as running:
        yield running


@pytest.fixture
def client(discord):
    headers = {"Authorization": f"Bot {TOKEN}"}
    with httpx.Client(base_url=discord.api_base, headers=headers) as opened:
        yield opened


def an_embed(**parts):
    return {"title": "title", **parts}


def post(client, **payload):
    return client.post(MESSAGES, json={"content": "hello", **NOBODY, **payload})


def test_a_request_without_the_bots_token_is_401(client):
    assert client.get("/v10/users/@me", headers={"Authorization": "Bot wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({"content": "x" * 2001}, ["content"]),
        ({"nonce": "x" * 26}, ["nonce"]),
        ({"embeds": [an_embed()] * 11}, ["embeds"]),
        ({"embeds": [an_embed(title="x" * 257)]}, ["embeds", "0", "title"]),
        ({"embeds": [an_embed(description="x" * 4097)]}, ["embeds", "0", "description"]),
        ({"embeds": [an_embed(footer={"text": "x" * 2049})]}, ["embeds", "0", "footer", "text"]),
        ({"embeds": [an_embed(author={"name": "x" * 257})]}, ["embeds", "0", "author", "name"]),
        ({"embeds": [an_embed(color=0x1000000)]}, ["embeds", "0", "color"]),
        ({"embeds": [an_embed(fields=[{"name": "n", "value": "v"}] * 26)]}, ["embeds", "0", "fields"]),
        ({"embeds": [an_embed(fields=[{"name": "n" * 257, "value": "v"}])]}, ["embeds", "0", "fields", "0", "name"]),
        ({"embeds": [an_embed(fields=[{"name": "n", "value": "v" * 1025}])]}, ["embeds", "0", "fields", "0", "value"]),
        ({"embeds": [an_embed(fields=[{"name": "n", "value": " "}])]}, ["embeds", "0", "fields", "0", "value"]),
        ({"embeds": [an_embed(description="x" * 3000)] * 2}, ["embeds"]),
        ({"components": [{"type": 1, "components": []}] * 6}, ["components"]),
        ({"components": [{"type": 1, "components": [{}] * 6}]}, ["components", "0", "components"]),
        ({"allowed_mention": {}}, ["allowed_mention"]),
    ],
)
def test_a_message_beyond_a_limit_is_refused_with_the_place_of_the_fault(client, payload, path):
    answer = post(client, **payload)
    assert (answer.status_code, answer.json()["code"]) == (400, 50035)
    node = answer.json()["errors"]
    for step in path:
        node = node[step]
    assert node["_errors"][0]["code"]


def test_a_message_at_every_limit_is_taken(client):
    fields = [{"name": "n", "value": "v"}] * 25
    embed = an_embed(title="x" * 256, description="x" * 4096, fields=fields, footer={"text": "x" * 1598})
    assert post(client, content="x" * 2000, nonce="x" * 25, embeds=[embed]).status_code == 200


def test_an_enforced_nonce_is_answered_with_the_first_message(client, discord):
    first = post(client, nonce="n-1", enforce_nonce=True).json()
    second = post(client, nonce="n-1", enforce_nonce=True, content="another").json()
    assert (second["id"], second["content"]) == (first["id"], "hello")
    assert len(discord.state.shown_messages()) == 1


def test_a_nonce_that_is_not_enforced_stops_nothing(client, discord):
    post(client, nonce="n-1")
    post(client, nonce="n-1")
    assert len(discord.state.shown_messages()) == 2


def test_the_history_tells_no_nonces_and_goes_both_ways(client):
    ids = [post(client, nonce=f"n-{number}").json()["id"] for number in range(5)]
    newest = client.get(MESSAGES, params={"limit": 2}).json()
    before = client.get(MESSAGES, params={"limit": 2, "before": ids[2]}).json()
    after = client.get(MESSAGES, params={"limit": 2, "after": ids[1]}).json()
    assert [message["id"] for message in newest] == [ids[4], ids[3]]
    assert [message["id"] for message in before] == [ids[1], ids[0]]
    assert [message["id"] for message in after] == [ids[3], ids[2]]
    assert "nonce" not in newest[0]


def test_more_history_than_a_hundred_messages_at_once_is_refused(client):
    assert client.get(MESSAGES, params={"limit": 101}).status_code == 400


def test_an_unknown_channel_and_an_unknown_message_are_told_apart(client):
    assert client.get("/v10/channels/1/messages").json()["code"] == 10003
    assert client.patch(f"{MESSAGES}/1", json=NOBODY).json()["code"] == 10008


def test_each_answer_carries_its_bucket_and_the_one_too_many_a_429():
    with FakeDiscord(State(bucket_limit=1, bucket_window_seconds=60)) as discord:
        headers = {"Authorization": f"Bot {TOKEN}"}
        with httpx.Client(base_url=discord.api_base, headers=headers) as client:
            first, second = post(client), post(client)
    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("1", "0")
    assert second.status_code == 429
    assert 59 < second.json()["retry_after"] <= 60
    assert second.headers["X-RateLimit-Scope"] == "user"


def test_a_scripted_fault_is_used_up_by_the_request_it_fits(client, discord):
    discord.state.faults.append(faults.rate_limited(7, faults.Scope.GLOBAL))
    assert client.get(MESSAGES).status_code == 200
    refused = post(client)
    assert (refused.status_code, refused.json()["global"], refused.headers["Retry-After"]) == (429, True, "7")
    assert post(client).status_code == 200


def test_a_cut_connection_may_have_stored_the_message(client, discord):
    discord.state.faults.append(faults.stored_but_cut())
    with pytest.raises(httpx.RemoteProtocolError):
        post(client)
    assert len(discord.state.shown_messages()) == 1


def test_what_was_posted_can_be_read_from_outside_with_its_time(client, discord):
    post(client)
    (entry,) = client.get(f"http://127.0.0.1:{discord.port}/_messages").json()
    assert entry["action"] == "post"
    assert entry["received_at_unix"] > 1_700_000_000
