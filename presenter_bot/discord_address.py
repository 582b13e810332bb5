"""Where Discord is: its own address, or any compatible service that stands in for it."""

import re

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from shared.ops.settings import DISCORD_OWN_API


def use_api(base: str) -> None:
    """Send every request of the library to that base, with or without a version at its end."""
    Route.BASE = f"{_unversioned(base)}/v{discord.http.INTERNAL_API_VERSION}"


async def use_gateway_of(client: discord.Client, base: str) -> None:
    """Take the gateway's address from a service that is not Discord's own; the library knows Discord's by heart."""
    if _unversioned(base) != DISCORD_OWN_API:
        answer = await client.http.request(Route("GET", "/gateway"))
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(answer["url"])


def _unversioned(base: str) -> str:
    return re.sub(r"/v\d+$", "", base.rstrip("/"))
