"""Alembic's entry: runs on the connection it is given, or on the default database."""

from __future__ import annotations

from alembic import context

from data_access.all_tables import metadata
from data_access.engine import default_url, engine, writing


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Base tables are generated from the catalogue, not migrated."""
    return not (kind == "table" and name is not None and name.startswith("base_"))


def _run(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=metadata,
        include_name=_is_ours,
        render_as_batch=False,
        transaction_per_migration=False,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with writing(engine(default_url())) as opened:
        _run(opened)
