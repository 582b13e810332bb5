"""What processes cost: memory that is theirs alone or their share of (PSS), and processor time. Linux only."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

_KIB_PER_MIB = 1024
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_LOOK_EVERY_SECONDS = 0.2


def family(pid: int) -> list[int]:
    """A process and everything it started, as far as it still lives."""
    parents = {int(entry.name): _stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found = [pid]
    for one in found:
        found += [child for child, fields in parents.items() if fields and int(fields[1]) == one]
    return found


def module(pid: int) -> str:
    """The Python module a process was started with."""
    argv = (Path("/proc") / str(pid) / "cmdline").read_text(encoding="utf-8").split("\0")
    return argv[argv.index("-m") + 1]


def pss_mib(pid: int) -> float:
    """A process's memory in MiB: its own, and of what it shares with others its share. 0 when it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in (Path("/proc") / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / _KIB_PER_MIB
    return 0.0


def cpu_seconds(pids: Iterable[int]) -> float:
    """The processor time that living processes have had so far."""
    return sum(sum(map(int, fields[11:13])) for fields in map(_stat, pids) if fields) / _TICKS_PER_SECOND


class MemoryWatch:
    """Looks at the memory of some processes again and again: `peaks_mib` of each, `peak_of_all_mib` at one moment."""

    def __init__(self, pids: Iterable[int]) -> None:
        self.peaks_mib = dict.fromkeys(pids, 0.0)
        self.peak_of_all_mib = 0.0
        self._ends = Event()
        self._thread = Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ends.wait(_LOOK_EVERY_SECONDS):
            now_mib = {pid: pss_mib(pid) for pid in self.peaks_mib}
            self.peaks_mib = {pid: max(peak, now_mib[pid]) for pid, peak in self.peaks_mib.items()}
            self.peak_of_all_mib = max(self.peak_of_all_mib, sum(now_mib.values()))


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/<pid>/stat` after the program's name; none when it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return (
            (Path("/proc") / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    return []
