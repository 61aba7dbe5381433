"""Alembic migrations of the fixed tables; base tables follow the catalogue (`catalog_sync`)."""
