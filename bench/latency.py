"""How long a game server waits for its answer while the whole service is at work, Discord included."""

from bench import floor
from bench.figures import Figure, Target, percentile
from bench.ground import Ground
from bench.service import discord_stand_in, whole_service

_CALM_PER_SECOND = 50.0
_FLOOR_SECONDS = 3


def latencies(ground: Ground, sustained_per_second: float | None) -> list[Figure]:
    """At 50 rounds a second, and at a tenth of what the door sustains if that is known."""
    seconds = ground.either(8, 30)
    with ground.fresh_database() as url:
        by_hand = floor.write(ground.by_hand(url, _FLOOR_SECONDS, connections=1)).latencies_ms
    rates = {"50 rounds/s": _CALM_PER_SECOND}
    if sustained_per_second is not None:
        rates[f"a tenth of the load ({sustained_per_second / 10:.0f}/s)"] = sustained_per_second / 10
    figures = []
    with ground.fresh_database() as url, discord_stand_in() as discord, whole_service(url, discord) as service:
        sender = ground.sender(service)
        sender.send(2, _CALM_PER_SECOND)
        for name, per_second in rates.items():
            waited_ms = sender.send(seconds, per_second).latencies_ms
            for percent, target in ((50, None), (99, Target(50) if per_second == _CALM_PER_SECOND else None)):
                floor_ms = percentile(by_hand, percent)
                figures.append(
                    Figure(f"POST at {name}, p{percent}", percentile(waited_ms, percent), "ms", floor_ms, target)
                )
    return figures
