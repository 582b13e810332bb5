"""What Prometheus reads of arrivals: counted at every moment, by the database and the spool together."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ingest_api.services.spool import SpoolState
from ingest_api.services.totals import DeliveryTotals, Totals
from shared.domain.vocabulary import SOURCE_OF_KIND
from shared.ops.clock import utc_now


class DeliveryCollector(Collector):
    """Arrivals by outcome, and how full the spool is."""

    def __init__(self, totals: DeliveryTotals) -> None:
        self._totals = totals

    def collect(self) -> Iterator[Metric]:
        """The totals of this moment."""
        now = utc_now()
        found = self._totals.read(now)
        yield from _deliveries(found)
        yield from _spool(found.spool, now.timestamp())

    def describe(self) -> Iterator[Metric]:
        """Nothing is counted before the first scrape."""
        return iter(())


def _deliveries(found: Totals) -> Iterator[Metric]:
    received = CounterMetricFamily("roundwire_deliveries_received", "Copies that arrived, refused ones included")
    received.add_metric([], found.received)
    yield received
    outcomes = CounterMetricFamily(
        "roundwire_deliveries",
        "Copies that arrived, by source (empty when nothing was kept), outcome and answer",
        labels=["source", "outcome", "code"],
    )
    by_labels: Counter[tuple[str, str, str]] = Counter()
    for (kind, outcome, code), count in found.groups.items():
        by_labels[SOURCE_OF_KIND.get(kind, "") if kind else "", outcome, str(code)] += count
    for labels, count in sorted(by_labels.items()):
        outcomes.add_metric(labels, count)
    yield outcomes


def _spool(spool: SpoolState, now_unix: float) -> Iterator[Metric]:
    yield GaugeMetricFamily("roundwire_spool_waiting", "Arrivals that wait for the database", value=spool.waiting)
    yield GaugeMetricFamily(
        "roundwire_spool_oldest_seconds",
        "How long the oldest of them has waited; 0 when none waits",
        value=0 if spool.oldest_at is None else max(0.0, now_unix - spool.oldest_at.timestamp()),
    )
    yield GaugeMetricFamily("roundwire_spool_bound_bytes", "What the spool may hold", value=spool.bound_bytes)
    if spool.kept_bytes is not None:
        yield GaugeMetricFamily("roundwire_spool_bytes", "What the spool takes on the disk", value=spool.kept_bytes)
