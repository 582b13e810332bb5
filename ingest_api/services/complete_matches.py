"""How complete the stored matches are, told again whenever more may be known of them."""

from datetime import datetime

from sqlalchemy import Engine

from shared.db.completeness import open_matches, write_completeness
from shared.domain.completeness import completeness_percent, match_status


def tell_completeness(engine: Engine, now: datetime) -> int:
    """Work it out for every match that may have changed; returns how many did."""
    with engine.begin() as connection:
        changed = []
        for match in open_matches(connection, now):
            percent = completeness_percent(match.first, match.second)
            status = match_status(match.first, match.second, match.played_at or now, now)
            if (percent, status) != (match.percent, match.status):
                changed.append((match.match_id, percent, status))
        write_completeness(connection, changed)
    return len(changed)
