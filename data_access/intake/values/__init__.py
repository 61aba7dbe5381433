"""From a raw cell to the stored value: one module for each kind of field."""

from data_access.intake.values.columns import ColumnReading, read_column
from data_access.intake.values.fields import Reading, normaliser

__all__ = ["ColumnReading", "Reading", "normaliser", "read_column"]
