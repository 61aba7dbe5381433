"""The pieces a page is put together from. The one package of `ui` that knows Streamlit.

A piece that holds no widget may stand in a cached block (`pages/_shared/drawn.py`): all but `filters`, `fields`
and what is given `on_select`.
"""
