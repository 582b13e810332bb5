"""The figures worked out of a player's counters: one formula each, used by every card and page. Pure.

Every input may be None (unknown); the result is then None. Ratios that have no meaning are None too, never 0. Over several
rounds give each formula the sums, and never average its results: a short round would weigh as much as a long one.
"""

FULL_PERCENT = 100.0
SECONDS_PER_MINUTE = 60.0
LEAST_ALIVE_SHARE = 0.05
"""Who lived for less than this share of his played time has no figure per minute alive: it would be of seconds."""


def damage_per_minute(damage_given: int | None, played_seconds: float | None) -> float | None:
    """Damage given per minute played."""
    return _per_minute(damage_given, played_seconds)


def frag_potential(damage_given: int | None, played_seconds: float | None, dead_seconds: float | None) -> float | None:
    """Damage given per minute alive. None for who was alive for less than a twentieth of his time."""
    if played_seconds is None or dead_seconds is None or played_seconds <= 0:
        return None
    alive_seconds = played_seconds - dead_seconds
    return None if alive_seconds < played_seconds * LEAST_ALIVE_SHARE else _per_minute(damage_given, alive_seconds)


def survival_percent(dead_seconds: float | None, played_seconds: float | None) -> float | None:
    """Share of the played time spent alive, in percent, clamped to 0 … 100."""
    dead = dead_percent(dead_seconds, played_seconds)
    return None if dead is None else FULL_PERCENT - dead


def damage_efficiency(damage_given: int | None, damage_received: int | None) -> float | None:
    """Damage given for each one received: a ratio, no percentage. Who received none has as much as he gave."""
    if damage_given is None or damage_received is None:
        return None
    return damage_given / max(1, damage_received)


def kill_death_ratio(kills: int | None, deaths: int | None) -> float | None:
    """Kills per death; who never died has as many as his kills."""
    if kills is None or deaths is None:
        return None
    return kills / deaths if deaths else float(kills)


def efficiency_percent(kills: int | None, deaths: int | None) -> float | None:
    """Kills among kills and deaths together, in percent. Who neither killed nor died has none."""
    return None if kills is None or deaths is None else _percent(kills, kills + deaths)


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


def denied_per_minute(denied_seconds: float | None, played_seconds: float | None) -> float | None:
    """Seconds of enemy playing time denied per minute played. More was denied than played: None, for one of them is wrong."""
    if denied_seconds is not None and played_seconds is not None and denied_seconds > played_seconds:
        return None
    return _per_minute(denied_seconds, played_seconds)


def _per_minute(amount: float | None, seconds: float | None) -> float | None:
    if amount is None or not seconds or seconds < 0:
        return None
    return amount * SECONDS_PER_MINUTE / seconds


def _percent(part: float | None, whole: float | None) -> float | None:
    if part is None or not whole or whole < 0:
        return None
    return min(FULL_PERCENT, max(0.0, part * FULL_PERCENT / whole))
