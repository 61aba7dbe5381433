"""How the command line answers a wrong word: in Chinese, with what is possible instead.

argparse speaks English; its sentences are told again here, those it can form with our commands.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

_TYPES = {"int": "整数", "float": "数字"}


def _choice(of: str, word: str, choices: str) -> str:
    known = [c.strip("'") for c in choices.split(", ")]
    word = word.strip("'")
    near = difflib.get_close_matches(word, known, n=1)
    meant = f"您要的可能是 {near[0]}。" if near else ""
    return f"{of}：没有「{word}」。{meant}可用：{'、'.join(known)}。"


SENTENCES: tuple[tuple[str, str | Callable[..., str]], ...] = (
    (r"the following arguments are required: (.+)", "还要写：{0}。"),
    (r"one of the arguments (.+) is required", "还要写其中一个：{0}。"),
    (r"unrecognized arguments: (.+)", "不认识：{0}。"),
    (r"ambiguous option: (\S+) could match (.+)", "{0} 可能是 {1}，请写全。"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", _choice),
    (r"argument (.+?): expected one argument", "{0} 后面要写一个值。"),
    (r"argument (.+?): expected at least one argument", "{0} 后面至少要写一个值。"),
    (r"argument (.+?): expected (\d+) arguments", "{0} 后面要写 {1} 个值。"),
    (r"argument (.+?): ignored explicit argument (.+)", "{0} 后面不带值，却写了 {1}。"),
    (r"argument (.+?): not allowed with argument (.+)", "{0} 不能与 {1} 一起写。"),
    (r"argument (.+?): invalid (int|float) value: '(.*)'", lambda of, kind, word: f"{of}：「{word}」不是{_TYPES[kind]}。"),
    (r"argument (.+?): (.+)", "{0}：{1}。"),
)  # fmt: skip


def in_chinese(message: str) -> str:
    """argparse's sentence again; one that is not known stays as it is."""
    for pattern, sentence in SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            words = found.groups()
            return sentence.format(*words) if isinstance(sentence, str) else sentence(*words)
    return message


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Ends wrong usage with exit code 2, wherever it is found: a command may ask for it later."""

    answers_json = False

    def __init__(self, *given: Any, add_help: bool = True, **options: Any) -> None:
        super().__init__(*given, add_help=False, formatter_class=_Formatter, **options)
        if add_help:  # what only lends its options keeps its headings: they are joined by them
            self._positionals.title, self._optionals.title = "参数", "选项"
            self.add_argument("-h", "--help", action="help", help="显示这份用法")

    def error(self, message: str) -> NoReturn:
        sentence = f"{in_chinese(message)}写法见：{self.prog} --help"
        if self.answers_json:
            print(json.dumps({"error": sentence}, ensure_ascii=False))
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}：{sentence}\n")


class JsonParser(Parser):
    """For a program that asked for JSON; its sub-commands are of this kind too."""

    answers_json = True
