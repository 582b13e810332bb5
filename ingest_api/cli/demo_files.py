"""Where the data folder keeps what belongs to the game server `demo`."""

from dataclasses import dataclass
from pathlib import Path

DEMO_SERVER = "demo"


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """The files of the demo in a data folder."""

    data: Path

    @property
    def token(self) -> Path:
        """Its token, for the owner's eyes only."""
        return self.data / "demo-token"

    @property
    def round(self) -> Path:
        """A round to post by hand."""
        return self.data / "example-round.json"

    @property
    def home(self) -> Path:
        """The folder of the stand-in game server, with its spool."""
        return self.data / "demo-server"
