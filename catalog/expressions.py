"""The small language in which cross-checks are written: comparisons of fields, dates and numbers.

An expression is parsed with Python's own grammar, cut down to what is listed
here, and compiled once into a function over one row. Numbers are exact
(Decimal); a comparison with an absent value is either "does not hold" (for a
condition) or "is not made", which counts as passed (for an expectation).
"""

from __future__ import annotations

import ast
import calendar
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any


class ExpressionError(ValueError):
    """The text is not an expression of this language; the message says why."""


def year_of(day: dt.date) -> int:
    return day.year


def minute_of(moment: dt.datetime) -> int:
    """Minutes and seconds past the hour, in seconds: 0 exactly on the hour."""
    return moment.minute * 60 + moment.second


def last_day(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def years_between(earlier: dt.date, later: dt.date) -> int:
    """Completed years, as ages are counted; 29 February completes on 1 March."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def add_years(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + int(years))
    except ValueError:  # 29 February in a common year
        return day.replace(year=day.year + int(years), day=28)


def first(*values: Any) -> Any:
    """The first value that is present."""
    return next((v for v in values if v is not None), None)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    f.__name__: f for f in (year_of, minute_of, last_day, years_between, add_years, first)
}
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE,
    ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow,
    ast.Call, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple,
)  # fmt: skip


class Expression:
    """A parsed expression; `names` are the fields it speaks of (with ``received_on``, if used)."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._tree = ast.parse(text, mode="eval")
        except SyntaxError as error:
            raise ExpressionError(f"表达式「{text}」写法有误：{error.msg}") from None
        names: list[str] = []
        for node in ast.walk(self._tree):
            if not isinstance(node, _ALLOWED):
                raise ExpressionError(f"表达式「{text}」用了不支持的写法 {type(node).__name__}")
            if isinstance(node, ast.Call) and not (
                isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords
            ):
                raise ExpressionError(f"表达式「{text}」用了未定义的函数；可用：{', '.join(FUNCTIONS)}")
        functions = {id(n.func) for n in ast.walk(self._tree) if isinstance(n, ast.Call)}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Name) and id(node) not in functions:
                names.append(node.id)
        self.names = tuple(dict.fromkeys(sorted(names, key=text.index)))

    def compile(self, *, absent: bool) -> Callable[..., bool]:
        """A function of the values of `names`, in that order.

        Args:
            absent: what a comparison with an absent value yields: False in a
                condition, True in an expectation.
        """
        tree = _Compiler(absent).visit(ast.parse(self.text, mode="eval"))
        arguments = ", ".join(self.names)
        source = f"lambda {arguments}: bool({ast.unparse(tree)})"
        return eval(source, {"__builtins__": {"bool": bool}, "Decimal": Decimal, **FUNCTIONS})


class _Compiler(ast.NodeTransformer):
    """Guards every comparison against absent values and makes fractions exact."""

    def __init__(self, absent: bool) -> None:
        self.absent = absent

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        names = sorted(_unguarded(node))
        node = self.generic_visit(node)  # type: ignore[assignment]
        if not names:
            return node
        word, joint = ("is None", "or") if self.absent else ("is not None", "and")
        guard = f" {joint} ".join(f"{n} {word}" for n in names)
        return ast.parse(f"({guard} {joint} ({ast.unparse(node)}))", mode="eval").body

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float):
            return ast.parse(f"Decimal({str(node.value)!r})", mode="eval").body
        return node


def _unguarded(node: ast.AST) -> set[str]:
    """Fields whose absence makes the comparison void; those inside ``first(…)`` do not."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "first":
            return set()
        return set().union(*(_unguarded(a) for a in node.args)) if node.args else set()
    if isinstance(node, ast.Name):
        return {node.id}
    return set().union(*(_unguarded(c) for c in ast.iter_child_nodes(node)), set())
