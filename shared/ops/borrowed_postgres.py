"""A database for as long as somebody needs one: for one command, or for one run of the tests."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from shared.ops.data_folder import is_locked
from shared.ops.embedded_postgres import URL_FILE, EmbeddedPostgres, Shutdown
from shared.ops.postgres_place import recorded_home

SHORT = Path("/tmp")  # noqa: S108  whatever TMPDIR says: the path of a socket in it must not become too long
IN_MEMORY = Path("/dev/shm")  # noqa: S108  where making a database costs a fraction of what it does on disk
_ROOM_BYTES = 4 * 1024**3  # the write-ahead log of one server grows to a gigabyte, and several run side by side


@contextlib.contextmanager
def reachable_database(database_url: str | None, data: Path) -> Iterator[str]:
    """The address of the database for one command: the given one, that of the running service, or an embedded one started
    for as long as the command takes. Raises StartError.
    """
    if database_url is not None:
        yield database_url
    elif is_locked(data) and (data / URL_FILE).exists():
        yield (data / URL_FILE).read_text(encoding="utf-8").strip()
    else:
        with EmbeddedPostgres.start(data) as postgres:
            yield postgres.url


@contextlib.contextmanager
def throwaway_postgres(*, durable: bool = False, under: Path | None = None) -> Iterator[EmbeddedPostgres]:
    """An empty Postgres in a temporary folder that is gone afterwards.

    `durable`: it forces to disk what it must, like the real one. `under`: where; in memory if there is plenty of it.
    """
    folder = Path(tempfile.mkdtemp(prefix="roundwire-", dir=under or _quick_place()))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    try:
        postgres = EmbeddedPostgres.start(folder, durable=durable)
        try:
            yield postgres
        finally:
            postgres.stop(Shutdown.IMMEDIATE)
    finally:
        if home := recorded_home(folder):
            shutil.rmtree(home)
        shutil.rmtree(folder)


def _quick_place() -> Path:
    has_room = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free >= _ROOM_BYTES
    return IN_MEMORY if has_room else SHORT
