"""`roundwire restart-api`: a new API process takes the place of the running one, as after an upgrade; nobody is refused."""

import argparse
import os
import time

from ingest_api.cli.run import REPLACE_SIGNAL
from shared.ops.errors import StartError
from shared.ops.post import SUCCESSION_SECONDS
from shared.ops.service_note import RunningService, running_service
from shared.ops.settings import Settings

_PATIENCE_SECONDS = SUCCESSION_SECONDS + 5
_LOOK_EVERY_SECONDS = 0.05


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Which service it is, the data folder of the settings says."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask the supervisor and wait until the new process answers. Raises StartError; the old one goes on then."""
    before = _service(settings)
    os.kill(before.supervisor_pid, REPLACE_SIGNAL)
    patience_ends = time.monotonic() + _PATIENCE_SECONDS
    while (now := _service(settings)).api_pid in (before.api_pid, None):
        if now.failed_successions != before.failed_successions or time.monotonic() > patience_ends:
            raise StartError("The new API did not get ready, the old one goes on; what the service prints says why.")
        time.sleep(_LOOK_EVERY_SECONDS)
    print(f"The API was replaced: process {now.api_pid} answers now.")
    return 0


def _service(settings: Settings) -> RunningService:
    service = running_service(settings.data)
    if service is None:
        raise StartError(f"No `roundwire run` is at work on {settings.data}.")
    return service
