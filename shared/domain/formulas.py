"""The figures worked out of a player's counters: one formula each, used by every card and page. Pure.

Every input may be None (unknown); the result is then None. Ratios that have no meaning are None too, never 0.
"""

FULL_PERCENT = 100.0
SECONDS_PER_MINUTE = 60.0


def damage_per_minute(damage_given: int | None, played_seconds: float | None) -> float | None:
    """Damage given per minute played. Over several rounds: give it the sums, never average its results."""
    if damage_given is None or not played_seconds or played_seconds < 0:
        return None
    return damage_given * SECONDS_PER_MINUTE / played_seconds


def kill_death_ratio(kills: int | None, deaths: int | None) -> float | None:
    """Kills per death; who never died has as many as his kills."""
    if kills is None or deaths is None:
        return None
    return kills / deaths if deaths else float(kills)


def accuracy_percent(hits: int | None, shots: int | None) -> float | None:
    """Shots that hit, in percent, at most 100 (one shot may hit twice). No shot: None."""
    return _percent(hits, shots)


def headshot_accuracy_percent(head_hits: int | None, hits: int | None) -> float | None:
    """Hits that were head *hits*, in percent. Kills by a head hit are another figure and never go in here."""
    return _percent(head_hits, hits)


def dead_percent(dead_seconds: float | None, played_seconds: float | None) -> float | None:
    """Share of the played time spent dead, in percent, clamped to 0 … 100."""
    return _percent(dead_seconds, played_seconds)


def denied_percent(denied_seconds: float | None, played_seconds: float | None) -> float | None:
    """Enemy playing time denied, in percent of one's own played time, clamped to 0 … 100."""
    return _percent(denied_seconds, played_seconds)


def _percent(part: float | None, whole: float | None) -> float | None:
    if part is None or not whole or whole < 0:
        return None
    return min(FULL_PERCENT, max(0.0, part * FULL_PERCENT / whole))
