"""讲解词: true figures, no dashes, and no place the snapshot does not have."""

from __future__ import annotations

import datetime as dt

import pytest

from kiosk import script
from kiosk.scenes import Scene, all_scenes
from kiosk.snapshot import Facilities, FacilityYear, Snapshot
from tests.kiosk_scenes import sample

AT = dt.datetime(2026, 11, 25, 6, 32, tzinfo=dt.UTC)


def year(number: int, count: int | None, per_person: float | None) -> FacilityYear:
    return FacilityYear(
        year=number, count=count, area_m2=72_000_000.0, per_person_m2=per_person, nation_m2=None, source=None
    )


SNAPSHOT = Snapshot(
    schema=2, written_at=AT, demonstration=True, versions={},
    facilities=Facilities(
        as_of=AT, demonstration=True, years=(year(2020, None, 1.84), year(2023, 139_300, 2.3149)), kinds_year=2023,
        kinds=(),
    ),
)  # fmt: skip


def scene(*sentences: str) -> Scene:
    return Scene(key="x", title="x", order=1, part="", script=sentences)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("全市有体育场地 {facilities.years.-1.count|wan}个。", ["全市有体育场地 13.9 万个。"]),
        ("{facilities.kinds_year|wan}个。", ["2,023 个。"]),
        ("{facilities.years.1.year|text} 年人均 {facilities.years.1.per_person_m2|two} 平方米。", ["2023 年人均 2.31 平方米。"]),
        ("面积 {facilities.years.-1.area_m2|m2}。", ["面积 7,200.0 万平方米。"]),
        ("没有数字的一句。", ["没有数字的一句。"]),
        ("2020 年有 {facilities.years.0.count} 个。", []),
        ("第九年有 {facilities.years.8.count} 个。", []),
        ("此刻 {visits.present} 人在馆。", []),
    ],
)  # fmt: skip
def test_a_sentence_holds_the_figure_of_the_wall_or_is_left_out(written, said):
    assert script.problems(scene(written)) == []
    assert script.sentences(scene(written), SNAPSHOT) == said


def test_a_place_the_snapshot_does_not_have_is_found_before_a_delegation_hears_it():
    wrong = scene(
        "{facilities.yeers.0.count}", "{visits.present|promille}", "{secret}", "{facilities.years.count}"
    )

    assert len(script.problems(wrong)) == 4


def test_every_scene_has_words_for_its_guide_that_can_be_filled():
    for loaded in all_scenes().values():
        assert loaded.scene.script, loaded.scene.key
        assert script.problems(loaded.scene) == []


def test_every_scene_says_figures_and_says_them_of_a_full_snapshot():
    """A guide before 彩票与产业 has numbers to say, and none of them is a dash, a float or a field's name."""
    for loaded in all_scenes().values():
        said = script.sentences(loaded.scene, sample.full())
        assert len(said) == len(loaded.scene.script), (loaded.scene.key, said)
        assert any(character.isdigit() for character in "".join(said)), loaded.scene.key
        assert not any(bad in sentence for sentence in said for bad in ("—", "{", "None", "nan"))
