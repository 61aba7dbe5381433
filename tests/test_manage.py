"""The command line as somebody meets it who has mistyped: a sentence and a code, never a traceback."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import inspect, select

import manage
from data_access.clock import day_of, now
from data_access.engine import engine, reading
from data_access.schema import batch
from manage_flow import TOKEN_ENV
from tests.helpers.files import csv_text, grid
from tests.helpers.postgres import Cluster
from tests.helpers.rows import RECEIVED_ON, valid_rows

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("plan", "set", "mass_sport_event", "--year", "2026", "--quantity", "5", "--months", "三"), "1 至 12"),
        (("plan", "set", "referee", "--year", "2026", "--quantity", "9" * 11), "0 至 2000000000 的整数"),
        (("plan", "import", "no-such-file.xlsx", "--year", "2026"), "没有这个文件或文件夹"),
        (("plan", "import", ".", "--year", "2026"), "这是文件夹"),
        (("records", "no_such"), "没有数据类别「no_such」"),
        (("publish", "--category", "no_such"), "没有数据类别「no_such」"),
        (("figures", "no_such"), "没有指标「no_such」。可用：completion"),
        (("figures", "completion", "--by", "colour"), "不能按「colour」分列。可用：department"),
        (("intake", "no-such-file.xlsx", "--category", "mass_sport_event", "--unit", "渝中区"), "没有这个文件"),
        (("records", "mass_sport_event", "--where", "event_name=甲", "--where", "event_name=乙"), "写了两个值：甲、乙"),
        (("records", "mass_sport_event", "--where", f"participant_count={10**30}"), "不是有效的整数"),
        (("records", "venue_usage_reading", "--where", "reading_at=0001-01-01T00:00+23:00"), "不是有效的"),
        (("records", "sports_lottery_sales", "--where", "sales_amount=1e999999999"), "不是有效的数值"),
        (("figures", "quality", "--as-of", "0001-01-01"), "应在 1900-01-01 至"),
        (("figures", "publishing_rate", "--as-of", "9999-12-31"), "应在 1900-01-01 至"),
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
        ("mysql://x/y", "数据库地址的写法不对"),
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
        ("records", "mass_sport_event", "--limit", "9" * 20),
        ("plan", "set", "--year", "2026", "--quantity", "5"),
        ("plan", "set", "referee", "--category", "youth_event", "--year", "2026", "--quantity", "5"),
        ("demo", "--visits", "-5"),
        ("intake", "file.csv"),
        ("score",),
        ("no_such",),
    ],
)
def test_a_wrong_word_is_wrong_usage_for_a_person_and_for_a_program(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for more in ([], ["--json"]):
        with pytest.raises(SystemExit) as ended:
            manage.main([*words, *more])
        said = capsys.readouterr()
        assert ended.value.code == 2 and said.err
        assert bool(more) == bool(said.out) == ("error" in json.loads(said.out or "[]"))


@pytest.mark.parametrize(
    "words",
    [
        ("intake", "no-such-file.xlsx", "--category", "referee", "--unit", "mass_sport", "--received-on"),
        ("publish", "--all", "--on"),
        ("withdraw", "R1", "--reason", "错报", "--on"),
        ("withdraw", "R1", "--reason", "错报", "--revert", "--on"),
        ("plan", "set", "referee", "--year", "2026", "--quantity", "5", "--on"),
    ],
)
def test_a_deed_is_not_dated_after_the_next_year(
    embedded: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """2062 for 2026; the last day of the next year passes, and the next refusal speaks."""
    last = dt.date(day_of(now()).year + 1, 12, 31)
    said = []
    for day in (last, last + dt.timedelta(days=1)):
        manage.main([*words, day.isoformat(), "--database", embedded, "--json"])
        said.append(capsys.readouterr().out)

    assert "笔误" not in said[0]
    assert "笔误" in json.loads(said[1])["error"] and words[-1] in said[1]


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("records", "referee"),
        ("figures", "completion"),
        ("catalog", "check"),
        ("rebuild",),
        ("publish", "--all"),
        ("plan", "export", "plan.xlsx", "--year", "2026"),
        ("score", "--department", "office"),
        ("review", "list"),
        ("circular", "list"),
        ("errata", "list"),
        ("account", "list"),
        ("audit", "head"),
        ("analyse",),
        ("worker",),
        ("simulate", "venues"),
    ],
)
def test_an_address_with_a_slip_in_it_leaves_nothing_behind(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setenv(TOKEN_ENV, "of the test")
    path = tmp_path / "vra" / "center.db"
    assert manage.main([*words, "--database", f"sqlite:///{path}", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert f"没有这个数据库文件：{path}。" in error and "manage.py init" in error
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "报表.db").write_text("这不是数据库" * 100)
    assert manage.main(["status", "--database", f"sqlite:///{tmp_path / '报表.db'}", "--json"]) == 1
    assert "数据库操作失败" in json.loads(capsys.readouterr().out)["error"]


def test_status_counts_the_rows_of_every_table(embedded: str) -> None:
    """In a process of its own: what else was imported decides nothing."""
    words = ["manage.py", "status", "--json", "--database", embedded]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, stdout=PIPE, check=True)
    with reading(engine(embedded)) as connection:
        present = set(inspect(connection).get_table_names())

    assert present - json.loads(done.stdout)["tables"].keys() == {"alembic_version"}


def test_dimensions_may_be_written_with_spaces(embedded: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["figures", "coverage", "--by", "department, category", "--database", embedded, "--json"]
    assert manage.main(words) == 0
    assert json.loads(capsys.readouterr().out)[0]["category"]


def test_words_and_names_in_gb18030_are_understood(
    embedded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Windows writes them so; Python hands their bytes on as lone surrogates, which no database takes."""
    path = os.path.join(os.fsencode(tmp_path), "群众体育赛事.csv".encode("gb18030"))
    with open(path, "wb") as file:
        file.write(csv_text(grid("mass_sport_event", valid_rows("mass_sport_event", 2))).encode())
    unit = os.fsdecode("渝中区".encode("gb18030"))
    words = ["intake", os.fsdecode(path), "--category", "mass_sport_event", "--unit", unit]

    assert manage.main([*words, "--received-on", str(RECEIVED_ON), "--database", embedded, "--json"]) == 0
    capsys.readouterr()
    where = os.fsdecode("event_name=赛事活动名称1号".encode("gb18030"))
    manage.main(["records", "mass_sport_event", "--where", where, "--database", embedded, "--json"])

    assert [r["unit"] for r in json.loads(capsys.readouterr().out)] == ["500103"]
    with reading(engine(embedded)) as connection:
        assert connection.scalar(select(batch.c.file_name)) == "群众体育赛事.csv"


def test_who_stops_reading_the_answer_gets_no_traceback(embedded: str) -> None:
    words = ["manage.py", "status", "--json", "--database", embedded]
    with subprocess.Popen([sys.executable, *words], cwd=ROOT, stdout=PIPE, stderr=PIPE) as running:
        assert running.stdout and running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""


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


@pytest.mark.parametrize(
    ("how", "is_advised"), [("", False), ("LOCALE_PROVIDER icu ICU_LOCALE 'zh' LOCALE 'C.UTF-8'", True)]
)
def test_init_says_where_texts_will_stand_in_another_order_than_in_the_embedded_base(
    postgresql_cluster: Cluster, capsys: pytest.CaptureFixture[str], how: str, is_advised: bool
) -> None:
    name = f"ordered_{os.getpid()}"
    postgresql_cluster.execute(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
    url = postgresql_cluster.url(name)
    try:
        assert manage.main(["init", "--database", url]) == 0
        assert ("C.UTF-8" in capsys.readouterr().out) is is_advised
        assert manage.main(["init", "--database", url, "--json"]) == 0
        assert ("advice" in json.loads(capsys.readouterr().out)) is is_advised
    finally:
        engine(url).dispose()
        postgresql_cluster.execute(f"DROP DATABASE {name}")
