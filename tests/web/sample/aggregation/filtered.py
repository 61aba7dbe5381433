"""A page for everybody: filters in the address, a file to send, the pictures of what is not there."""

import streamlit as st

from ui.pieces import fields, filters, states
from ui.registry import ALL_ROLES, Page

PAGE = Page(path="filtered", title="样例进度", icon=":material/tune:", roles=ALL_ROLES, order=20)


def render() -> None:
    st.title(PAGE.title)
    with filters.filter_bar():
        year = filters.url_select("年度", ["2026", "2025"], "year")
    st.text(f"选中 {year}")
    fields.upload("报送文件", ["xlsx", "csv"], "file", most_mb=20)
    states.empty(f"{year} 年还没有汇聚数据", "年度计划报送后，这里显示进度。")
