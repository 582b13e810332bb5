from datetime import UTC, datetime

from ingest_api.cli.example_round import example_round
from shared.domain.contract import RoundReport

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)


def test_the_example_keeps_the_contract():
    report = RoundReport.model_validate(example_round("demo", NOON))

    assert (len(report.players), report.round_end_unix - report.round_start_unix) == (12, report.elapsed_ms // 1000)


def test_the_example_has_no_field_that_the_contract_does_not_know():
    report = RoundReport.model_validate(example_round("demo", NOON))

    assert report.model_extra == {}
    assert all(player.model_extra == {} for player in report.players)
