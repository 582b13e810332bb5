"""How often one client may ask: each for himself, and never more clients remembered than there is room for."""

from ingest_api.http.reading import ClientRates


def test_each_client_has_a_patience_of_his_own():
    rates = ClientRates(per_minute=1)
    assert [rates.take(client, 0.0) > 0 for client in ("a", "a", "b")] == [False, True, False]


def test_who_waited_may_ask_again():
    rates = ClientRates(per_minute=1)
    rates.take("a", 0.0)
    waits_seconds = rates.take("a", 0.0)
    assert rates.take("a", float(waits_seconds)) == 0


def test_only_the_latest_clients_are_remembered():
    rates = ClientRates(per_minute=1, most_clients=2)
    for client in ("a", "b", "a", "c"):
        rates.take(client, 0.0)
    assert rates.take("b", 0.0) == 0  # forgotten, and begun anew
    assert rates.take("c", 0.0) > 0
