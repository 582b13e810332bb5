"""What an endstats file awards and a suite's log tells as rows: which word goes into which column. No decision is made here."""

from collections.abc import Iterable
from typing import Any

from shared.domain.award_players import Roster
from shared.parsers.award_lines import AwardLine
from shared.parsers.endstats_file import VsLine
from shared.parsers.suite_log import LogEntry

Record = dict[str, Any]


def award_rows(awards: Iterable[AwardLine], roster: Roster) -> list[Record]:
    """Rows of `round_awards` in the file's order. What is wrong with an award itself is said before who nobody knows."""
    return [_award_row(position, award, roster) for position, award in enumerate(awards, 1)]


def _award_row(position: int, award: AwardLine, roster: Roster) -> Record:
    player = roster.named(award.player)
    return {
        "position": position,
        "award_name": award.name,
        "category": award.category,
        "player_name": award.player,
        "player_guid": player.key,
        "award_value": award.value_text,
        "award_value_numeric": award.value_number,
        "award_unit": award.unit,
        "reason": award.fault or player.reason,
    }


def vs_rows(lines: Iterable[VsLine], roster: Roster) -> list[Record]:
    """Rows of `round_vs_stats` in the file's order: kills and deaths are the subject's, `player` is the opponent."""
    return [
        {
            "position": position,
            "subject_name": line.subject_name,
            "subject_guid": roster.key_of(line.subject_guid) or roster.named(line.subject_name).key,
            "player_name": line.opponent,
            "player_guid": roster.named(line.opponent).key,
            "kills": line.kills,
            "deaths": line.deaths,
        }
        for position, line in enumerate(lines, 1)
    ]


def timeline_rows(delivery_id: int, entries: Iterable[LogEntry], roster: Roster) -> list[Record]:
    """Rows of `round_timeline` in the log's order."""
    return [
        {
            "delivery_id": delivery_id,
            "ordinal": ordinal,
            "at_unix_ms": entry.at_unix_ms,
            "label": entry.label,
            "player_guid": roster.key_of(entry.player_guid),
            "other_guid": roster.key_of(entry.other_guid),
            "details": entry.details or None,
        }
        for ordinal, entry in enumerate(entries, 1)
    ]
