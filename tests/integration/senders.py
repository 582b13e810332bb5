"""The older senders as they are: real curl with their own flags, and requests byte for byte through a raw socket."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EMPTY_REPLY = 52
_TIMES = ["--connect-timeout", "2", "--max-time", "10", "--retry", "3", "--retry-delay", "1", "--retry-max-time", "15"]


@dataclass(frozen=True)
class Curled:
    """How curl ended, and the code of the answer it got; 0 without one."""

    exit_status: int
    code: int


def post_as_webhook_script(address: str, path: str, body: bytes, folder: Path) -> Curled:
    """What stats_discord_webhook.lua 1.7.2 starts."""
    file = folder / "payload.json"
    file.write_bytes(body)
    return _curl(
        *_TIMES, "--compressed", "-H", "Content-Type: application/json", "--data-binary", f"@{file}", f"{address}{path}"
    )


def post_as_suite(address: str, token: str, packed: bytes, folder: Path) -> Curled:
    """What the gzip JSON suite starts."""
    file = folder / "payload.gz"
    file.write_bytes(packed)
    return _curl(
        *_TIMES,
        "--compressed",
        *("-X", "POST", "-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json"),
        *("-H", "Content-Encoding: gzip", "--data-binary", f"@{file}"),
        f"{address}/api/v2/stats/etl/matches/stats/submit",
    )


def upload(address: str, token: str, file: Path, *flags: str) -> Curled:
    """`curl -T FILE URL/`."""
    return _curl(*flags, "-T", str(file), "-H", f"Authorization: Bearer {token}", f"{address}/v1/files/")


def send_raw(address: str, request: bytes) -> bytes:
    """Everything that comes back for these bytes until the service closes."""
    with begun(address, request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)) as connection:
        received = bytearray()
        while piece := connection.recv(65_536):
            received += piece
    return bytes(received)


@contextmanager
def begun(address: str, request: bytes) -> Iterator[socket.socket]:
    """A request of which nothing more comes."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request)
        yield connection


def _curl(*arguments: str) -> Curled:
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{response_code}", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return Curled(ended.returncode, int(ended.stdout))
