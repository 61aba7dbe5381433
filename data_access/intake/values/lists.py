"""Fields whose values are one of a list: enumerations, code lists, districts, reporting units, yes/no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from catalog import Catalog
from data_access.intake.values.strings import number_as_text
from data_access.intake.values.text import FORMULA_LEADS, MISSING, spelling
from data_access.intake.values.verdicts import (
    ABSENT,
    FORMULA,
    WRONG_TYPE,
    BoolCell,
    Normaliser,
    Verdict,
    is_number,
    is_unreadable,
)

CITY = "重庆市"
_YES_NO = {
    "√": "是", "Y": "是", "1": "是", "有": "是", "TRUE": "是",
    "×": "否", "N": "否", "0": "否", "FALSE": "否",
}  # fmt: skip


class ListNormaliser(Normaliser):
    """An enumeration: text looked up among spellings prepared beforehand.

    Args:
        stored: spelling without white space and with half-width brackets -> stored value.
        noted: spelling -> warning code, for those that are not the list's own name.
        missing: marks that mean nothing was filled.
        problem: the code when a spelling is unknown, R_ENUM or R_DISTRICT.
    """

    def __init__(
        self, stored: dict[str, str], *, noted: dict[str, str], missing: frozenset[str], problem: str
    ) -> None:
        self.stored = stored
        self.noted = noted
        self.missing = missing
        self.problem = problem

    def one(self, cell: Any) -> Verdict:
        notes: tuple[str, ...] = ()
        if cell is None:
            return ABSENT
        if isinstance(cell, dt.date) or is_unreadable(cell):
            return WRONG_TYPE
        if is_number(cell):
            cell = number_as_text(cell)
            if cell is None:
                return WRONG_TYPE
            notes = ("W_NUMBER_AS_TEXT",)
            if cell not in self.stored:
                return Verdict(problem=self.problem)
        text = spelling(cell)
        if text in self.missing:
            return ABSENT
        if text in self.stored:
            note = self.noted.get(text)
            return Verdict(self.stored[text], (*notes, note) if note else notes)
        return FORMULA if text.startswith(FORMULA_LEADS) else Verdict(problem=self.problem)


class BoolNormaliser(Normaliser):
    """A yes/no field, stored as 是 or 否; 无 means nothing was filled, not 否."""

    def one(self, cell: Any) -> Verdict:
        if cell is None:
            return ABSENT
        if isinstance(cell, BoolCell):
            return Verdict("是" if cell.value else "否", ("W_BOOL",))
        if isinstance(cell, dt.date) or is_unreadable(cell):
            return WRONG_TYPE
        text = spelling(cell) if isinstance(cell, str) else number_as_text(cell)
        if text in MISSING:
            return ABSENT
        if text in ("是", "否"):
            return Verdict(text)
        if text is not None and text.upper() in _YES_NO:
            return Verdict(_YES_NO[text.upper()], ("W_BOOL",))
        return (
            FORMULA
            if text and text.startswith(FORMULA_LEADS) and isinstance(cell, str)
            else Verdict(problem="R_ENUM")
        )


def plain_list(values: Iterable[str]) -> ListNormaliser:
    """A list that knows only its own names; 无 counts as a value where the list has it."""
    names = tuple(values)
    return ListNormaliser(
        {spelling(v): v for v in names}, noted={}, missing=MISSING - set(names), problem="R_ENUM"
    )


def district_list(catalog: Catalog, received_on: dt.date) -> ListNormaliser:
    """Districts and zones by name, alias, old name or code, stored as their code.

    Names of units that begin after the receipt do not exist yet; those that have
    ended still do, since files speak of years before. Where two units share a
    name (两江新区: a zone, then a district), the one of the day of receipt has it.
    """
    stored: dict[str, str] = {}
    noted: dict[str, str] = {}
    known = [d for d in catalog.districts if d.valid_from is None or d.valid_from <= received_on]
    known.sort(key=lambda d: not d.valid_on(received_on))
    for d in known:
        stored.setdefault(spelling(d.name), d.code)
        stored.setdefault(d.code, d.code)
    for d in known:
        old = {spelling(n) for n in d.old_names}
        for name in (*d.old_names, d.short, *d.aliases):
            text = spelling(name)
            if text not in stored:
                stored[text] = d.code
                noted[text] = "W_DISTRICT_OLD_NAME" if text in old else "W_DISTRICT_ALIAS"
    for text, code in list(stored.items()):
        if text != code:
            stored[CITY + text] = code
            noted[CITY + text] = noted.get(text, "W_DISTRICT_ALIAS")
    return ListNormaliser(stored, noted=noted, missing=MISSING, problem="R_DISTRICT")


def unit_list(catalog: Catalog, received_on: dt.date) -> ListNormaliser:
    """Reporting units; the name of a district or zone counts as its sports body, without a warning."""
    stored = {spelling(v): v for v in catalog.code_list("unit")}
    known = [d for d in catalog.districts if d.valid_from is None or d.valid_from <= received_on]
    for d in sorted(known, key=lambda d: not d.valid_on(received_on)):
        stored.setdefault(spelling(d.name), d.unit)
    return ListNormaliser(stored, noted={}, missing=MISSING, problem="R_ENUM")
