"""Has every round the awards that it should have, and does the ledger of files claim nothing else? Pure."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.vocabulary import ExitKind, RoundStatus

_SURRENDERS = (ExitKind.SURRENDER_AXIS, ExitKind.SURRENDER_ALLIES)


class EndstatsFlaw(StrEnum):
    """What is wrong with a round's awards. All but the first cannot be unless something was lost."""

    NO_AWARDS = "no_awards"
    NOT_IMPORTED = "not_imported"
    CLAIM_WITHOUT_AWARDS = "claim_without_awards"
    AWARDS_WITHOUT_CLAIM = "awards_without_claim"

    @property
    def is_breach(self) -> bool:
        """Whether it contradicts what the service promises, and is no mere lack of a file."""
        return self is not EndstatsFlaw.NO_AWARDS


@dataclass(frozen=True, slots=True)
class AwardedRound:
    """What is stored of a round's awards. `files`: linked endstats files; `is_claimed`: the ledger says that one is imported;
    `server_sends_files`: its server has ever sent one.
    """

    round_number: int
    status: RoundStatus
    exit_kind: ExitKind
    awards: int
    duels: int
    files: int
    is_claimed: bool
    server_sends_files: bool
    has_players: bool

    @property
    def is_unavailable(self) -> bool:
        """An R2 that ended by surrender may be without such a file, and so is every round of a server that writes none."""
        was_given_up = self.round_number != 1 and self.exit_kind in _SURRENDERS
        return not self.files and (was_given_up or not self.server_sends_files)


def flaw_of(stored: AwardedRound) -> EndstatsFlaw | None:
    """What is wrong with a round's awards, the worst first."""
    has_awards = bool(stored.awards or stored.duels)
    if stored.is_claimed and not has_awards:
        return EndstatsFlaw.CLAIM_WITHOUT_AWARDS
    if has_awards and not stored.is_claimed:
        return EndstatsFlaw.AWARDS_WITHOUT_CLAIM
    if stored.files and not has_awards:
        return EndstatsFlaw.NOT_IMPORTED
    is_due = stored.status is RoundStatus.COMPLETED and stored.has_players and not stored.is_unavailable
    return EndstatsFlaw.NO_AWARDS if is_due and not has_awards else None
