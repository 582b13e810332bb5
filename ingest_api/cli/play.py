"""`roundwire play`: a whole evening of rounds through the real reporter into the running service, as the server `demo`."""

import argparse
import os
import sys

from ingest_api.cli.demo_files import DEMO_SERVER, DemoFiles
from ingest_api.cli.service_probe import is_ready
from ingest_api.cli.welcome import local_url
from shared.ops.errors import StartError
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which Lua the reporter runs in."""
    parser.add_argument("--lua", choices=("5.4", "luajit"), default="5.4", help="the Lua the reporter runs in")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Become the player; it shows its progress and ends with 0 when the service took every report."""
    files = DemoFiles(settings.data)
    if not is_ready(settings):
        raise StartError(f"No service is ready at {local_url(settings)}; start it with `make run`.")
    if not files.token.exists():
        raise StartError(
            f"{settings.data} holds no token of the server {DEMO_SERVER}; `make run` with DEMO=1 makes one."
        )
    player = [sys.executable, "-m", "game_server.stand_in.play", "--evening", "--lua", arguments.lua]
    where = ["--url", local_url(settings), "--home", str(files.home)]
    who = ["--server-id", DEMO_SERVER, "--token-file", str(files.token)]
    sys.stdout.flush()
    os.execv(sys.executable, [*player, *where, *who])  # noqa: S606  no shell is wanted
