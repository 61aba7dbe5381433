"""One step of the assessment from a button: its receipt or its refusal is shown after the rerun."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from data_access import engine as database
from data_access.clock import now
from data_access.commands.assessment import AssessmentRefused
from data_access.principal import Forbidden
from data_access.settings import settings
from pages._shared.principal import principal
from ui.pieces import states

RECEIPT = "score.receipt"


def act(done: str, step: Callable[..., Any]) -> None:
    """``step(engine, who, at)``; a command that wants a connection is wrapped in `in_transaction`."""
    try:
        step(database.engine(settings().database.url), principal(), now())
        st.session_state[RECEIPT] = ("good", done, "")
    except (AssessmentRefused, Forbidden) as error:
        st.session_state[RECEIPT] = ("alarm", "未办理", str(error))
    st.rerun()


def in_transaction(command: Callable[..., Any], *arguments: Any, **more: Any) -> Callable[..., Any]:
    """``command(who, connection, …, at=…)`` as a step."""

    def step(made, who, at) -> None:
        with database.writing(made) as connection:
            command(who, connection, *arguments, at=at, **more)

    return step


def show_receipt() -> None:
    shown = st.session_state.pop(RECEIPT, None)
    if shown is not None:
        states.notice(*shown)
