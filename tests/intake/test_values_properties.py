"""What holds for every value: stored forms are canonical, conversions lose nothing, nothing ever raises."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given, settings, strategies as st

import catalog
from data_access.intake.cells import ERROR, MappedColumn
from data_access.intake.values import Reading, normaliser, read_column
from data_access.intake.values.numbers import exact, tidy
from tests.intake.judging import Raw, as_cell, judge_rows, row

CATALOG = catalog.default()
FIELDS = [f for c in CATALOG.categories for f in c.fields]
ONE_OF_EACH = list({(f.type, f.codelist, f.pattern, bool(f.allowed)): f for f in FIELDS}.values())
RECEIVED = dt.date(2024, 6, 1)
days = st.dates(dt.date(1950, 1, 1), RECEIVED)


def read(field, cells, *, is_text=False, unit=None):
    return read_column(
        normaliser(field, CATALOG, Reading(RECEIVED, unit, is_text)), MappedColumn(field.name, list(cells))
    )


def field(code, name):
    return CATALOG.category_by_code[code].field_by_name[name]


cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.text("0123456789.,，-+/年月日 　%万人元°′″：:TＷ０１２", max_size=14),
    st.sampled_from(
        ["无", "—", "是", "√", "渝中", "綦江县", "2022.1", "1.2万元", "=A1", "106°30′34″", "N/A"]
    ),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.booleans(),
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.just(ERROR),
)


@given(st.sampled_from(ONE_OF_EACH), st.lists(cells, min_size=1, max_size=6), st.booleans())
@settings(max_examples=150)
def test_no_cell_whatever_raises_and_each_is_one_thing(f, row_cells, is_text):
    """A value, or nothing, or a problem; never two of them."""
    if is_text:
        row_cells = ["" if c is None else str(c) for c in row_cells]
    reading = read(f, row_cells, is_text=is_text)
    for i in range(len(row_cells)):
        states = (reading.values[i] is not None, i in reading.problems, i in reading.absent)
        assert sum(states) == 1
        assert states[0] or (i not in reading.notes and i not in reading.months)


@pytest.mark.parametrize("f", ONE_OF_EACH, ids=lambda f: f.name)
@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_figure_is_of_the_wrong_type_in_every_kind_of_field(f, odd):
    """A platform's view or its JSON may hold them; Excel writes none."""
    assert set(read(f, [odd, odd, 1]).problems.items()) >= {(0, "R_TYPE"), (1, "R_TYPE")}


@example(field("mass_sport_facility", "latitude"), [10**15 + 1])
@example(field("mass_sport_facility", "latitude"), [-(10**14) - 1])
@example(field("mass_sport_facility", "latitude"), [2.2250738585072014e-308])
@example(field("mass_sport_facility", "latitude"), [1.23456789012345e-80, 0.0, -0.0])
@given(st.sampled_from(ONE_OF_EACH), st.lists(cells, min_size=1, max_size=6))
@settings(max_examples=150)
def test_the_stored_form_read_again_is_itself_without_a_word(f, row_cells):
    """What the base gives out can be sent in again, in a workbook and in a CSV.

    But for a negative number that stood in a text column: as text it begins like a formula.
    """
    stored = [v for v in read(f, row_cells).values if v is not None and not str(v).startswith("-")]
    as_text = [
        v.isoformat(" ") if isinstance(v, dt.datetime) else f"{v:f}" if isinstance(v, Decimal) else str(v)
        for v in stored
    ]
    for again in (read(f, as_text, is_text=True), read(f, as_text)):
        assert (again.values, again.problems, again.notes) == (stored, {}, {})


@given(st.sampled_from(ONE_OF_EACH), st.lists(cells, min_size=1, max_size=8))
@settings(max_examples=100)
def test_a_column_read_whole_is_the_column_read_cell_by_cell(f, row_cells):
    """The fast ways over whole columns and the memory for repeated cells must not show."""
    for column in (row_cells, row_cells * 3, ["1", "2", "3", *row_cells]):
        whole = read(f, column)
        for i, cell in enumerate(column):
            alone = read(f, [cell])
            assert whole.values[i] == alone.values[0]
            assert whole.problems.get(i) == alone.problems.get(0)
            assert whole.notes.get(i) == alone.notes.get(0)
            assert (i in whole.months) == (0 in alone.months)


@given(days)
def test_every_form_of_a_day_is_that_day(day):
    f = field("sports_facility_statistics", "built_on")
    y, m, d = day.year, day.month, day.day
    forms = [
        f"{y}.{m}.{d}",
        f"{y}/{m}/{d}",
        f"{y}-{m}-{d}",
        f"{y}年{m}月{d}日",
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y-%m-%d} 08:00",
    ]
    for is_text in (True, False):
        assert read(f, forms, is_text=is_text).values == [day] * len(forms)
    cells = [day, dt.datetime.combine(day, dt.time()), int(f"{day:%Y%m%d}")]
    assert read(f, cells).values == [day] * 3
    serial = (day - dt.date(1899, 12, 30)).days
    if serial >= 20000:
        assert read(f, [serial, float(serial), serial + 0.75]).values == [day] * 3


@given(days)
def test_every_form_of_a_month_is_its_first_day(day):
    f = field("sports_facility_statistics", "built_on")
    y, m = day.year, day.month
    forms = [f"{y}年{m}月", f"{y}.{m}", f"{y}/{m}", f"{y}-{m:02d}", f"{y}{m:02d}"]
    reading = read(f, forms)
    assert reading.values == [day.replace(day=1)] * 5
    assert reading.months == {0, 1, 2, 3, 4}


@given(st.datetimes(dt.datetime(1955, 1, 1), dt.datetime(2024, 6, 1)))
def test_moments_survive_excels_fractions_to_the_second(moment):
    moment = moment.replace(microsecond=0)
    f = field("smart_venue_connection", "last_heartbeat_at")
    serial = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    if serial % 1:
        assert read(f, [serial]).values == [moment]
    assert read(f, [f"{moment:%Y/%m/%d %H:%M:%S}"]).values == [moment]


@given(st.decimals(-9999999999, 9999999999, places=4))
def test_numbers_are_the_same_as_cell_and_as_text(number):
    f = field("sports_facility_statistics", "investment").model_copy(update={"min": None, "max": None})
    expected = tidy(Decimal(f"{number:f}")) + 0
    for cell in (float(number), f"{number:f}", f"{number:,.4f}"):
        (value,) = read(f, [cell]).values
        assert value == expected and str(value) == str(expected)


@given(st.floats(-1e15, 1e15))
def test_a_number_is_what_15_digits_say(number):
    assert exact(number) == Decimal(f"{number:.15g}")


@given(st.decimals(0, 20000, places=3), st.sampled_from(["元", "千元", "万元", "百万元", "亿元"]))
def test_units_convert_exactly(number, unit):
    f = field("sports_facility_statistics", "investment").model_copy(update={"max": None})
    size = {"元": 1, "千元": 1000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}[unit]
    by_header = read(f, [f"{number:f}", float(number)], unit=unit)
    in_cell = read(f, [f"{number:f}{unit}"])
    assert by_header.values == [number * size] * 2
    assert in_cell.values == [number * size]
    assert in_cell.notes == {0: ("W_UNIT_SUFFIX",)}
    assert by_header.notes == ({} if size == 1 else {0: ("W_UNIT",), 1: ("W_UNIT",)})


@pytest.mark.parametrize("mark", ["\u200b", "\u200d", "\ufeff", "\u2060", " ", "\u3000", "\xa0", "\n"])
def test_marks_nobody_sees_change_nothing_at_the_ends_of_any_value(mark):
    for category in CATALOG.categories:
        plain = row(category.code)
        texts = {k: as_cell(v, True) for k, v in plain.items()}
        wrapped = {k: Raw(f"{mark}{v}{mark}") for k, v in texts.items()}
        one, other = (judge_rows(category.code, r, is_text=True) for r in (plain, wrapped))
        assert other.columns == one.columns, category.code
        assert other.warnings == one.warnings
