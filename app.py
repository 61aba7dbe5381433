"""The launcher: `streamlit run app.py`.

Before anything listens, it checks the settings and the address. The middleware
stands before everything Streamlit answers, websocket included.
"""

import streamlit as st
from streamlit import config

from data_access.settings import settings
from web import document, health, logs
from web.errors import on_script_error
from web.gate import Gate, refuse_open_address
from web.lifespan import lifespan

logs.configure(settings().log.level)
refuse_open_address(config.get_option("server.address"))

app = st.App(
    "web/main.py",
    lifespan=lifespan,
    middleware=[Gate.middleware(settings().web.hosts), document.middleware()],
    routes=[*health.routes, *document.routes],
    on_script_error=on_script_error,
)
