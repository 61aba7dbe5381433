"""A worksheet of facts and formulas, written row by row; formulas name the columns they use."""

from __future__ import annotations

import datetime as dt
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

import catalog
from reports.escaping import escaped


class LiveSheet:
    """A table written row by row; columns are named, so that formulas name them too."""

    def __init__(
        self, book: xlsxwriter.Workbook, formats: dict[str, Any], name: str, columns: list[str]
    ) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.name, self.formats = name, formats
        self.letters = {column: xl_col_to_name(n) for n, column in enumerate(columns)}
        self.row = 1
        for n, column in enumerate(columns):
            self.sheet.write_string(0, n, column, formats["heading"])
        self.sheet.set_column(0, len(columns) - 1, 11)
        self.sheet.freeze_panes(1, 2)

    def add(self, facts: dict[str, Any], formulas: dict[str, tuple[str, Any]]) -> None:
        """One row: facts as they are, formulas with ``{column}`` for a cell of the row, and what they give."""
        cells = {column: f"${letter}{self.row + 1}" for column, letter in self.letters.items()}
        for n, column in enumerate(self.letters):
            if column in formulas:
                said, value = formulas[column]
                self.sheet.write_formula(self.row, n, "=" + said.format(**cells), self.formats["cell"], value)
            else:
                self._fact(n, facts.get(column))
        self.row += 1

    def _fact(self, column: int, value: Any) -> None:
        if value is None:
            self.sheet.write_blank(self.row, column, None, self.formats["fact"])
        elif isinstance(value, dt.date):
            moment = dt.datetime.combine(value, dt.time())
            self.sheet.write_datetime(self.row, column, moment, self.formats["fact_date"])
        elif isinstance(value, str):
            self.sheet.write_string(self.row, column, escaped(value), self.formats["fact"])
        else:
            self.sheet.write_number(self.row, column, value, self.formats["fact"])

    def column(self, name: str) -> str:
        """The whole column, for sums from other sheets."""
        letter = self.letters[name]
        return f"{self.name}!${letter}$2:${letter}${max(self.row, 2)}"


def shown(value: Any) -> Any:
    """A figure as a cell holds it; n/a is an empty text."""
    return "" if value is None else float(value)


def name_of(code: str) -> str:
    """A department's or category's name; a code the catalogue does not know stays itself."""
    known = catalog.default()
    if code in known.department_by_code:
        return known.department_by_code[code].short
    return known.category_by_code[code].name_zh if code in known.category_by_code else code
