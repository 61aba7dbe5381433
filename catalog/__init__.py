"""The vocabulary of the centre: departments, categories, fields, units, code lists.

Declared in TOML beside this file, checked once, and the only place that joins a
stored key with the Chinese name people read. Imports nothing of ours.
"""

import os
from functools import cache

from catalog.loader import Catalog, CatalogError, Unit, load
from catalog.models import Category, CrossCheck, Department, District, Field


@cache
def default() -> Catalog:
    """The catalogue this installation runs on; SPORTS_CATALOG names another folder for a trial of changes."""
    folder = os.environ.get("SPORTS_CATALOG")
    return load(folder) if folder else load()


__all__ = [
    "Catalog",
    "CatalogError",
    "Category",
    "CrossCheck",
    "Department",
    "District",
    "Field",
    "Unit",
    "default",
    "load",
]
