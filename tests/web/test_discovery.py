"""A page is added by touching one file; a mistake in it stops the start and says where."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ui.registry import ROLES, SECTIONS
from web.discovery import DiscoveryError, discover

GOOD = """
from ui.registry import Page
PAGE = Page(path="{path}", title="进度", icon=":material/map:", roles=("office",), order={order})
def render() -> None: ...
"""

Write = Callable[[dict[str, str]], str]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Writes a package of pages; returns its name."""
    made: list[str] = []

    def files(content: dict[str, str]) -> str:
        name = f"pages_{tmp_path.name.replace('-', '_')}_{len(made)}"
        for path, text in {"__init__.py": "", **content}.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            (file.parent / "__init__.py").touch()
        made.append(name)
        return name

    sys.path.insert(0, str(tmp_path))
    yield files
    sys.path.remove(str(tmp_path))
    for name in list(sys.modules):
        if name.split(".")[0] in made:
            del sys.modules[name]


def test_pages_stand_in_the_order_of_the_navigation(write):
    """Sections as ui/registry.py lists them, pages by `order`; what begins with _ is no page."""
    found = discover(
        write(
            {
                "operations/a.py": GOOD.format(path="accounts", order=1),
                "aggregation/z.py": GOOD.format(path="progress", order=10),
                "aggregation/a.py": GOOD.format(path="plan", order=20),
                "aggregation/_helper.py": "raise RuntimeError",
                "_shared/x.py": "raise RuntimeError",
            }
        )
    )

    assert [(entry.section, entry.page.path) for entry in found] == [
        ("aggregation", "progress"),
        ("aggregation", "plan"),
        ("operations", "accounts"),
    ]


def test_two_pages_with_one_address_are_refused_with_both_names(write):
    """Streamlit would draw one of them and never say which."""
    package = write(
        {
            "aggregation/one.py": GOOD.format(path="progress", order=1),
            "operations/two.py": GOOD.format(path="progress", order=1),
        }
    )

    with pytest.raises(DiscoveryError) as refused:
        discover(package)

    assert (
        f"path 'progress' is used by {package}.aggregation.one and {package}.operations.two; "
        "give one another path" in str(refused.value)
    )


def test_all_mistakes_of_all_files_come_together(write):
    """Whoever adds three pages mends them in one go."""
    package = write(
        {
            "stray.py": "",
            "nowhere/x.py": GOOD.format(path="x", order=1),
            "overview/bare.py": "",
            "overview/mute.py": GOOD.format(path="mute", order=1).replace("def render", "def draw"),
            "overview/wrong.py": GOOD.format(path="A/b", order=1)
            .replace('("office",)', '("boss",)')
            .replace(":material/map:", "map"),
        }
    )

    with pytest.raises(DiscoveryError) as refused:
        discover(package)

    said = str(refused.value)
    assert "stray.py: pages live one folder deeper" in said
    assert "nowhere/: no such section. Defined in ui/registry.py: overview" in said
    assert "overview/bare.py: has no PAGE = Page(...)" in said
    assert "overview/mute.py: has no function render()" in said
    assert "wrong.py: path 'A/b' must be" in said
    assert "wrong.py: unknown roles boss; defined: leader, office" in said
    assert "wrong.py: icon 'map' must look like" in said


def test_the_products_own_pages_can_be_used():
    """The start of the product, without a server."""
    for entry in discover():
        assert entry.section in SECTIONS and set(entry.page.roles) <= set(ROLES)
