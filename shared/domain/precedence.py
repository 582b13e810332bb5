"""Of two reports of one round, which is believed? Rank decides, never the order of arrival. Pure."""

from dataclasses import dataclass

from shared.domain.vocabulary import ExitKind, ParseStatus


@dataclass(frozen=True, slots=True)
class Rank:
    """What decides between two events of one round and kind: the greater one is believed."""

    exit_kind: ExitKind
    parse_status: ParseStatus
    sequence: int | None
    byte_count: int
    content_sha256: str

    def key(self) -> tuple[bool, bool, int, int, str]:
        """Finished before aborted, whole before partial, then the later, the longer, the greater."""
        return (
            self.exit_kind is not ExitKind.ABORTED,
            self.parse_status is ParseStatus.OK,
            -1 if self.sequence is None else self.sequence,
            self.byte_count,
            self.content_sha256,
        )
