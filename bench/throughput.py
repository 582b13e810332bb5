"""How many rounds a second the door takes, beside the same rows written by hand; and whether many stored rounds slow it."""

from dataclasses import dataclass

from bench import floor, load
from bench.figures import Figure, Of, Target, median
from bench.fill import fill
from bench.ground import SEEDED_ROUNDS, THOUSAND, Ground, Sender
from bench.processes import cpu_seconds
from shared.ops.child_process import processes_in

SUSTAINED = "sustained POST /v1/rounds"
_CONNECTIONS = (8, 16, 32)
_SMALLEST, _LARGEST = "1 k", "100 k"
_SIZES = {"10 k": 10_240, _LARGEST: 102_400}
_MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one run came to: the rate, and the processor time of one round, in whoever writes it and in Postgres."""

    per_second: float
    own_cpu_ms: float
    postgres_cpu_ms: float


def sustained(ground: Ground) -> list[Figure]:
    """The door alone against the bare loop, in turns, each on a fresh copy of the same database."""
    seconds = ground.either(5, 10)
    tried = {connections: _by_hand(ground, ground.either(2, 4), connections).per_second for connections in _CONNECTIONS}
    best = max(tried, key=tried.__getitem__)
    taken, written = [], []
    for _ in range(int(ground.either(1, 4))):
        with ground.fresh_database() as url, ground.open_door(url) as sender:
            taken.append(_through_the_door(ground, sender, seconds))
        written.append(_by_hand(ground, seconds, best))
    told = ", ".join(f"{connections}: {rate:.0f}/s" for connections, rate in tried.items())
    return [
        Figure(
            SUSTAINED,
            median([cost.per_second for cost in taken]),
            "rounds/s",
            median([cost.per_second for cost in written]),
            Target(0.4, Of.RATIO, at_least=True),
            f"32 connections, 64 servers, 12 players, fsync on; the bare loop by connections: {told}",
        ),
        Figure(
            "  processor time, API or loop",
            median([cost.own_cpu_ms for cost in taken]),
            "ms/round",
            median([cost.own_cpu_ms for cost in written]),
        ),
        Figure(
            "  processor time, Postgres",
            median([cost.postgres_cpu_ms for cost in taken]),
            "ms/round",
            median([cost.postgres_cpu_ms for cost in written]),
        ),
    ]


def growth(ground: Ground) -> list[Figure]:
    """The door alone on ever more stored rounds, all sizes in turns."""
    sizes = dict(list(_SIZES.items())[: int(ground.either(1, 2))])
    names = {size: f"stored_{rounds}" for size, rounds in sizes.items()}
    for size, rounds in sizes.items():
        ground.databases.create_from(THOUSAND, names[size])
        fill(ground.databases, names[size], rounds)
    next_number = dict.fromkeys(sizes, SEEDED_ROUNDS)
    seconds = ground.either(5, 8)
    costs: dict[str, list[_Cost]] = {size: [] for size in (_SMALLEST, *sizes)}
    for _ in range(int(ground.either(1, 3))):
        with ground.fresh_database() as url, ground.open_door(url) as sender:
            costs[_SMALLEST].append(_through_the_door(ground, sender, seconds))
        for size, name in names.items():
            with ground.open_door(ground.databases.url(name), next_number[size]) as sender:
                costs[size].append(_through_the_door(ground, sender, seconds))
                next_number[size] = sender.next_number
            ground.databases.checkpoint()
    return [figure for size in costs for figure in _of_size(size, costs[size], costs[_SMALLEST])]


def _of_size(size: str, costs: list[_Cost], smallest: list[_Cost]) -> list[Figure]:
    """The floor is the smallest size: what does it matter that more is stored?"""
    target = Target(0.9, Of.RATIO, at_least=True) if size == _LARGEST else None
    rate, rate_at_smallest = (median([cost.per_second for cost in of]) for of in (costs, smallest))
    cpu_ms, cpu_ms_at_smallest = (median([cost.postgres_cpu_ms for cost in of]) for of in (costs, smallest))
    return [
        Figure(f"sustained, {size} rounds stored", rate, "rounds/s", rate_at_smallest, target),
        Figure("  processor time, Postgres", cpu_ms, "ms/round", cpu_ms_at_smallest),
    ]


def _through_the_door(ground: Ground, sender: Sender, seconds: float) -> _Cost:
    postgres = processes_in(ground.databases.cluster, "postgres")
    postgres_before, own_before = cpu_seconds(postgres), cpu_seconds([sender.service.pid])
    sent = sender.send(seconds)
    own_seconds, postgres_seconds = (
        cpu_seconds([sender.service.pid]) - own_before,
        cpu_seconds(postgres) - postgres_before,
    )
    return _cost(sent, own_seconds, postgres_seconds)


def _by_hand(ground: Ground, seconds: float, connections: int) -> _Cost:
    with ground.fresh_database() as url:
        written = floor.write(ground.by_hand(url, seconds, connections))
    return _cost(written, written.own_cpu_seconds, written.postgres_cpu_seconds)


def _cost(run: load.Sent | floor.Written, own_seconds: float, postgres_seconds: float) -> _Cost:
    return _Cost(
        run.per_second, own_seconds * _MS_PER_SECOND / run.count, postgres_seconds * _MS_PER_SECOND / run.count
    )
