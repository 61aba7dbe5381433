"""Passwords as bcrypt hashes, by streamlit-authenticator's Hasher; the only module that knows the library.

bcrypt takes a quarter of a second and releases the interpreter's lock: call it in a
thread, never on the event loop, and never inside a transaction.
"""

from __future__ import annotations

import logging
import sys
import unicodedata
from functools import cache
from typing import Any

import bcrypt

from data_access.settings import settings

MOST_BYTES = 72
"""What bcrypt takes in: 24 Chinese characters. More would be cut silently or fail."""
LEAST_ROUNDS = 10
"""For a base with real data; fewer rounds are for tests and throw-away bases (`accounts.start`)."""
LIBRARY_ROUNDS = 12
_NEVER = "wP3Gm0aE5uVtq9dKfYx2Zu" + "h7cLr8nBsW1oTjX4iQyM6kAeU0vGd5f"


def hash_password(text: str) -> str:
    """The hash to keep.

    Raises:
        ValueError: over 72 bytes; the policy says so before, in a sentence.
    """
    rounds = settings().accounts.bcrypt_rounds
    if rounds == LIBRARY_ROUNDS:
        return _hasher().hash(composed(text))
    return bcrypt.hashpw(composed(text).encode(), bcrypt.gensalt(rounds)).decode()


def matches(text: str, hashed: str | None) -> bool:
    """Whether the password is the hashed one. None (nobody has that name) takes the same time."""
    try:
        typed = composed(text)
        is_possible = 0 < len(typed.encode()) <= MOST_BYTES and "\x00" not in typed
    except UnicodeEncodeError:  # half a character: no keyboard sends it
        typed, is_possible = "", False
    found = _hasher().check_pw(typed if is_possible else "", hashed or dummy())
    return found and is_possible and hashed is not None


def is_current(hashed: str) -> bool:
    """Whether the hash was made with the rounds of today's settings."""
    return hashed.startswith(_prefix())


def dummy() -> str:
    """A hash of today's rounds that no password has; comparing with it costs what any comparison does."""
    return _prefix() + _NEVER


def composed(text: str) -> str:
    """One spelling for what looks the same: full-width letters and composed accents of another keyboard."""
    return unicodedata.normalize("NFKC", text)


def _prefix() -> str:
    return f"$2b${settings().accounts.bcrypt_rounds:02d}$"


@cache
def _hasher() -> Any:
    """Loaded at the first password: the library brings Streamlit, which commands and jobs do without."""
    is_bare = "streamlit" not in sys.modules
    if is_bare:  # outside its server Streamlit warns of itself while it is loaded
        logging.disable(logging.WARNING)
    try:
        from streamlit_authenticator.utilities.hasher import Hasher
    finally:
        if is_bare:
            logging.disable(logging.NOTSET)
    return Hasher
