"""docs/security.md names a test for each answer; each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def defined() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, flags=re.M)}


def test_every_answer_to_a_threat_names_a_test_that_exists():
    """A renamed test would leave a claim that nobody proves."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| ---")][1:]

    assert len(rows) >= 20
    for row in rows:
        named = set(re.findall(r"`(test_\w+)`", row))
        assert named, row
        assert named <= defined(), (row, named - defined())


def test_every_attack_stands_on_the_page():
    """An attack nobody finds is one nobody asks about."""
    attacks = {
        name
        for path in Path(__file__).parent.glob("test_*.py")
        if path != Path(__file__)
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), flags=re.M)
    }

    assert attacks - set(re.findall(r"test_\w+", PAGE)) == set()
