"""A signature is of these bytes, by this secret and of these minutes, or it is none. The package `standardwebhooks` signs."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from shared.domain.webhook_signature import Signature, SigningSecret, secret_of, signer

NOW = datetime(2026, 2, 4, 12, tzinfo=UTC)
OURS = SigningSecret("alpha", secret_of(bytes(range(32))))
OTHERS = SigningSecret("beta", secret_of(b"\xff" * 32))
BODY = b'{"schema": "round_report", "name": "\xc3\xa9"}'


def signed(body=BODY, *, secret=OURS, message_id="msg_1", at=NOW, **changed):
    """The three headers as another implementation writes them."""
    signatures = Webhook(secret.secret).sign(message_id, at, body.decode())
    return Signature(
        **{"message_id": message_id, "timestamp": str(int(at.timestamp())), "signatures": signatures} | changed
    )


def signed_bytes(body, message_id="msg_1"):
    """The same for bytes that are no UTF-8, which that implementation cannot sign."""
    timestamp = str(int(NOW.timestamp()))
    made = hmac.new(bytes(range(32)), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return Signature(message_id, timestamp, f"v1,{base64.b64encode(made).decode()}")


def is_signed(signature, body=BODY, secrets=(OTHERS, OURS), now=NOW):
    return signer(signature, body, secrets, now) is OURS


def test_what_another_implementation_signs_is_signed():
    assert is_signed(signed())


def test_it_is_known_by_which_secret():
    assert signer(signed(secret=OTHERS), BODY, (OURS, OTHERS), NOW) is OTHERS


@pytest.mark.parametrize("body", [b"", b"\x1f\x8b\x08\x00\xff\xfe", b"caf\xe9", bytes(range(256))])
def test_any_bytes_can_be_signed(body):
    assert is_signed(signed_bytes(body), body)


def test_both_know_the_same_secret_without_padding_too():
    assert is_signed(signed(secret=SigningSecret("alpha", OURS.secret.rstrip("="))))


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_five_minutes_either_way_are_allowed(seconds):
    assert is_signed(signed(at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_what_is_older_or_younger_is_not_believed(seconds):
    assert not is_signed(signed(at=NOW + timedelta(seconds=seconds)))


def test_several_signatures_may_be_offered_one_of_which_holds():
    several = f"v1,{'A' * 43}= v1a,nonsense v2,abc {signed().signatures}"
    assert is_signed(signed(signatures=several))


def test_while_secrets_are_rotated_a_sender_may_sign_by_both():
    both = f"{signed(secret=OTHERS).signatures} {signed().signatures}"
    assert is_signed(signed(signatures=both), secrets=(OURS,))


@pytest.mark.parametrize(
    "changed",
    [
        {"message_id": "msg_2"},
        {"message_id": ""},
        {"message_id": "m" * 257},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "1770206400.0"},
        {"timestamp": "-1770206400"},
        {"timestamp": "\u0661\u0667"},
        {"timestamp": "9" * 400},
        {"timestamp": f"{int(NOW.timestamp()) + 1}"},
        {"signatures": ""},
        {"signatures": "v1"},
        {"signatures": "v1,"},
        {"signatures": "v1,\xff\xff"},
        {"signatures": f"v1,{base64.b64encode(b'x' * 32).decode()}"},
        {"signatures": "v1, " * 5_000},
    ],
)
def test_what_was_changed_on_the_way_is_not_signed(changed):
    assert not is_signed(replace(signed(), **changed))


def test_a_signature_of_another_version_is_none():
    assert not is_signed(signed(signatures=signed().signatures.replace("v1,", "v1a,")))


def test_a_changed_body_is_not_signed():
    assert not is_signed(signed(), BODY + b" ")


def test_by_a_secret_that_is_not_held_any_more_nothing_is_signed():
    assert not is_signed(signed(), secrets=(OTHERS,))
    assert not is_signed(signed(), secrets=())


def test_a_part_of_the_body_cannot_be_moved_into_the_id():
    """Of `a`, `1770206400` and `…` the same bytes are signed as of `a.1770206400` and another time and body."""
    at = int(NOW.timestamp())
    whole = signed_bytes(f"{at}.file".encode(), "a")
    moved = Signature(f"a.{at}", str(at), whole.signatures)
    assert not is_signed(moved, b"file")


def test_a_secret_does_not_show_itself():
    assert OURS.secret not in repr(OURS)


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=120), st.binary(max_size=40))
def test_nothing_that_strangers_write_breaks_it(message_id, timestamp, signatures, body):
    as_http = [one.encode("utf-8", "surrogatepass").decode("latin-1") for one in (message_id, timestamp, signatures)]
    assert signer(Signature(*as_http), body, (OURS,), NOW) is None
