"""Child processes that never outlive us, and a look at who works in a folder. Linux only."""

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Account:
    """An existing account of this machine that a child runs under."""

    name: str
    uid: int
    gid: int


def start_child(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: int | IO[bytes],
    cwd: Path = Path("/"),
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    inherits: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, so that a Ctrl-C in the terminal reaches only us; `output` takes both streams.

    `inherits`: file descriptors that the child has under the same numbers. When the thread that called this dies, the
    kernel sends `death_signal`: call it from a thread that lives as long as the child should. Raises OSError when the
    program cannot be run or the account cannot be taken.
    """
    return subprocess.Popen(
        [str(argument) for argument in argv],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=inherits,
        preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509  it makes two system calls and takes no lock
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def run_child(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    account: Account | None = None,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run `argv` to its end from `/` and return its exit status and its output, both streams in `stdout`."""
    return subprocess.run(
        [str(argument) for argument in argv],
        env=dict(env),
        cwd="/",
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        start_new_session=True,
        preexec_fn=_die_with_parent(signal.SIGTERM),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def processes_in(folder: Path, program: str) -> list[int]:
    """Ids of the living processes of this program that work in `folder`, as far as we may see them."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, a zombie, or another account's process
            if (entry / "cwd").readlink() == folder and (entry / "comm").read_text().strip() == program:
                found.append(int(entry.name))
    return found


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def before_exec() -> None:
        # After the change of account, which would clear it.
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return before_exec
