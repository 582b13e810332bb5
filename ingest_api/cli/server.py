"""`roundwire server`: the registry of game servers, and their tokens."""

import argparse
import sys

from sqlalchemy import Connection

from ingest_api.cli import server_secrets
from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from ingest_api.services.check_servers import ServerCheck, check_servers
from ingest_api.services.servers import ServerNameRefused, add_server, revoke_tokens, rotate_token, set_webhook
from shared.db.servers import Servers
from shared.domain import fingerprint
from shared.domain.figures import ago
from shared.ops.clock import utc_now
from shared.ops.errors import DataFolderUnusableError
from shared.ops.known_servers_file import KnownServersFile
from shared.ops.settings import Settings

_LONGEST_URL = 2000
_CHANGES = frozenset({"add", "rotate", "revoke", "webhook", "sign"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add NAME`, `rotate NAME`, `revoke NAME`, `webhook NAME`, `sign NAME`, `list`, `secrets`, `check [NAME]`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    add = steps.add_parser("add", help="register a game server; its token is the last line, shown this once")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--time-zone", default="UTC", metavar="ZONE", help="of the times in its files' names (UTC)")
    rotate = steps.add_parser("rotate", help="give it a new token; the one before stays valid until the next time")
    rotate.add_argument("name", metavar="NAME")
    revoke = steps.add_parser("revoke", help="make all its tokens and signing secrets invalid at once")
    revoke.add_argument("name", metavar="NAME")
    webhook = steps.add_parser("webhook", help="let a script in that has a webhook URL; the URL is read from stdin")
    webhook.add_argument("name", metavar="NAME")
    sign = steps.add_parser("sign", help="give it a secret to sign by, shown this once; the one before stays valid")
    sign.add_argument("name", metavar="NAME")
    sign.add_argument("--stop", action="store_true", dest="must_stop", help="make its signing secrets invalid at once")
    listing = steps.add_parser("list", help="every game server")
    held = steps.add_parser("secrets", help="every valid secret: what it opens, when it was last used")
    check = steps.add_parser("check", help="did its reporter say hello, and how is it? 1: something is wrong")
    check.add_argument("name", nargs="?", metavar="NAME")
    add_json_option(add, rotate, revoke, webhook, sign, listing, held, check)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do one step. Raises StartError, ServerNameRefused, WebhookRefused."""
    steps = {
        "add": _add,
        "rotate": _rotate,
        "revoke": _revoke,
        "webhook": _webhook,
        "sign": server_secrets.sign,
        "secrets": server_secrets.show,
        "list": _list,
        "check": _check,
    }
    with open_database(settings) as engine, engine.connect() as connection:
        status = steps[arguments.step](arguments, connection)
        if arguments.step in _CHANGES:
            _write_down(connection, settings)
        return status


def _write_down(connection: Connection, settings: Settings) -> None:
    """What was decided holds from now on, even when the database goes away before the service has looked again."""
    try:
        KnownServersFile(settings.data).write(Servers(connection).known(utc_now()))
    except (OSError, DataFolderUnusableError) as error:
        print(f"roundwire: The service learns it within a second, not at once: {error}", file=sys.stderr)


def _add(arguments: argparse.Namespace, connection: Connection) -> int:
    token = add_server(connection, arguments.name, time_zone=arguments.time_zone, now=utc_now())
    return _show_token(arguments, connection, token)


def _rotate(arguments: argparse.Namespace, connection: Connection) -> int:
    return _show_token(arguments, connection, rotate_token(connection, arguments.name))


def _show_token(arguments: argparse.Namespace, connection: Connection, token: str) -> int:
    """Only what is durable is shown: a token that failed to be kept would be worth nothing."""
    connection.commit()
    server_id = fingerprint.server_id(arguments.name)
    if arguments.as_json:
        print_json({"server_id": server_id, "token": token})
    else:
        print(f"The token of {server_id}, shown this once; its reporter needs it:", file=sys.stderr)
        print(token)
    return 0


def _revoke(arguments: argparse.Namespace, connection: Connection) -> int:
    revoke_tokens(connection, arguments.name)
    connection.commit()
    server_id = fingerprint.server_id(arguments.name)
    if arguments.as_json:
        print_json({"server_id": server_id, "revoked": True})
    else:
        print(f"Neither token nor signature of {server_id} is valid any more.")
    return 0


def _webhook(arguments: argparse.Namespace, connection: Connection) -> int:
    """The URL comes by stdin: an argument would stand in the list of processes and in the shell's history."""
    if sys.stdin.isatty():
        print("Paste the webhook URL and press Enter:", file=sys.stderr)
    webhook_id = set_webhook(connection, arguments.name, sys.stdin.readline(_LONGEST_URL))
    connection.commit()
    server_id = fingerprint.server_id(arguments.name)
    if arguments.as_json:
        print_json({"server_id": server_id, "webhook_id": webhook_id})
    else:
        print(
            f"{server_id} takes what is posted to its webhook {webhook_id}: in the script's URL change only the host."
        )
    return 0


def _list(arguments: argparse.Namespace, connection: Connection) -> int:
    servers = Servers(connection).all()
    if arguments.as_json:
        print_json(servers)
    else:
        print_table(
            ("SERVER", "NAME", "ACTIVE", "TOKENS", "WEBHOOK", "TIME ZONE", "LAST SEEN", "REGISTERED"),
            [
                (
                    one.server_id,
                    one.display_name,
                    "yes" if one.active else "no",
                    one.token_count,
                    one.webhook_id,
                    one.time_zone,
                    one.last_seen_at,
                    one.created_at,
                )
                for one in servers
            ],
        )
    return 0


def _check(arguments: argparse.Namespace, connection: Connection) -> int:
    server_id = None if arguments.name is None else fingerprint.server_id(arguments.name)
    checks = check_servers(connection, server_id)
    if server_id is not None and not checks:
        raise ServerNameRefused(f"there is no server named {server_id}")
    if arguments.as_json:
        print_json(checks)
    else:
        print("\n".join(line for check in checks for line in _lines(check)) or "No game server is registered.")
    return 1 if any(check.troubles for check in checks) else 0


def _lines(check: ServerCheck) -> list[str]:
    now = utc_now()
    lines = [
        f"{check.server_id}: reporter {one.instance}, version {one.sender_version or 'unknown'}, "
        f"{one.lua_kind or 'unknown Lua'}, said hello "
        f"{'never' if one.last_hello_at is None else ago((now - one.last_hello_at).total_seconds())}"
        for one in check.reporters
    ]
    if check.last_seen_at is not None:
        lines.append(f"{check.server_id}: last delivery {ago((now - check.last_seen_at).total_seconds())}")
    return [*lines, *(f"{check.server_id}: {trouble}" for trouble in check.troubles)]
