"""Either nothing, for comparison, or what the product runs: `web/main.py`."""

import streamlit as st

from bench.served import product

if "bench" not in st.query_params:
    exec(product.CODE, product.names())
