"""The bot's presence: connected to the gateway, so that people see it online. Nothing that is published depends on it."""

import asyncio

import discord
import structlog

from presenter_bot.discord_address import use_gateway_of
from presenter_bot.discord_errors import LIBRARY_ERRORS
from shared.domain.publications import back_off

log = structlog.get_logger()


async def stay_online(token: str, api_base: str) -> None:
    """Keep connected until cancelled; returns only when Discord refuses us for good."""
    attempts = 0
    while True:
        attempts += 1
        client = discord.Client(intents=discord.Intents.none(), max_messages=None)
        try:
            await client.login(token)
            await use_gateway_of(client, api_base)
            await client.connect()
        except (discord.LoginFailure, discord.ConnectionClosed) as error:
            log.warning("gateway_refused", error=type(error).__name__)
            return
        except LIBRARY_ERRORS as error:
            wait_seconds = back_off(attempts).total_seconds()
            log.warning("gateway_away", error=type(error).__name__, retry_seconds=wait_seconds)
        except Exception:
            log.exception("gateway_stumbled")
        finally:
            await client.close()
        await asyncio.sleep(back_off(attempts).total_seconds())
