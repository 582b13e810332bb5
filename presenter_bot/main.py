"""The presenter process: publishes what is due to Discord, or to the preview channel when there is no token."""

import asyncio
import logging
import os
import signal
import socket
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from presenter_bot.delivery import Channels, TokenRefusedError
from presenter_bot.publisher import Publisher
from presenter_bot.store import Store
from shared.db import migrate
from shared.db.engine import open_engine
from shared.ops.clock import utc_now
from shared.ops.errors import SettingsError
from shared.ops.log import set_up
from shared.ops.settings import Settings, read_process_settings, refuse_to_start

FINISH_SECONDS = 8.0  # the supervisor loses patience after ten
_CONNECTIONS = 2
_CHATTY_LOGGERS = ("discord.client", "discord.state")  # they warn of the voice and the intents we do without

log = structlog.get_logger()


def main() -> int:
    """Run until SIGTERM or SIGINT: 0. A setting or a schema nobody can work with: one sentence on stderr and 78."""
    try:
        settings, database_url = read_process_settings()
    except SettingsError as error:
        return refuse_to_start(str(error))
    set_up("presenter", settings.log_level)
    engine = open_engine(database_url, "presenter", pool_size=_CONNECTIONS)
    if problem := _schema_problem(engine):
        return refuse_to_start(problem)
    try:
        asyncio.run(_run(settings, engine))
    except TokenRefusedError:
        return refuse_to_start(
            "Discord refuses DISCORD_TOKEN: give it the bot's current token, or unset it to use the preview."
        )
    return 0


def _schema_problem(engine: Engine) -> str | None:
    """As a sentence. A database that is away is waited for."""
    try:
        with engine.connect() as connection:
            return migrate.problem(connection)
    except DBAPIError:
        log.warning("started_without_database")
        return None


async def _run(settings: Settings, engine: Engine) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    try:
        async with _chat(settings) as (channels, chores):
            publisher = Publisher(Store(engine, holder), channels, utc_now, autopost=settings.autopost)
            await _until_stopped(publisher, stop, chores)
    finally:
        engine.dispose()


async def _until_stopped(publisher: Publisher, stop: asyncio.Event, chores: list[asyncio.Task[None]]) -> None:
    """Publish until stopped, or until a chore fails, whose error is then raised."""
    publishing = asyncio.create_task(publisher.run(stop))
    stopping = asyncio.create_task(stop.wait())
    waiting = {publishing, stopping, *chores}
    while not stop.is_set():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if task.exception() is not None:
                stop.set()
    await asyncio.wait({publishing}, timeout=FINISH_SECONDS)
    publishing.cancel()  # what was under way is looked for by the next presenter
    await asyncio.wait({publishing})
    for task in (publishing, *chores):
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error


@asynccontextmanager
async def _chat(settings: Settings) -> AsyncIterator[tuple[Channels | None, list[asyncio.Task[None]]]]:
    """The channels to publish to, None without a token, and the tasks that keep them."""
    if settings.discord_token is None:
        yield None, []
        return
    # The library is large: a presenter without a token does without it.
    from presenter_bot.discord_channels import DiscordChannels  # noqa: PLC0415
    from presenter_bot.presence import stay_online  # noqa: PLC0415

    for name in _CHATTY_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    if settings.discord_channel_id is None:
        log.warning("discord_channel_not_set", advice="set DISCORD_CHANNEL_ID; until then rounds go to the preview")
    token = settings.discord_token.get_secret_value()
    mapped = {} if settings.discord_channel_id is None else {"rounds": settings.discord_channel_id}
    channels = DiscordChannels(token, settings.discord_api_base, mapped)
    chores = [
        asyncio.create_task(channels.log_in()),
        asyncio.create_task(stay_online(token, settings.discord_api_base)),
    ]
    try:
        yield channels, chores
    finally:
        for chore in chores:
            chore.cancel()
            with suppress(asyncio.CancelledError, TokenRefusedError):
                await chore
        await channels.close()


if __name__ == "__main__":
    sys.exit(main())
