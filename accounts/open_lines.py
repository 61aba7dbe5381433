"""Sessions that have a websocket open: one question for all of them, which is no use of theirs.

`sessions.current` notes that a session is in use; asked every two seconds for a page
nobody looks at, it would never become idle.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from data_access.commands.sessions import digest_of
from data_access.engine import engine, reading
from data_access.principal import SYSTEM
from data_access.queries.open_sessions import running_digests
from data_access.settings import settings


def still_open(url: str, sids: Collection[str], now: dt.datetime) -> set[str]:
    """Those of the session ids whose session still runs."""
    by_digest = {digest_of(sid): sid for sid in sids}
    idle = dt.timedelta(minutes=settings().accounts.idle_minutes)
    with reading(engine(url)) as connection:
        running = running_digests(SYSTEM, connection, by_digest.keys(), now=now, idle=idle)
    return {by_digest[digest] for digest in running}
