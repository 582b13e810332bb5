"""When the service may be asked again: longer after each failure in a row, and never before it asked to be."""

from game_server.shipper.verdict import LONGEST_WAIT_SECONDS, service_wait_seconds


class Patience:
    """Counts failures in a row, by a steady clock. `asked_until_unix` is what an earlier process was asked to wait."""

    def __init__(self, asked_until_unix: float | None, now_unix: float, now_seconds: float) -> None:
        left = (asked_until_unix or 0.0) - now_unix
        self._until_seconds = now_seconds + (left if 0.0 < left <= LONGEST_WAIT_SECONDS else 0.0)
        self._failures = 0

    def left_seconds(self, now_seconds: float) -> float:
        """How long to wait still; 0 when the service may be asked."""
        return max(self._until_seconds - now_seconds, 0.0)

    def fail(self, asked_seconds: float | None, now_seconds: float, *, is_the_services: bool) -> float:
        """One more failure; how long to wait now. The first that may be one file's own fault costs the others nothing."""
        self._failures += 1
        wait = service_wait_seconds(self._failures - (not is_the_services), asked_seconds)
        self._until_seconds = now_seconds + wait
        return wait

    def succeed(self) -> None:
        """The service did its work: nothing to wait for."""
        self._failures = 0
