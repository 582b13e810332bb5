"""The shipper's work: look through the folders, send what has settled, oldest first, and wait for more."""

import sqlite3
from collections.abc import Iterable, Sequence

from game_server.shipper.checkpoint import Checkpoint
from game_server.shipper.clock import steady_now, unix_now
from game_server.shipper.console import Console
from game_server.shipper.door import Door
from game_server.shipper.folders import Folder
from game_server.shipper.patience import Patience
from game_server.shipper.progress import Progress
from game_server.shipper.sending import Sending
from game_server.shipper.settings import Settings
from game_server.shipper.standing import REFUSED_HERE, TO_SEND, Settling, Standing
from game_server.shipper.stopping import Stopping
from game_server.shipper.survey import Seen, look_through
from game_server.shipper.verdict import LONGEST_PACE_SECONDS, LONGEST_WAIT_SECONDS, Verdict
from game_server.shipper.watch import Watch

_TROUBLE_SECONDS = 30.0
_LEAST_WAIT_SECONDS = 0.05
_LEISURE = 10.0  # a look at very many files is followed by so many times its length of sleep
_LONGEST_LIST = 20


class Shipping:
    """Ships these folders through this door. `since_unix`: files last changed before are left alone."""

    def __init__(
        self,
        settings: Settings,
        folders: Sequence[Folder],
        checkpoint: Checkpoint,
        door: Door,
        console: Console,
        stopping: Stopping,
        since_unix: float | None,
    ) -> None:
        self._settings = settings
        self._folders = folders
        self._checkpoint = checkpoint
        self._console = console
        self._stopping = stopping
        self._since_unix = since_unix
        self._settling = Settling(settings.settle_seconds)
        self._patience = Patience(checkpoint.wait_until_unix(), unix_now(), steady_now())
        self._sending = Sending(checkpoint, door, self._patience, console)
        self._told: dict[str, str] = {}
        self._look_seconds = 0.0

    def run(self) -> None:
        """Ship until asked to stop."""
        watch = Watch(self._settings, self._console, self._stopping)
        while not self._stopping.is_set():
            watch.follow(self._folders)
            try:
                wait_seconds = min(self._work_off(), watch.longest_seconds)
                watch.wait(max(wait_seconds, self._look_seconds * _LEISURE), self._is_news)
            except sqlite3.Error as error:
                # Its disk is full, or it is busy: what was sent meanwhile is sent once more.
                self._console.event("checkpoint_trouble", reason=str(error), again_in_seconds=_TROUBLE_SECONDS)
                self._stopping.wait(_TROUBLE_SECONDS)

    def run_once(self) -> bool:
        """Ship what is there and due; whether everything there has been taken."""
        self._settled(self._look())
        self._stopping.wait(self._settings.settle_seconds + _LEAST_WAIT_SECONDS)
        self._send(self._settled(self._look()))
        left = [one for one in self._look() if one.standing is not Standing.TAKEN]
        for one in left[:_LONGEST_LIST]:
            self._console.event("left", file=one.found.name, because=one.standing)
        if len(left) > _LONGEST_LIST:
            self._console.event("left", more_files=len(left) - _LONGEST_LIST)
        return not left and not any(folder.absence for folder in self._folders)

    def _work_off(self) -> float:
        """Look, send what is ready; for how long there is nothing to do now."""
        seen = self._look()
        if self._send(self._settled(seen)):
            seen = self._look()
        return self._quiet_seconds(seen)

    def _is_news(self) -> bool:
        return self._checkpoint.has_changed() or any(folder.has_changed() for folder in self._folders)

    def _look(self) -> list[Seen]:
        began_seconds = steady_now()
        seen = look_through(self._folders, self._checkpoint.entries(), self._settings, self._since_unix, unix_now())
        for folder in self._folders:
            self._tell("folder_missing", "folder_is_back", str(folder.path), folder.absence)
            self._tell("folder_has_no_lock", "folder_has_a_lock", f"{folder.path}/", folder.unlockable)
        for one in seen:
            is_refused = one.standing in REFUSED_HERE
            self._tell("not_sendable", "sendable", one.found.path, one.standing if is_refused else None)
        self._look_seconds = steady_now() - began_seconds
        return seen

    def _settled(self, seen: Iterable[Seen]) -> list[Seen]:
        to_send = [one for one in seen if one.standing in TO_SEND]
        settled = self._settling.settled(((one.found.path, one.found.stamp) for one in to_send), steady_now())
        return [one for one in to_send if one.found.path in settled]

    def _send(self, ready: Sequence[Seen]) -> bool:
        """Whether anything was sent."""
        if not ready or self._must_pause():
            return False
        progress = Progress(self._console, len(ready))
        for one in ready:
            self._send_one(one, is_quiet=progress.is_long)
            progress.step(one.found.stamp.size_bytes)
            if self._must_pause():
                break
        progress.finish()
        return True

    def _send_one(self, one: Seen, *, is_quiet: bool) -> None:
        """Send one file, again as often as the service only says that this was too fast and asks for a short while."""
        while self._sending.ship(one, is_quiet=is_quiet) is Verdict.TOO_FAST:
            wait_seconds = self._patience.left_seconds(steady_now())
            if wait_seconds > LONGEST_PACE_SECONDS:
                return
            self._stopping.wait(wait_seconds)
            if self._stopping.is_set():
                return

    def _must_pause(self) -> bool:
        return self._stopping.is_set() or self._patience.left_seconds(steady_now()) > 0

    def _quiet_seconds(self, seen: Iterable[Seen]) -> float:
        """How long there is nothing to do unless something changes."""
        now_unix, now_seconds = unix_now(), steady_now()
        waits = [LONGEST_WAIT_SECONDS]
        waiting = (one.entry for one in seen if one.entry is not None and one.standing is Standing.WAITING)
        waits += [(entry.next_attempt_unix or now_unix) - now_unix for entry in waiting]
        if self._settled(seen):
            waits.append(self._patience.left_seconds(now_seconds))
        elif (settles := self._settling.next_in_seconds(now_seconds)) is not None:
            waits.append(settles)
        return max(min(waits), _LEAST_WAIT_SECONDS)

    def _tell(self, event: str, end_event: str, subject: str, reason: str | None) -> None:
        """A lasting trouble is said once, when it begins or changes, and its end once."""
        before = self._told.get(subject)
        if reason == before:
            return
        if reason is None:
            del self._told[subject]
            self._console.event(end_event, path=subject)
        else:
            self._told[subject] = reason
            self._console.event(event, path=subject, reason=reason)
