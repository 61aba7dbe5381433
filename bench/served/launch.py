"""The product's launcher with two more things to ask for: `?bench=empty`, and what the database took.

Middleware, routes and lifespan are those of `app.py`. Started by `bench/server.py`.
"""

from pathlib import Path

import streamlit as st

import pages.overview
from bench.served import database_time
from data_access.settings import settings
from web import document, exports, health, login, logs, start
from web.errors import on_script_error
from web.gate import Gate
from web.lifespan import lifespan

HERE = Path(__file__).resolve().parent

database_time.watch()  # first of all: the start opens a connection, which the pages go on using
logs.configure(settings().log.level)
start.apply()
pages.overview.__path__.append(str(HERE / "empty"))

app = st.App(
    HERE / "script.py",
    lifespan=lifespan,
    middleware=[Gate.middleware(settings().web), document.middleware()],
    routes=[*health.routes, *document.routes, *login.routes, *exports.routes, *database_time.routes],
    on_script_error=on_script_error,
)
