"""The pages before and beside Streamlit: login, password, application. Server-rendered, without a script.

What was typed comes back escaped (`ui.html`); errors are sentences in an alert
that a screen reader speaks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ui import theme
from ui.html import Markup, document, element
from web import ways
from web.document import TITLE

_CSS = theme.css_variables() + (Path(__file__).parent / "login.css").read_text(encoding="utf-8")
STYLE = f"/assets/login/{hashlib.sha256(_CSS.encode()).hexdigest()[:12]}.css"
NOTE = "本系统供重庆市体育局及所属单位内部使用，登录和操作均有记录。"
Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""(name of the group, [(value, words)]) of a list to choose from."""
RETRY_S = 15
"""Until a page that found no database asks again; short enough to be back with the others."""


def style_sheet() -> str:
    return _CSS


def _page(heading: str, *body: object, wide: bool = False) -> str:
    brand = element(
        "header",
        element("img", src="/assets/brand.svg", alt=TITLE, class_="brand"),
        element("p", "重庆市体育局"),
        element("p", "体育数据汇聚、校验与督查考核", class_="about"),
        element("p", NOTE, class_="note"),
    )
    main = element("main", element("h1", heading), *body)
    return document(f"{heading} · {TITLE}", STYLE, brand, main, class_="wide" if wide else "")


def _alert(sentences: Sequence[str]) -> Markup | str:
    """What is wrong, at the top of the form."""
    if not sentences:
        return ""
    return element("div", *(element("p", sentence) for sentence in sentences), class_="alert", role="alert")


def _told(sentence: str) -> Markup | str:
    return element("div", element("p", sentence), class_="told", role="status") if sentence else ""


def _field(label: str, name: str, *, hint: str = "", **attributes: str | None) -> Markup:
    """A labelled input; `required` unless told otherwise."""
    marks: dict[str, str | None] = {"required": "", "type": "text", **attributes}
    described = f"{name}-hint" if hint else None
    return element(
        "div",
        element("label", label, for_=name),
        element("input", id=name, name=name, aria_describedby=described, **marks),
        element("p", hint, class_="hint", id=described) if hint else "",
        class_="field",
    )


def _choice(label: str, name: str, groups: Groups, chosen: str) -> Markup:
    def option(value: str, words: str) -> Markup:
        return element("option", words, value=value, selected="" if value == chosen else None)

    made = [
        element("optgroup", *(option(*entry) for entry in entries), label=group)
        if group
        else Markup("".join(option(*entry) for entry in entries))
        for group, entries in groups
    ]
    return element(
        "div",
        element("label", label, for_=name),
        element("select", option("", "请选择"), *made, id=name, name=name, required=""),
        class_="field",
    )


def _form(action: str, token: str, *fields: object, button: str) -> Markup:
    return element(
        "form",
        element("input", type="hidden", name="token", value=token),
        *fields,
        element("button", button, type="submit"),
        method="post",
        action=action,
    )


def login(
    token: str, target: str, *, name: str = "", told: str = "", problems: Sequence[str] = (),
) -> str:  # fmt: skip
    """The login form; `target` is where its reader wanted to go."""
    first_empty = "password" if name else "username"
    fields = [
        _field(
            "账号", "username", value=name, autocomplete="username", autocapitalize="none", spellcheck="false",
            maxlength="64", autofocus="" if first_empty == "username" else None,
        ),
        _field(
            "密码", "password", type="password", autocomplete="current-password", maxlength="200",
            autofocus="" if first_empty == "password" else None,
        ),
    ]  # fmt: skip
    return _page(
        "登录",
        _told(told),
        _alert(problems),
        _form(ways.with_next(ways.LOGIN, target), token, *fields, button="登录"),
        element("p", "没有账号：", element("a", "申请开通", href=ways.APPLY), class_="beside"),
        element("p", "忘记密码：请联系局办公室重置。", class_="beside"),
    )


def password(
    token: str, target: str, *, name: str, forced: bool, rules: Sequence[str], logout_token: str,
    problems: Sequence[str] = (),
) -> str:  # fmt: skip
    """A new password: asked for at the first login, or wanted."""
    why = (
        "您用的是一次性密码。请设置自己的密码，设置前不能使用其他功能。"
        if forced
        else "修改后，本账号的其他登录立即失效。"
    )
    fields = [
        element(
            "input", name="username", value=name, autocomplete="username", class_="away", readonly="",
            tabindex="-1", aria_hidden="true",
        ),
        _field(
            "一次性密码" if forced else "现在的密码", "current", type="password",
            autocomplete="current-password", maxlength="200", autofocus="",
        ),
        _field("新密码", "new", type="password", autocomplete="new-password", maxlength="200"),
        _field("再输入一次新密码", "again", type="password", autocomplete="new-password", maxlength="200"),
    ]  # fmt: skip
    leave = element(
        "form",
        element("input", type="hidden", name="token", value=logout_token),
        element("button", "退出登录", type="submit", class_="plain"),
        method="post",
        action=ways.LOGOUT,
    )
    back = "" if forced else element("p", element("a", "不修改，返回", href=target), class_="beside")
    return _page(
        "修改密码",
        element("p", f"账号：{name}", class_="beside"),
        _told(why),
        _alert(problems),
        element("ul", *(element("li", rule) for rule in rules), class_="rules"),
        _form(ways.with_next(ways.PASSWORD, target), token, *fields, button="保存"),
        back,
        leave,
    )


def apply(token: str, groups: Groups, *, given: Mapping[str, str], problems: Sequence[str] = ()) -> str:
    """The application of Article 18: five statements about a person, and the unit."""

    def kept(name: str) -> str:
        return given.get(name, "")

    genders = [("", [("female", "女"), ("male", "男")])]
    fields = [
        _field("姓名", "person", value=kept("person"), autocomplete="name", maxlength="32"),
        _choice("性别", "gender", genders, kept("gender")),
        _choice("单位", "unit", groups, kept("unit")),
        _field("职务", "position", value=kept("position"), autocomplete="organization-title", maxlength="64"),
        _field("分管或从事工作", "duty", value=kept("duty"), maxlength="128"),
        _field(
            "联系电话", "phone", value=kept("phone"), type="tel", autocomplete="tel-national",
            inputmode="numeric", pattern="[0-9]{11}", maxlength="11", hint="11 位数字，仅局办公室可见。",
        ),
    ]  # fmt: skip
    return _page(
        "申请账号",
        element(
            "p",
            "按《重庆体育大数据中心管理暂行办法》第十八条，一人一号。局办公室审核后通知您领取一次性密码。",
            class_="beside",
        ),
        _alert(problems),
        _form(ways.APPLY, token, *fields, button="提交申请"),
        element("p", element("a", "返回登录", href=ways.LOGIN), class_="beside"),
        wide=True,
    )


def sent(number: str) -> str:
    """After an application."""
    return _page(
        "申请已提交",
        _told(f"申请编号 {number}。局办公室审核后会按您填写的电话联系您。"),
        element("p", element("a", "返回登录", href=ways.LOGIN), class_="beside"),
    )


def no_answer(address: str, *, was_sent: bool) -> str:
    """The database is away; `was_sent`: something was filled in and may be lost."""
    words = "现在打不开页面，也不能登录和报送；已保存的数据没有变化。"
    then = (
        f"本页每 {RETRY_S} 秒自动重试一次。"
        if not was_sent
        else "刚才的提交没有完成，请稍后返回上一页重新提交。"
    )
    return _page(
        "数据库暂时没有应答",
        _alert([words]),
        element("p", then, "五分钟后仍未恢复，请告诉运维团队。"),
        element("p", element("a", "重新打开", href=address), class_="beside"),
    )


def refused(heading: str, sentence: str) -> str:
    """A request that cannot be served, with the way back."""
    return _page(
        heading, _alert([sentence]), element("p", element("a", "返回登录", href=ways.LOGIN), class_="beside")
    )
