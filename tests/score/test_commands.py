"""`manage.py score`: compute and verify without a base, inputs and one department from it."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import manage
from metrics import score
from tests.score.made_up import category, department, version, worked_example, year

Json = dict[str, Any]
NO_BASE = ("--database", "postgresql://nobody@127.0.0.1:1/none")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Runs a command and returns its exit code, what it printed and what it complained of."""

    def run(*words: str) -> tuple[int, str, str]:
        code = manage.main([*words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def saved(tmp_path: Path):
    def saved(document: Any, name: str = "document.json") -> str:
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document, ensure_ascii=False))
        return str(path)

    return saved


def frozen(document: Json, **changes: Any) -> Json:
    return {
        "inputs": document,
        "sha256": score.sha256(document),
        "result": score.compute(score.read(document)),
        "formula_version": score.FORMULA_VERSION,
    } | changes


# ---------------------------------------------------------------- without a base


def test_compute_prints_the_canonical_result_without_a_database(run, saved):
    code, out, _ = run("score", "compute", saved(worked_example()), "--json", *NO_BASE)

    assert code == 0
    assert out.rstrip("\n") == score.canonical(json.loads(out))
    assert json.loads(out)["departments"][0]["score"] == "85.22"


def test_compute_reads_standard_input(run, monkeypatch: pytest.MonkeyPatch):
    class Piped:
        buffer = io.BytesIO(json.dumps(worked_example()).encode())

    monkeypatch.setattr(sys, "stdin", Piped)

    code, out, _ = run("score", "compute", "-")

    assert (code, out) == (0, "第 1 名  youth_sport  85.22  良好\n")


def test_compute_refuses_with_every_problem_and_exit_code_1(run, saved):
    document = year(department(category(plan_versions=[version(1, 5, "x")], rows=-1)))

    code, out, err = run("score", "compute", saved(document), "--json")

    assert code == 1
    assert "考核输入有 2 处问题，没有计算" in json.loads(out)["error"] and "「x」不是日期" in err


@pytest.mark.parametrize(
    ("content", "sentence"), [("{", "文件不是 JSON"), (None, "读不到文件")], ids=["no json", "no file"]
)
def test_compute_says_what_is_wrong_with_the_file(run, saved, content: str | None, sentence: str):
    name = saved(content) if content else "nowhere.json"

    code, _, err = run("score", "compute", name)

    assert code == 1 and sentence in err


# ---------------------------------------------------------------- verify


def test_a_frozen_score_holds_on_another_machine(run, saved):
    code, out, _ = run("score", "verify", saved(frozen(worked_example())), *NO_BASE)

    assert code == 0
    assert "输入的哈希一致" in out and "逐位一致" in out


def test_inputs_as_canonical_text_hold_too(run, saved):
    """A base keeps what it hashed as text; handed over like that it must still be read."""
    document = frozen(worked_example()) | {"inputs": score.canonical(worked_example())}

    assert run("score", "verify", saved(document))[0] == 0


def test_a_changed_input_is_noticed_by_the_hash_and_by_the_digits(run, saved):
    document = frozen(worked_example())
    document["inputs"]["departments"][0]["categories"][0]["integrated_keys"] = 333

    code, out, _ = run("score", "verify", saved(document), "--json")
    verdict = json.loads(out)

    assert code == 1
    assert (verdict["holds"], verdict["hash_holds"], verdict["digits_hold"]) == (False, False, False)


def test_a_changed_digit_is_named_with_its_place(run, saved):
    document = frozen(worked_example())
    document["result"]["departments"][0]["score"] = "85.23"

    code, out, _ = run("score", "verify", saved(document))

    assert code == 1
    assert "处室 youth_sport · score：所附为 85.23，应为 85.22。" in out


def test_many_differences_are_counted_and_not_all_listed():
    """A result of another year differs everywhere; twenty lines say as much as a thousand."""
    document = year(*[department(category(), code=f"d{n}") for n in range(25)])
    result = score.compute(score.read(document))
    for found in result["departments"]:
        found["score"] = "50.00"

    differences = score.verify(frozen(document, result=result)).differences

    assert len(differences) == 21 and differences[-1] == "……另有 5 处不一致。"


def test_bare_inputs_are_verified_with_the_hash_on_the_paper(run, saved):
    name, right = saved(worked_example()), score.sha256(worked_example())

    assert run("score", "verify", name, "--sha256", right.upper())[0] == 0
    assert run("score", "verify", name, "--sha256", "0" * 64)[0] == 1


def test_inputs_without_any_hash_are_not_said_to_hold(run, saved):
    code, out, _ = run("score", "verify", saved(worked_example()))

    assert code == 1 and "无从核对" in out and score.sha256(worked_example()) in out


def test_a_score_of_another_formula_says_so(run, saved):
    document = frozen(worked_example(), formula_version="0.9")

    code, out, _ = run("score", "verify", saved(document))

    assert code == 0 and "0.9 版计分公式" in out


# ---------------------------------------------------------------- from the base


def test_inputs_are_canonical_and_compute_gives_the_departments_score(run, saved, embedded: str):
    base = ("--database", embedded)

    _, text, _ = run("score", "inputs", "--year", "2025", "--as-of", "2026-01-20", *base)
    _, whole, _ = run("score", "compute", saved(text), "--json")
    code, one, _ = run(
        "score", "--department", "青少处", "--year", "2025", "--as-of", "2026-01-20", "--json", *base
    )

    found = json.loads(one)
    expected = next(d for d in json.loads(whole)["departments"] if d["code"] == "youth_sport")
    assert code == 0
    assert text.rstrip("\n") == score.canonical(json.loads(text))
    assert {key: found[key] for key in expected} == expected
    assert found["sha256"] == hashlib.sha256(text.rstrip("\n").encode()).hexdigest()
    assert (found["year"], found["rank"], found["assessed"]) == (2025, 1, 10)


def test_the_department_is_told_in_a_sentence(run, embedded: str):
    words = ("--department", "youth_sport", "--year", "2025", "--as-of", "2026-01-20")

    code, out, _ = run("score", *words, "--database", embedded)

    assert code == 0
    assert out.startswith("青少处 2025 年度（截至 2026-01-20）：得分 ") and "参评 10 个处室" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--department", "体育处"), "没有处室「体育处」"),
        (("--department", "青少处", "--year", "2025", "--as-of", "2024-12-31"), "早于 2025 年 1 月 1 日"),
        (("--department", "青少处", "--as-of", "20.1.2026"), "应写成 YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_asked_is_refused(run, embedded: str, words: tuple[str, ...], sentence: str):
    code, _, err = run("score", *words, "--database", embedded)

    assert code == 1 and sentence in err


def test_neither_a_department_nor_an_action_is_wrong_usage(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        manage.main(["score"])

    assert stopped.value.code == 2 and "--department" in capsys.readouterr().err
