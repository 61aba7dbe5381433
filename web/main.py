"""Executed in every run: who asks, which pages are theirs, draw the one that was asked for."""

from pages._shared.principal import session_bar
from pages._shared.snapshot import one_run
from web import shell
from web.turns import turn

with turn(), one_run():
    session_bar()
    shell.open_page()
