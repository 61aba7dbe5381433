"""Executed in every run: who asks, which pages are theirs, draw the one that was asked for."""

from pages._shared.principal import choose
from web import shell

choose()
shell.open_page()
