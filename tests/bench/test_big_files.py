"""The files that intake is measured with are good ones: a refused row would make it look fast."""

from __future__ import annotations

import io

import openpyxl
import pytest

import catalog
from bench import big_files
from data_access.commands.delivery import Delivery, deliver
from data_access.engine import engine
from data_access.principal import OPERATOR

CATEGORIES = sorted(big_files.MAKERS)
ROWS = 400


def delivered(database: str, category: str, content: bytes, name: str) -> Delivery:
    return deliver(
        engine(database), OPERATOR, content=content, file_name=name, category=category, unit="500101",
        received_on=big_files.RECEIVED_ON,
    )  # fmt: skip


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_row_of_a_large_csv_is_taken_without_a_word(embedded, category):
    content = big_files.csv_bytes(category, big_files.columns(category, ROWS))

    taken = delivered(embedded, category, content, "a.csv")

    assert (taken.outcome, taken.accepted, taken.problems, taken.warnings) == ("accepted", ROWS, [], [])


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_workbook_says_the_same_as_the_csv(embedded, category):
    """The base already has the rows of the CSV: those of the workbook are duplicates, none is an update."""
    made = big_files.columns(category, ROWS)
    delivered(embedded, category, big_files.csv_bytes(category, made), "a.csv")

    again = delivered(embedded, category, big_files.xlsx_bytes(category, made), "a.xlsx")

    assert (again.outcome, again.duplicate, again.updated, again.warnings) == ("accepted", ROWS, 0, [])


@pytest.mark.parametrize("category", CATEGORIES)
def test_two_runs_measure_the_same_file(category):
    assert big_files.columns(category, 50) == big_files.columns(category, 50)


@pytest.mark.parametrize("category", CATEGORIES)
def test_no_two_rows_have_the_same_key(category):
    made = big_files.columns(category, 5000)
    keys = zip(*(made[k] for k in catalog.default().category_by_code[category].natural_key), strict=True)

    assert len(set(keys)) == 5000


@pytest.mark.parametrize("cells", [False, True])
def test_empty_rows_widen_the_used_range_and_nothing_else(embedded, cells):
    """Excel shows 3,011 rows used; ten are data."""
    small = big_files.xlsx_bytes("fitness_equipment", big_files.columns("fitness_equipment", 10))

    wide = big_files.with_empty_rows(small, cells=cells, rows=3000)

    sheet = openpyxl.load_workbook(io.BytesIO(wide)).worksheets[0]
    assert sheet.max_row == 3011
    assert sheet.cell(11, 1).value is not None and sheet.cell(12, 1).value is None
    assert delivered(embedded, "fitness_equipment", wide, "wide.xlsx").total == 10


def test_an_unknown_category_is_answered_with_the_known_ones():
    with pytest.raises(KeyError, match="fitness_equipment"):
        big_files.columns("no_such_category", 1)
