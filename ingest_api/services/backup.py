"""Backup and restore: everything that is durable, the database and the spool, in one file and out of it again."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest_api.services.spool import FOLDER as SPOOL_FOLDER
from shared.db import migrate
from shared.db.copies import Filling, Snapshot, TableShape, open_filling, open_snapshot
from shared.ops.backup_file import BackupReader, BackupWriter, opened_backup, written_backup
from shared.ops.errors import BackupError

_TABLES, _SPOOL = "tables/", "spool/"
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Told:
    """What was copied, for people. `spool_files`: files of what the database does not know yet."""

    revision: str
    made_at: str
    rows: int
    spool_files: int


def back_up(database_url: str, data: Path, file: Path, now: datetime) -> Told:
    """Write everything into a new file, beside a working service. Raises BackupError or a database error.

    The spool is copied first: what reaches the database meanwhile is in both, and taken once when it is restored.
    """
    with written_backup(file) as backup, open_snapshot(database_url) as snapshot:
        revision = snapshot.revision
        if revision is None:
            raise BackupError("The database is empty; there is nothing to back up.")
        spool_files = _add_spool(backup, data / SPOOL_FOLDER)
        tables = [_add_table(backup, snapshot, shape) for shape in snapshot.tables()]
        backup.finish({"made_at": now.isoformat(), "revision": revision, "tables": tables})
    return Told(revision, now.isoformat(), sum(int(str(table["rows"])) for table in tables), spool_files)


def restore(database_url: str, data: Path, file: Path, *, may_replace: bool) -> Told:
    """Put a backup in the place of the database and the spool, both wholly or, when it fails, neither.

    Raises BackupError for a file that is not whole, a service at work, or something there that may not be replaced.
    """
    with opened_backup(file) as backup, open_filling(database_url) as filling:
        shapes = [TableShape(table["name"], tuple(table["columns"])) for table in backup.facts["tables"]]
        _refuse(filling, backup, data / SPOOL_FOLDER, may_replace=may_replace)
        filling.begin(backup.facts["revision"], shapes)
        rows = sum(_fill(filling, backup, shape, table) for shape, table in _paired(shapes, backup))
        spool_files = _lay_out_spool(backup, data)
        filling.finish(shapes)
        _take_spool_into_use(data)
        return Told(backup.facts["revision"], backup.facts["made_at"], rows, spool_files)


def _add_spool(backup: BackupWriter, folder: Path) -> int:
    added = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # drained meanwhile: the snapshot, which is younger, has it
            continue
        backup.add(_SPOOL + path.relative_to(folder).as_posix(), [content])
        added += 1
    return added


def _add_table(backup: BackupWriter, snapshot: Snapshot, shape: TableShape) -> dict[str, object]:
    lines: Counter[str] = Counter()

    def counted() -> Iterator[bytes]:
        for piece in snapshot.rows(shape):
            lines["n"] += piece.count(b"\n")  # a line end within a value is written as an escape
            yield piece

    backup.add(_TABLES + shape.name, counted())
    return {
        "name": shape.name,
        "columns": shape.columns,
        "rows": lines["n"],
        "last_id": snapshot.last_id(shape),
    }


def _refuse(filling: Filling, backup: BackupReader, spool: Path, *, may_replace: bool) -> None:
    for revision in (backup.facts["revision"], filling.revision()):
        if revision is not None and not migrate.is_known(revision):
            raise BackupError(f"Schema {revision} belongs to a newer version of Roundwire; nothing was changed.")
    if filling.others_at_work():
        raise BackupError("The service is at work on this database; stop it first.")
    if not may_replace and (filling.has_rows() or any(path.is_file() for path in spool.rglob("*"))):
        raise BackupError("There is something in the database or the spool; `--replace` throws it away.")


def _paired(shapes: Sequence[TableShape], backup: BackupReader) -> Iterator[tuple[TableShape, dict[str, int | None]]]:
    return zip(shapes, backup.facts["tables"], strict=True)


def _fill(filling: Filling, backup: BackupReader, shape: TableShape, table: dict[str, int | None]) -> int:
    rows = filling.fill(shape, backup.pieces(_TABLES + shape.name), table["last_id"])
    if rows != table["rows"]:
        raise BackupError(f"{rows} rows of {shape.name} came out and {table['rows']} went in; nothing was changed.")
    return rows


def _lay_out_spool(backup: BackupReader, data: Path) -> int:
    """Write the spool's files beside the spool in use."""
    fresh = data / f"{SPOOL_FOLDER}.restored"
    shutil.rmtree(fresh, ignore_errors=True)
    names = [name for name in backup.names if name.startswith(_SPOOL)]
    fresh.mkdir(mode=0o700)
    for name in names:
        path = fresh / name.removeprefix(_SPOOL)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            for piece in backup.pieces(name):
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
    return len(names)


def _take_spool_into_use(data: Path) -> None:
    spool = data / SPOOL_FOLDER
    shutil.rmtree(spool, ignore_errors=True)
    (data / f"{SPOOL_FOLDER}.restored").rename(spool)
