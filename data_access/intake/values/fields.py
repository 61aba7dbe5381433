"""Which way a field is read: from its declaration in the catalogue to a normaliser."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from catalog import Catalog, Field
from data_access.intake.values.dates import DateNormaliser, MomentNormaliser
from data_access.intake.values.lists import BoolNormaliser, district_list, plain_list, unit_list
from data_access.intake.values.numbers import DegreeNormaliser, NumberNormaliser
from data_access.intake.values.strings import TextNormaliser
from data_access.intake.values.text import MISSING
from data_access.intake.values.verdicts import Normaliser


@dataclass(frozen=True)
class Reading:
    """What the reading of a value depends on beside its field."""

    received_on: dt.date
    header_unit: str | None = None
    is_text: bool = False
    date_1904: bool = False


def normaliser(field: Field, catalog: Catalog, reading: Reading) -> Normaliser:
    """The reader of one column of `field`."""
    match field.type:
        case "int" | "decimal":
            return NumberNormaliser(
                whole=field.type == "int",
                stored_unit=field.unit,
                header_unit=reading.header_unit,
                low=field.min,
                high=field.max,
            )
        case "geo":
            return DegreeNormaliser(stored_unit=field.unit, header_unit=reading.header_unit)
        case "date" | "datetime":
            kind = DateNormaliser if field.type == "date" else MomentNormaliser
            latest = reading.received_on if field.not_after == "received_on" else None
            return kind(text_numbers=reading.is_text, date_1904=reading.date_1904, latest=latest)
        case "bool":
            return BoolNormaliser()
        case "enum":
            if field.codelist == "district":
                return district_list(catalog, reading.received_on)
            if field.codelist == "unit":
                return unit_list(catalog, reading.received_on)
            return plain_list(catalog.code_list(field.codelist) if field.codelist else field.allowed)
        case "string":
            return TextNormaliser(
                pattern=field.pattern,
                max_length=field.max_length,
                missing=MISSING - set(field.allowed),
                is_uscc=field.pattern is not None and field.pattern == catalog.patterns.get("uscc"),
            )
