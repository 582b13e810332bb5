"""Which rounds lack the awards they should have, and whether the ledger of endstats files tells the truth."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from shared.db.endstats_files import EndstatsFiles
from shared.domain.endstats_audit import AwardedRound, EndstatsFlaw, flaw_of
from shared.domain.vocabulary import ExitKind, RoundStatus


@dataclass(frozen=True, slots=True)
class FlawedAwards:
    """A round of which something is wrong with the awards. `played_at`: as near as is known."""

    round_id: int
    server_id: str
    map_name: str
    round_number: int
    played_at: datetime | None
    flaw: EndstatsFlaw


@dataclass(frozen=True, slots=True)
class EndstatsAudit:
    """Rounds with and without awards and duels, and files by what became of them.

    `unavailable`: rounds that are without awards because nobody wrote a file.
    """

    rounds: int
    with_awards: int
    with_vs: int
    unavailable: int
    files: dict[str, int]
    flawed: tuple[FlawedAwards, ...]

    @property
    def has_breach(self) -> bool:
        """Whether something is stored that cannot be."""
        return any(one.flaw.is_breach for one in self.flawed)


def audit_endstats(
    connection: Connection, server_id: str | None = None, since: datetime | None = None
) -> EndstatsAudit:
    """Look at every round, of one server or all, played since an instant or ever."""
    files = EndstatsFiles(connection)
    told = [(row, _awarded(row)) for row in files.rounds(server_id, since)]
    return EndstatsAudit(
        rounds=len(told),
        with_awards=sum(one.awards > 0 for _row, one in told),
        with_vs=sum(one.duels > 0 for _row, one in told),
        unavailable=sum(one.is_unavailable for _row, one in told),
        files=files.noted(server_id),
        flawed=tuple(_flawed(row, flaw) for row, one in told if (flaw := flaw_of(one)) is not None),
    )


def _awarded(row: dict[str, Any]) -> AwardedRound:
    return AwardedRound(
        round_number=row["round_number"],
        status=RoundStatus(row["round_status"]),
        exit_kind=ExitKind(row["exit_kind"]),
        awards=row["awards"],
        duels=row["duels"],
        files=row["files"],
        is_claimed=row["is_claimed"],
        server_sends_files=row["server_sends_files"],
        has_players=row["has_players"],
    )


def _flawed(row: dict[str, Any], flaw: EndstatsFlaw) -> FlawedAwards:
    return FlawedAwards(row["round_id"], row["server_id"], row["map_name"], row["round_number"], row["played_at"], flaw)
