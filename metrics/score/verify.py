"""Whether a frozen score holds: the hash of its inputs, and every digit of its result, computed anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from metrics.score.canonical import canonical, parse, sha256
from metrics.score.compute import FORMULA_VERSION, compute
from metrics.score.document import InputRefused, read
from metrics.score.problems import place
from metrics.score.values import shown

SHOWN = 20
"""Differences listed; a result of another year differs everywhere."""


@dataclass(frozen=True)
class Verdict:
    """What was compared. `None` = the file did not state it."""

    sha256: str
    hash_holds: bool | None
    digits_hold: bool | None
    formula_version: str | None
    differences: list[str] = field(default_factory=list)
    result: dict[str, Any] | None = None

    @property
    def holds(self) -> bool:
        """Everything that was stated holds, and a hash was."""
        return self.hash_holds is True and self.digits_hold is not False

    @property
    def sentences(self) -> list[str]:
        digits = {None: "文件没有附结果，仅核对了哈希。", True: "重新计算的结果逐位一致。"}
        hashes = {
            None: f"文件没有写哈希，无从核对；按输入算得 {self.sha256}。",
            True: f"输入的哈希一致：{self.sha256}。",
            False: f"输入的哈希不一致：按输入算得 {self.sha256}，输入在封存后被改动过。",
        }
        found = [hashes[self.hash_holds]]
        found.append(
            digits.get(self.digits_hold, "")
            or "重新计算的结果与所附结果不一致：\n  " + "\n  ".join(self.differences)
        )
        if self.formula_version not in (None, FORMULA_VERSION):
            found.append(
                f"封存时用的是 {shown(self.formula_version)} 版计分公式，本程序是 {FORMULA_VERSION} 版；"
                "如结果不一致，请用当时版本的程序核对。"
            )
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "sha256": self.sha256,
            "hash_holds": self.hash_holds,
            "digits_hold": self.digits_hold,
            "formula_version": self.formula_version,
            "differences": self.differences,
            "message": "\n".join(self.sentences),
        }


def verify(data: Any, stated_hash: str | None = None) -> Verdict:
    """Recompute a frozen document {inputs, sha256, result, formula_version}, or bare inputs with their hash.

    Args:
        data: parsed JSON; `inputs` may be the document or its canonical text.
        stated_hash: the hash printed on the paper; goes before the one in the file.

    Raises:
        InputRefused: the inputs cannot be scored.
        NotJson: `inputs` is a text that is no JSON.
    """
    frozen = data if isinstance(data, dict) and "inputs" in data else {"inputs": data}
    given = frozen["inputs"]
    document = parse(given) if isinstance(given, str) else given
    stated = stated_hash or frozen.get("sha256")
    computed = sha256(document)
    version = frozen.get("formula_version")
    if version is None and isinstance(document, dict):
        version = document.get("formula_version")
    try:
        result = compute(read(document))
    except InputRefused as refused:
        if stated is None or str(stated).lower() == computed:
            raise
        raise InputRefused([*refused.problems, f"输入的哈希也不一致：按输入算得 {computed}。"]) from None
    differences = list(_differences(frozen["result"], result)) if "result" in frozen else None
    return Verdict(
        sha256=computed,
        hash_holds=None if stated is None else str(stated).lower() == computed,
        digits_hold=None if differences is None else not differences,
        formula_version=None if version is None else str(version),
        differences=_listed(differences or []),
        result=result,
    )


def _differences(stated: Any, computed: Any, at: tuple[Any, ...] = (), top: Any = None) -> Iterator[str]:
    top = computed if top is None else top
    if isinstance(stated, dict) and isinstance(computed, dict):
        for key in sorted({*stated, *computed}):
            yield from _differences(stated.get(key), computed.get(key), (*at, key), top)
    elif isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        for number, (one, other) in enumerate(zip(stated, computed, strict=True)):
            yield from _differences(one, other, (*at, number), top)
    elif canonical(stated) != canonical(computed):
        yield f"{place(at, top)}：所附为 {shown(stated)}，应为 {shown(computed)}。"


def _listed(differences: list[str]) -> list[str]:
    rest = len(differences) - SHOWN
    return differences[:SHOWN] + ([f"……另有 {rest} 处不一致。"] if rest > 0 else [])
