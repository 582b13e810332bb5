"""How long a newcomer waits: from `make run` in a fresh clone to the demo's first card, with a warm package cache."""

import http.client
import os
import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.databases import ON_DISK
from bench.figures import Figure, Target
from bench.service import CHECKOUT, free_port

_PATIENCE_SECONDS = 600
_A_CARD = b'class="embed'
_NOT_A_NEWCOMERS = ("DATABASE_URL", "DISCORD_TOKEN", "DEMO", "VIRTUAL_ENV")


def make_run() -> Figure:
    """Clone what is committed, run it, look at the preview until there is a card, and end it as a person would."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_A_NEWCOMERS}
    with TemporaryDirectory(prefix="roundwire-", dir=ON_DISK) as folder:
        clone = Path(folder) / "roundwire"
        subprocess.run(["git", "clone", "-q", CHECKOUT, clone], check=True)
        began = time.monotonic()
        process = subprocess.Popen(
            ["make", "run", f"ROUNDWIRE_PORT={port}"],
            cwd=clone,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            seconds = _seconds_until_a_card(process, port, began)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
    return Figure("make run in a fresh clone to the first card", seconds, "s", target=Target(90))


def _seconds_until_a_card(process: subprocess.Popen[bytes], port: int, began: float) -> float:
    while process.poll() is None and time.monotonic() < began + _PATIENCE_SECONDS:
        if _A_CARD in _preview(port):
            return time.monotonic() - began
        time.sleep(0.2)
    raise RuntimeError("`make run` showed no card")


def _preview(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/preview")
        return connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return b""
    finally:
        connection.close()
