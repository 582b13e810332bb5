import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def data():
    """A data folder to be made, where also an unprivileged Postgres may enter."""
    folder = Path(tempfile.mkdtemp(prefix="roundwire-tests-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)
