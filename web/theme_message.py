"""The theme goes into every rerun's first message; Streamlit builds it anew each time, from all its options.

That alone is a quarter of what an empty script costs the server. The theme cannot
change while the server runs, so it is built once and copied. The one place where
a function of Streamlit is replaced; `tests/web/test_theme_message.py` compares
what is sent with what Streamlit itself would send
(docs/decisions/0024-theme-built-once.md).
"""

from __future__ import annotations

from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

built_by_streamlit = app_session._populate_theme_msg


@cache
def _section(section: str) -> CustomThemeConfig:
    message = CustomThemeConfig()
    built_by_streamlit(message, section)
    return message


def copied(message: CustomThemeConfig, section: str = "theme") -> None:
    """Put the section of the theme into a message, as `built_by_streamlit` would."""
    built = _section(section)
    if built.ListFields():  # merging nothing would say that the section is there
        message.MergeFrom(built)


def keep() -> None:
    """From now on the theme's messages are copies. Called once, before the server listens."""
    app_session._populate_theme_msg = copied
