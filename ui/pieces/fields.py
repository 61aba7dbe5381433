"""What a reader fills in that the address does not keep: a choice, a file to send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui import html
from ui.pieces.browser import write_alone


def choice(label: str, options: Sequence[str], key: str) -> str:
    """One of `options`, not in the URL; whatever else the browser sends becomes the first."""
    chosen = st.selectbox(label, options, key=key)
    return chosen if chosen in options else options[0]


def upload(label: str, types: Sequence[str], key: str, *, most_mb: int, help: str | None = None) -> Any:
    """One file of one of `types`; the limits stand under it in Chinese."""
    chosen = st.file_uploader(label, type=list(types), key=key, help=help, max_upload_size=most_mb)
    write_alone(
        html.element("p", f"单个文件不超过 {most_mb} MB，格式：{'、'.join(types)}。", class_="limits")
    )
    return chosen
