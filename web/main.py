"""Executed in every run: who asks, which pages are theirs, draw the one that was asked for."""

from pathlib import Path

import streamlit as st

from pages._shared.principal import choose
from web import shell

BRAND = Path(__file__).resolve().parent / "brand"

st.set_page_config(page_title=shell.TITLE, page_icon=str(BRAND / "favicon.png"), layout="wide")
choose()
shell.open_page()
