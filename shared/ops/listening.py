"""The sockets that the service listens on: opened once by whoever outlives the processes behind them, and handed down.

A connection that comes while no process accepts waits in the socket's queue; it is not refused. Systemd's way of handing
down (`LISTEN_FDS`) is understood, and our own supervisor's, which cannot know its child's process id beforehand.
"""

import errno
import os
import socket
from collections.abc import Mapping, Sequence

from shared.ops.errors import StartError

HANDED_DOWN = "ROUNDWIRE_LISTEN_FDS"
_FIRST_OF_SYSTEMD = 3
_BACKLOG = 2048


def open_listeners(host: str, port: int) -> list[socket.socket]:
    """One listening socket for each address of `host`. Raises StartError, which names a taken port."""
    opened: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            opened.append(listener := socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
    except OSError as error:
        close_all(opened)
        if error.errno == errno.EADDRINUSE:
            raise StartError(f"Port {port} is taken by another program; choose one by ROUNDWIRE_PORT.") from error
        raise StartError(f"Nothing can listen on {host} port {port}: {error.strerror}.") from error
    return opened


def close_all(listeners: Sequence[socket.socket]) -> None:
    """Close them here. Whoever was handed them down keeps them open."""
    for listener in listeners:
        listener.close()


def hand_down(listeners: Sequence[socket.socket]) -> dict[str, str]:
    """What a child's environment says about them; the child must be started with their file descriptors."""
    return {HANDED_DOWN: ",".join(str(listener.fileno()) for listener in listeners)}


def inherited_listeners(environment: Mapping[str, str]) -> list[socket.socket]:
    """The listening sockets that this process was started with; none when it was started without.

    Raises StartError when what it was told of is no listening socket.
    """
    try:
        return [_listener(number) for number in _numbers(environment)]
    except (OSError, ValueError) as error:
        raise StartError("What was handed down to listen on is no listening socket.") from error


def _numbers(environment: Mapping[str, str]) -> list[int]:
    if told := environment.get(HANDED_DOWN):
        return [int(number) for number in told.split(",")]
    if environment.get("LISTEN_PID") != str(os.getpid()):  # meant for a parent of ours
        return []
    count = int(environment.get("LISTEN_FDS", "0"))
    return list(range(_FIRST_OF_SYSTEMD, _FIRST_OF_SYSTEMD + count))


def _listener(number: int) -> socket.socket:
    listener = socket.socket(fileno=number)
    if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise ValueError(f"file descriptor {number} does not listen")
    listener.set_inheritable(False)
    return listener
