"""On time, late, missing: the marks, the grid, rounds, punctuality, exports; as of past days; at full size."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.reporting.actions import recall_return, submit_return
from luoshi.apps.reporting.actions.exempting import exempt_unit
from luoshi.apps.reporting.actions.rounds import freeze_round, open_rounds
from luoshi.apps.reporting.models import (
    Exemption,
    FormVersion,
    Return,
    ReturnState,
    ReturnStep,
    Round,
    StepAction,
)
from luoshi.apps.reporting.queries import punctuality as metrics
from luoshi.apps.reporting.queries.forms import form_page
from luoshi.apps.reporting.queries.remaining import last_reminders
from luoshi.apps.reporting.queries.status import round_list, status_grid
from luoshi.apps.reporting.queries.timeliness import Figures, Mark, known_at
from luoshi.forms.model import Values
from tests.apps.reporting.making import GOOD, World, at
from tests.apps.reporting.test_forms import browser
from tests.counting import count_rows

AUGUST = metrics.PunctualityFilter(dt.date(2026, 8, 1), dt.date(2026, 8, 31))


def submitted(world: World, unit: Unit, user: Any, moment: dt.datetime) -> Return:
    answer = Return.objects.get(unit=unit, round__period="2026-08", round__form__key="monthly")
    submit_return(acting_user=user, answer_id=answer.pk, channel="web", values=Values(GOOD), now=moment)
    return answer


@pytest.fixture
def august(world: World) -> World:
    """Of three units one reports on time, one two days late, one not at all; one is exempt."""
    world.form(reporters=(world.county, world.other, world.township, world.department))
    exempt_unit(
        acting_user=world.lead,
        form_id=FormVersion.objects.get().form_id,
        unit_id=world.department.pk,
        first_period="2026-08",
        last_period="2026-08",
        reason="没有此项业务",
        now=at(20, month=8),
    )
    open_rounds(now=at(24, month=8))
    submitted(world, world.county, world.filler, at(3, 23))
    submitted(world, world.other, world.other_filler, at(5))
    return world


def marks(now: dt.datetime, as_of: dt.datetime | None = None) -> dict[str, str]:
    rows = known_at(Return.objects.filter(round__period="2026-08"), as_of or now, now=now)
    return dict(rows.values_list("unit__key", "mark"))


def test_marks_at_each_moment(august: World) -> None:
    now = at(20)
    final = {"qsx": Mark.ON_TIME, "bsx": Mark.LATE, "qsx-hcz": Mark.MISSING, "ylz-scj": Mark.EXEMPT}
    assert marks(now) == final
    before = {"qsx": "pending", "bsx": "pending", "qsx-hcz": "pending", "ylz-scj": "exempt"}
    assert marks(now, at(2)) == before
    assert marks(now, at(4)) == final | {"bsx": Mark.MISSING}, "on the 4th the late one was still missing"
    assert marks(now, at(20, month=8)) == {}, "the round was not open"


def test_a_recalled_return_is_no_report(august: World) -> None:
    answer = Return.objects.get(unit=august.county, round__period="2026-08")
    ReturnStep.objects.create(
        answer=answer,
        action=StepAction.RECALL,
        from_state=ReturnState.IN_REVIEW,
        to_state=ReturnState.OPEN,
        at=at(10),
    )
    Return.objects.filter(pk=answer.pk).update(state=ReturnState.OPEN, stage="")
    assert marks(at(20))["qsx"] == Mark.MISSING
    assert marks(at(20), at(9))["qsx"] == Mark.ON_TIME, "before it was recalled"


def test_what_happens_later_changes_no_mark_of_the_past(august: World) -> None:
    answer = Return.objects.get(unit=august.county, round__period="2026-08")
    recall_return(acting_user=august.filler, answer_id=answer.pk, now=at(5))
    submitted(august, august.county, august.filler, at(6))
    now = at(20)
    assert marks(now)["qsx"] == Mark.LATE
    assert marks(now, at(4))["qsx"] == Mark.ON_TIME, "on the 4th it was there, in time"
    assert marks(now, at(5, 12))["qsx"] == Mark.MISSING, "recalled and not yet there again"
    assert marks(now, at(7))["qsx"] == Mark.LATE
    grid = status_grid(august.lead, answer.round.form, as_of=at(4), now=now)
    cells = {row.unit.key: row.cells[0] for row in grid.rows}
    assert cells["qsx"] is not None and cells["qsx"].submitted_at == at(3, 23)


def test_coming_back_for_a_correction_undoes_nothing(august: World) -> None:
    Return.objects.filter(unit=august.county).update(state=ReturnState.SENT_BACK, stage="")
    assert marks(at(20))["qsx"] == Mark.ON_TIME


def test_the_due_moment_itself_is_in_time(world: World) -> None:
    world.form()
    open_rounds(now=at(1))
    due = Round.objects.get().due_at
    submitted(world, world.county, world.filler, due)
    submitted(world, world.other, world.other_filler, due + dt.timedelta(microseconds=1))
    assert marks(at(20)) == {"qsx": Mark.ON_TIME, "bsx": Mark.LATE}


def test_five_metrics(august: World) -> None:
    page = metrics.by_unit(august.lead, AUGUST, now=at(20))
    assert (page.sum.expected, page.sum.received, page.sum.on_time, page.sum.late, page.sum.missing) == (3, 2, 1, 1, 1)
    assert page.sum.exempt == 1
    assert page.sum.on_time_rate == pytest.approx(100 / 3) and page.sum.completeness == pytest.approx(200 / 3)
    assert [row.unit.key for row in page.rows][:2] == ["qsx-hcz", "bsx"], "most missing, then most late"
    by_rate = metrics.by_unit(august.lead, AUGUST, order="rate", now=at(20))
    assert [row.unit.key for row in by_rate.rows][-2:] == ["qsx", "ylz-scj"], "what has no rate comes last"
    exempt = next(row for row in page.rows if row.unit.key == "ylz-scj")
    assert exempt.figures.on_time_rate is None and exempt.figures.expected == 0
    assert Figures().completeness is None


def test_lists_to_be_named(august: World) -> None:
    rows, total = metrics.named(august.lead, AUGUST, now=at(20))
    assert total == 2
    assert {(row.unit, row.words, row.days_late) for row in rows} == {("河川镇", "未报", 0), ("白水县", "迟报", 2)}
    late, _ = metrics.named(august.lead, AUGUST, mark="late", now=at(20))
    assert [row.unit for row in late] == ["白水县"]
    past = metrics.PunctualityFilter(AUGUST.first, AUGUST.last, as_of=at(4))
    rows, _ = metrics.named(august.lead, past, now=at(20))
    assert {(row.unit, row.words, row.submitted_at) for row in rows} == {
        ("河川镇", "未报", None),
        ("白水县", "未报", None),
    }


def test_metrics_by_form_and_month_follow_who_asks(august: World) -> None:
    (row,) = metrics.by_form(august.lead, AUGUST, now=at(20))
    assert (row.form.key, row.figures.missing) == ("monthly", 1)
    ((month, figures),) = metrics.trend(august.lead, AUGUST, now=at(20))
    assert (month, figures.late) == (dt.date(2026, 8, 1), 1)
    # A county sees its own and what lies below it; the other county's late return is not its business.
    mine = metrics.by_unit(august.filler, AUGUST, now=at(20))
    assert {one.unit.key for one in mine.rows} == {"qsx", "qsx-hcz"} and mine.sum.late == 0
    assert metrics.by_unit(august.stranger, AUGUST, now=at(20)).total == 0


def test_the_grid(august: World) -> None:
    form = Round.objects.first().form
    grid = status_grid(august.lead, form, now=at(20))
    (column,) = grid.columns
    assert (column.label, column.figures.missing, column.waiting) == ("2026年8月", 1, 2)
    words = {row.unit.key: row.cells[0].words for row in grid.rows if row.cells[0]}
    assert words == {"qsx": "按时·待审", "bsx": "迟报·待审", "qsx-hcz": "未报", "ylz-scj": "免报"}
    assert {row.unit.key for row in status_grid(august.lead, form, text="白水", now=at(20)).rows} == {"bsx"}
    assert status_grid(august.lead, form, as_of=at(20, month=8), now=at(20)).columns == []


def test_one_round_by_state(august: World) -> None:
    found = Round.objects.get()
    whole = round_list(august.lead, found, now=at(20))
    assert (whole.total, whole.states["in-review"]) == (4, 2)
    for state, keys in {
        "missing": ["qsx-hcz"],
        "late": ["bsx"],
        "on-time": ["qsx"],
        "review": ["bsx", "qsx"],
        "accepted": [],
        "exempt": ["ylz-scj"],
    }.items():
        rows = round_list(august.lead, found, state=state, now=at(20)).rows
        assert sorted(row.answer.unit.key for row in rows) == keys, state


# Pages


def test_status_pages_and_their_workbooks(august: World) -> None:
    client = browser(august.lead)
    page = client.get("/forms/monthly/status").content.decode()
    assert "河川镇" in page and "未报" in page and "催报" in page
    data = b"".join(client.get("/forms/monthly/status?format=xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name("报送情况").to_python()
    assert rows[0][:2] == ["单位", "2026年8月"]
    assert {row[0]: row[1] for row in rows[1:]}["白水县"] == "迟报·待审"
    page = client.get("/punctuality?from=2026-08&to=2026-08").content.decode()
    assert "33.3" in page and "河川镇" in page
    for view, name in (("", "单位"), ("forms", "报表"), ("named", "期别")):
        answer = client.get(f"/punctuality?from=2026-08&to=2026-08&view={view}&format=xlsx")
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
            .get_sheet_by_name("报送评价")
            .to_python()
        )
        assert rows[0][0] == name and len(rows) > 1
    assert "市场主体月报" in client.get("/punctuality?from=2026-08&to=2026-08&unit=bsx").content.decode()
    assert client.get("/punctuality?unit=nowhere").status_code == 404
    assert browser(august.filler).get("/punctuality?unit=bsx").status_code == 404
    for bad in ("from=x", "to=9999-99", "page=-1", "as_of=9999-12-31", "from=1900-01&to=2999-12", "view=x&order=y"):
        assert client.get(f"/punctuality?{bad}").status_code == 200
    for bad in ("periods=99999", "page=99999999999999", "as_of=0001-01-01"):
        assert client.get(f"/forms/monthly/status?{bad}").status_code == 200


def test_a_round_is_chased_exempted_and_frozen(august: World) -> None:
    client = browser(august.lead)
    there = "/forms/monthly/rounds/2026-08"
    assert client.get(there).status_code == 200
    assert client.get("/forms/monthly/rounds/2026-07").status_code == 404
    assert client.post(f"{there}/remind", {"unit": [august.township.pk]}).status_code == 302
    assert august.town_filler.notices.filter(kind="reporting-reminder").count() == 1
    refused = client.post(f"{there}/exempt", {"unit": august.township.pk, "reason": ""})
    assert refused.status_code == 422 and "理由" in refused.content.decode()
    refused = client.post(f"{there}/exempt", {"unit": "x", "reason": "停业"})
    assert refused.status_code == 422 and "停业" in refused.content.decode(), "what was typed is kept"
    answer = client.post(f"{there}/exempt", {"unit": august.township.pk, "reason": "停业", "span": "one"})
    assert answer.status_code == 302
    exemption = Exemption.objects.get(unit=august.township)
    assert (exemption.first_period, exemption.last_period) == ("2026-08", "2026-08")
    assert marks(at(20))["qsx-hcz"] == Mark.EXEMPT
    assert client.post(f"{there}/exemptions/{exemption.pk}/end").status_code == 302
    assert marks(at(20))["qsx-hcz"] == Mark.MISSING
    for user in (august.filler, august.leader):
        other = browser(user)
        assert other.get(there).status_code == 200
        for act in ("remind", "freeze", "exempt", f"exemptions/{exemption.pk}/end"):
            assert other.post(f"{there}/{act}", {"unit": august.township.pk, "reason": "x"}).status_code == 403
    assert client.post(f"{there}/freeze").status_code == 302
    assert Round.objects.get().frozen_at is not None
    page = client.get(there).content.decode()
    assert "已封存" in page and "撤销封存" in page
    with pytest.raises(PermissionDenied):
        freeze_round(acting_user=august.filler, round_id=Round.objects.get().pk)


def _moved(round_: Round, **days: int) -> None:
    """Set a round's moments so many days from now."""
    for name, number in days.items():
        setattr(round_, name, timezone.now() + dt.timedelta(days=number))
    round_.save()


def test_freezing_before_the_time_must_be_meant_and_can_be_undone(august: World) -> None:
    found = Round.objects.get()
    _moved(found, due_at=11, late_until=21)
    back = Return.objects.get(unit=august.other)
    Return.objects.filter(pk=back.pk).update(state=ReturnState.SENT_BACK, stage="")
    client = browser(august.lead)
    there = "/forms/monthly/rounds/2026-08"
    page = client.get(there).content.decode()
    assert "待报 1，退回待更正 1" in page and "待审核 1" in page and "还没有到截止时间" in page
    refused = client.post(f"{there}/freeze")
    assert refused.status_code == 422 and "提前封存" in refused.content.decode()
    assert Round.objects.get().frozen_at is None
    client.post(f"{there}/freeze", {"early": "yes"})
    assert Round.objects.get().frozen_at is not None
    assert client.post(f"{there}/unfreeze", {"reason": " "}).status_code == 422
    assert browser(august.filler).post(f"{there}/unfreeze", {"reason": "错封"}).status_code == 403
    assert Round.objects.get().frozen_at is not None
    assert client.post(f"{there}/unfreeze", {"reason": "错封"}).status_code == 302
    assert Round.objects.get().frozen_at is None
    entry = Entry.objects.filter(action="撤销封存").get()
    assert entry.after == {"理由": "错封"} and entry.before["封存时间"]


def test_before_the_time_there_are_no_rates_on_any_page(august: World) -> None:
    form = Round.objects.get().form
    early = at(2)
    Return.objects.filter(unit=august.other).update(submitted_at=at(1))
    Return.objects.filter(unit=august.county).update(submitted_at=at(1))
    figures = round_list(august.lead, Round.objects.get(), now=early).figures
    assert (figures.expected, figures.received, figures.pending) == (3, 2, 1)
    assert figures.on_time_rate is None and figures.completeness is None
    assert status_grid(august.lead, form, now=early).columns[0].figures == figures
    (listed,) = form_page(august.lead, today=early.date()).rows
    assert listed.round and (listed.round.asked, listed.round.received, listed.round.left) == (3, 2, 1)
    # What is not due yet is in no rate, though some of it has come already.
    assert metrics.by_unit(august.lead, AUGUST, now=early).total == 0
    assert metrics.not_due(august.lead, AUGUST, early) == 3
    assert metrics.not_due(august.lead, AUGUST, at(20)) == 0
    assert metrics.named(august.lead, AUGUST, now=early) == ([], 0)
    Return.objects.filter(unit=august.county).update(state=ReturnState.SENT_BACK, stage="")
    (listed,) = form_page(august.lead, today=early.date()).rows
    assert listed.round and listed.round.received == 2, "sent back is received, as on all pages"


def test_a_round_tells_when_each_unit_was_last_chased(august: World) -> None:
    client = browser(august.lead)
    there = "/forms/monthly/rounds/2026-08"
    found = Round.objects.get()
    assert last_reminders(found) == {}
    page = client.post(f"{there}/remind", {"unit": [august.township.pk]}, follow=True).content.decode()
    assert "已向 1 个单位的 1 人催报" in page
    assert set(last_reminders(found)) == {august.township.pk}
    with CaptureQueriesContext(connection) as asked:
        page = client.get(there).content.decode()
    assert "最近催报" in page and 'data-tick-all="unit"' in page
    assert len(asked) <= 15


def test_status_over_the_api(august: World) -> None:
    client = browser(august.lead)
    answer = client.get("/api/v1/forms/monthly/status").json()
    assert answer["periods"] == ["2026-08"] and answer["total"] == 4
    cells = {row["unit"]["key"]: row["cells"][0]["mark"] for row in answer["rows"]}
    assert cells["bsx"] == "late"
    past = client.get("/api/v1/forms/monthly/status", {"as_of": "2026-09-04T12:00:00"}).json()
    assert {row["unit"]["key"]: row["cells"][0]["mark"] for row in past["rows"]}["bsx"] == "missing"
    rows = client.get("/api/v1/forms/punctuality", {"first": "2026-08-01", "last": "2026-08-31"}).json()
    assert rows[0]["unit"]["key"] == "qsx-hcz" and rows[0]["missing"] == 1


# At full size


@pytest.fixture
def large(world: World) -> FormVersion:
    """240 units, 36 rounds: 8,640 returns."""
    units = []
    for number in range(240):
        values = {"key": f"u{number}", "name": f"第{number}乡", "short_name": f"第{number}乡"}
        units.append(Unit.objects.add_child(Unit.objects.get(pk=world.other.pk), values | {"kind": UnitKind.TOWNSHIP}))
    version = world.form(reporters=tuple(units), first_period="2023-09")
    rounds = []
    for number in range(36):
        year, month = 2023 + (8 + number) // 12, (8 + number) % 12 + 1
        first = dt.date(year, month, 1)
        last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        due = at(3, 23, month=last.month % 12 + 1, year=year + (last.month == 12))
        rounds.append(
            Round(
                form=version.form,
                version=version,
                period=f"{first:%Y-%m}",
                first_day=first,
                last_day=last,
                opened_at=due - dt.timedelta(days=10),
                due_at=due,
                late_until=due + dt.timedelta(days=10),
            )
        )
    Round.objects.bulk_create(rounds)
    answers = []
    for r, one in enumerate(rounds):
        for u, unit in enumerate(units):
            which = (r + u) % 4
            moment = one.due_at + dt.timedelta(days=1 if which == 1 else -1)
            answers.append(
                Return(
                    round=one,
                    unit=unit,
                    state=ReturnState.OPEN if which == 2 else ReturnState.ACCEPTED,
                    submitted_at=None if which == 2 else moment,
                )
            )
    Return.objects.bulk_create(answers, batch_size=500)
    # What autovacuum does by itself where the rows are older than the test.
    count_rows()
    return version


def test_budgets_at_full_size(world: World, large: FormVersion, django_assert_max_num_queries: Any) -> None:
    client = browser(world.coordinator)
    client.get("/forms")
    for address in (
        "/forms",
        "/forms/monthly",
        "/forms/monthly/status?periods=36",
        "/forms/monthly/status?periods=36&page=3&as_of=2026-01-15",
        "/forms/monthly/status?periods=36&format=xlsx",
        "/forms/monthly/rounds/2026-08",
        "/forms/monthly/rounds/2026-08?state=missing",
        "/punctuality?from=2023-09&to=2026-08",
        "/punctuality?from=2023-09&to=2026-08&order=rate&as_of=2026-02-01",
        "/punctuality?from=2023-09&to=2026-08&view=named",
        "/punctuality?from=2023-09&to=2026-08&view=forms",
        "/punctuality?unit=u7",
        "/burden?month=2026-09",
        "/burden?month=2026-09&unit=u7",
    ):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200, address
    grid = status_grid(world.coordinator, large.form, periods=36, number=3, now=at(20))
    assert (grid.total, grid.pages, len(grid.rows), len(grid.columns)) == (240, 3, 40, 36)
    assert all(cell is not None for row in grid.rows for cell in row.cells)
    span = metrics.PunctualityFilter(dt.date(2023, 9, 1), dt.date(2026, 8, 31))
    whole = metrics.by_unit(world.coordinator, span, now=at(20))
    assert (whole.sum.expected, whole.sum.missing, whole.sum.late) == (8640, 2160, 2160)
    assert (whole.total, len(whole.rows)) == (240, 100)
