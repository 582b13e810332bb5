"""One file on its way: opened, sent, and what became of it written down and said."""

from dataclasses import replace
from typing import BinaryIO

from game_server.shipper.checkpoint import Checkpoint
from game_server.shipper.clock import steady_now, unix_now
from game_server.shipper.console import Console
from game_server.shipper.door import Door, FileChanged, answer_field, sha256_of
from game_server.shipper.entry import Entry, FileOutcome
from game_server.shipper.names import upload_name
from game_server.shipper.patience import Patience
from game_server.shipper.standing import Standing
from game_server.shipper.survey import Seen
from game_server.shipper.verdict import (
    LONGEST_PACE_SECONDS,
    Reply,
    Verdict,
    asked_wait_seconds,
    file_wait_seconds,
    judge,
)

_LONGEST_KEPT_ANSWER = 2000
_LONGEST_SAID_ANSWER = 300
_ANSWERED_AT_ONCE = frozenset(
    {200, 201, 204}
)  # what else a 2xx says is worth keeping: 202 tells what was not understood


class Sending:
    """Sends files one by one through this door. A failure costs patience, which the caller asks before the next file."""

    def __init__(self, checkpoint: Checkpoint, door: Door, patience: Patience, console: Console) -> None:
        self._checkpoint = checkpoint
        self._door = door
        self._patience = patience
        self._console = console
        self._has_kept_wait = checkpoint.wait_until_unix() is not None

    def ship(self, seen: Seen, *, is_quiet: bool) -> Verdict | None:
        """Send one file; None when it was not sent: it holds what was settled before, changes just now, or cannot be read."""
        found = seen.found
        try:
            file = found.folder.open(found)
            if file is None:
                return None
            with file:
                if seen.entry is not None and _holds_what_was_settled(file, seen, seen.entry):
                    self._checkpoint.keep(replace(seen.entry, stamp=found.stamp))
                    return None
                reply = self._door.send(upload_name(found.name), file, found.stamp.size_bytes)
        except FileChanged:
            return None
        except OSError as error:
            self._unreadable(seen, error.strerror or str(error))
            return None
        verdict = judge(reply)
        if verdict in {Verdict.TAKEN, Verdict.REFUSED}:
            self._settle(seen, reply, verdict, is_quiet=is_quiet)
        else:
            self._put_off(seen, reply, verdict)
        return verdict

    def _settle(self, seen: Seen, reply: Reply, verdict: Verdict, *, is_quiet: bool) -> None:
        self._patience.succeed()
        self._keep_wait(None)
        is_taken = verdict is Verdict.TAKEN
        answer = "" if is_taken and reply.status in _ANSWERED_AT_ONCE else reply.text
        self._keep(seen, FileOutcome.TAKEN if is_taken else FileOutcome.REFUSED, reply, answer)
        name, size = seen.found.name, seen.found.stamp.size_bytes
        if not is_taken:
            said = reply.text[:_LONGEST_SAID_ANSWER]
            self._console.event("refused", file=name, bytes=size, status=reply.status, answer=said)
        elif answer or not is_quiet:
            outcome = answer_field(reply.text, "outcome")
            self._console.event("uploaded", file=name, bytes=size, status=reply.status, outcome=outcome)

    def _put_off(self, seen: Seen, reply: Reply, verdict: Verdict) -> None:
        now_unix = unix_now()
        asked = asked_wait_seconds(reply.retry_after, now_unix)
        wait = self._patience.fail(asked, steady_now(), is_the_services=verdict is not Verdict.FILE_WAITS)
        self._keep_wait(None if asked is None else now_unix + asked)
        if verdict is Verdict.TOO_FAST and wait <= LONGEST_PACE_SECONDS:
            return
        next_attempt_unix = None
        if verdict is Verdict.FILE_WAITS:
            wait = max(wait, file_wait_seconds(_attempts(seen)))
            next_attempt_unix = now_unix + wait
        self._keep(seen, FileOutcome.WAITING, reply, reply.text, next_attempt_unix)
        self._console.event(
            "not_taken",
            file=seen.found.name,
            status=reply.status,
            answer=reply.text[:_LONGEST_SAID_ANSWER] or None,
            again_in_seconds=wait,
        )

    def _unreadable(self, seen: Seen, reason: str) -> None:
        wait = file_wait_seconds(_attempts(seen))
        reply = Reply(None, f"cannot be read: {reason}")
        self._keep(seen, FileOutcome.WAITING, reply, reply.text, unix_now() + wait)
        self._console.event("unreadable", file=seen.found.name, reason=reason, again_in_seconds=wait)

    def _keep(
        self, seen: Seen, outcome: FileOutcome, reply: Reply, answer: str, next_attempt_unix: float | None = None
    ) -> None:
        self._checkpoint.keep(
            Entry(
                seen.found.path,
                seen.found.stamp,
                outcome=outcome,
                content_sha256=reply.content_sha256,
                attempts=_attempts(seen),
                next_attempt_unix=next_attempt_unix,
                status=reply.status,
                answer=answer[:_LONGEST_KEPT_ANSWER],
                noted_unix=unix_now(),
            )
        )

    def _keep_wait(self, until_unix: float | None) -> None:
        """Only what the service asked for outlives us: who starts us again has perhaps put right what was wrong."""
        if until_unix is not None or self._has_kept_wait:
            self._checkpoint.keep_wait(until_unix)
            self._has_kept_wait = until_unix is not None


def _holds_what_was_settled(file: BinaryIO, seen: Seen, entry: Entry) -> bool:
    if seen.standing is not Standing.REWRITTEN or entry.content_sha256 is None:
        return False
    return sha256_of(file, seen.found.stamp.size_bytes) == entry.content_sha256


def _attempts(seen: Seen) -> int:
    """How many there are of this content, with the one just made."""
    entry = seen.entry
    return entry.attempts + 1 if entry is not None and entry.stamp == seen.found.stamp else 1
