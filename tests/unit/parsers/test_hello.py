import json

import pytest

from shared.domain.errors import NotAHandshake, NotJson
from shared.parsers.hello import read

FULL = {
    "server_id": "srv1",
    "instance": "27960",
    "boot_id": "b1",
    "sender_version": "1.0.0",
    "lua_kind": "Lua 5.4",
    "config_problems": ["no token"],
    "spool": {"files": 2, "bytes": 4096},
}


def a_hello(**changes):
    return json.dumps(FULL | changes).encode()


def test_a_handshake_is_read_in_full():
    greeting = read(a_hello())
    assert (greeting.claimed_server_id, greeting.instance, greeting.boot_id) == ("srv1", "27960", "b1")
    assert (greeting.sender_version, greeting.lua_kind) == ("1.0.0", "Lua 5.4")
    assert (greeting.config_problems, greeting.spool) == (("no token",), {"files": 2, "bytes": 4096})


def test_who_speaks_is_all_that_must_be_said():
    greeting = read(b'{"instance": "27960"}')
    assert (greeting.boot_id, greeting.config_problems, greeting.spool) == (None, None, None)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'"x"', b"null", b'{"instance": ""}', b'{"instance": 27960}'])
def test_who_does_not_say_who_it_is_is_refused(body):
    with pytest.raises(NotAHandshake):
        read(body)


def test_what_is_not_json_is_refused():
    with pytest.raises(NotJson):
        read(b"hello")


def test_an_empty_lua_table_means_no_problems():
    assert read(a_hello(config_problems={})).config_problems == ()


@pytest.mark.parametrize("spool", [{"files": -1}, {"files": "2"}, {"files": True}, {"files": 1e3}, {"files": 2**60}])
def test_a_count_that_cannot_be_one_is_unknown(spool):
    assert read(a_hello(spool=spool)).spool == {}


def test_unknown_keys_and_wrong_types_cost_only_themselves():
    greeting = read(a_hello(weather="fog", boot_id=7, config_problems="none"))
    assert (greeting.instance, greeting.boot_id, greeting.config_problems) == ("27960", None, None)


def test_text_is_bounded_and_can_be_stored():
    greeting = read(a_hello(boot_id="x" * 5_000, config_problems=["a\0b"] * 500))
    assert len(greeting.boot_id) == 256
    assert len(greeting.config_problems) == 50
    assert "\0" not in greeting.config_problems[0]
