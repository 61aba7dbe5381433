"""Domain rules 4.6 and 4.3 in a real base: the command, the recomputed document and the page show the same digits.

One case of 4.3 cannot come from rows: a department that is abolished. Departments and
their days are the catalogue's, not the base's; `tests/score/test_special_cases.py` has it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import catalog
import manage
from data_access.engine import engine
from data_access.settings import settings
from metrics.score.formula import PART_NAMES
from metrics.score.rules import DEFAULT_RULES, text
from reports.words import department_name
from tests.pages.opening import LEADER, open_page, words
from tests.score import year_2022 as example

Json = dict[str, Any]
DAY = ("--year", str(example.YEAR), "--as-of", example.FREEZE.isoformat())


@pytest.fixture(scope="module")
def base(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Filled once: every test only reads it."""
    path = tmp_path_factory.mktemp("year") / "center.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    example.fill(engine(url))
    yield url
    engine(url).dispose()


@pytest.fixture
def on_base(base: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SPORTS_DATABASE_URL", base)
    settings.cache_clear()
    yield base
    settings.cache_clear()


@pytest.fixture
def run(on_base: str, capsys: pytest.CaptureFixture[str]):
    """What a command prints."""

    def run(*arguments: str) -> str:
        assert manage.main([*arguments, "--database", on_base]) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def kept() -> dict[tuple[str, str], Any]:
    """What was asked once: the base does not change."""
    return {}


@pytest.fixture
def shown(on_base: str, kept: dict[tuple[str, str], Any]) -> Callable[[str], str]:
    """The page of a department's score, as its reader sees it."""

    def shown(department: str) -> str:
        if ("page", department) not in kept:
            page = open_page(
                "assessment.score", LEADER, department=department_name(department), year=str(example.YEAR),
                as_of=example.FREEZE.isoformat(),
            )  # fmt: skip
            assert not page.exception
            kept["page", department] = words(page)
        return kept["page", department]

    return shown


@pytest.fixture
def told(run: Callable[..., str], kept: dict[tuple[str, str], Any]) -> Callable[[str], Json]:
    """What `manage.py score --department` says."""

    def told(department: str) -> Json:
        if ("told", department) not in kept:
            kept["told", department] = json.loads(run("score", "--department", department, *DAY, "--json"))
        return kept["told", department]

    return told


# ---------------------------------------------------------------- the worked example


def test_the_worked_example_has_85_22_and_is_good_by_command_document_and_page(
    run: Any, told: Any, shown: Any, tmp_path: Path
) -> None:
    found = told("youth_sport")
    (tmp_path / "inputs.json").write_text(run("score", "inputs", *DAY), "utf-8")
    computed = json.loads(run("score", "compute", str(tmp_path / "inputs.json"), "--json"))
    recomputed = next(d for d in computed["departments"] if d["code"] == "youth_sport")

    assert (found["score"], found["grade"]) == (recomputed["score"], recomputed["grade"]) == ("85.22", "良好")
    assert {key: found[key] for key in recomputed} == recomputed
    page = shown("youth_sport")
    assert (
        "为什么是 85.22" in page and "85.22 分" in page and "92.22 − 7.00 = 85.22，达到 80，等次良好" in page
    )


@pytest.mark.parametrize(
    ("part", "value", "points"),
    [
        ("quantity", "91.66", "25.66"),
        ("coverage", "100.00", "12.00"),
        ("timeliness", "90.71", "18.14"),
        ("quality", "95.63", "19.13"),
        ("publishing", "92.86", "9.29"),
        ("cooperation", "80.00", "8.00"),
    ],
)
def test_each_part_of_the_example_is_the_same_in_the_sentences_of_the_page(
    told: Any, shown: Any, part: str, value: str, points: str
) -> None:
    found = told("youth_sport")["parts"][part]

    assert (found["value"], found["points"]) == (value, points)
    page = shown("youth_sport")
    assert f"{PART_NAMES[part]} {points} / {text(DEFAULT_RULES.weights[part])}" in page and value in page


def test_the_figures_of_each_category_are_those_of_the_tables(told: Any) -> None:
    found = {c["code"]: c for c in told("youth_sport")["categories"]}

    assert {code: (c["q"], c["n"], c["r"], c["mean"]) for code, c in found.items()} == {
        "youth_event": ("349.59", 332, "94.97", "97.00"),
        "youth_organization": ("280.00", 300, "100.00", "92.71"),
        "youth_athlete": ("27000.00", 21600, "80.00", "97.17"),
        "youth_coach": ("0.00", 0, None, None),
    }
    assert [(v["quantity"], v["days"]) for v in found["youth_event"]["versions"]] == [
        ("400.00", 181),
        ("300.00", 184),
    ]


# ---------------------------------------------------------------- the special cases of 4.3


def one(found: Json, code: str) -> Json:
    return next(c for c in found["categories"] if c["code"] == code)


CASES: dict[str, tuple[str, Any, Any]] = {
    #  case: department, what the command says, what it must be
    "zero plan": ("youth_sport", lambda d: [one(d, "youth_coach")[k] for k in ("r", "covered", "mean", "due_items")],
                  [None, True, None, []]),
    "over-delivery": ("youth_sport", lambda d: [one(d, "youth_organization")[k] for k in ("r", "surplus")],
                      ["100.00", "20.00"]),
    "no plan, something came": ("mass_sport", lambda d: [one(d, "mass_sport_event")[k] for k in ("q", "r", "covered")],
                                [None, "0.00", True]),
    "no plan at all": ("science_education", lambda d: [d["parts"]["quantity"]["points"], d["deductions"]["late_plan"]],
                       ["0.00", "5.00"]),
    "zero for part of the year": (
        "finance_planning",
        lambda d: [{c["q"] for c in d["categories"]}, {len(c["due_items"]) for c in d["categories"]}], [{"3.84"}, {0}]),
    "no due item: T, Q and U have no base": (
        "finance_planning",
        lambda d: [d["parts"][p]["points"] for p in ("timeliness", "quality", "publishing")] + [d["weights_present"]],
        [None, None, None, "50.00"]),
    "waits for operations: U has no base": (
        "personnel", lambda d: [d["parts"]["publishing"]["points"], d["weights_present"]], [None, "90.00"]),
    "T has items and nothing came: Q and U are 0": (
        "science_education", lambda d: [d["parts"][p]["points"] for p in ("quality", "publishing")], ["0.00", "0.00"]),
    "moved in July, who gave it": ("competitive_sport", lambda d: [one(d, "referee")[k] for k in ("q", "n", "r")],
                                   ["181.00", 20, "11.05"]),
    "moved in July, who got it": ("mass_sport", lambda d: [one(d, "referee")[k] for k in ("q", "n", "r")],
                                  ["184.00", 10, "5.43"]),
    "falsified data": ("personnel", lambda d: [one(d, "sports_talent")["r"], d["deductions"]["falsified"]],
                       ["0.00", "10.00"]),
    "a leak sets the grade": ("industry", lambda d: [d["grade"]], ["不合格"]),
    "nothing but zero plans: not assessed": ("publicity", lambda d: [d["score"], d["grade"], d["rank"]], [None] * 3),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_special_case_is_the_same_by_command_and_page(told: Any, shown: Any, case: str) -> None:
    """The figures of 4.3 by the command, and on the page each part's points, the sum and the score in the same digits."""
    department, asked, expected = CASES[case]
    found = told(department)

    assert asked(found) == expected
    page = shown(department)
    if found["score"] is None:
        assert "不参评" in page and "为什么是" not in page
        return
    assert f"为什么是 {found['score']}" in page
    assert f"等次{found['grade']}" in page or f"等次为{found['grade']}" in page
    for key, part in found["parts"].items():
        weight = text(DEFAULT_RULES.weights[key])
        assert f"{PART_NAMES[key]} {part['points'] or '—'} / {weight}" in page
    for figure in (found["points_sum"], found["P"], found["deductions"]["taken"]):
        assert figure in page


def test_ties_share_a_rank_and_stand_in_the_order_of_article_8(run: Any, shown: Any, tmp_path: Path) -> None:
    """Departments that sent nothing are equal in everything: one rank for all of them, on their pages too."""
    (tmp_path / "inputs.json").write_text(run("score", "inputs", *DAY), "utf-8")
    ranking = json.loads(run("score", "compute", str(tmp_path / "inputs.json"), "--json"))["ranking"]
    tied = [(place["rank"], place["code"]) for place in ranking if place["score"] == "5.00"]

    order = [d.code for d in catalog.default().departments if d.code in {code for _, code in tied}]
    assert len(tied) >= 3 and [code for _, code in tied] == order
    assert {rank for rank, _ in tied} == {tied[0][0]}
    for rank, code in tied[:2]:
        assert f"{rank} / {len(ranking)}" in shown(code)
