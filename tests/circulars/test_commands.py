"""`manage.py circular`: what the page says, as JSON and as papers, without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import manage
from data_access.engine import engine
from tests.circulars.made_up import issued, said


def run(capsys: pytest.CaptureFixture[str], url: str, *arguments: str) -> tuple[int, str, str]:
    code = manage.main(["--database", url, *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_list_and_one_circular_come_as_json(embedded: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By its code or by the number people know it under."""
    code = issued(engine(embedded))

    _, out, _ = run(capsys, embedded, "circular", "list", "--json")
    (line,) = json.loads(out)
    assert (line["code"], line["number"], line["state"], line["unanswered"]) == (
        code,
        "通报〔2026〕1号",
        "issued",
        2,
    )
    assert json.loads(run(capsys, embedded, "circular", "list", "--year", "2025", "--json")[1]) == []

    for name in (code, "通报〔2026〕1号"):
        _, out, _ = run(capsys, embedded, "circular", "show", name, "--json")
        shown = json.loads(out)
        assert [i["department"] for i in shown["items"]] == ["mass_sport", "youth_sport"]
        assert {r["unit"] for r in shown["recipients"]} == {"mass_sport", "youth_sport", "500101"}
        assert [s["to_state"] for s in shown["steps"]][:2] == ["draft", "approved"]


def test_its_papers_are_written_to_a_folder(
    embedded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = issued(engine(embedded), items=(said(),), copies=())

    done, out, _ = run(capsys, embedded, "circular", "paper", code, "--to", str(tmp_path / "out"), "--json")

    assert done == 0
    written = json.loads(out)["written"]
    assert {name.rpartition(".")[2] for name in written} == {"docx", "pdf"}
    assert all((tmp_path / "out" / name).stat().st_size > 1000 for name in written)


def test_a_number_nobody_has_is_a_sentence(embedded: str, capsys: pytest.CaptureFixture[str]) -> None:
    done, _, err = run(capsys, embedded, "circular", "show", "T2026-099")

    assert done != 0 and "没有编号 T2026-099 的通报" in err
