"""Commands of several parts, `roundwire COMMAND PART`: each part is a module with `add_arguments` and `run` of its own."""

import argparse
from collections.abc import Mapping
from types import ModuleType

from shared.ops.settings import Settings

Parts = Mapping[str, tuple[ModuleType, str]]
"""A part's module and what it does, by the part's name."""


def add_parts(parser: argparse.ArgumentParser, parts: Parts) -> None:
    """Let one of the parts be named, with arguments of its own."""
    names = parser.add_subparsers(dest="part", required=True, metavar="PART")
    for name, (module, summary) in parts.items():
        part = names.add_parser(name, help=summary, description=summary)
        module.add_arguments(part)


def run_part(parts: Parts, arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the part that was named and return its exit status."""
    module, _summary = parts[arguments.part]
    status: int = module.run(arguments, settings)
    return status
