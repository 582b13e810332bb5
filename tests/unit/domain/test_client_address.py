"""Who asks, behind proxies or not: an address is believed from those only who were named, and never makes anybody local."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.client_address import TrustedProxies, client_of, parsed, trusted_proxies

NGINX = trusted_proxies("127.0.0.1")
CHAIN = trusted_proxies("127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48")


def asked(peer, *forwarded_for, trusted=NGINX, host="localhost:8080"):
    return client_of(peer, forwarded_for, host, trusted, is_forwarded=bool(forwarded_for))


def address(*arguments, **options):
    return str(asked(*arguments, **options).address)


# ----- whose address ---------------------------------------------------------------------------------------------------


def test_what_a_stranger_says_about_addresses_is_ignored():
    assert address("192.0.2.9", "198.51.100.1") == "192.0.2.9"


def test_without_anybody_trusted_even_a_neighbour_is_not_believed():
    assert address("127.0.0.1", "198.51.100.1", trusted=TrustedProxies()) == "127.0.0.1"


def test_a_trusted_proxy_says_who_asked_it():
    assert address("127.0.0.1", "198.51.100.1") == "198.51.100.1"


def test_what_the_client_itself_put_into_the_header_is_not_believed():
    assert address("127.0.0.1", "203.0.113.66, 198.51.100.1") == "198.51.100.1"


def test_a_chain_is_followed_as_far_as_it_is_trusted():
    assert address("127.0.0.1", "203.0.113.66, 198.51.100.1, 10.1.2.3, 10.0.0.9", trusted=CHAIN) == "198.51.100.1"


def test_several_header_lines_are_one_list():
    assert address("127.0.0.1", "203.0.113.66", "198.51.100.1, 10.0.0.9", trusted=CHAIN) == "198.51.100.1"


def test_when_everybody_is_trusted_it_is_the_farthest():
    assert address("127.0.0.1", "10.0.0.7, 10.0.0.9", trusted=CHAIN) == "10.0.0.7"


@pytest.mark.parametrize("told", ["", "unknown", "_hidden", "evil, ,", "198.51.100.1, nonsense"])
def test_what_is_no_address_ends_the_chain(told):
    assert address("127.0.0.1", told) == "127.0.0.1"


def test_behind_a_unix_socket_a_proxy_is_believed_when_it_was_named():
    assert address(None, "198.51.100.1", trusted=trusted_proxies("unix")) == "198.51.100.1"


def test_a_unix_socket_that_was_not_named_tells_no_address():
    assert asked(None, "198.51.100.1").address is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" 198.51.100.1 ", "198.51.100.1"),
        ("198.51.100.1:4711", "198.51.100.1"),
        ('"[2001:db8::7]:4711"', "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("198.51.100", "None"),
        ("1" * 100_000, "None"),
    ],
)
def test_an_address_is_read_as_proxies_write_it(written, meant):
    assert str(parsed(written)) == meant


@given(st.text(max_size=200), st.text(max_size=50), st.text(max_size=50))
def test_nothing_that_strangers_write_breaks_it_or_makes_them_local(told, peer, host):
    assert asked(peer, told, host=host).is_this_machine is False


# ----- whose household -------------------------------------------------------------------------------------------------


def test_an_ipv6_customer_is_one_household():
    assert asked("2001:db8::1").household == asked("2001:db8::ffff:1").household == "2001:db8::/64"


def test_an_ipv4_address_is_a_household_of_its_own():
    assert asked("192.0.2.9").household == "192.0.2.9"


# ----- is it this machine ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.9.9.9"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_whoever_sits_at_the_machine_is_this_machine(peer, host):
    assert asked(peer, host=host, trusted=TrustedProxies()).is_this_machine


@pytest.mark.parametrize("trusted", [NGINX, TrustedProxies()])
@pytest.mark.parametrize("told", ["198.51.100.1", "127.0.0.1", "::1", "", "localhost"])
def test_whoever_comes_through_a_proxy_is_not(trusted, told):
    assert not asked("127.0.0.1", told, trusted=trusted).is_this_machine


def test_any_sign_of_a_proxy_is_enough():
    assert not client_of("127.0.0.1", (), "localhost", TrustedProxies(), is_forwarded=True).is_this_machine


@pytest.mark.parametrize("host", ["stats.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "192.0.2.1"])
def test_whoever_asks_by_another_name_is_not(host):
    assert not asked("127.0.0.1", host=host).is_this_machine


@pytest.mark.parametrize("peer", ["192.0.2.9", "10.0.0.1", None, "", "testclient"])
def test_whoever_comes_from_elsewhere_is_not(peer):
    assert not asked(peer).is_this_machine


# ----- who is trusted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["nginx", "10.0.0.1/8", "10.0.0.0/33", "*", "127.0.0.1;10.0.0.1"])
def test_what_is_neither_address_nor_network_is_refused(named):
    with pytest.raises(ValueError, match="is no address"):
        trusted_proxies(named)


def test_nobody_is_trusted_unless_named():
    assert trusted_proxies(" , ") == TrustedProxies()
