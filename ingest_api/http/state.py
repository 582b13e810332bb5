"""What every request handler stands on, built once in `main` and handed to the application."""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import Engine

from ingest_api.http.limits import AddressLimits
from ingest_api.services.arrival import RateLimits
from ingest_api.services.judging import Rules
from ingest_api.services.reception import Reception
from shared.domain.client_address import TrustedProxies
from shared.ops.settings import Settings


@dataclass(frozen=True, slots=True)
class AppState:
    """The engine, the settings, and what the operators decided. `limits`: of rounds."""

    settings: Settings
    engine: Engine
    rules: Rules
    reception: Reception
    limits: RateLimits
    notice_limits: RateLimits
    file_limits: RateLimits
    address_limits: AddressLimits
    trusted_proxies: TrustedProxies


def app_state(request: Request) -> AppState:
    """The application's state, as a dependency."""
    state = request.app.state.roundwire
    if not isinstance(state, AppState):
        raise TypeError("the application was built without its state")
    return state
