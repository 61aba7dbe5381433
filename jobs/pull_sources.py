"""One pull of one source (Articles 2, 7): what the platforms have, through the same intake as a file."""

from __future__ import annotations

from catalog.sources import AnySource
from data_access.connectors import pull
from jobs.base import Context


def run(context: Context, source: AnySource) -> str:
    result = pull(context.engine, source, stop=context.stop, before_piece=context.check_lease)
    return result.summary()
