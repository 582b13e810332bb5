"""`roundwire server sign` and `secrets`: what a game server proves itself by besides its tokens, and which of all is in use."""

import argparse
import sys

from sqlalchemy import Connection

from ingest_api.cli.output import print_json, print_table
from ingest_api.services.servers import issue_signing_secret, stop_signing
from shared.db.secret_uses import SecretUses
from shared.domain import fingerprint
from shared.domain.figures import plural
from shared.ops.clock import utc_now


def sign(arguments: argparse.Namespace, connection: Connection) -> int:
    """Give it a secret to sign by, or take all of them away. Only what is durable is shown, as with tokens."""
    server_id = fingerprint.server_id(arguments.name)
    if arguments.must_stop:
        count = stop_signing(connection, arguments.name)
        connection.commit()
        if arguments.as_json:
            print_json({"server_id": server_id, "revoked": count})
        else:
            print(f"{server_id} can sign no more: {plural(count, 'secret')} invalid.")
        return 0
    secret = issue_signing_secret(connection, arguments.name, utc_now())
    connection.commit()
    if arguments.as_json:
        print_json({"server_id": server_id, "secret": secret})
    else:
        print(f"What {server_id} signs by, shown this once:", file=sys.stderr)
        print(secret)
    return 0


def show(arguments: argparse.Namespace, connection: Connection) -> int:
    """Every valid secret by the first digits of its hash, and when it was last used."""
    held = SecretUses(connection).held()
    if arguments.as_json:
        print_json(held)
    else:
        rows = [(one.server_id, one.kind, one.digits, one.last_used_at) for one in held]
        print_table(("SERVER", "OPENS", "HASH", "LAST USED"), rows)
    return 0
