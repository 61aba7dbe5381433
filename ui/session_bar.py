"""Who is logged in, at the foot of the side bar: name, role and unit, a new password, the way out.

The way out is a plain form that works without a script of ours: the browser
posts it, and a link of another page cannot.
"""

from __future__ import annotations

from functools import lru_cache

from ui.html import Markup, element


@lru_cache(maxsize=512)
def session_bar(name: str, role: str, unit: str, token: str) -> Markup:
    """For `st.html`; the same in every run of a session, so written once.

    Args:
        name: of the person, as the account has it.
        role: its Chinese name, e.g. 处室.
        unit: its short name; left out when it says the same as the role.
        token: `accounts.form_token.write("logout", sid)` of this session.
    """
    place = role if unit in ("", role) else f"{role} · {unit}"
    leave = element(
        "form",
        element("input", type="hidden", name="token", value=token),
        element("button", "退出登录", type="submit"),
        method="post",
        action="/logout",
    )
    change = element("a", "修改密码", href="/password", target="_self")
    return element(
        "div",
        element("p", name, class_="who"),
        element("p", place, class_="place"),
        element("div", change, leave, class_="ways"),
        class_="session-bar",
    )
