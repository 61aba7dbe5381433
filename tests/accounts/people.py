"""People for tests: an office that approves, and persons of any role with an account and a password."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

from accounts import life, login
from accounts.forms import ApplicationForm, units_of
from accounts.login import LoggedIn
from data_access.engine import BEIJING
from data_access.principal import Principal

NOW = dt.datetime(2026, 11, 25, 9, 0, tzinfo=BEIJING)
ADDRESS = "10.8.0.21"
PASSWORD = "Shan-Cheng-2026"
BOOTSTRAP = Principal("office", "office", "命令行", address="")
_NAMES = [
    a + b
    for a, b in itertools.product("赵钱孙李周吴郑王冯陈", ["明", "芳", "磊", "静", "勇", "艳", "杰", "娟"])
]


@dataclass(frozen=True)
class Person:
    """An account that can be logged in to, and the principal its sessions have."""

    name: str
    password: str
    principal: Principal


def form(n: int = 0, *, role: str = "department", unit: str | None = None, **values: str) -> ApplicationForm:
    """The n-th person's application; other n, other name and telephone."""
    return ApplicationForm(
        **{
            "person": _NAMES[n % len(_NAMES)], "gender": "female" if n % 2 else "male", "position": "科员",
            "duty": "数据报送", "phone": f"138{n:08d}", "role": role, "unit": unit or next(iter(units_of(role))),
            **values,
        }
    )  # fmt: skip


def fresh(
    url: str, n: int = 0, *, role: str = "department", unit: str | None = None, now: dt.datetime = NOW
) -> life.Opened:
    """An account as the office opens it, with its one-time password."""
    return life.open_directly(url, BOOTSTRAP, form(n, role=role, unit=unit), f"{role}{n}", now)


def person(
    url: str, n: int = 0, *, role: str = "department", unit: str | None = None, now: dt.datetime = NOW
) -> Person:
    """Somebody who has changed the one-time password to `PASSWORD`."""
    opened = fresh(url, n, role=role, unit=unit, now=now)
    asked = form(n, role=role, unit=unit)
    who = Principal(asked.role, asked.unit, asked.person, opened.account, ADDRESS)  # type: ignore[arg-type]
    life.change_password(url, who, opened.password, PASSWORD, now)
    return Person(opened.account, PASSWORD, who)


def logged_in(url: str, who: Person, now: dt.datetime = NOW, address: str = ADDRESS) -> LoggedIn:
    """A session of his; fails the test if he is refused."""
    result = login.log_in(url, who.name, who.password, address, now)
    assert isinstance(result, LoggedIn), result
    return result
