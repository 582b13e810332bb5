"""Lists page by page: where a page ended, told by what stands there and not by a number of rows, so that nothing is shown
twice or left out when something new comes meanwhile.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list that begins with the newest: after what was at this unix second and has this id."""

    at_unix: int
    row_id: int

    @property
    def at(self) -> datetime:
        """The instant."""
        return EPOCH + timedelta(seconds=self.at_unix)
