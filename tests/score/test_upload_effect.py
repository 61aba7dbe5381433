"""What the check says a file will do to the score is what sending it does."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

import catalog
from data_access.calendar import today
from data_access.commands import plans
from data_access.commands.delivery import deliver
from data_access.engine import reading
from data_access.principal import OFFICE, OPERATOR
from metrics import score
from metrics.score import upload_effect
from reports import score_words
from tests.delivery.histories import content as stored
from tests.helpers.files import csv_text, grid
from tests.helpers.rows import changed, valid_row, valid_rows

EVENT = "mass_sport_event"


def file(rows: list[dict]) -> dict:
    content = csv_text(grid(catalog.default().category_by_code[EVENT], rows)).encode()
    return {"content": content, "file_name": "赛事.csv", "category": EVENT, "unit": "500101"}


def of_mass_sport(made: Engine) -> str:
    with reading(made) as connection:
        document = score.from_base(OFFICE, connection, today().year, today())
    found = score.compute(score.read(document))["departments"]
    return next(d["score"] for d in found if d["code"] == "mass_sport")


@pytest.fixture
def planned(made: Engine) -> Engine:
    first = dt.date(today().year, 1, 1)
    plans.set_plan(made, OFFICE, EVENT, first.year, 6, approved_on=first)
    return made


def test_the_check_tells_what_sending_the_file_does(planned: Engine):
    """Rows that are refused and rows that are not: the check keeps nothing, and says both scores."""
    rows = [
        *valid_rows(EVENT, 3, received_on=today()),
        changed(valid_row(EVENT, 7, received_on=today()), participant_count=None),
    ]
    before, nothing = of_mass_sport(planned), stored(planned)

    checked, effect = upload_effect.check(planned, OPERATOR, **file(rows))

    assert (checked.accepted, checked.rejected, checked.receipt) == (3, 1, None)
    assert stored(planned) == nothing
    deliver(planned, OPERATOR, **file(rows))
    assert (str(effect.before), str(effect.after)) == (before, of_mass_sport(planned))
    assert effect.department == "mass_sport" and effect.change > 0
    assert {key for key, _, _ in effect.parts} >= {"quantity", "coverage"}


def test_a_file_that_is_refused_has_no_effect_to_tell(planned: Engine):
    """It still is checked, and what is wrong with it is told as ever."""
    checked, effect = upload_effect.check(planned, OPERATOR, **file([]) | {"content": b""})

    assert checked.outcome == "rejected" and effect is None


def test_a_district_is_told_the_change_and_not_the_score(planned: Engine):
    _, effect = upload_effect.check(planned, OPERATOR, **file(valid_rows(EVENT, 3, received_on=today())))

    own, others = (score_words.effect_sentence(effect, is_own=flag) for flag in (True, False))

    assert str(effect.after) in own and str(effect.after) not in others
    assert f"{effect.change:+.2f}" in others
