"""Who asks, which pages, draw one; and what stands before Streamlit.

Streamlit puts this folder first on `sys.path` in every run: nothing here may be
named like a package that anything imports.
"""
