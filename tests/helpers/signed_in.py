"""Somebody who has an account and has logged in, for tests of pages and of the server.

The account and the session are rows as `accounts` writes them; only the
application, the office's approval and the first password are left out. A server
started by a test must know the same key: give it `server_environment()`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import insert

import catalog
from accounts import hashing, tokens
from data_access.account_tables import account
from data_access.clock import now
from data_access.commands.sessions import open_session
from data_access.engine import engine, writing
from data_access.principal import SYSTEM

PASSWORD = "Ba-Yu-Tiyu-2026"
HOURS = dt.timedelta(hours=8)


@dataclass(frozen=True)
class SignedIn:
    """A session that runs: its id for `AppTest.user`, its cookie for a browser."""

    account: str
    sid: str
    cookie: str

    @property
    def user(self) -> dict[str, str]:
        """For `AppTest.user`: what the gate tells Streamlit."""
        return {"sid": self.sid}

    @property
    def headers(self) -> dict[str, str]:
        """For a request or a websocket's handshake."""
        return {"Cookie": f"{tokens.COOKIE}={self.cookie}"}


def server_environment() -> dict[str, str]:
    """What a server needs in its environment to read the cookies made here."""
    return {tokens.VARIABLE: tokens.key().decode()}


@cache
def usual_unit(role: str) -> str:
    """A unit for the role: 群体处, 万州区, the first affiliated unit; else the role's own."""
    known = catalog.default()
    units = {"department": "mass_sport", "district": "500101", "affiliated": known.affiliated_units[0].code}
    return units.get(role, role)


@cache
def _hashed() -> str:
    return hashing.hash_password(PASSWORD)


def open_account(
    url: str, role: str = "office", unit: str | None = None, *, name: str | None = None,
    person: str | None = None, password_hash: str | None = None, must_change: bool = False,
) -> str:  # fmt: skip
    """An account of that role; its login name.

    Args:
        unit: a catalogue unit; None is `usual_unit`.
        password_hash: None is that of `PASSWORD`, with the few rounds of tests.
        must_change: the password is a one-time one.
    """
    number, at = secrets.randbelow(10**8), now()  # a base may outlive the test that filled it
    name = name or f"{role}{number:08d}"
    with writing(engine(url)) as connection:
        connection.execute(
            insert(account).values(
                name=name, person=person or f"测试{number:08d}", gender="female", position="干部", duty="测试",
                phone=f"139{number:08d}", role=role, unit=unit or usual_unit(role), state="open",
                password_hash=password_hash or _hashed(), previous_hashes=[], password_set_at=at,
                must_change=must_change, password_expires_at=at + dt.timedelta(hours=72) if must_change else None,
                opened_at=at, opened_by="office", used_at=at, confirmed_on=at.date(), changed_at=at,
            )
        )  # fmt: skip
    return name


def sign_in(url: str, name: str, *, address: str = "127.0.0.1") -> SignedIn:
    """Log the account in without its password; a session it had ends."""
    sid, at = secrets.token_hex(16), now()
    with writing(engine(url)) as connection:
        open_session(replace(SYSTEM, address=address), connection, name, sid, at=at, expires=at + HOURS)
    return SignedIn(name, sid, tokens.write(name, sid, at + HOURS))


def signed_in(url: str, role: str = "office", unit: str | None = None) -> SignedIn:
    """A new person of that role who has just logged in."""
    return sign_in(url, open_account(url, role, unit))
