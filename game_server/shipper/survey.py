"""A look through the folders: every wanted file and where it stands, oldest first."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from game_server.shipper.entry import Entry
from game_server.shipper.errors import FolderTaken
from game_server.shipper.folders import Folder, Found
from game_server.shipper.settings import Settings
from game_server.shipper.standing import Standing, standing

_NS_PER_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as found, where it stands, and what the checkpoint knew of it."""

    found: Found
    standing: Standing
    entry: Entry | None


def look_through(
    folders: Iterable[Folder],
    entries: Mapping[str, Entry],
    settings: Settings,
    since_unix: float | None,
    now_unix: float,
) -> list[Seen]:
    """What is there now, oldest first. `since_unix`: files last changed before are left out. A folder that is not there says why itself."""
    earliest_ns = round((since_unix or 0.0) * _NS_PER_SECOND)
    seen = []
    for folder in folders:
        for found in _files(folder, settings):
            if found.stamp.modified_ns >= earliest_ns:
                entry = entries.get(found.path)
                where = standing(found.name, found.stamp, entry, now_unix, settings.largest_bytes)
                seen.append(Seen(found, where, entry))
    return sorted(seen, key=lambda one: (one.found.stamp.modified_ns, one.found.path))


def _files(folder: Folder, settings: Settings) -> list[Found]:
    with contextlib.suppress(FolderTaken):  # at the start this ends us; later it is one more way of not being there
        if folder.hold():
            try:
                return folder.files(settings.include)
            except OSError as error:
                folder.absence = error.strerror or str(error)
    return []
