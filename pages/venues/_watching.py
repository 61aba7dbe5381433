"""What the fragments of the live page share: the moment they show, and who may still look at it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st

from data_access.clock import now
from data_access.principal import Forbidden
from metrics import flow
from pages._shared.numbers import Reading, reading
from pages._shared.principal import role_name
from ui.pieces import states
from ui.registry import Page

MOST_NAMED = 150
"""Venues that the page names and draws, the fullest; the rest is in its sums and its files."""
REFRESH = dt.timedelta(seconds=15)
UPDATED = f"数据每 {REFRESH.seconds} 秒更新"
PULSE = dt.timedelta(seconds=1.2)
"""How often the figures themselves are looked at anew, so that a pull is on the screen within two seconds."""
CONNECTED = ("venues", "plans")
"""Which venues there are, and whose they are to see."""
LIVE = ("live", "visits", "venues", "plans")
"""Data versions that what is drawn live depends on."""


@dataclass(frozen=True, eq=False)
class Looking(Reading):
    """A reading of one run of a fragment, with what its blocks have asked for together."""

    kept: dict[str | None, flow.FlowNow] = field(default_factory=dict)


def flow_of(r: Reading, at: dt.datetime, district: str | None) -> flow.FlowNow:
    """Who is where now: read once for all blocks of a run, the first `MOST_NAMED` venues by name."""
    kept = r.kept if isinstance(r, Looking) else {}
    if district not in kept:
        kept[district] = flow.flow_now(r.principal, r.connection, at, district, most=MOST_NAMED)
    return kept[district]


@contextmanager
def watching(page: Page) -> Iterator[Reading]:
    """One reading for one run of a fragment, which runs without the main script: who asks is asked anew.

    A role that may not open the page any more is told so; what is outside the scope is not drawn.
    """
    try:
        with reading() as r:
            if r.principal.role not in page.roles:
                roles = [role_name(role) for role in page.roles]
                states.forbidden(page.title, roles, role_name(r.principal.role))
                st.stop()
            yield Looking(r.base, r.principal, r.connection, r.versions)
    except Forbidden as error:
        states.notice("muted", "不对您开放", str(error))


def minute() -> dt.datetime:
    """The moment a fragment shows: within a minute all readers share what was drawn for it."""
    return now().replace(second=0, microsecond=0)
