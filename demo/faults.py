"""Mistakes as people make them, put into good rows so that intake has something to refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from catalog import Category, Field
from demo.registry import Columns


def spoil(category: Category, columns: Columns, rng: np.random.Generator) -> Columns:
    """The same rows with one mistake in a few of them; numbers and dates may have become text."""
    rows = len(next(iter(columns.values())))
    wrong = max(1, min(12, int(rows * rng.uniform(0.02, 0.09))))
    fields = [f for f in category.fields if f.name in columns]
    spoiled: dict[str, list[Any]] = {}
    for row in rng.choice(rows, wrong, replace=False):
        field = fields[int(rng.integers(len(fields)))]
        if field.name not in spoiled:
            column = columns[field.name]
            as_text = column if pa.types.is_string(column.type) else column.cast(pa.string())
            spoiled[field.name] = as_text.to_pylist()
        spoiled[field.name][row] = _mistake(field, spoiled[field.name][row], rng)
    if not any(f.required and f.name in spoiled for f in fields):
        required = next(f for f in fields if f.required)
        column = columns[required.name].cast(pa.string()).to_pylist()
        column[int(rng.integers(rows))] = None
        spoiled[required.name] = column
    return {**columns, **{name: pa.array(values, pa.string()) for name, values in spoiled.items()}}


def _mistake(field: Field, value: str | None, rng: np.random.Generator) -> str | None:
    if field.required and rng.random() < 0.35:
        return None
    if field.type in ("int", "decimal", "geo"):
        return f"约{value or 300}"
    if field.type in ("date", "datetime"):
        return f"{(value or '2025')[:4]}-06-31"
    if field.codelist == "district":
        return "重庆某区"
    if field.type in ("enum", "bool"):
        return "待核实"
    if field.pattern is not None:
        return "（见附件）"
    return None if field.required else f"={value or '附件'}"


def unlived_identity_number() -> str:
    """Text of the shape of an identity number with a right check digit, of somebody born in 1899.

    Made at run time to show the quarantine; it stands in no file of the program.
    """
    digits = "500103" + "18990101" + "001"
    weights = [pow(2, 17 - i, 11) for i in range(17)]
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]
