"""Puts a wall process together: settings, producer, commands, proof, stream; alone or inside the product."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from kiosk import assets, commands
from kiosk.hub import Hub, Now, end_streams_on_signal
from kiosk.producer import Producer, ms
from kiosk.proof import Book
from kiosk.scenes import all_scenes
from kiosk.server import Door, routes
from kiosk.settings import WallSettings


def present() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Wall:
    """One per process."""

    def __init__(self, settings: WallSettings, now: Now = present) -> None:
        """
        Raises:
            CommandFailed: the key of commands cannot be used; the message says what to do.
            OSError: the wall's folder cannot be read.
        """
        began = now()
        key = commands.load_key(settings.key_file)
        producer = Producer(settings, all_scenes(), now)
        verifier = commands.Verifier(key, ms(began))
        self.settings = settings
        self.hub = Hub(settings, producer, verifier, Book(settings.folder / "proof", began), now, "")

    def routes(self) -> list[BaseRoute]:
        return routes(self.hub, assets.load)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Within: the file is watched and walls are told; on leaving, or a signal, every stream ends."""
        loaded = await asyncio.to_thread(assets.load)
        self.hub.build = loaded.build
        await self.hub.start()
        restore = end_streams_on_signal(self.hub)
        try:
            yield
        finally:
            restore()
            await self.hub.stop()


def alone(settings: WallSettings, now: Now = present) -> Starlette:
    """The wall as a program of its own."""
    wall = Wall(settings, now)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with wall.running():
            yield

    app = Starlette(routes=wall.routes(), middleware=[Middleware(Door, settings=settings)], lifespan=lifespan)
    app.state.wall = wall
    return app
