"""Which of many sessions run: what the gate asks for the open websockets of its process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection, select

from data_access.account_tables import account, login_session
from data_access.principal import Principal


def running_digests(
    who: Principal, connection: Connection, digests: Collection[str], *, now: dt.datetime, idle: dt.timedelta
) -> set[str]:
    """Those of the sessions that were not ended, are not idle for too long and have not run out.

    Args:
        digests: of the sessions' ids (`commands.sessions.digest_of`).
        idle: after so long without a request or a run a session is over.
    """
    c = login_session.c
    return set(
        connection.scalars(
            select(c.digest)
            .join_from(login_session, account)
            .where(
                c.digest.in_(digests), c.ended_at.is_(None), c.expires_at > now, c.seen_at > now - idle,
                account.c.state == "open",
            )
        )
    )  # fmt: skip
