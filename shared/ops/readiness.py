"""How a process says that it is ready to whoever started it: in systemd's words, so that systemd understands them too."""

import contextlib
import socket
import struct
from collections.abc import Mapping

_ADDRESS = "NOTIFY_SOCKET"
_READY = b"READY=1"
_CREDENTIALS = struct.Struct("3i")  # process, user and group, as the kernel vouches for them
_LARGEST_MESSAGE_BYTES = 4096


def tell_ready(environment: Mapping[str, str]) -> None:
    """Say it, if anybody asked to be told."""
    address = environment.get(_ADDRESS, "")
    if not address.startswith(("/", "@")):
        return
    with (
        contextlib.suppress(OSError),  # whoever asked is gone
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as teller,
    ):
        teller.sendto(_READY, "\0" + address[1:] if address.startswith("@") else address)


class ReadyEar:
    """Listens for the word of one process. It has no place in the file system."""

    def __init__(self) -> None:
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        self._socket = socket.socket(socket.AF_UNIX, kind)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind("")  # the kernel finds a name
        self.environment = {_ADDRESS: "@" + self._socket.getsockname()[1:].decode("ascii")}

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def hears(self, process_id: int) -> bool:
        """Has this process said so by now? What others say is not heard."""
        while True:
            try:
                words, ancillary, _, _ = self._socket.recvmsg(
                    _LARGEST_MESSAGE_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size)
                )
            except BlockingIOError:
                return False
            said_by = [_CREDENTIALS.unpack(data)[0] for _, kind, data in ancillary if kind == socket.SCM_CREDENTIALS]
            if said_by == [process_id] and _READY in words.splitlines():
                return True

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
