"""The steps around one cluster folder: set it up, take it from a dead predecessor, tell when the server is ready."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

from shared.ops.child_process import processes_in, run_child
from shared.ops.data_folder import write_private
from shared.ops.errors import DataFolderUnusableError, PostgresError
from shared.ops.postgres_place import CLEAN_ENVIRONMENT, MAJOR_VERSION, Place, own

ROLE = "roundwire"
DATABASE = "roundwire"
_READY_SECONDS = 180  # recovery after a crash may have much to read
_ORPHAN_STOPS_SECONDS = 20
_ORPHAN_QUITS_SECONDS = 5
_STATE_LINE = 8

# Small and quiet: it shares the machine with a game server. Durability stays at Postgres' defaults, all on.
SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "60",
    "jit": "off",
    "io_method": "sync",  # no reader processes: what matters is in memory
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%a: ",
    "log_checkpoints": "off",
    "cluster_name": "roundwire",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
}
UNSAFE_BUT_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",  # nothing lives long enough; and a role of ours may not drop a database while it is at work there
}


def set_up(place: Place, *, durable: bool) -> str:
    """Make the cluster if there is none and return the password of its role; half-made clusters are thrown away first."""
    password_file = place.data / "postgres-password"
    if place.cluster.is_dir():
        _refuse_other_version(place.cluster)
        if not password_file.exists():
            clear_leftovers(place.cluster)
            _tell_password(place, place.cluster, password_file, first_time=False)
    else:
        fresh = place.cluster.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        own(fresh, place.account)
        _initdb(place, fresh, durable=durable)
        _tell_password(place, fresh, password_file, first_time=True)
        fresh.rename(place.cluster)
    return password_file.read_text(encoding="ascii").strip()


def clear_leftovers(cluster: Path) -> None:
    """Stop a server that outlived its owner, and remove its pid file once no process works in the cluster any more.

    Postgres itself would trust the number in that file; after a reboot it may be anybody's. The caller holds the lock.
    """
    if orphans := processes_in(cluster, "postgres"):
        _send(signal.SIGINT, {process for process in orphans if process == _recorded_postmaster(cluster)})
        if not _is_deserted_within(cluster, _ORPHAN_STOPS_SECONDS):
            _send(signal.SIGQUIT, set(processes_in(cluster, "postgres")))
            if not _is_deserted_within(cluster, _ORPHAN_QUITS_SECONDS):
                raise PostgresError(f"Process {orphans[0]} still works in {cluster} and does not stop.")
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def wait_until_ready(server: subprocess.Popen[bytes], cluster: Path, log: Path, log_start: int) -> None:
    """Return when the server takes connections; PostgresError with its own last word (read from `log_start`) when it dies."""
    patience_ends = time.monotonic() + _READY_SECONDS
    while time.monotonic() < patience_ends:
        if server.poll() is not None:
            raise PostgresError(f"Postgres did not start: {_last_word(log, log_start)} (its log is {log}).")
        if _is_ready(server.pid, cluster):
            return
        time.sleep(0.01)
    raise PostgresError(f"Postgres was not ready within {_READY_SECONDS} seconds (its log is {log}).")


def _refuse_other_version(cluster: Path) -> None:
    try:
        version = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise DataFolderUnusableError(f"{cluster} is not a database folder: {error.strerror}.") from error
    if version != MAJOR_VERSION:
        raise DataFolderUnusableError(f"{cluster} was made by Postgres {version}; this version brings {MAJOR_VERSION}.")


def _initdb(place: Place, cluster: Path, *, durable: bool) -> None:
    # initdb insists on a password for its own superuser; nobody needs it, so nobody keeps it.
    superuser_password = cluster.with_name("postgres.superuser")
    write_private(superuser_password, secrets.token_urlsafe(32))
    own(superuser_password, place.account)
    argv: list[str | Path] = [
        place.programs / "initdb",
        "-D",
        cluster,
        "-U",
        "postgres",
        "--pwfile",
        superuser_password,
    ]
    argv += ["-A", "scram-sha-256", "-E", "UTF8", "--data-checksums", "--no-instructions"]
    argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    argv += [] if durable else ["--no-sync"]
    try:
        result = run_child(argv, env=CLEAN_ENVIRONMENT, account=place.account)
    finally:
        superuser_password.unlink()
    if result.returncode != 0:
        raise PostgresError(f"The database could not be set up in {place.cluster}: {_last_line(result.stdout)}.")


def _tell_password(place: Place, cluster: Path, password_file: Path, *, first_time: bool) -> None:
    """Give the role a new random password; the file is written last, so that a half-done step is done again."""
    password = secrets.token_urlsafe(32)
    statements = [f"ALTER ROLE {ROLE} PASSWORD '{password}'"]
    if first_time:
        statements = [
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'",
            f"GRANT pg_monitor TO {ROLE}",
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
        ]
    result = run_child(
        [
            place.programs / "postgres",
            "--single",
            "-j",
            "-D",
            cluster,
            "-c",
            "log_min_error_statement=panic",
            "postgres",
        ],
        env=CLEAN_ENVIRONMENT,
        account=place.account,
        stdin="".join(f"{statement};\n\n" for statement in statements),
    )
    if result.returncode != 0 or "ERROR:" in result.stdout:
        raise PostgresError(f"The database could not be set up in {place.cluster}: {_last_line(result.stdout)}.")
    write_private(password_file, f"{password}\n")


def _recorded_postmaster(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _send(signal_number: signal.Signals, processes: set[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal_number)


def _is_deserted_within(cluster: Path, seconds: float) -> bool:
    patience_ends = time.monotonic() + seconds
    while processes_in(cluster, "postgres"):
        if time.monotonic() > patience_ends:
            return False
        time.sleep(0.05)
    return True


def _is_ready(pid: int, cluster: Path) -> bool:
    """The pid file's first line is the server's process id, its last one its state, once the server got so far."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= _STATE_LINE and lines[0] == str(pid) and lines[_STATE_LINE - 1].strip() == "ready"


def _last_word(log: Path, log_start: int) -> str:
    with log.open("rb") as stream:
        stream.seek(log_start)
        lines = stream.read().decode("utf-8", "replace").splitlines()
    for line in reversed(lines):
        for level in ("PANIC:", "FATAL:"):
            if level in line:
                return line.split(level, 1)[1].strip()
    return _last_line("\n".join(lines))


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it said nothing"
