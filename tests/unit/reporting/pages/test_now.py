"""What a page shows of the pathway watch: raw inside the team, hidden outside, the last hour by type."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.reporting.alerts import Live, MinuteCount
from services.reporting.pages.now import RULES, events_table, in_words, now_of
from services.reporting.pages.templates import environment
from services.reporting.tables import Column, Kind, Table
from services.reporting.wait_alerts import Rule

NOW = datetime(2026, 3, 31, 11, 30, 30, tzinfo=UTC)
MINUTE = NOW.replace(second=0)


def minute(ago: int, kind: str, number: int) -> MinuteCount:
    return MinuteCount(minute=MINUTE - timedelta(minutes=ago), type=kind, number=number)


def left_behind() -> Live:
    rows = (
        ("will_breach", 3),
        ("breached", 12),
        ("no_session", 0),
        ("not_brought", 7),
        ("sessions_today", 4),
        ("referrals_week", 9),
    )
    columns = (Column("what", "What", Kind.TEXT), Column("number", "Number", Kind.COUNT))
    return Live(
        seen_at=NOW,
        stale=False,
        tile=Table("live", "Live", columns, rows),
        events=[minute(0, "SessionHeld", 3), minute(40, "SessionHeld", 1), minute(6, "ReferralReceived", 2)],
        usual_referrals_a_week=7.125,
    )


def drawn(found: Live, *, raw: bool = True) -> str:
    module = environment().get_template("components/now.jinja").module
    return str(vars(module)["happening_now"](now_of(found, NOW, raw=raw)))


def test_every_kind_of_alert_has_words() -> None:
    assert set(RULES) == set(Rule)


def test_inside_the_team_everything_is_shown_as_it_is() -> None:
    now = now_of(left_behind(), NOW, raw=True)
    assert [each.shown for each in now.alerts] == ["12", "3", "0", "7"]
    assert [(each.shown, each.says) for each in now.windows] == [
        ("4", ""),
        ("9", "Usually 7.1 in a week (mean of the last 8)"),
    ]
    assert now.events is not None
    assert now.line


def test_outside_small_numbers_and_what_would_tell_them_are_hidden() -> None:
    now = now_of(left_behind(), NOW, raw=False)
    assert [each.shown for each in (*now.alerts, *now.windows)] == ["10", "*", "*", "5", "*", "10"]
    assert now.windows[1].says.startswith("Usually 6.9 "), "57 referrals are told as 55"
    assert (now.events, now.line) == (None, "")
    few = now_of(replace(left_behind(), usual_referrals_a_week=0.5), NOW, raw=False)
    assert few.windows[1].says.startswith("Usually few ")


def test_the_last_hour_is_counted_by_type_the_most_frequent_first() -> None:
    table = events_table(left_behind().events, NOW)
    assert table.rows == (("Session held", 3, 4), ("Referral received", 0, 2), ("Everything", 3, 6))
    assert in_words("TargetBreached") == "Target breached"


def test_a_watch_that_is_not_at_work_is_told_and_its_last_words_stand_with_their_time() -> None:
    assert "not at work" not in drawn(left_behind())
    assert "not at work: this is what it said at 31 March 2026 at 12:30:30 BST" in drawn(
        replace(left_behind(), stale=True)
    )
    never = drawn(replace(left_behind(), seen_at=None, stale=True))
    assert "not been at work yet" in never
    assert "dyad-tile" not in never
