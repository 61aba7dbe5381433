"""The vocabulary of the centre: departments, categories, fields, units, code lists.

Declared in TOML beside this file, checked once, and the only place that joins a
stored key with the Chinese name people read. Imports nothing of ours.
"""

from functools import cache

from catalog.loader import Catalog, CatalogError, Unit, load
from catalog.models import Category, CrossCheck, Department, District, Field


@cache
def default() -> Catalog:
    """The catalogue this installation runs on."""
    return load()


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
