"""What is printed and written says the same, and says whether a goal was met."""

from __future__ import annotations

import json

import pytest

from bench import results
from bench.growth import undisturbed
from bench.results import Measure
from bench.server import DatabaseTime


@pytest.mark.parametrize(
    ("measure", "verdict"),
    [
        (Measure("a", 2.9, goal=3.0), "met"),
        (Measure("a", 3.1, goal=3.0), "missed"),
        (Measure("a", 210, "/s", 200, at_least=True), "met"),
        (Measure("a", 190, "/s", 200, at_least=True), "missed"),
        (Measure("a", 190, "/s"), ""),
    ],
)
def test_a_goal_is_met_or_missed(measure, verdict):
    assert measure.verdict == verdict


def test_the_table_keeps_its_columns_beside_chinese():
    """A Chinese character is two columns wide on a terminal."""
    _, chinese, latin = results.table([Measure("汇聚", 1.0), Measure("abcd", 1.0)]).splitlines()

    assert chinese.index("1.00") + 2 == latin.index("1.00")


def test_a_run_is_written_into_its_own_place_of_the_document(tmp_path):
    document = tmp_path / "performance.md"
    document.write_text("before\n<!-- bench a -->\nold\n<!-- end a -->\nafter", encoding="utf-8")
    kept = {
        "name": "a",
        "at": "2026-10-09T08:00:00+00:00",
        "machine": "m",
        "load_average": 0.5,
        "command": "c",
    }
    measure = {
        "name": "n",
        "value": 1.5,
        "unit": "×",
        "goal": 3.0,
        "at_least": False,
        "note": "",
        "verdict": "met",
    }
    (tmp_path / "a.json").write_text(json.dumps(kept | {"measures": [measure]}), encoding="utf-8")

    results.write_document("a", document, tmp_path)

    text = document.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("\nafter") and "old" not in text
    assert "`c` on 2026-10-09; m;" in text
    assert "| n | 1.50 × | ≤ 3.00 × | met |  |" in text


def test_a_document_without_a_place_says_what_to_add(tmp_path):
    document = tmp_path / "performance.md"
    document.write_text("nothing", encoding="utf-8")
    run = {
        "name": "a",
        "at": "2026-10-09",
        "machine": "m",
        "load_average": 0.5,
        "command": "c",
        "measures": [],
    }
    (tmp_path / "a.json").write_text(json.dumps(run), encoding="utf-8")

    with pytest.raises(ValueError, match="<!-- bench a -->"):
        results.write_document("a", document, tmp_path)


@pytest.mark.parametrize(("large_s", "expected"), [(1.0, 0.0), (10.0, 1.0), (3.1623, 0.5)])
def test_the_exponent_is_the_slope_between_the_sizes(large_s, expected):
    assert results.exponent(1.0, large_s, 1_000, 10_000) == pytest.approx(expected, abs=1e-3)


def test_a_busy_moment_does_not_count_as_growth():
    """Each statement was slow once, because something else ran; 0.2 + 0.3 s is what they need."""
    first = DatabaseTime(1.2, [("a", 0.9), ("b", 0.1), ("b", 0.2)])
    second = DatabaseTime(1.0, [("a", 0.2), ("b", 0.7), ("b", 0.1)])

    assert undisturbed([first, second]) == pytest.approx(0.5)
