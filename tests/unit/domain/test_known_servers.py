"""What is remembered of who may speak comes back as it was, and is understood by the version before and after."""

import json
from datetime import UTC, datetime

import pytest

from shared.domain.known_servers import KnownServer, KnownServers, decode, encode
from shared.domain.webhook_signature import SigningSecret

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
ALPHA = KnownServer("alpha", "UTC", None, ("aa", "webhook:bb"), ("whsec_new", "whsec_old"))
BETA = KnownServer("beta", "Europe/Paris", "123", ())
KNOWN = KnownServers(NOON, (ALPHA, BETA))


def test_it_comes_back_as_it_was():
    assert decode(encode(KNOWN)) == KNOWN


def test_a_version_that_knows_of_no_signatures_finds_the_servers_as_it_wrote_them():
    told = json.loads(encode(KNOWN))
    assert told["format"] == 1
    assert [set(one) for one in told["servers"]] == [{"server_id", "time_zone", "webhook_id", "secret_hashes"}] * 2


def test_what_that_version_wrote_is_understood():
    told = json.loads(encode(KNOWN))
    del told["signing_secrets"]
    known = decode(json.dumps(told))
    assert known is not None
    assert known.by_id("alpha") == KnownServer("alpha", "UTC", None, ("aa", "webhook:bb"))


def test_signing_secrets_are_told_with_whose_they_are():
    assert KNOWN.signing_secrets() == [SigningSecret("alpha", "whsec_new"), SigningSecret("alpha", "whsec_old")]


def test_they_do_not_show_themselves():
    assert "whsec_" not in f"{KNOWN!r} {KNOWN.signing_secrets()!r}"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"format": 2}',
        encode(KNOWN).replace('"signing_secrets": {', '"signing_secrets": [{').replace("}, ", "}], ", 1),
        encode(KNOWN).replace("alpha", "", 1)[:80],
        encode(KNOWN).replace("+00:00", ""),
    ],
)
def test_what_is_damaged_says_nothing(written):
    assert decode(written) is None
