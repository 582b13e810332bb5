"""Who asks, when proxies stand in between: an address is believed from those only who were named as trusted. Pure."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNIX_SOCKET = "unix"
"""Stands among the trusted proxies for whoever connects through a unix socket."""
_HOUSEHOLD_BITS = 64  # of an IPv6 address: whoever has one has the rest of its network too
_UNKNOWN = "unknown"
_LONGEST_ADDRESS = 80


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Whose word about somebody else's address counts."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    has_unix_socket: bool = False

    def trusts(self, address: Address | None) -> bool:
        """`address` None: a connection through a unix socket."""
        if address is None:
            return self.has_unix_socket
        return any(address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks. `address` None: nobody can tell; `is_this_machine`: a program on this machine, with no proxy in between."""

    address: Address | None
    is_this_machine: bool

    @property
    def household(self) -> str:
        """What limits go by: the address, of an IPv6 one its /64, which is one customer's."""
        if isinstance(self.address, ipaddress.IPv6Address):
            return str(ipaddress.IPv6Network((self.address, _HOUSEHOLD_BITS), strict=False))
        return _UNKNOWN if self.address is None else str(self.address)


def trusted_proxies(named: str) -> TrustedProxies:
    """Addresses, networks and the word `unix`, with commas between them. Raises ValueError, which names what is none."""
    networks, has_unix_socket = [], False
    for name in filter(None, map(str.strip, named.split(","))):
        if name == UNIX_SOCKET:
            has_unix_socket = True
            continue
        try:
            networks.append(ipaddress.ip_network(name))
        except ValueError:
            raise ValueError(
                f"{name!r} is no address, no network such as 10.0.0.0/8, and not `{UNIX_SOCKET}`"
            ) from None
    return TrustedProxies(tuple(networks), has_unix_socket)


def client_of(
    peer: str | None, forwarded_for: Iterable[str], host: str, trusted: TrustedProxies, *, is_forwarded: bool
) -> Client:
    """Who asks. `peer`: whose connection it is, None for a unix socket; `forwarded_for`: the lines of `X-Forwarded-For`, each
    proxy having added who asked it at the end; `host`: the name under which we were asked; `is_forwarded`: any header says
    that a proxy was in between.

    Who is asked for by a name that is not this machine's own is not taken for somebody on it: such a name may have been made
    to lead here, for a page open in a browser.
    """
    address = None if peer is None else parsed(peer)
    is_local = address is not None and address.is_loopback and not is_forwarded and _is_own_name(host)
    is_from_trusted = trusted.trusts(address) if peer is None or address is not None else False
    return Client(_farthest_believed(address, forwarded_for, trusted) if is_from_trusted else address, is_local)


def parsed(text: str) -> Address | None:
    """An address in any of the ways in which proxies write one, with a port or without; None when it is none.

    An IPv4 address in the dress of an IPv6 one is what it is.
    """
    return _parsed(text) if len(text) <= _LONGEST_ADDRESS else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Address | None:
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped


def _farthest_believed(peer: Address | None, forwarded_for: Iterable[str], trusted: TrustedProxies) -> Address | None:
    """From the nearest hop on, as long as whoever told of the next one is trusted."""
    believed = peer
    for hop in reversed(",".join(forwarded_for).split(",")):
        told = parsed(hop)
        if told is None:
            break
        believed = told
        if not trusted.trusts(told):
            break
    return believed


def _is_own_name(host: str) -> bool:
    name = host.strip().lower()
    if name.partition(":")[0] == "localhost":
        return True
    address = parsed(name)
    return address is not None and address.is_loopback
