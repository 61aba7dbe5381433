"""讲解控制台: what is on the wall, what the guide says to it, and everything a guide may do to it. For a tablet."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from data_access.clock import now
from kiosk.commands import Kind
from pages._shared import wall
from pages._shared.principal import principal
from reports import wall_now as words
from ui.pieces import layout, states, text
from ui.registry import Page

PAGE = Page(
    path="guide",
    title="讲解控制台",
    icon=":material/co_present:",
    roles=("guide", "office"),
    order=10,
)
EVERY_S = 3
"""Seconds between two looks at the wall; also the guide's sign of life."""
TOURS = (10, 15, 20, 30, 45)
MESSAGE_SECONDS = (20, 30, 60, 120)
WELCOME_MINUTES = (5, 10, 20, 30)
EMERGENCY_MINUTES = (3, 5, 10, 20)
EMERGENCY_TEXT = "请听从现场工作人员指引，有序离场。"


def render() -> None:
    _console()
    message, welcome, region, tour, emergency = st.tabs(["文字消息", "欢迎画面", "区县", "行程", "紧急信息"])
    with message:
        _message()
    with welcome:
        _welcome()
    with region:
        _region()
    with tour:
        _tour()
    with emergency:
        _emergency()


@st.fragment(run_every=EVERY_S)
def _console() -> None:
    """Clock, what is on, the large buttons and the script; looks again by itself."""
    at = now()
    found = words.ask(principal(), wall.address(), at)
    with layout.together():
        text.big_clock(words.clock(at), PAGE.title, words.sentence(found))
        if found is None:
            states.notice("alarm", "大屏没有应答", words.UNREACHABLE)
        elif found.emergency:
            states.notice("alarm", "紧急信息", found.emergency)
    wall.receipt()
    if found is None:
        return
    wall.keep_alive()
    with st.container(key="guide-pad"):
        back, hold, ahead = st.columns(3)
        _button(back, "上一屏", "previous", ":material/skip_previous:")
        if found.is_paused:
            _button(hold, "继续", "resume", ":material/play_arrow:", is_main=True)
        else:
            _button(hold, "暂停", "pause", ":material/pause:")
        _button(ahead, "下一屏", "next", ":material/skip_next:")
    _script(found)
    _jump(found)


def _button(place, label: str, command: Kind, icon: str, *, is_main: bool = False) -> None:
    """Done before the console is drawn again, so it shows what has become of it."""
    kind = "primary" if is_main else "secondary"
    place.button(
        label, icon=icon, key=f"pad.{command}", width="stretch", type=kind, on_click=_press, args=(label, command)
    )  # fmt: skip


def _script(found: words.Now) -> None:
    """What the guide says; its figures are those of the wall."""
    scene = words.scene(found.scene)
    said = words.script_of(scene, words.snapshot(principal(), wall.snapshot_file()))
    if said:
        text.script(f"讲解词：{words.title(found.scene)}", said)


def _press(name: str, command: Kind, **parts: Any) -> None:
    wall.do(name, command, **parts)


def _jump(found: words.Now) -> None:
    with st.container(horizontal=True, key="guide-scenes"):
        for key, _ in found.order:
            kind = "primary" if key == found.scene else "secondary"
            st.button(
                words.title(key), key=f"jump.{key}", type=kind, on_click=_press, args=("跳到", "jump"),
                kwargs={"object_": words.title(key), "scene": key},
            )  # fmt: skip


def _message() -> None:
    with st.form("message", border=False):
        typed = st.text_input("大屏下方显示的文字", max_chars=60, placeholder="例如：10:30 在一楼大厅集合")
        seconds = _number("显示（秒）", MESSAGE_SECONDS, "message.seconds")
        if st.form_submit_button("显示", icon=":material/chat:", type="primary"):
            wall.do("文字消息", "message", object_=typed, text=typed, seconds=seconds)
            st.rerun()


def _welcome() -> None:
    with st.form("welcome", border=False):
        name = st.text_input("来访单位", max_chars=30, placeholder="例如：某某市体育局考察团")
        minutes = _number("显示（分钟）", WELCOME_MINUTES, "welcome.minutes")
        left, right = st.columns(2)
        if left.form_submit_button(
            "显示欢迎画面", icon=":material/waving_hand:", type="primary", width="stretch"
        ):
            wall.do("欢迎画面", "welcome", object_=name, text=name, minutes=minutes)
            st.rerun()
        if right.form_submit_button("结束欢迎画面", icon=":material/close:", width="stretch"):
            wall.do("结束欢迎画面", "resume")
            st.rerun()


def _region() -> None:
    districts = words.districts(words.snapshot(principal(), wall.snapshot_file()))
    if not districts:
        states.empty("还没有可以突出显示的区县", "大屏有地图数据后，这里列出各区县。")
        return
    with st.form("region", border=False):
        name = st.selectbox("在地图上突出显示", list(districts))
        left, right = st.columns(2)
        if left.form_submit_button(
            "突出显示", icon=":material/location_on:", type="primary", width="stretch"
        ):
            wall.do("突出显示", "spotlight", object_=name, adcode=districts.get(name, ""))
            st.rerun()
        if right.form_submit_button("取消突出", icon=":material/location_off:", width="stretch"):
            wall.do("取消突出", "spotlight")
            st.rerun()


def _tour() -> None:
    with st.form("tour", border=False):
        minutes = _number("参观时间（分钟）", TOURS, "tour.minutes")
        st.caption("按播放顺序把各画面均匀排满这段时间，结束后恢复正常轮换；中途可以随时暂停或跳转。")
        if st.form_submit_button("开始参观", icon=":material/tour:", type="primary"):
            wall.do("开始参观", "tour", object_=f"{minutes} 分钟", minutes=minutes)
            st.rerun()


def _emergency() -> None:
    typed = st.text_input("紧急信息", value=EMERGENCY_TEXT, max_chars=60, key="emergency.text")
    minutes = _number("自动结束（分钟）", EMERGENCY_MINUTES, "emergency.minutes")
    show, end = st.columns(2)
    if show.button(
        "在全部屏幕显示", icon=":material/emergency_home:", type="primary", width="stretch", key="emergency"
    ):
        _confirm(typed, minutes)
    if end.button("清除大屏上的文字", icon=":material/check:", width="stretch", key="emergency.clear"):
        wall.do("清除文字", "clear")
        st.rerun()


@st.dialog("显示紧急信息", icon=":material/emergency_home:")
def _confirm(typed: str, minutes: int) -> None:
    """It covers everything on every screen, so it takes a second press; it ends by itself."""
    states.notice("alarm", "覆盖全部画面", f"“{typed}”，{minutes} 分钟后自动结束。")
    pressed = st.button(
        "确认显示", type="primary", width="stretch", key="emergency.confirm", on_click=_press,
        args=("紧急信息", "emergency"), kwargs={"object_": typed, "text": typed, "minutes": minutes},
    )  # fmt: skip
    if pressed:
        st.rerun()


def _number(label: str, choices: Sequence[int], key: str) -> int:
    """One of a few numbers; whatever else the browser sends becomes the first."""
    chosen = st.selectbox(label, choices, key=key)
    return chosen if chosen in choices else choices[0]
