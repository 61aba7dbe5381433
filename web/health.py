"""`/health`: whether this process can answer, for a proxy or a watchdog. Says no names."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from data_access.engine import engine, reading
from data_access.settings import settings


def _database_answers() -> bool:
    try:
        with reading(engine(settings().database.url)) as connection:
            return connection.execute(select(1)).scalar_one() == 1
    except SQLAlchemyError as error:
        structlog.get_logger().error("database_unreachable", type=type(error).__name__)
        return False


async def health(request: Request) -> JSONResponse:
    ready = await run_in_threadpool(_database_answers)
    return JSONResponse({"status": "ok" if ready else "database"}, status_code=200 if ready else 503)


routes: list[BaseRoute] = [Route("/health", health)]
