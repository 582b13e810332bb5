"""Everything is started with secrets and made to fail in every way we know; then all that it told is searched for them."""

import http.client
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from ingest_api.cli.run import PROGRAMS
from tests.e2e.service_process import ServiceProcess
from tests.e2e.test_spine import roundwire
from tests.factories import a_report, as_body
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN
from tests.integration.signing import headers_of
from tests.messages import a_message, as_bytes

WRONG = "not-the-token-but-somebodys-secret"
ADMIN = "5f2d9c1a7be04836a1c0d2f4e6b8a7c9"
PAGES = [
    "/",
    "/preview",
    "/metrics",
    "/health",
    "/readyz?verbose",
    "/openapi.json",
    "/diagnostics/lua-webhook",
    "/api/rounds",
]
OTHER_SECRET = "whsec_" + "A" * 43 + "="
SUBMIT = "/api/v2/stats/etl/matches/stats/submit"


class Conversation:
    """Requests to the service; all that it answered is in `heard`."""

    def __init__(self, port):
        self._port = port
        self.heard = []

    def say(self, method, path, body=None, bearer=None, **headers):
        """One request. No answer is an answer too."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            shown = {"Authorization": f"Bearer {bearer}"} if bearer else {}
            connection.request(method, path, body, shown | headers)
            answer = connection.getresponse()
            self.heard.append(f"{answer.status} {answer.getheaders()} {answer.read().decode('utf-8', 'replace')}")
        except (http.client.HTTPException, OSError) as error:
            self.heard.append(repr(error))
        finally:
            connection.close()

    def say_everything(self, token, secret):
        """At every door, with the right token and with wrong ones, what can be taken and what cannot."""
        report, message = as_body(a_report()), as_bytes(a_message())
        for bearer in (token, WRONG, f"{token}\t", "GameStatsWebLuaToken"):
            for body in (report, b"no JSON", b"[" * 50_000, b"x" * (2 << 20)):
                self.say("POST", "/v1/rounds", body, bearer)
                self.say("POST", SUBMIT, body, bearer)
                self.say("PUT", "/v1/files/x.txt", body, bearer)
                self.say("POST", "/v1/hello", body, bearer)
        for body in (message, b"no JSON", b"x" * (2 << 20)):
            for told in (token, WRONG):
                self.say("POST", f"/api/webhooks/alpha/{told}", body)
                self.say("POST", f"/api/webhooks/alpha/{told}/slack", body)
                self.say("GET", f"/api/webhooks/alpha/{told}")
                self.say("POST", f"/v1/rounds?token={told}", body)
                self.say("GET", f"/nowhere/{told}?{told}")
        for signed_by in (secret, OTHER_SECRET):
            for bearer in (None, token, WRONG):
                self.say("POST", "/v1/rounds", report, bearer, **headers_of(signed_by, report))
        for page in PAGES:
            for bearer in (token, ADMIN, f"{ADMIN}0"):
                self.say("GET", page, bearer=bearer)


def command_lines():
    """What `ps` shows of everybody."""
    for entry in Path("/proc").iterdir():
        try:
            yield (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except (OSError, ValueError):
            continue


def environment_of(service, name):
    """What a process of the service was started with, as far as it is about who may look behind the doors."""
    wanted = PROGRAMS[name].encode()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if wanted in (entry / "cmdline").read_bytes().split(b"\0") and parent_of(entry) == service.process.pid:
                return ADMIN.encode() in (entry / "environ").read_bytes()
    return None


def parent_of(entry):
    """The id of the process that started this one."""
    return int((entry / "stat").read_text().rpartition(")")[2].split()[1])


def test_no_secret_is_told_by_logs_answers_pages_metrics_or_ps(data):
    with FakeDiscord() as discord:
        settings = {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_CHANNEL_ID": str(CHANNEL_ID),
            "DISCORD_API_BASE": discord.api_base,
            "ROUNDWIRE_LOG_LEVEL": "debug",
            "ROUNDWIRE_ADMIN_TOKEN": ADMIN,
        }
        with ServiceProcess(data, **settings) as service:
            service.wait_for_line("  stop")
            token = roundwire(data, "server", "add", "alpha")
            secret = roundwire(data, "server", "sign", "alpha")
            password = (data / "postgres-password").read_text().strip()
            conversation = Conversation(service.port)
            conversation.say_everything(token, secret)
            seen = list(command_lines())
            environments = {name: environment_of(service, name) for name in ("api", "worker", "presenter")}
            postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            conversation.say_everything(token, secret)
            service.wait_for_line("postgres ended; it is started again")
            time.sleep(1)
            conversation.say_everything(token, secret)
            seen += command_lines()
            service.end()
    told = {
        "log": "\n".join(service.lines),
        "answers": "\n".join(conversation.heard),
        "database's log": (data / "postgres.log").read_text(errors="replace"),
        "ps": "\n".join(seen),
        "messages": str(discord.state.shown_messages()),
    }
    secrets = {
        "token": token,
        "wrong token": WRONG,
        "Discord's token": TOKEN,
        "password": password,
        "operators' token": ADMIN,
        "signing secret": secret,
        "signing key": secret.removeprefix("whsec_"),
    }

    assert [(where, what) for what, secret in secrets.items() for where, text in told.items() if secret in text] == []
    assert environments == {"api": True, "worker": False, "presenter": False}
    assert told["log"].count("\n") > 50
    assert len(conversation.heard) > 200
