"""What the fragments of the live page share: the moment they show, and who may still look at it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from data_access.clock import now
from data_access.principal import Forbidden
from pages._shared.numbers import Reading, reading
from pages._shared.principal import role_name
from ui import widgets
from ui.registry import Page

REFRESH = dt.timedelta(seconds=15)
LIVE = ("live", "visits", "venues", "plans")
"""Data versions that what is drawn live depends on."""


@contextmanager
def watching(page: Page) -> Iterator[Reading]:
    """One reading for one run of a fragment, which runs without the main script: who asks is asked anew.

    A role that may not open the page any more is told so; what is outside the scope is not drawn.
    """
    try:
        with reading() as r:
            if r.principal.role not in page.roles:
                roles = [role_name(role) for role in page.roles]
                widgets.forbidden(page.title, roles, role_name(r.principal.role))
                st.stop()
            yield r
    except Forbidden as error:
        widgets.notice("muted", "不对您开放", str(error))


def minute() -> dt.datetime:
    """The moment a fragment shows: within a minute all readers share what was drawn for it."""
    return now().replace(second=0, microsecond=0)
