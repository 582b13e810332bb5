"""`roundwire backfill links`: everything that has no round is tried again, and what came of it is kept as a report."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.services.judging import Rules
from ingest_api.services.relink import Relinked, relink_all
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether it is done or only said."""
    parser.add_argument(
        "--apply", action="store_true", dest="is_applied", help="link what can be linked, not only say it"
    )
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try and tell; 1 when something still has no round. Raises StartError."""
    now, rules = utc_now(), Rules(filler_maps=settings.filler_map_names)
    with open_database(settings) as engine, only_errors_logged():
        tried = list(relink_all(engine, now, is_applied=arguments.is_applied, rules=rules))
    told = summary(tried, is_applied=arguments.is_applied)
    report = _keep(settings.data / "reports", told, now)
    if arguments.as_json:
        print_json(told | {"report": str(report)})
    else:
        word = "updated" if arguments.is_applied else "would be updated (--apply does it)"
        still = ", ".join(f"{count} {why}" for why, count in told["still_unlinked"].items())
        print(f"Scanned {told['scanned']}, {told['updated']} {word}; still unlinked: {still or 'none'}.")
        print(f"Report: {report}")
    return FOUND if told["still_unlinked"] else 0


def summary(tried: Sequence[Relinked], *, is_applied: bool) -> dict[str, Any]:
    """What came of it, in counts, and each event with its round or its reason."""
    return {
        "is_applied": is_applied,
        "scanned": len(tried),
        "updated": sum(one.round_id is not None for one in tried),
        "still_unlinked": dict(sorted(Counter(str(one.reason) for one in tried if one.round_id is None).items())),
        "events": [
            {"round_event_id": one.event.round_event_id, "round_id": one.round_id, "reason": str(one.reason)}
            for one in tried
        ],
    }


def _keep(folder: Path, told: dict[str, Any], now: datetime) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"backfill-links-{now:%Y%m%d-%H%M%S}.json"
    report.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return report
