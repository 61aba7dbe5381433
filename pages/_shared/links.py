"""Ways from one page to another that keep role, day and filters.

`st.switch_page` cannot be used from a page whose filters live in the URL
(Streamlit refuses to clear a parameter that a widget holds); a link can.
"""

from __future__ import annotations

import streamlit as st

from pages._shared.principal import KEY


def link(path: str, label: str, *, icon: str | None = None, help: str | None = None, **filters: str) -> None:
    """A link to the page with this path.

    Args:
        path: `Page.path` of the target; a page that is not theirs refuses by itself.
        filters: its filters as they stand in the address, e.g. ``year="2026"``;
            what is missing or empty is left at the target's own default.
    """
    carried = {name: value for name, value in filters.items() if value}
    for name in (KEY, "as_of"):
        if name in st.query_params:
            carried.setdefault(name, st.query_params[name])
    # Streamlit knows a page by its path alone: this one is never run.
    target = st.Page(_nowhere, title=label, url_path=path)
    st.page_link(target, label=label, icon=icon, help=help, query_params=carried)


def _nowhere() -> None:
    raise AssertionError("a link's own page object is never run")
