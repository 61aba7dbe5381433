"""The command line's own words: what is missing, what is wrong, what is possible, in the reader's language."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator

import pytest

import manage
from manage_usage import JsonParser, Parser

ENGLISH = re.compile(
    r"usage|options|positional|argument|required|invalid|expected|unrecognized|choose|error|show this"
)


def commands() -> Iterator[tuple[str, ...]]:
    """Every command and every action of one, by its words."""

    def below(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, child in action.choices.items():
                    yield from below(child, (*words, name))

    return below(manage._parser(Parser), ())


@pytest.mark.parametrize("words", [pytest.param(w, id=" ".join(w)) for w in commands()])
def test_usage_and_help_of_every_command_are_chinese(words: tuple[str, ...], capsys) -> None:
    """What stands in capitals or Latin letters are names to type, not sentences."""
    with pytest.raises(SystemExit) as ended:
        manage.main([*words, "--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0 and shown.startswith("用法：manage.py") and not ENGLISH.search(shown)

    with pytest.raises(SystemExit) as ended:
        manage.main([*words, "--json", "--no-such-option"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert ended.value.code == 2 and not ENGLISH.search(error) and "--help" in error


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("figurs",), "没有「figurs」。您要的可能是 figures。可用：init、"),
        (("plan", "sett"), "没有「sett」。您要的可能是 set。可用：import、set、export。"),
        (("catalog", "zzz"), "没有「zzz」。可用：sync、check。"),
        (("intake",), "还要写：file, --category, --unit。"),
        (("records", "referee", "--limit"), "--limit 后面要写一个值。"),
        (("serve", "--port", "八"), "--port：「八」不是整数。"),
        (("status", "--json=3"), "--json 后面不带值，却写了 '3'。"),
        (("figures", "completion", "--year", "20"), "--year：年度「20」应为 2000 至 2100 之间的四位数字。"),
        (("status", "--x", "y"), "不认识：--x y。"),
    ],
)
def test_a_wrong_word_is_told_with_what_is_possible(words: tuple[str, ...], said: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        manage.main([*words])
    assert ended.value.code == 2 and said in capsys.readouterr().err


@pytest.mark.parametrize("kind", [Parser, JsonParser])
def test_what_argparse_can_say_of_groups_and_numbers_is_known_too(kind: type[Parser], capsys) -> None:
    parser = kind(prog="manage.py")
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--one", action="store_true")
    either.add_argument("--other", nargs=2)
    parser.add_argument("--most", type=float, nargs="+")
    said = []
    for words in ([], ["--one", "--other", "a", "b"], ["--other", "a"], ["--one", "--most"], ["--o"]):
        with pytest.raises(SystemExit):
            parser.parse_args(words)
        said.append(capsys.readouterr().err.splitlines()[-1])

    assert not any(map(ENGLISH.search, said))
    assert said[0].startswith("manage.py：还要写其中一个：--one --other。")
    assert said[1].startswith("manage.py：--other 不能与 --one 一起写。")
    assert said[2].startswith("manage.py：--other 后面要写 2 个值。")
    assert said[3].startswith("manage.py：--most 后面至少要写一个值。")
    assert said[4].startswith("manage.py：--o 可能是 --one, --other，请写全。")
