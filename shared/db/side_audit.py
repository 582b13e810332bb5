"""Which rounds came without a winner or a defender, day by day and source by source, and why."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from shared.domain.diagnostics import share_percent
from shared.domain.vocabulary import Source

NOT_TOLD = "not_told"
_ROUNDS = text("""
WITH round AS (
    SELECT r.id, r.round_date AS day, r.winner_team IS NULL AS no_winner, r.defender_team IS NULL AS no_defender,
           CASE WHEN r.sides_source <> ALL (:told_by) THEN r.sides_source END AS concluded_from
    FROM rounds r WHERE r.round_date BETWEEN :first_day AND :last_day),
voice AS (
    SELECT round.*, coalesce(e.source, 'unknown') AS source, e.parse_notes
    FROM round LEFT JOIN LATERAL (
        SELECT o.source, o.parse_notes FROM round_events o WHERE o.round_id = round.id ORDER BY o.id LIMIT 1) AS e ON true),
told AS (
    SELECT voice.*, winner.code AS winner_code, defender.code AS defender_code
    FROM voice
    LEFT JOIN LATERAL (
        SELECT note ->> 'code' AS code FROM jsonb_path_query(voice.parse_notes, '$.problems[*]') AS note
        WHERE note ->> 'pointer' ILIKE '%winner%' LIMIT 1) AS winner ON true
    LEFT JOIN LATERAL (
        SELECT note ->> 'code' AS code FROM jsonb_path_query(voice.parse_notes, '$.problems[*]') AS note
        WHERE note ->> 'pointer' ILIKE '%defender%' LIMIT 1) AS defender ON true)
SELECT day, source, count(*) AS rounds,
       count(*) FILTER (WHERE no_winner) AS winner_missing, count(*) FILTER (WHERE no_defender) AS defender_missing,
       count(*) FILTER (WHERE no_winner AND no_defender) AS both_missing,
       count(winner_code) AS winner_invalid, count(defender_code) AS defender_invalid,
       array_agg(concluded_from) FILTER (WHERE concluded_from IS NOT NULL) AS concluded_from,
       array_agg(coalesce(winner_code, :not_told)) FILTER (WHERE no_winner) AS winner_reasons,
       array_agg(coalesce(defender_code, :not_told)) FILTER (WHERE no_defender) AS defender_reasons
FROM told GROUP BY day, source ORDER BY day DESC, source
""")


def missing_sides(connection: Connection, first_day: date, last_day: date) -> list[dict[str, Any]]:
    """Per day and source of the first word: rounds, and how many lack winner, defender or both; the newest day first.

    `concluded_from`: how often a side that nobody told was concluded, from what; such a side lacks no more. `winner_invalid`, `defender_invalid`: a word that could not be a side. `…_reasons`: how often for which reason, `not_told`
    when nobody said anything.
    """
    parameters = {"first_day": first_day, "last_day": last_day, "not_told": NOT_TOLD, "told_by": list(Source)}
    return [
        dict(row)
        | {
            "missing_pct": share_percent(
                row["winner_missing"] + row["defender_missing"] - row["both_missing"], row["rounds"]
            ),
            "concluded_from": dict(Counter(row["concluded_from"] or ())),
            "winner_reasons": dict(Counter(row["winner_reasons"] or ())),
            "defender_reasons": dict(Counter(row["defender_reasons"] or ())),
        }
        for row in connection.execute(_ROUNDS, parameters).mappings()
    ]
