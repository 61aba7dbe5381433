"""拥挤提醒: open ones with a button for who may acknowledge, past ones as a table."""

import datetime as dt

import streamlit as st

from data_access import engine as database
from data_access.clock import now
from data_access.live import alerts as commands
from data_access.principal import Forbidden
from data_access.settings import settings
from metrics import flow_lately as lately
from pages._shared import drawn
from pages._shared.numbers import Reading
from pages._shared.principal import principal
from pages.venues._watching import LIVE, REFRESH, minute, watching
from reports import flow_feed_words as feeds, flow_words as words
from ui import frames
from ui.pieces import layout, states, tabular, text
from ui.registry import Page

MOST_OPEN = 6
RECEIPT = "flow.receipt"


@st.fragment(run_every=REFRESH)
def watch(
    page: Page, district: str | None = None, venue: str | None = None, files: dict[str, str] | None = None
) -> None:
    """Alerts of a venue, of a district or of all in scope, and where they lie as files; looks again every `REFRESH`."""
    with watching(page) as r:
        _show_receipt()
        drawn.draw(r, _list, minute(), district, venue, tuple((files or {}).items()), domains=LIVE)
        unseen = lately.alerts_lately(
            r.principal,
            r.connection,
            minute(),
            is_unseen=True,
            most=MOST_OPEN,
            venue=venue,
            district=district,
        )
        for alert in unseen:
            _acknowledge(r, alert)


def _list(r: Reading, at: dt.datetime, district: str | None, venue: str | None, files) -> None:
    counts = lately.alert_counts(r.principal, r.connection, at, venue=venue, district=district)
    with layout.together():
        text.heading("拥挤提醒")
        text.sentence(feeds.alerts_sentence(counts, lately.ALERT_DAYS))
        if later := feeds.later_words(counts, MOST_OPEN):
            text.sentence(later)
        if counts.every:
            alerts = lately.alerts_lately(
                r.principal, r.connection, at, most=lately.MOST, venue=venue, district=district
            )
            name = words.cut(f"近 {lately.ALERT_DAYS} 天的提醒", len(alerts), counts.every, "条")
            tabular.folded_table(frames.of(feeds.alert_rows(alerts)), name, dict(files))


def _acknowledge(r: Reading, alert) -> None:
    """One open alert: what happened, what was done about it, and the button of who answers for it."""
    may = r.principal.role in commands.ACKNOWLEDGERS
    key = f"alert.{alert.venue_code}.{alert.raised_minute.isoformat()}"
    with st.container(border=True):
        states.notice(
            "alarm" if feeds.is_crowded(alert) else "attention", alert.name, feeds.alert_words(alert)
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "处置情况", key=f"note.{key}", max_chars=commands.LONGEST_NOTE, disabled=not may,
                placeholder="例如：已限流，引导到附近场馆",
            )  # fmt: skip
            st.button(
                "确认知悉", key=key, icon=":material/check:", disabled=not may,
                help=None if may else "由运维团队、局办公室、归口处室和场馆所在区县确认。",
                on_click=_sign, args=(alert.venue_code, alert.raised_minute, f"note.{key}"),
            )  # fmt: skip


def _sign(code: str, raised, note: str) -> None:
    """A callback runs without the script: who signs is asked anew, and the command checks whether they may."""
    try:
        with database.writing(database.engine(settings().database.url)) as connection:
            commands.acknowledge(
                principal(),
                connection,
                code,
                raised,
                note=str(st.session_state.get(note, "")).strip(),
                at=now(),
            )
        receipt = ("good", "已确认", "您的姓名、时间和处置情况已记录，并写入审计。")
    except (commands.AlertRefused, Forbidden) as error:
        receipt = ("alarm", "未确认", str(error))
    st.session_state[RECEIPT] = (receipt, now())


def _show_receipt() -> None:
    """For a while, not for one run: the fragment runs by itself and would take it away unread."""
    shown, given_at = st.session_state.get(RECEIPT, (None, now()))
    if shown is not None and lately.is_receipt_shown(given_at, now()):
        states.notice(*shown)
