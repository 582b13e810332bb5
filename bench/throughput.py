"""How many rounds a second the door takes, beside the same rows written by hand; and whether many stored rounds slow it."""

from bench import floor
from bench.figures import Figure, Of, Target, median
from bench.ground import Ground

_CONNECTIONS = (8, 16, 32)


def sustained(ground: Ground) -> Figure:
    """The door alone against the bare loop, in turns, each on a fresh copy of the same database."""
    seconds = ground.either(5, 10)
    tried = {connections: _floor(ground, connections, ground.either(2, 4)) for connections in _CONNECTIONS}
    best = max(tried, key=tried.__getitem__)
    taken, written = [], []
    for _ in range(int(ground.either(1, 4))):
        with ground.fresh_database() as url, ground.open_door(url) as sender:
            taken.append(sender.send(seconds).per_second)
        written.append(_floor(ground, best, seconds))
    told = ", ".join(f"{connections}: {rate:.0f}/s" for connections, rate in tried.items())
    return Figure(
        "sustained POST /v1/rounds",
        median(taken),
        "rounds/s",
        median(written),
        Target(0.4, Of.RATIO, at_least=True),
        f"32 connections, 64 servers, 12 players, fsync on; the bare loop by connections: {told}",
    )


def _floor(ground: Ground, connections: int, seconds: float) -> float:
    with ground.fresh_database() as url:
        return floor.write(floor.Job(url, ground.rounds, seconds, connections)).per_second
