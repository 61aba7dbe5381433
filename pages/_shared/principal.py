"""Who asks: the session the gate has named, looked up anew in every run, fragment, callback and download.

There is no default role: without a session that runs, nothing is drawn but the way
to the login form. What somebody may see is decided below, in `data_access`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn, cast
from urllib.parse import quote, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import catalog
from accounts import form_token, sessions
from data_access.clock import now
from data_access.principal import ROLE_NAMES, Forbidden, Principal, Role
from data_access.settings import settings
from pages._shared import snapshot
from pages._shared.snapshot import connected
from ui import session_bar as bar
from ui.pieces import states

FIELD = "sid"
"""The name under which `server.trustedUserHeaders` tells the gate's header to a script."""
SIGNED_OUT = "您还没有登录，或登录已经结束。请重新登录后再操作。"

_bound: ContextVar[str | None] = ContextVar("bound_session", default=None)
_asked: ContextVar[tuple[object, sessions.Session | None] | None] = ContextVar("asked", default=None)
"""A run, by an object that only it has, and the session it runs for."""


def session_id() -> str | None:
    """The id the gate gave this browser; inside `acting_as`, the one that was bound."""
    bound = _bound.get()
    context = get_script_run_ctx(suppress_warning=True)
    if bound is not None or context is None:
        return bound
    return cast(
        "str | None", context.user_info.get(FIELD)
    )  # `st.user` would look for a secrets file each time


@contextmanager
def acting_as(sid: str | None) -> Iterator[None]:
    """For what runs outside any script (a download made when its button is pressed): whose it is.

    Only the id is carried over; whether it still runs, and as who, is asked there.
    """
    token = _bound.set(sid or "")
    try:
        yield
    finally:
        _bound.reset(token)


def principal() -> Principal:
    """Who asks. Without a session the page ends here, with the way to the login form.

    Raises:
        Forbidden: no session, and no page to say so on.
    """
    session = _session_of_this_run()
    if session is None:
        _refuse("/login")
    if session.must_change:
        _refuse("/password")
    return session.principal


def _session_of_this_run() -> sessions.Session | None:
    """Asked once a run of a script, fragment or callback: its parts must not disagree about who asks.

    Streamlit gives each run new cursors, a fragment's too; outside a run it is asked each time.
    """
    context = get_script_run_ctx(suppress_warning=True)
    run = None if context is None or _bound.get() is not None else context.cursors
    asked = _asked.get()
    if run is None or asked is None or asked[0] is not run:
        asked = (run, _ask(session_id()))
        _asked.set(asked)
    return asked[1]


def _ask(sid: str | None) -> sessions.Session | None:
    if not sid:
        return None
    with connected(first=True) as connection:
        session = sessions.current_in(connection, settings().database.url, sid, now())
        if session is not None:
            snapshot.looked_up(connection, session.versions)
        return session


def _refuse(form: str) -> NoReturn:
    if get_script_run_ctx(suppress_warning=True) is None:
        raise Forbidden(SIGNED_OUT)
    asked = urlsplit(st.context.url or "")
    back = quote(f"{asked.path}?{asked.query}" if asked.query else asked.path, safe="/")
    states.signed_out(f"{form}?next={back}" if back not in ("", "/") else form, form == "/password")
    st.stop()


def session_bar() -> None:
    """At the foot of the side bar: who is logged in, a new password, the way out."""
    who = principal()
    token = form_token.write("logout", session_id() or "")
    unit = catalog.default().units.get(who.unit)
    st.sidebar.html(bar.session_bar(who.name, role_name(who.role), unit.label if unit else "", token))


def role_name(role: str) -> str:
    """``department`` → 处室."""
    return ROLE_NAMES[cast(Role, role)]
