"""Workbooks recalculated by LibreOffice, headless, in a profile of its own: what a person's spreadsheet would show."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Recalculate whatever the file says was calculated."""


def recalculated(files: list[Path], folder: Path) -> list[dict[str, list[list[Any]]]]:
    """Each file's sheets as rows of values after a full recalculation; all files in one start of the program."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, (
        "LibreOffice is needed for this test. Install it with: apt-get install libreoffice-calc-nogui"
    )
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, "utf-8")
    command = [
        program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
        "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, files),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=240)
    return [values(out / file.name) for file in files]


def values(file: Path) -> dict[str, list[list[Any]]]:
    """The cached values of a workbook by sheet."""
    book = openpyxl.load_workbook(file, data_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
