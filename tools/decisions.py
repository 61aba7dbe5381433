"""Writes docs/decisions/README.md, the list of decisions, from the records themselves.

``--check`` writes nothing and fails when the list is not up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "decisions"
TITLE = re.compile(r"# (\d{4}) (.+)")
PARTS = {"faced": "faced", "chosen": "chos?en?", "given up": "(gave|given) up", "again if": "again"}
"""What a record tells, each part opened by bold words: **What we faced.** or **Faced.**"""


def records(folder: Path = FOLDER) -> list[Path]:
    """The decision records in order of their numbers."""
    return sorted(p for p in folder.glob("*.md") if p.name != "README.md")


def problems(folder: Path = FOLDER) -> list[str]:
    """What is wrong with names, numbers and parts of the records; empty when nothing is."""
    found, seen = [], dict[str, str]()
    for path in records(folder):
        text = path.read_text("utf-8")
        title = TITLE.match(text)
        if title is None or not path.name.startswith(f"{title[1]}-"):
            found.append(
                f"{path.name}: the first line must be '# NNNN Title' with the number of the file's name"
            )
            continue
        if title[1] in seen:
            found.append(
                f"{path.name}: number {title[1]} is taken by {seen[title[1]]}; take the next free one"
            )
        seen[title[1]] = path.name
        opened = " ".join(re.findall(r"^\*\*([^*]+)\*\*", text, re.MULTILINE)).lower()
        found += [
            f"{path.name}: no part says what was {part} (see 0001)"
            for part, words in PARTS.items()
            if not re.search(words, opened)
        ]
    return found


def index(folder: Path = FOLDER) -> str:
    """The list as Markdown."""
    lines = ["# Decisions", "", "Written by `make docs`; the reasons are in the records.", ""]
    for path in records(folder):
        title = TITLE.match(path.read_text("utf-8"))
        lines.append(f"- [{title[1]} {title[2]}]({path.name})" if title else f"- [{path.name}]({path.name})")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """0 when the list is (now) up to date, 1 with a sentence otherwise."""
    target = FOLDER / "README.md"
    wrong = problems()
    if "--check" in arguments:
        if not target.exists() or target.read_text("utf-8") != index():
            wrong.append("docs/decisions/README.md is not up to date. Run: make docs")
    else:
        target.write_text(index(), "utf-8")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
