"""The shipper and the real door: what it ships is what is kept, and shipping it all once more changes nothing."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
FILES = {
    "2026-02-03-235512-supply-round-1.txt": b"^1Pub\\supply\\legacy3\\1\\1\\2\\12:00\\4:07\\246812\n" * 200,
    "2026-02-03-235514-supply-round-1-endstats.txt": b"Most damage given\tsomebody\t3000\n",
    "2026-02-03-235512-supply-round-1_engagements.txt": b"# PROXIMITY_TRACKER_V6\n# map=supply\n# round=1\n",
    "2026-02-03-235512-etl_žluť-round-1.txt": b"a name that no format has\xff\x00",
}


@pytest.fixture
def host(door, tmp_path):
    """A game server's disk: its files, and the shipper's settings for the real service."""
    (tmp_path / "gamestats").mkdir()
    for name, content in FILES.items():
        (tmp_path / "gamestats" / name).write_bytes(content)
    (tmp_path / "token").write_text(door.token)
    url = str(door.client.base_url)
    (tmp_path / "roundwire-ship.cfg").write_text(
        f"url = {url}\ntoken_file = token\nfolder = gamestats\nstate_dir = state\nsettle_seconds = 1\n"
    )
    return tmp_path


def ship_once(host: Path) -> list[str]:
    """What one run says; it must have got rid of everything."""
    done = subprocess.run(
        [sys.executable, "-m", "game_server.shipper", "--settings", str(host / "roundwire-ship.cfg"), "--once"],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


def test_what_is_shipped_is_kept_as_it_was(door, host):
    ship_once(host)

    kept = door.rows("SELECT content_sha256 FROM deliveries")
    assert {row["content_sha256"] for row in kept} == {hashlib.sha256(body).hexdigest() for body in FILES.values()}
    assert len(kept) == len(FILES)


def test_shipping_everything_once_more_changes_nothing(door, host):
    ship_once(host)
    assert ship_once(host) == []
    shutil.rmtree(host / "state")
    again = ship_once(host)

    assert [line.rpartition(" ")[2] for line in again] == ["outcome=duplicate"] * len(FILES)
    assert door.count("deliveries") == len(FILES)
