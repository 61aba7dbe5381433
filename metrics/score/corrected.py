"""The corrected facts of frozen years, out of their documents (`metrics.corrections` says what becomes of them)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from data_access.principal import Principal
from data_access.queries import assessment as queries
from metrics.corrections import Correction, Corrections
from metrics.score.canonical import parse

READER = Principal("operations", "operations", "更正")
"""The documents are read as somebody who sees every department; what comes of them is cut to the asker's scope."""


def in_document(document: dict[str, Any]) -> Corrections:
    """Those an input document was frozen with."""
    return tuple(
        Correction(
            document["year"], department["code"], a["category"], a["field"], a["period"], a["value"], a["was"]
        )
        for department in document["departments"]
        for a in department.get("adjustments", ())
    )


def in_force(connection: Connection, years: Iterable[int], known_on: dt.date) -> Corrections:
    """Those of the frozen years among `years`, as in force on `known_on`."""
    found: list[Correction] = []
    for year in years:
        frozen = queries.frozen(READER, connection, year, known_on=known_on)
        found += in_document(parse(frozen.inputs)) if frozen else ()
    return tuple(found)
