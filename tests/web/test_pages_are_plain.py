"""Pages ask, draw and say; they do not compute, query or colour. Checked on their syntax trees."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p for p in (ROOT / "pages").glob("[!_]*/*.py") if p.name != "__init__.py")
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
COMPUTES = {
    "sum",
    "mean",
    "median",
    "groupby",
    "merge",
    "join_frames",
    "pivot",
    "pivot_table",
    "agg",
    "round",
    "std",
}
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b\s")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b|\brgba?\(")
DECLARES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.ClassDef)


def problems(source: str, name: str = "page.py", *, is_page: bool = True) -> list[str]:
    """Everything a page may not do, with its line."""
    tree, found = ast.parse(source), []
    for node in tree.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        checking = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if not (docstring or checking or isinstance(node, DECLARES)):
            found.append(f"{name}:{node.lineno} does something when imported: {ast.unparse(node)[:60]}")
    for node in ast.walk(tree):
        found += _arithmetic(node, name)
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in COMPUTES:
                found.append(f"{name}:{node.lineno} computes: {called}()")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if SQL.search(node.value):
                found.append(f"{name}:{node.lineno} speaks SQL")
            if COLOUR.search(node.value):
                found.append(f"{name}:{node.lineno} names a colour")
    if is_page:
        names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)} | {
            t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
        }
        found += [f"{name}: has no {missing}" for missing in ("PAGE", "render") if missing not in names]
    return found


def _arithmetic(node: ast.AST, name: str) -> list[str]:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ARITHMETIC):
        return [f"{name}:{node.lineno} arithmetic: {ast.unparse(node)[:60]}"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ARITHMETIC):
        return [f"{name}:{node.lineno} arithmetic: {ast.unparse(node)[:60]}"]
    return []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_page_declares_asks_and_draws(path):
    """A figure worked out on a page would differ from the report's one day."""
    assert problems(path.read_text(encoding="utf-8"), path.name, is_page=not path.name.startswith("_")) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("share = done / planned", "arithmetic"),
        ("total += 1", "arithmetic"),
        ("x = frame.groupby('unit')", "computes: groupby"),
        ("x = sum(values)", "computes: sum"),
        ("x = 'SELECT * FROM base_mass_event'", "speaks SQL"),
        ("x = '#B84A3E'", "names a colour"),
    ],
)
def test_the_check_sees_what_it_forbids(line, says):
    source = f"PAGE = 1\ndef render():\n    {line}\n"

    assert [problem for problem in problems(source) if says in problem]


def test_the_check_sees_work_at_import_and_missing_parts():
    assert "does something when imported" in problems("st.title('x')")[0]
    assert problems("x = 1")[-2:] == ["page.py: has no PAGE", "page.py: has no render"]


def test_nothing_in_web_is_named_like_a_package():
    """Streamlit puts web/ first on sys.path: `web/metrics.py` was once imported instead of `metrics/`."""
    ours = {p.stem for p in (ROOT / "web").iterdir() if p.suffix == ".py" or p.is_dir()} - {
        "__init__",
        "__pycache__",
    }

    assert [name for name in ours if find_spec(name) is not None] == []
