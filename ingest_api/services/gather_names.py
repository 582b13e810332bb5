"""What the worker does so that every name a player went by is known: gather them when players have been written."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from shared.db.aliases import Aliases

REST = timedelta(minutes=1)
AT_THE_LATEST = timedelta(hours=1)
"""A round that goes without another coming leaves nothing behind by which it could be noticed sooner."""


class NameGathering:
    """Gathers names, at most once a minute: names are nobody's hurry, and all rounds are looked through."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._newest_row: int | None = None
        self._gathered_at: datetime | None = None

    def gather(self, now: datetime) -> int:
        """Look whether players have been written, and gather; answers how many names are new, other or gone."""
        if self._gathered_at is not None and now - self._gathered_at < REST:
            return 0
        with self._engine.begin() as connection:
            aliases = Aliases(connection)
            newest_row = aliases.newest_row()
            is_old = self._gathered_at is None or now - self._gathered_at >= AT_THE_LATEST
            if newest_row == self._newest_row and not is_old:
                return 0
            changed = aliases.gather()
        self._newest_row, self._gathered_at = newest_row, now
        return changed
