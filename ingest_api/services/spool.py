"""The service's own spool: what is put into it while the database is away, and what is in it now.

Deliveries that were taken and arrivals that were refused lie apart, so that whoever is refused often cannot take the room of
those who are not.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog

from shared.domain.spool_record import SpoolHead
from shared.ops.data_folder import make_data_folder
from shared.ops.errors import DataFolderUnusableError
from shared.ops.spool_reader import Contents, Waiting
from shared.ops.spool_writer import SpoolWriter

log = structlog.get_logger()
FOLDER = "spool"
DELIVERIES, REFUSALS = "deliveries", "refusals"
_REFUSALS_SHARE = 64  # of the bound, one part


@dataclass(frozen=True, slots=True)
class SpoolState:
    """How full it is. `kept_bytes`: on the disk, None when it cannot be read; `oldest_at`: of what waits longest."""

    waiting: int
    kept_bytes: int | None
    oldest_at: datetime | None
    bound_bytes: int
    is_usable: bool


def spool_told(state: SpoolState, now: datetime) -> dict[str, int | None]:
    """How full it is, as answers tell it."""
    return {
        "waiting": state.waiting,
        "oldest_seconds": None if state.oldest_at is None else max(0, int((now - state.oldest_at).total_seconds())),
        "kept_bytes": state.kept_bytes,
        "bound_bytes": state.bound_bytes,
    }


class Spool:
    """The spool in the data folder, for one process."""

    def __init__(self, data_folder: Path, largest_bytes: int) -> None:
        self.folder = data_folder / FOLDER
        self.largest_bytes = largest_bytes
        refusals_bytes = largest_bytes // _REFUSALS_SHARE
        self._deliveries = SpoolWriter(self.folder, DELIVERIES, largest_bytes - refusals_bytes)
        self._refusals = SpoolWriter(self.folder, REFUSALS, refusals_bytes, is_durable=False)
        self.contents = Contents(self.folder, (DELIVERIES, REFUSALS))

    def prepare(self) -> None:
        """Make the folder. Without one the service works as long as its database does."""
        try:
            make_data_folder(self.folder.parent)
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except (OSError, DataFolderUnusableError) as error:
            log.warning("spool_unusable", reason=str(error))

    def keep(self, head: SpoolHead, body: bytes) -> str:
        """Keep a delivery or a greeting; answers its id once it is durable. Raises NothingDurable."""
        head = replace(head, spool_id=_new_id())
        self._deliveries.append(head, body)
        return head.spool_id

    def count(self, head: SpoolHead) -> None:
        """Keep that somebody was refused. Raises NothingDurable."""
        self._refusals.append(replace(head, spool_id=_new_id()))

    def waiting(self) -> list[Waiting]:
        """Every record that lies there, those also that have come to the database and are not removed yet."""
        try:
            return [one for found in self.contents.read().values() for one in found]
        except OSError:
            return []

    def heads(self) -> list[SpoolHead]:
        """What is known of each of them."""
        return [one.head for one in self.waiting()]

    def state(self, heads: Sequence[SpoolHead]) -> SpoolState:
        """How full the spool is. `heads`: those that wait."""
        return SpoolState(
            waiting=len(heads),
            kept_bytes=self._deliveries.kept_bytes() + self._refusals.kept_bytes() if self.is_usable() else None,
            oldest_at=min((head.received_at for head in heads), default=None),
            bound_bytes=self.largest_bytes,
            is_usable=self.is_usable(),
        )

    def is_usable(self) -> bool:
        """Whether anything could be put there."""
        return os.access(self.folder, os.R_OK | os.W_OK | os.X_OK)

    def leave_idle_segments(self) -> None:
        """Let the worker have what nobody writes to at the moment."""
        self._deliveries.close_when_idle()
        self._refusals.close_when_idle()

    def close(self) -> None:
        """Let the worker have everything."""
        self._deliveries.close()
        self._refusals.close()


def _new_id() -> str:
    return f"sp_{secrets.token_hex(12)}"
