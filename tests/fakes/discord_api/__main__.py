"""The stand-in as a process: `python -m tests.fakes.discord_api --port 9999 --messages-file posted.jsonl`.

Prints the value for DISCORD_API_BASE and the token on its first line. `GET /_messages` answers every accepted post,
edit and delete with its time of receipt; the file keeps the same, one JSON object per line.
"""

import argparse
import sys
from pathlib import Path

from aiohttp import web

from tests.fakes.discord_api.server import application
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN, State


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--messages-file", type=Path)
    parser.add_argument("--requests-per-window", type=int, default=1_000_000, help="rate limit of each route")
    parser.add_argument("--window-seconds", type=float, default=5.0)
    arguments = parser.parse_args()
    state = State(arguments.messages_file, arguments.requests_per_window, arguments.window_seconds)
    base = f"http://127.0.0.1:{arguments.port}/api"
    sys.stdout.write(f"DISCORD_API_BASE={base} DISCORD_TOKEN={TOKEN} DISCORD_CHANNEL_ID={CHANNEL_ID}\n")
    sys.stdout.flush()
    web.run_app(application(state), host="127.0.0.1", port=arguments.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
