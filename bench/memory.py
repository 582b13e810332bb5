"""How much memory the service takes: idle, and at its highest under all the load 32 connections can give it."""

import subprocess
import sys
import time

from bench.figures import Figure, Target
from bench.ground import Ground
from bench.processes import MemoryWatch, family, module, pss_mib
from bench.service import discord_stand_in, whole_service
from shared.ops.child_process import processes_in

_NAMES = {
    "ingest_api.cli.main": "supervisor",
    "ingest_api.main": "API",
    "ingest_api.worker": "worker",
    "presenter_bot.main": "presenter",
}
_USED_PER_SECOND, _QUIET_SECONDS = 5.0, 3.0


def memory(ground: Ground) -> list[Figure]:
    """Of each process, of ours together, and of Postgres; the floor is a Python that does nothing."""
    with ground.fresh_database() as url, discord_stand_in() as discord, whole_service(url, discord) as service:
        sender = ground.sender(service)
        sender.send(4, _USED_PER_SECOND)  # a process that never did anything is no idle service
        time.sleep(_QUIET_SECONDS)
        ours = {pid: _NAMES[module(pid)] for pid in family(service.pid)}
        idle_mib = {pid: pss_mib(pid) for pid in ours}
        idle_postgres_mib = _postgres_mib(ground)
        bare_mib = _bare_python_mib()
        with MemoryWatch(ours) as watch:
            sent = sender.send(ground.either(6, 20))
        busy_postgres_mib = _postgres_mib(ground)
    return [
        Figure("idle memory, our processes", sum(idle_mib.values()), "MiB", bare_mib * len(ours), Target(300)),
        Figure("peak memory, our processes", watch.peak_of_all_mib, "MiB", bare_mib * len(ours)),
        *(Figure(f"  idle {name}", idle_mib[pid], "MiB", bare_mib) for pid, name in ours.items()),
        *(Figure(f"  peak {name}", watch.peaks_mib[pid], "MiB", bare_mib) for pid, name in ours.items()),
        Figure("  idle Postgres (apart)", idle_postgres_mib, "MiB"),
        Figure("  busy Postgres (apart)", busy_postgres_mib, "MiB"),
        Figure(
            "sustained, all processes at work",
            sent.per_second,
            "rounds/s",
            note="as above, while worker and presenter take their part of the machine",
        ),
    ]


def _postgres_mib(ground: Ground) -> float:
    return sum(pss_mib(pid) for pid in processes_in(ground.databases.cluster, "postgres"))


def _bare_python_mib() -> float:
    """An interpreter that waits for a line which never comes."""
    bare = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with bare:
        assert bare.stdout is not None
        bare.stdout.readline()
        mib = pss_mib(bare.pid)
        bare.kill()
    return mib
