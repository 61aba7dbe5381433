"""What all tables share: how constraints are named, and the domains of the data versions."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

VERSION_DOMAINS = (
    "records", "visits", "plans", "venues", "accounts", "assessment", "reviews", "circulars", "live",
    "changes", "analyses",
)  # fmt: skip
OPERATIONAL = frozenset({"live"})
"""Domains that change every few seconds and hold no figure: only what asks for them depends on them."""
