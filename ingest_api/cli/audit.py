"""`roundwire audit`: checks of what is stored against the rules that made it. Each check is a module of its own."""

import argparse
from importlib import import_module
from types import ModuleType

from shared.ops.settings import Settings

CHECKS = {
    "pairs": "which rounds lack the other half of their match?",
}
"""A check `name` is the module `ingest_api.cli.audit_name` with `add_arguments(parser)` and `run(arguments, settings) -> int`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One of the checks."""
    checks = parser.add_subparsers(dest="check", required=True, metavar="CHECK")
    for name, summary in CHECKS.items():
        _module(name).add_arguments(checks.add_parser(name, help=summary, description=summary))


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check; 1 when something was found. Raises StartError."""
    status: int = _module(arguments.check).run(arguments, settings)
    return status


def _module(check: str) -> ModuleType:
    return import_module(f"ingest_api.cli.audit_{check}")
