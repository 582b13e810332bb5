"""What keeps the service from starting. Each message is one plain sentence for the operator; commands print it and exit.

StartError
├── DataFolderInUseError      another process works in the data folder
├── DataFolderUnusableError   the data folder cannot be entered or written
├── SettingsError             a setting cannot be used, or one that is needed is missing
├── BackupError               a backup could not be written, is not whole, or may not be restored here
└── PostgresError             the embedded Postgres cannot be found, set up or started
"""


class StartError(Exception):
    """Something the operator must set right before the service can start."""


class DataFolderInUseError(StartError):
    """Another process holds the lock of the data folder."""


class DataFolderUnusableError(StartError):
    """The data folder is missing a permission, or what lies in it is not ours to use."""


class SettingsError(StartError):
    """A setting cannot be used, or one that is needed is missing."""


class BackupError(StartError):
    """A backup could not be written, a file is no whole backup, or it may not be restored here."""


class PostgresError(StartError):
    """The embedded Postgres could not be found, set up, started or reached."""
