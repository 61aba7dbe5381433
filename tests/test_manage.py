"""The command line as somebody meets it who has mistyped: a sentence and a code, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import manage

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("plan", "set", "mass_sport_event", "--year", "2026", "--quantity", "5", "--months", "三"), "1 至 12"),
        (("plan", "import", "no-such-file.xlsx", "--year", "2026"), "没有这个文件或文件夹"),
        (("plan", "import", ".", "--year", "2026"), "这是文件夹"),
        (("records", "no_such"), "没有数据类别「no_such」"),
        (("publish", "--category", "no_such"), "没有数据类别「no_such」"),
        (("figures", "no_such"), "没有指标「no_such」。可用：completion"),
        (("figures", "completion", "--by", "colour"), "不能按「colour」分列。可用：department"),
        (("intake", "no-such-file.xlsx", "--category", "mass_sport_event", "--unit", "渝中区"), "没有这个文件"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_chinese(
    embedded: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert manage.main([*words, "--database", embedded, "--json"]) == 1
    assert sentence in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("no-such-driver://x", "数据库地址的写法不对"),
        ("center.db", "数据库地址的写法不对"),
        ("postgresql://nobody@127.0.0.1:1/x", "数据库操作失败"),
    ],
)
def test_an_address_without_a_database_is_said_so(
    capsys: pytest.CaptureFixture[str], url: str, sentence: str
) -> None:
    assert manage.main(["status", "--database", url, "--json"]) == 1
    assert sentence in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize(
    "words",
    [
        ("figures", "completion", "--year", "99999"),
        ("figures", "completion", "--year", "二〇二六"),
        ("records", "mass_sport_event", "--limit", "-1"),
        ("demo", "--visits", "-5"),
        ("no_such",),
    ],
)
def test_a_wrong_word_is_wrong_usage(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        manage.main([*words])
    assert ended.value.code == 2 and capsys.readouterr().err


def test_help_is_given_without_loading_the_product() -> None:
    """A person who asks what there is waits for no database driver."""
    program = (
        "import sys, manage\n"
        "try: manage.main(['--help'])\n"
        "except SystemExit: print(sorted({'sqlalchemy', 'pandas', 'numpy'} & sys.modules.keys()))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines()[-1] == "[]" and "intake" in said.stdout
