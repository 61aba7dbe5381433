"""The launcher: `streamlit run app.py`.

Before anything listens, it checks the settings, the address and the cookies' key.
The gate stands before everything Streamlit answers, websocket included.
"""

import streamlit as st
from streamlit import config

from data_access.settings import settings
from web import document, exports, health, login, logs, start, wall
from web.errors import on_script_error
from web.gate import Gate
from web.lifespan import lifespan

logs.configure(settings().log.level)
start.refuse_open_address(config.get_option("server.address"), tls=settings().web.tls_terminated)
start.apply()

app = st.App(
    "web/main.py",
    lifespan=lifespan,
    middleware=[Gate.middleware(settings().web, wall.wall().settings.admits), document.middleware()],
    routes=[*health.routes, *document.routes, *login.routes, *exports.routes, *wall.wall().routes()],
    on_script_error=on_script_error,
)
