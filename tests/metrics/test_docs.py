"""The generated documents: complete, and found again unchanged."""

from __future__ import annotations

from pathlib import Path

import catalog
from metrics import INDICATORS
from metrics.docs import ARTICLES, _numbers, _zh, articles, indicators, write


def test_every_indicator_is_documented_with_both_sums():
    text = indicators()

    for entry in INDICATORS.values():
        assert f"## {entry.name} `{entry.key}`" in text
        assert f"- 分子：{entry.numerator}" in text
        assert f"- 分母：{entry.denominator}" in text


def test_every_article_has_a_section_under_its_printed_number_and_there_is_no_article_10():
    text = articles()

    assert [_zh(n) for n in (1, 10, 13, 20, 21)] == ["一", "十", "十三", "二十", "二十一"]
    assert all(f"## 第{_zh(number)}条 " in text for number in ARTICLES)
    assert "第十条 " not in text
    assert all(c.name_zh in text for c in catalog.default().categories)


def test_articles_are_found_in_docstrings_however_they_are_listed():
    assert list(_numbers("(Articles 8, 21 and 23), Article 13; Articles 7–9")) == [8, 21, 23, 13, 7, 9]


def test_a_document_is_written_once_and_then_found_up_to_date(tmp_path: Path):
    assert write(check=True, root=tmp_path) == ["docs/indicators.md", "docs/articles.md"]
    assert write(root=tmp_path) == ["docs/indicators.md", "docs/articles.md"]
    assert write(check=True, root=tmp_path) == []
