"""What tests of the reporter's delivery share: a host with real shells and real curl, and looks into its folder."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.reporter_world import World

TOKEN = "token-Of.This~Server_1234"
OLD_SECONDS = 100
FURTHER_TARGETS = ("second", "third")


def settings_for(*urls: str) -> str:
    """Main target first; further ones are called second, third."""
    lines = ["server_id = srv1", f"url = {urls[0]}", "token_file = token"]
    for name, url in zip(FURTHER_TARGETS, urls[1:], strict=False):
        lines += [f"url.{name} = {url}", f"token_file.{name} = token"]
    return "\n".join(lines) + "\n"


def a_world(home: Path, lua: str, *urls: str, more_settings: str = "", **options) -> World:
    """A host whose token file is in place and whose shell is real."""
    (home / "legacy").mkdir(parents=True, exist_ok=True)
    (home / "legacy" / "token").write_text(TOKEN + "\n")
    return World(home, lua, settings=settings_for(*urls) + more_settings, shell=True, **options)


def play_round(world: World):
    """Starts a server and plays one round to its objective."""
    game = world.new_game()
    game.start_server("supply", 15)
    finish_round(game, 60_000)
    return game


def play_another(game) -> None:
    """A further round, on another map."""
    game.to_map("etl_ice", 12)
    finish_round(game)


def finish_round(game, length_ms: int = 30_000) -> None:
    """From warmup to the objective."""
    game.warm_up(5_000)
    game.play_until(length_ms)
    game.objective()


def until(true: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait for something that happens in another process."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "did not happen in time"
        time.sleep(0.01)


def last_status(world: World, target: str = "main") -> str | None:
    """How the last upload or sweep ended."""
    path = world.folder / f"last-{target}"
    return path.read_text().split()[1] if path.exists() else None


def refused(world: World, target: str = "main") -> list[Path]:
    """What was moved aside."""
    return sorted((world.folder / "refused" / target).glob("*.json"))


def set_age(path: Path, seconds: float) -> None:
    """A file or folder that was changed so long ago; negative: in the future."""
    os.utime(path, (time.time() - seconds,) * 2)  # noqa: TID251 - a file's real age is what counts


def make_old(world: World, target: str = "main") -> None:
    """Old enough for a sweep."""
    for path in world.spooled(target):
        set_age(path, OLD_SECONDS)


def is_sweeping(world: World) -> bool:
    """Whether the lock is held."""
    return (world.folder / "sweep.lock").exists()


def senders(world: World) -> list[int]:
    """Process ids of the shells at work for this instance."""
    script = f"{world.folder}/sender.sh".encode()
    return [process_id for process_id, line in command_lines() if script in line]


def until_idle(world: World) -> None:
    """Until every sender has ended; a process that is just becoming another program shows no arguments for a moment."""
    until(lambda: not any(senders(world) or _woken(world) or time.sleep(0.01) for _ in range(3)))


def _woken(world: World) -> list[int]:
    """Of the shells that wait those that have been rung for and have not started their sender yet: they do not sleep."""
    return [process_id for process_id in waiting(world) if not _sleeps(process_id)]


def _sleeps(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(") ")[2].startswith("S")
    except (FileNotFoundError, ProcessLookupError):
        return True


def waiting(world: World) -> list[int]:
    """Process ids of the shells that wait for the end of a round of this instance."""
    script = f"{world.folder}/bell.sh".encode()
    return [process_id for process_id, line in command_lines() if script in line.split(b"\0")]


def until_one_waits(world: World) -> None:
    """Until every sender has ended, and of those who wait only the last one is left."""
    until_idle(world)
    until(lambda: (world.folder / "bell").is_fifo() and len(waiting(world)) == 1)


def sweep(world: World) -> None:
    """As the operator asks for it, from beginning to end."""
    until_idle(world)
    world.engine.console_command("round_reporter", "flush")
    until_idle(world)


def counted(world: World) -> dict[str, str]:
    """The sender's count as it is written: a line a target, and `:refused`, `:seen`."""
    path = world.folder / "count"
    return dict(line.split("=") for line in path.read_text().splitlines()) if path.exists() else {}


def command_lines() -> Iterator[tuple[int, bytes]]:
    """Process id and arguments of everything that runs."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield int(process.name), (process / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue


def put_before_path(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, script: str) -> None:
    """A program of this name that senders find before the real one."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n" + script)
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
