"""config.toml: all mistakes together, in the operator's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_access.settings import FILE, ROOT, Settings, SettingsError, load


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_file_names_every_setting_and_its_default():
    """An operator finds every setting with a comment, and deleting a line changes nothing."""
    shipped = FILE.read_text(encoding="utf-8")

    assert load(FILE, {}) == load(ROOT / "absent.toml", {})
    for section, field in Settings.model_fields.items():
        assert f"[{section}]" in shipped
        for name in field.annotation.model_fields:  # type: ignore[union-attr]
            place = shipped.splitlines().index(
                next(li for li in shipped.splitlines() if li.startswith(f"{name} ="))
            )
            assert shipped.splitlines()[place - 1].startswith("#"), f"{section}.{name} has no comment"


def test_the_environment_has_the_last_word(tmp_path):
    """A service unit sets the database without touching the file."""
    file = write(tmp_path, '[log]\nlevel = "error"\n[web]\nhosts = ["a"]')
    found = load(
        file,
        {
            "SPORTS_DATABASE_URL": "postgresql://center@db/center",
            "SPORTS_WEB_HOSTS": "127.0.0.1, center.example",
            "SPORTS_INTAKE_MAX_UPLOAD_MB": "50",
        },
    )

    assert found.database.url == "postgresql://center@db/center"
    assert found.web.hosts == ("127.0.0.1", "center.example")
    assert (found.intake.max_upload_mb, found.log.level) == (50, "error")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("", f"sqlite:///{ROOT}/var/center.db"),
        ("sqlite:///var/other.db", f"sqlite:///{ROOT}/var/other.db"),
        ("sqlite:////data/center.db", "sqlite:////data/center.db"),
        ("postgresql://db/center", "postgresql://db/center"),
    ],
)
def test_relative_paths_start_at_the_program(tmp_path, written, url):
    """A job started elsewhere must not create a second, empty base."""
    assert load(write(tmp_path, f'[database]\nurl = "{written}"'), {}).database.url == url


def test_all_mistakes_are_listed_with_place_and_remedy(tmp_path):
    file = write(
        tmp_path,
        """
[database]
url = "mysql://db/center"
[web]
hosts = ["*"]
port = 8501
[intake]
max_upload_mb = 0
[log]
level = "loud"
[wrong]
x = 1
""",
    )

    with pytest.raises(SettingsError) as refused:
        load(file, {})

    said = str(refused.value)
    assert said.startswith("《config.toml》有 6 处需要修改：")
    assert (
        "[database] url（环境变量 SPORTS_DATABASE_URL）：数据库地址应以 sqlite:/// 或 postgresql:// 开头。"
        in said
    )
    assert "[web] hosts" in said and "不能用 *" in said
    assert "[web] port（环境变量 SPORTS_WEB_PORT）：没有这一项。请核对拼写，或删去。" in said
    assert "[intake] max_upload_mb" in said and "应不小于 1，现为 0" in said
    assert "[log] level" in said and "现为 'loud'" in said
    assert "[wrong]：没有这一项" in said


def test_a_broken_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"《config\.toml》不是有效的 TOML"):
        load(write(tmp_path, "[database\nurl ="), {})
