"""Before the first request: every page imported and checked, the objects of the start out of the collector's sight."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from pages._shared import cores
from web import theme_message, wall
from web.discovery import pages


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any] | None]:
    """A mistake in a page's declaration stops the start, not the first visitor.

    `runner.postScriptGC` is off, so Python's own collection goes on; freezing
    spares it the hundred thousand objects that never go away. From here on the event
    loop and the scripts it starts share one core.
    """
    found = pages()
    theme_message.keep()
    gc.collect()
    gc.freeze()
    structlog.get_logger().info("web_started", pages=len(found), core=cores.settle())
    async with wall.wall().running():
        yield None
