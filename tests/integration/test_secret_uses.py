"""When each secret was last used: what lets an operator see that the old one is not needed any more."""

import json
from datetime import timedelta

from ingest_api.services.secret_uses import UsedSecrets
from ingest_api.services.servers import rotate_token, set_webhook
from shared.db.secret_uses import SecretUses, signing_hash
from shared.db.servers import token_hash
from tests.factories import a_report, a_second_report, as_body
from tests.integration.ingesting import NOON, opened_door
from tests.integration.outage import cut_off, let_in
from tests.integration.signing import headers_of, secret_for

WEBHOOK = "https://chat.example/api/webhooks/1234567890/theTokenOfThisWebhook"
MESSAGE = b'{"content": "live ping"}'


def used(run):
    """Kind and whether it was used, of each valid secret."""
    return [(one["kind"], one["last_used_at"] is not None) for one in json.loads(run("server", "secrets", "--json")[1])]


def held(engine):
    with engine.connect() as connection:
        return {one.digits: one.last_used_at for one in SecretUses(connection).held()}


def test_the_new_token_is_told_from_the_one_before(engine, database_url, run):
    with opened_door(engine, database_url) as door:
        with engine.begin() as connection:
            rotate_token(connection, "srv1")
        door.post(a_report())
    assert used(run) == [("token", False), ("token", True)]


def test_every_kind_of_secret_tells_it(engine, database_url, run):
    with opened_door(engine, database_url) as door:
        with engine.begin() as connection:
            set_webhook(connection, "srv1", WEBHOOK)
        secret, body = secret_for(door), as_body(a_second_report())
        door.client.post("/api/webhooks/1234567890/theTokenOfThisWebhook", content=MESSAGE)
        door.client.post("/v1/rounds", content=body, headers=headers_of(secret, body))
    assert used(run) == [("token", False), ("webhook", True), ("signature", True)]


def test_a_wrong_token_is_nobodys_use(engine, database_url, run):
    with opened_door(engine, database_url) as door:
        door.post(a_report(), token="rw_nobody")
    assert used(run) == [("token", False)]


def test_what_is_shown_is_no_secret(engine, database_url, run):
    with opened_door(engine, database_url) as door:
        secret = secret_for(door)
        said = "".join(run("server", "secrets")[1:])
    assert "signature" in said
    assert [one for one in (door.token, secret, token_hash(door.token), token_hash(secret)) if one in said] == []


def test_a_use_never_gets_older(engine, database_url):
    with opened_door(engine, database_url) as door:
        for later in (timedelta(minutes=1), timedelta()):
            with engine.begin() as connection:
                SecretUses(connection).note({token_hash(door.token): NOON + later})
        assert held(engine) == {token_hash(door.token)[:8]: NOON + timedelta(minutes=1)}


def test_what_was_revoked_meanwhile_is_not_noted(engine, database_url, run):
    with opened_door(engine, database_url) as door:
        secret = secret_for(door)
        run("server", "revoke", "srv1")
        with engine.begin() as connection:
            SecretUses(connection).note({token_hash(door.token): NOON, signing_hash(secret): NOON})
        assert door.count("secret_uses") == 0


def test_what_cannot_be_written_now_waits(engine, database_url, postgres_url):
    with opened_door(engine, database_url) as door:
        memory = UsedSecrets()
        memory.note(token_hash(door.token), NOON)
        cut_off(postgres_url, engine)
        memory.write(engine, NOON)
        let_in(postgres_url, engine)
        memory.write(engine, NOON, is_due=True)
        assert held(engine) == {token_hash(door.token)[:8]: NOON}
