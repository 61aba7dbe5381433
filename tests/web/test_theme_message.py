"""What replaces a function of Streamlit sends what Streamlit itself would send."""

from __future__ import annotations

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session

from web import theme_message

SECTIONS = [f"theme.{category.value}" for category in config.CustomThemeCategories]


@pytest.mark.parametrize("section", ["theme", *SECTIONS])
def test_the_kept_theme_is_the_one_streamlit_builds(section):
    kept, built = NewSession(), NewSession()

    for _ in range(2):  # the second time from what is kept
        kept.Clear()
        theme_message.copied(kept.custom_theme, section)
    theme_message.built_by_streamlit(built.custom_theme, section)

    assert kept == built and kept.HasField("custom_theme") == built.HasField("custom_theme")


def test_the_theme_of_this_product_is_in_it():
    """An empty message would be equal for every section that says nothing."""
    message = NewSession()
    theme_message.copied(message.custom_theme)

    assert message.custom_theme.primary_color == "#0F6E84" and len(message.custom_theme.font_faces) == 2


def test_streamlit_still_asks_the_function_that_is_replaced():
    """After an upgrade that renames it the saving would be gone without a word."""
    names = app_session.AppSession._create_new_session_message.__code__.co_names

    assert "_populate_theme_msg" in names
