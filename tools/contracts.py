"""Runs the import contracts of pyproject.toml for the packages that exist.

The contracts name every package of the design. import-linter refuses names it cannot
find, so those that are not written yet are left out here, and only here.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent


def declared(root: Path = ROOT) -> dict[str, Any]:
    """The table [tool.importlinter] as it stands."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]


def for_present_packages(config: dict[str, Any], root: Path = ROOT) -> dict[str, Any]:
    """The same without packages that have no module yet; contracts left without a source go too."""
    missing = {name for name in config["root_packages"] if not (root / name / "__init__.py").exists()}
    contracts = []
    for contract in config["contracts"]:
        kept = dict(contract)
        for key in ("source_modules", "forbidden_modules"):
            if key in kept:
                kept[key] = [name for name in kept[key] if name.split(".")[0] not in missing]
        if all(kept.get(key, True) for key in ("source_modules", "forbidden_modules")):
            contracts.append(kept)
    return {
        **config,
        "root_packages": [name for name in config["root_packages"] if name not in missing],
        "contracts": contracts,
    }


def run(config: dict[str, Any], root: Path = ROOT) -> bool:
    """Whether every contract holds in the packages below `root`; the report goes to stdout."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contracts.toml"
        path.write_text(_toml(config), "utf-8")
        os.chdir(root)  # import-linter finds packages from the working directory
        try:
            return lint_imports(config_filename=str(path), no_cache=True, no_logo=True) == EXIT_STATUS_SUCCESS
        finally:
            os.chdir(here)


def _toml(config: dict[str, Any]) -> str:
    """The configuration as TOML; all its values are strings, booleans or lists of strings, so JSON fits."""
    plain = {key: value for key, value in config.items() if key != "contracts"}
    lines = ["[tool.importlinter]", *(f"{k} = {json.dumps(v)}" for k, v in plain.items())]
    for contract in config["contracts"]:
        lines += ["[[tool.importlinter.contracts]]", *(f"{k} = {json.dumps(v)}" for k, v in contract.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(0 if run(for_present_packages(declared())) else 1)
