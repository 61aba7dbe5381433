"""What the pages of the hall do to the wall: ask it, command it, and write down who commanded what."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import streamlit as st

from data_access.clock import now
from data_access.commands.wall import MAY_COMMAND, record_command
from data_access.engine import engine
from data_access.principal import Principal
from data_access.settings import settings
from kiosk import commands
from kiosk.proof_month import Opening
from kiosk.settings import WallSettings, wall_settings
from pages._shared.principal import principal
from reports import wall_now
from ui.pieces import states

RECEIPT, LAST, SIGN = "wall.receipt", "wall.last", "wall.sign"
GUIDING = dt.timedelta(minutes=20)
"""So long after a command a guide counts as still leading."""
SIGN_EVERY = dt.timedelta(seconds=15)
PICTURE = "/kiosk/"
PICTURE_HEIGHT = 560


def configured() -> WallSettings:
    """[wall] of config.toml."""
    known = settings()
    return wall_settings(known.wall.model_dump(), hosts=known.web.hosts, storage=known.storage.folder)


def address() -> str:
    """Where the wall listens for the guide."""
    return settings().wall.guide_address


def snapshot_file() -> Path:
    return configured().snapshot


def proof_folder() -> Path:
    """Where the screens' beats are kept."""
    return configured().folder.joinpath("proof")


def opening() -> Opening:
    """The hall's hours of a day."""
    hours = configured().hours
    return lambda day: hours.windows(day, day)


# ---------------------------------------------------------------- commands


def do(name: str, command: commands.Kind, *, object_: str = "", **parts: Any) -> bool:
    """Say one thing to the wall; whether it was done. Written down either way, the refusal shown.

    Args:
        name: the command in the guide's words, e.g. ``下一屏``.
        object_: what it is about, for the audit: a scene, a delegation, a text.
        parts: of `kiosk.commands.Command`.
    """
    who, at = principal(), now()
    told = f"{name}：{object_}" if object_ else name
    refusal = _said(who, command, **parts)
    record_command(
        engine(settings().database.url), who, told, at=at, result="failed" if refusal else "done",
        detail={"reason": refusal} if refusal else {k: v for k, v in parts.items() if v not in ("", 0)},
        is_emergency=command == "emergency",
    )  # fmt: skip
    st.session_state[RECEIPT] = ("alarm", "没有执行", refusal) if refusal else ("good", "已执行", f"{told}。")
    st.session_state[LAST] = at
    return not refusal


def _said(who: Principal, command: commands.Kind, **parts: Any) -> str:
    """Why it was not done; empty when it was."""
    if who.role not in MAY_COMMAND:
        return "大屏由讲解员和局办公室操作。"
    try:
        commands.send(address(), commands.load_key(configured().key_file), commands.Command(command, **parts))
    except (commands.CommandRefused, commands.CommandFailed) as error:
        return str(error)
    return ""


def receipt() -> None:
    """What became of the last command, once."""
    shown = st.session_state.pop(RECEIPT, None)
    if shown is not None:
        states.notice(*shown)


def keep_alive() -> None:
    """The guide is still here: without a sign for a minute the wall goes back to its rotation.

    Only after a command, and for a while: a console left open in the office must not
    hold the wall, or keep it lit at night. Not written down: nothing is commanded.
    """
    at, last = now(), st.session_state.get(LAST)
    if last is None or last < wall_now.before(at, GUIDING):
        return
    if st.session_state.get(SIGN, last) < wall_now.before(at, SIGN_EVERY):
        st.session_state[SIGN] = at
        _said(principal(), "present")
