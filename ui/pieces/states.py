"""How things stand: the pictures of a page that has no figures to draw, and coloured notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ui import formats, html
from ui.pieces.browser import write, write_alone


def empty(what: str, when: str) -> None:
    """Nothing yet, and that is normal: `what` is missing, `when` it will appear."""
    write(html.picture("calm", "inbox", what, when, ""))


def late(
    what: str, since: dt.datetime | None, then: str = "请联系运维团队查看数据源；恢复后本页自动更新。"
) -> None:
    """Figures exist but are not up to date; the page may draw them below."""
    words = f"最近一次更新是 {formats.datetime_zh(since)}。" if since is not None else "还没有更新过。"
    write(html.picture("attention", "schedule", what, words, then))


def failed(number: str) -> None:
    """Something broke; the log has the rest under this number."""
    write(
        html.picture(
            "alarm",
            "error",
            "这一页没有完整显示",
            f"错误编号 {number}。其他页面不受影响，已保存的数据没有变化。",
            "请刷新一次；仍然如此，请把错误编号告诉运维团队。",
        )
    )


def no_answer(number: str) -> None:
    """The database is away: no page can be drawn, and nobody can mend that from here."""
    write(
        html.picture(
            "alarm",
            "error",
            "数据库暂时没有应答",
            f"现在读不到数据，其他页面也一样；已保存的数据没有变化。错误编号 {number}。",
            "请过一两分钟刷新本页；五分钟后仍未恢复，请告诉运维团队。",
        )
    )


def forbidden(page: str, roles: Sequence[str], role: str) -> None:
    """A page that is not for this role."""
    write(
        html.picture(
            "muted",
            "lock",
            f"“{page}”不对您开放",
            f"本页供{'、'.join(roles)}使用，您的身份是{role}。",
            "工作需要时，请向局办公室申请。",
        )
    )


def signed_out(address: str, must_change: bool = False) -> None:
    """Nobody is logged in any more, or with a one-time password only: the way to the form that helps."""
    if must_change:
        picture = html.picture(
            "attention", "key", "请先修改密码", "您现在用的是一次性密码。", "", ("修改密码", address)
        )
    else:
        words = "登录已经结束，或账号在别处登录。已保存的数据没有变化。"
        picture = html.picture("muted", "lock", "请重新登录", words, "", ("去登录", address))
    write_alone(picture)


@dataclass(frozen=True)
class Notice:
    """One matter: its state (a key of `theme.STATES`), whose it is, a sentence, the name of a Material symbol."""

    state: str
    title: str
    words: str
    symbol: str | None = None


_SYMBOL: dict[str, str] = {
    "alarm": "priority_high",
    "attention": "schedule",
    "good": "check_circle",
    "calm": "info",
    "muted": "remove",
}


def attention(notices: Sequence[Notice]) -> None:
    """What needs the reader's word, the worst first as given; none is said too."""
    shown = notices or [Notice("good", "", "目前没有需要您关注的事项。")]
    write(
        html.element(
            "div", *(html.notice(n.state, n.symbol or _SYMBOL[n.state], n.title, n.words) for n in shown)
        )
    )


def notice(state: str, title: str, words: str, symbol: str | None = None) -> None:
    """One coloured card."""
    write(html.notice(state, symbol or _SYMBOL[state], title, words))
