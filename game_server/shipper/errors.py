"""What keeps the shipper from working, as opposed to what a file or an answer meets with.

ShipperError            its message is one plain sentence for the operator
├── SettingsProblems    wrong settings; one line each
├── FolderTaken         another shipper is at work on this folder
└── CheckpointUnusable  the state folder cannot be used
"""

from collections.abc import Sequence


class ShipperError(Exception):
    """The root."""


class SettingsProblems(ShipperError):
    """`lines`: each problem with line and key, without the program's name."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)


class FolderTaken(ShipperError):
    """Somebody else holds the lock."""


class CheckpointUnusable(ShipperError):
    """The checkpoint cannot be made, read or written."""
