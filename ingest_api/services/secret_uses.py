"""Which secrets were used lately, by this process: written down every few seconds, not with each use."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from ingest_api.services.health import UNREACHABLE
from shared.db.secret_uses import SecretUses

WRITE_EVERY = timedelta(seconds=10)


@dataclass(slots=True)
class UsedSecrets:
    """By hash, when. What is not written yet when the process dies is forgotten."""

    _used_at: dict[str, datetime] = field(default_factory=dict)
    _written_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, secret_hash: str, now: datetime) -> None:
        """Somebody was let in by the secret of this hash."""
        with self._lock:
            self._used_at[secret_hash] = now

    def write(self, engine: Engine, now: datetime, *, is_due: bool = False) -> None:
        """Write them down, if it is time to; what cannot be written now waits."""
        if not is_due and self._written_at is not None and now - self._written_at < WRITE_EVERY:
            return
        with self._lock:
            used_at, self._used_at = self._used_at, {}
        if not used_at:
            return
        self._written_at = now
        try:
            with engine.begin() as connection:
                SecretUses(connection).note(used_at)
        except UNREACHABLE:
            with self._lock:
                self._used_at = used_at | self._used_at
