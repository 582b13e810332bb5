"""Who runs the service of a data folder: a file that the supervisor keeps locked for as long as it lives."""

import contextlib
import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

NOTE_FILE = "service"


@dataclass(frozen=True, slots=True)
class RunningService:
    """What the supervisor tells of itself. `api_pid`: None while no API runs; `failed_successions`: new APIs given up."""

    supervisor_pid: int
    api_pid: int | None
    failed_successions: int


class ServiceNote:
    """Held by the supervisor. Its data folder is its own, so nobody else holds one meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / NOTE_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)  # at most somebody is just looking
        self._told: RunningService | None = None

    def tell(self, service: RunningService) -> None:
        """Write down how it is, when that is news."""
        if service != self._told:
            self._told = service
            line = (
                json.dumps(asdict(service)).ljust(200) + "\n"
            )  # always as long as before, so that one write replaces it
            os.pwrite(self._file, line.encode("ascii"), 0)

    def close(self) -> None:
        """The service has ended."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def running_service(folder: Path) -> RunningService | None:
    """The service that runs on this data folder, if one does."""
    with contextlib.suppress(FileNotFoundError), (folder / NOTE_FILE).open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(ValueError):  # locked, and nothing told yet
                return RunningService(**json.loads(stream.read()))
    return None
