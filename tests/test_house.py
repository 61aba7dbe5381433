"""The house rules: what may import what, what the documents promise, what is pinned and why."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine

from data_access.engine import writing
from data_access.migrate import alembic_config
from tools import contracts, decisions

ROOT = Path(__file__).resolve().parent.parent
NOT_THE_PRODUCT = {"bench", "tests", "tools"}
COMPUTES = ("catalog", "data_access", "metrics", "accounts", "reports", "jobs", "demo")
COMMANDS = (
    "init", "demo", "catalog", "rebuild", "serve", "worker", "intake", "records", "figures", "plan",
    "publish", "withdraw", "status", "score", "account", "audit",
)  # fmt: skip
USED_BY_OTHERS = {
    "uvloop": "Streamlit's server takes it when it can be imported",
    "psycopg": "the driver SQLAlchemy loads for postgresql://",
}
COME_WITH_OTHERS = {
    "starlette": "the routes inside Streamlit; their version is Streamlit's choice",
    "uvicorn": "the server inside Streamlit, and the wall's when it runs alone; likewise",
}


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in names.decode().split("\0") if name and (ROOT / name).is_file()]


# ---------------------------------------------------------------- imports


def test_imports_run_downwards_only():
    """Data runs one way; a reader can walk back from any pixel without turning round."""
    assert contracts.run(contracts.for_present_packages(contracts.declared()))


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("catalog", "import ui"),
        ("data_access", "import metrics"),
        ("data_access", "import streamlit"),
        ("kiosk", "import data_access"),
        ("pages", "import pandas"),
    ],
)
def test_contracts_notice_a_wrong_import(tmp_path: Path, module: str, line: str):
    """A linter that is quiet because it looks at nothing would be worse than none."""
    for name in contracts.declared()["root_packages"]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(line if name == module else "")
    script = (
        "import sys, pathlib; from tools import contracts as c; root = pathlib.Path.cwd();"
        f"sys.path.append({str(ROOT)!r}); sys.exit(not c.run(c.for_present_packages(c.declared(), root), root))"
    )
    (tmp_path / "tools").symlink_to(ROOT / "tools")

    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout + done.stderr


def test_every_package_stands_in_the_contracts():
    """A package nobody thought of would be free to import anything."""
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")} - NOT_THE_PRODUCT

    assert packages <= set(contracts.declared()["root_packages"])


def test_what_computes_does_not_load_streamlit():
    """import-linter does not look inside installed packages; a fresh interpreter does."""
    script = f"""
import importlib, pkgutil, sys
for name in {COMPUTES!r}:
    try:
        package = importlib.import_module(name)
    except ModuleNotFoundError as error:
        assert error.name == name, error
        continue
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if "migrations" not in module.name:
            importlib.import_module(module.name)
print("streamlit" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)

    assert done.stdout.strip() == "False", done.stderr


ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
NO_FIGURES = {ROOT / "pages" / "_shared" / "work.py"}  # the length of a progress bar
SUMMING = {"sum", "mean", "groupby", "merge", "agg", "pivot_table"}


def test_pages_do_not_compute():
    """
    A figure computed on a page is a second definition: it will differ from the
    report and the wall, and nobody will know which is right.
    """
    found = []
    for path in sorted({*(ROOT / "pages").rglob("*.py")} - NO_FIGURES):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            sums = (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) in SUMMING
            )
            computes = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ARITHMETIC)
            if sums or computes:
                found.append(
                    f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)} {ast.unparse(node)[:80]}"
                )

    assert not found, "\n".join(found)


# ---------------------------------------------------------------- database


def test_migrations_and_tables_say_the_same(made: Engine):
    """`alembic check` is quiet: nobody changed a table without a migration."""
    with writing(made) as connection:
        command.check(alembic_config(connection))


# ---------------------------------------------------------------- documents


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def manage_commands() -> set[str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(re.findall(r"^    ([a-z]+) ", done.stdout, re.MULTILINE))


def test_the_documents_name_only_commands_that_exist():
    """A command that a manual gives at night, with the service down, must work."""
    texts = [
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(p for p in (ROOT / "deploy").rglob("*") if p.is_file()),
    ]
    makes, commands, wrong = make_targets(), manage_commands(), []
    for path in texts:
        text = path.read_text("utf-8")
        for name in re.findall(r"(?<!\w)make ([a-z]+)(?=[`\s，。；）)])", text):
            if name not in makes and f"`make {name}" in text:
                wrong.append(f"{path.name}: make {name}")
        wrong += [
            f"{path.name}: manage.py {n}"
            for n in re.findall(r"manage\.py ([a-z]+)", text)
            if n not in commands
        ]

    assert not wrong, "\n".join(wrong)


def test_the_readme_explains_every_command():
    """Other programs call these; the README is where their authors look."""
    text = (ROOT / "README.md").read_text("utf-8")

    assert set(COMMANDS) <= manage_commands()
    assert [c for c in COMMANDS if f"`{c}" not in text] == []
    assert {"`make run`", "`make test`"} <= set(re.findall(r"`make [a-z]+`", text))


def test_links_and_pictures_of_the_documents_exist():
    broken = []
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")

    assert not broken, "\n".join(broken)


def test_decisions_are_numbered_complete_and_listed():
    assert decisions.problems() == []
    assert (decisions.FOLDER / "README.md").read_text("utf-8") == decisions.index(), "run: make docs"


def test_no_place_of_one_machine_is_written_down():
    """The repository works wherever it is cloned; no path and no package host of a machine stands in it."""
    place = re.compile(
        r"(?<![\w.])/(?:w[o]rk|f[a]rm|r[o]ot|t[m]p|h[o]me)/[\w.]"
        r"|https?://(?:[\w-]+\.)*(?:p[y]pi|regi[s]try|pythonh[o]sted|npmj[s]|deb\.deb[i]an)[\w.-]*"
    )
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if place.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")

    assert not found, "\n".join(found)


# ---------------------------------------------------------------- packages


def pinned(name: str) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines()]
    parts = [line.partition("==") for line in lines if line and not line.startswith("-r")]
    assert all(sign for _, sign, _ in parts), f"{name}: every package is pinned with =="
    return {package.split("[")[0].lower(): version for package, _, version in parts}


def imported(*, product: bool) -> set[str]:
    """Top-level modules of others that the product's files, or those around it, import."""
    names = set()
    for path in tracked():
        if path.suffix != ".py" or (path.relative_to(ROOT).parts[0] in NOT_THE_PRODUCT) is product:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    ours = {p.parent.name for p in ROOT.glob("*/__init__.py")} | {p.stem for p in ROOT.glob("*.py")}
    return names - ours - set(sys.stdlib_module_names)


def test_packages_are_pinned_explained_and_imported():
    """Each package is a promise to keep it safe for years; what nobody imports is dropped."""
    reasons = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text("utf-8")
    owners = importlib.metadata.packages_distributions()
    used = {owner.lower() for name in imported(product=True) for owner in owners.get(name, [])}
    runtime, tools = pinned("requirements.txt"), pinned("requirements-dev.txt")

    assert sorted(set(runtime) - used - set(USED_BY_OTHERS)) == []
    assert [name for name in {**runtime, **tools} if f"`{name}`" not in reasons] == []


def test_what_is_imported_is_required():
    """A package that is there only because another one brought it can leave with the next update."""
    owners = importlib.metadata.packages_distributions()
    runtime, tools = pinned("requirements.txt"), pinned("requirements-dev.txt")

    for product, required in ((True, {*runtime}), (False, {*runtime, *tools})):
        for name in imported(product=product) - set(COME_WITH_OTHERS):
            assert required & {owner.lower() for owner in owners.get(name, [])}, (
                f"{name}: not in requirements"
            )


def test_the_project_runs_on_the_python_it_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["pytest"]["ini_options"]["filterwarnings"] == ["error"]


def test_who_may_not_install_is_told_what_to_ask_for(tmp_path: Path):
    """A normal user without sudo gets one sentence and the command for the administrator."""
    for name in ("sh", "ls"):
        (tmp_path / name).symlink_to(f"/bin/{name}")
    for name, says in (("id", "echo 1000"), ("apt-get", "echo installed; exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{says}\n")
        (tmp_path / name).chmod(0o755)

    done = subprocess.run(
        ["/bin/sh", "tools/packages.sh", "test"],
        cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 1 and "installed" not in done.stdout
    assert "ask an administrator" in done.stderr and "apt-get install" in done.stderr
    assert "chromium libreoffice-calc-nogui nodejs" in done.stderr


def test_make_finds_a_python_or_says_what_is_missing():
    done = subprocess.run(
        ["/bin/sh", "tools/packages.sh", "venv", ""], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1 and "Python 3.11 or newer was not found" in done.stderr
