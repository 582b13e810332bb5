"""How long after a round's end its card reaches Discord: through curl, API, Postgres, presenter and the real discord.py."""

import http.client
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from bench import floor
from bench.figures import Figure, Target, percentile
from bench.ground import MEASURED, SEEDED_ROUNDS, Ground
from bench.reports import Reports
from bench.service import Service, discord_stand_in, whole_service
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN

_EVERY_SECONDS = 0.237  # shares no rhythm with anything that looks around at intervals
_FLOOR_SECONDS, _FLOOR_POSTS = 2, 200
_POSTED_WITHIN_SECONDS = 30
_TARGETS = {50: Target(250), 95: Target(1000), 99: None}
_MESSAGE_IDS = text("""
    SELECT r.round_fingerprint, p.message_id FROM publications p JOIN rounds r ON r.id = p.subject::bigint
    WHERE p.status = 'sent' ORDER BY p.id DESC LIMIT :count
""")


@dataclass(frozen=True, slots=True)
class _Post:
    at_unix: float
    message: dict[str, Any]


def card(ground: Ground) -> list[Figure]:
    """Rounds end one after another, each report sent by a curl of its own, as the reporter does it."""
    count = int(ground.either(40, 120))
    with ground.fresh_database() as url, discord_stand_in() as discord:
        with whole_service(url, discord) as service:
            time.sleep(1)
            ended_at = _end_rounds(ground, service, count)
            posted = _wait_until_posted(discord, count)
        rounds = _fingerprints_by_message(ground, count)
        by_hand_ms = _by_hand_ms(ground, url, discord, next(iter(posted.values())).message)
    waited_ms = [(one.at_unix - ended_at[rounds[message_id]]) * 1000 for message_id, one in posted.items()]
    note = f"{count} rounds, one every {_EVERY_SECONDS * 1000:.0f} ms; floor: the rows and then the card, sent by hand"
    return [
        Figure(
            f"round end to card, p{percent}",
            percentile(waited_ms, percent),
            "ms",
            sum(percentile(step_ms, percent) for step_ms in by_hand_ms),
            target,
            note if percent == 50 else None,
        )
        for percent, target in _TARGETS.items()
    ]


def _end_rounds(ground: Ground, service: Service, count: int) -> dict[str, float]:
    """When each round ended (unix seconds), by its fingerprint. Raises RuntimeError when a report was not taken."""
    reports, ended_at, curls = Reports(ground.since_unix), {}, []
    with TemporaryDirectory(prefix="roundwire-") as folder:
        for number in range(SEEDED_ROUNDS, SEEDED_ROUNDS + count):
            told = reports.round(number)
            spooled = Path(folder) / f"{number}.json"
            spooled.write_bytes(reports.body(number))
            ended_at[told.fingerprint] = time.time()  # noqa: TID251  matched with another process's times
            curls.append(_start_curl(spooled, service.port, ground.tokens[told.server_id]))
            time.sleep(_EVERY_SECONDS)
        answers = {curl.communicate()[0] for curl in curls}
    if answers != {"201"}:
        raise RuntimeError(f"not every report was taken as a new round: {answers}")
    return ended_at


def _start_curl(report: Path, port: int, token: str) -> subprocess.Popen[str]:
    headers = ["-H", "Content-Type: application/json", "-H", f"Authorization: Bearer {token}"]
    outcome = ["-o", "/dev/null", "-w", "%{http_code}"]
    argv = ["curl", "-q", "-s", *outcome, *headers, "--data-binary", f"@{report}", f"http://127.0.0.1:{port}/v1/rounds"]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)


def _wait_until_posted(discord_port: int, count: int) -> dict[str, _Post]:
    """The cards the stand-in received, by message id."""
    patience_ends = time.monotonic() + _POSTED_WITHIN_SECONDS
    while time.monotonic() < patience_ends:
        journal = _ask(http.client.HTTPConnection("127.0.0.1", discord_port, timeout=10), "GET", "/_messages")
        posts: dict[str, _Post] = {}
        for entry in journal:  # an edit comes after the post it changes
            posts.setdefault(entry["message"]["id"], _Post(entry["received_at_unix"], entry["message"]))
        if len(posts) >= count:
            return posts
        time.sleep(0.5)
    raise TimeoutError("a card is missing")


def _fingerprints_by_message(ground: Ground, count: int) -> dict[str, str]:
    with ground.databases.transaction(MEASURED) as connection:
        found = connection.execute(_MESSAGE_IDS, {"count": count}).all()
    return {message_id: fingerprint for fingerprint, message_id in found}


def _by_hand_ms(
    ground: Ground, url: str, discord_port: int, message: dict[str, Any]
) -> tuple[list[float], list[float]]:
    """How long a bare loop takes to write a round, and how long to post a card it has ready."""
    written_ms = floor.write(ground.by_hand(url, _FLOOR_SECONDS, connections=1)).latencies_ms
    connection = http.client.HTTPConnection("127.0.0.1", discord_port, timeout=10)
    card_again = {"embeds": message["embeds"], "allowed_mentions": {"parse": []}}
    posted_ms = []
    for _ in range(_FLOOR_POSTS):
        began = time.monotonic()
        _ask(connection, "POST", f"/api/v10/channels/{CHANNEL_ID}/messages", card_again)
        posted_ms.append((time.monotonic() - began) * 1000)
    return written_ms, posted_ms


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bot {TOKEN}", "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"the stand-in refused {method} {path}: {content}")
    return content
