"""The file in the data folder that says who may speak while the database is away. Only its owner may read it."""

import os
from pathlib import Path

from shared.domain.known_servers import KnownServers, decode, encode
from shared.ops.data_folder import make_data_folder, write_private

FILE = "known-servers.json"


class KnownServersFile:
    """The last known set on the disk, read again when somebody has written it anew."""

    def __init__(self, data_folder: Path) -> None:
        self._file = data_folder / FILE
        self._read_of: tuple[int, int] | None = None
        self._known: KnownServers | None = None

    def read(self) -> KnownServers | None:
        """Who may speak; None when nothing usable is written there."""
        try:
            found = self._file.stat()
            if (stamp := (found.st_mtime_ns, found.st_ino)) != self._read_of:
                self._known, self._read_of = decode(self._file.read_text(encoding="utf-8")), stamp
        except (OSError, UnicodeDecodeError):
            return None
        return self._known

    def write(self, known: KnownServers) -> None:
        """Replace it at once. It belongs to whom the folder belongs, whoever writes it.

        Raises OSError, DataFolderUnusableError.
        """
        make_data_folder(self._file.parent)
        write_private(self._file, encode(known))
        if os.geteuid() == 0:
            owner = self._file.parent.stat()
            os.chown(self._file, owner.st_uid, owner.st_gid)
