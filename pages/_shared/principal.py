"""Who asks. Until accounts exist, one of the demonstration roles chosen in the side bar.

The only place that will change when accounts come: `principal()` then asks
`accounts` for the session that the gate has put into `st.user`.
"""

from __future__ import annotations

from functools import cache
from typing import cast

import streamlit as st

import catalog
from data_access.principal import ROLE_NAMES, Principal, Role
from data_access.settings import settings
from ui.formats import pinyin_sorted

KEY = "who"
"""Name in the URL and of the widget: a link keeps the role it was sent from."""

DEFAULT = "局领导"


@cache
def demo_principals() -> dict[str, Principal]:
    """Name in the list → principal: leader, office, ten departments, districts, affiliated units, operations, guide."""
    known = catalog.default()
    found = {
        DEFAULT: Principal("leader", "leader", "局领导（演示）"),
        "局办公室": Principal("office", "office", "局办公室（演示）"),
        "运维团队": Principal("operations", "operations", "运维团队（演示）"),
    }
    for department in known.departments:
        shown = f"处室 · {department.short}"
        found[shown] = Principal("department", department.code, f"{department.short}经办人（演示）")
    districts = {d.short: d.code for d in known.districts if d.valid_to is None}
    for short in pinyin_sorted(districts):
        found[f"区县 · {short}"] = Principal("district", districts[short], f"{short}经办人（演示）")
    for unit in known.affiliated_units:
        found[f"直属单位 · {unit.name}"] = Principal("affiliated", unit.code, f"{unit.name}经办人（演示）")
    found["讲解员"] = Principal("guide", "guide", "讲解员（演示）")
    return found


def choose() -> None:
    """The list in the side bar; drawn once a run by `web/main.py`, before any page asks who it is.

    Not bound to the URL by Streamlit itself: a bound parameter would keep `/` from
    leading on to the first page of the role.
    """
    if not settings().web.demo_roles:
        return
    known = demo_principals()
    asked = st.query_params.get(KEY)
    if KEY not in st.session_state and asked in known:
        st.session_state[KEY] = asked
    with st.sidebar:
        chosen = st.selectbox(
            "演示身份",
            list(known),
            key=KEY,
            help="账号管理上线之前，用它查看各角色看到的页面。只能在本机使用。",
        )
    if chosen != st.query_params.get(KEY, DEFAULT):
        st.query_params[KEY] = chosen


def principal() -> Principal:
    """Who asks, read anew in every run, fragment and callback."""
    chosen = st.session_state.get(KEY, DEFAULT)
    return demo_principals().get(cast(str, chosen), demo_principals()[DEFAULT])


def role_name(role: str) -> str:
    """``department`` → 处室."""
    return ROLE_NAMES[cast(Role, role)]
