"""Executed in every run: who asks, which pages are theirs, draw the one that was asked for."""

from pages._shared.principal import session_bar
from web import shell

session_bar()
shell.open_page()
