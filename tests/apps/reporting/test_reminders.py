"""Reminders: before the due moment and after it, once each, to those who owe a return; and the list of the missing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.actions import deliver_due
from luoshi.apps.notices.models import Notice, Webhook
from luoshi.apps.organisations.models import Membership, Role
from luoshi.apps.reporting.actions import (
    exempt_unit,
    freeze_round,
    pass_stage,
    reopen_return,
    send_back,
    submit_return,
)
from luoshi.apps.reporting.models import Return, Round
from luoshi.apps.reporting.reminders import Reminded, remind_due, remind_now
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.forms.model import Values
from luoshi.periods import SHANGHAI
from tests.apps.notices.servers import robot
from tests.apps.reporting.making import GOOD, at

pytestmark = pytest.mark.django_db
DUE = dt.datetime(2026, 9, 3, 23, 59, 59, 999999, tzinfo=SHANGHAI)


def hours(number: float) -> dt.datetime:
    """So many hours from the due moment."""
    return DUE + dt.timedelta(hours=number)


def told(kind: str, user=None) -> list[str]:
    rows = Notice.objects.filter(kind=f"reporting-{kind}").order_by("pk")
    return list((rows.filter(recipient=user) if user else rows).values_list("title", flat=True))


def unread(user) -> list[Notice]:
    return list(Notice.objects.filter(recipient=user, read_at=None))


def remind(moment: dt.datetime) -> list[str]:
    return list(remind_due(now=moment))


def test_opening_tells_the_reporters_once(world) -> None:
    world.form()
    answer = world.opened(at(25, month=8))
    assert told("opened", world.filler) == ["《市场主体月报》2026年8月 开放填报"]
    notice = Notice.objects.get(recipient=world.filler)
    assert notice.url == f"/returns/{answer.pk}"
    assert "9月3日24时" in notice.text
    assert told("opened", world.lead) == []


def test_a_round_opened_after_its_due_day_says_until_when_it_is_taken(world) -> None:
    world.form(first_period="2026-07")
    world.opened(at(1))
    assert told("opened", world.filler) == ["《市场主体月报》2026年7月 开放填报", "《市场主体月报》2026年8月 开放填报"]
    july, august = (notice.text for notice in Notice.objects.filter(recipient=world.filler).order_by("pk"))
    assert "9月11日24时" in july and "9月3日24时" in august


def test_reminders_come_at_their_hours_and_once(world) -> None:
    world.form()
    world.opened(at(25, month=8))
    assert remind(hours(-73)) == []
    for before in (-72, -24, -3):
        assert len(remind(hours(before))) == 1, before
        assert remind(hours(before) + dt.timedelta(minutes=30)) == []
    assert len(told("reminder", world.filler)) == 3
    assert len(remind(hours(24))) == 1
    assert "已逾期 24 小时" in told("reminder", world.filler)[-1]
    assert "按迟报计" in Notice.objects.filter(kind="reporting-reminder").order_by("pk").last().text


def test_after_a_pause_only_the_latest_reminder_is_sent(world) -> None:
    world.form()
    world.opened(at(25, month=8))
    assert len(remind(hours(-2))) == 1
    assert len(told("reminder", world.filler)) == 1


def test_what_is_long_past_is_not_chased(world) -> None:
    world.form()
    world.opened(at(25, month=8))
    assert remind(hours(24 * 10)) == []
    assert told("reminder") == []


def test_who_has_submitted_is_left_in_peace(world) -> None:
    world.form()
    answer = world.opened(at(25, month=8))
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(1))
    remind(hours(-24))
    assert told("reminder", world.filler) == []
    assert len(told("reminder", world.other_filler)) == 1


def test_exempt_units_and_frozen_rounds_are_left_in_peace(world) -> None:
    world.form()
    answer = world.opened(at(25, month=8))
    exempt_unit(
        acting_user=world.lead,
        form_id=answer.round.form_id,
        unit_id=world.other.pk,
        first_period="2026-08",
        last_period="2026-08",
        reason="灾后恢复",
    )
    remind(hours(-24))
    assert told("reminder", world.other_filler) == []
    freeze_round(acting_user=world.lead, round_id=answer.round_id, now=hours(-5))
    assert remind(hours(-3)) == []


def test_one_person_with_several_units_gets_one_message(world) -> None:
    world.form()
    Membership.objects.create(user=world.filler, unit=world.other, role=Role.REPORTER)
    world.opened(at(25, month=8))
    [notice] = Notice.objects.filter(recipient=world.filler)
    assert "青石县、白水县" in notice.text
    assert notice.url == "/returns?form=monthly"


def test_the_missing_are_named_to_the_lead_unit_and_its_robot(world) -> None:
    world.form()
    world.opened(at(25, month=8))
    with robot() as there:
        Webhook.objects.create(
            unit=world.department, name="群", url=there.url, style="wecom", created_by=world.coordinator
        )
        remind(hours(1))
        remind(hours(2))
        assert deliver_due()[0] == 1
        assert deliver_due()[0] == 0
    assert told("missing", world.lead) == ["《市场主体月报》2026年8月 2 个单位未报"]
    [(_, _, body)] = there.received
    assert "青石县" in body and "白水县" in body


def test_who_is_asked_for_a_correction_is_chased_but_not_named_as_missing(world) -> None:
    world.form(stages=("lead",))
    answer = world.opened(at(25, month=8))
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(1))
    send_back(acting_user=world.lead, answer_id=answer.pk, reason="再核", now=at(3))
    remind(hours(24))
    notice = Notice.objects.get(kind="reporting-missing", recipient=world.lead)
    assert (notice.title, notice.text) == ("《市场主体月报》2026年8月 1 个单位未报", "白水县")
    texts = dict(Notice.objects.filter(kind="reporting-reminder").values_list("recipient__username", "text"))
    assert texts["filler"] == "青石县（退回待更正）。退回的请按意见更正后重新报送。"
    assert texts["other"].startswith("白水县。截止") and "按迟报计" in texts["other"]


def test_nobody_is_named_where_all_have_reported(world) -> None:
    world.form(stages=("lead",), reporters=(world.county,))
    answer = world.opened(at(25, month=8))
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(1))
    send_back(acting_user=world.lead, answer_id=answer.pk, reason="再核", now=at(3))
    remind(hours(24))
    assert told("missing") == []
    assert len(told("reminder", world.filler)) == 1


def test_by_hand_and_not_twice_within_the_hour(world) -> None:
    world.form()
    answer = world.opened(at(25, month=8))
    chosen = {"acting_user": world.lead, "round_id": answer.round_id, "unit_ids": [world.county.pk], "now": at(1)}
    assert remind_now(**chosen).people == 2
    assert remind_now(**chosen).people == 0
    assert told("reminder", world.other_filler) == []
    assert remind_now(acting_user=world.lead, round_id=answer.round_id, now=at(1, 11)) == Reminded(3, 2, 0)
    assert Entry.objects.filter(action="催报").count() == 2
    with pytest.raises(PermissionDenied):
        remind_now(acting_user=world.filler, round_id=answer.round_id)


def test_each_stage_hears_of_what_waits_for_it(world) -> None:
    world.form()
    answer = world.opened(at(25, month=8))
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(1))
    assert told("waiting", world.reviewer) == ["青石县的《市场主体月报》2026年8月 待审核"]
    assert told("waiting", world.lead) == []
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk, now=at(1, 10))
    assert len(told("waiting", world.lead)) == 1
    assert unread(world.reviewer) == [], "what is done no longer calls"
    assert [notice.title for notice in unread(world.lead)] == ["《市场主体月报》2026年8月 有报表待审核"]


def test_the_county_hears_of_what_waits_for_its_stage(world) -> None:
    world.form(stages=("county", "lead"), reporters=(world.township,))
    town_reviewer = world.person("townreviewer", world.township, Role.REVIEWER)
    answer = world.opened(at(25, month=8), unit=world.township)
    submit_return(acting_user=world.town_filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(1))
    assert Return.objects.get(pk=answer.pk).stage == "county"
    assert len(told("waiting", world.reviewer)) == 1
    assert told("waiting", town_reviewer) == []


def test_the_collecting_unit_hears_once_a_day_and_again_of_more(world) -> None:
    world.form(stages=("lead",))
    first = world.opened(at(25, month=8))
    second = Return.objects.get(round=first.round, unit=world.other)
    submit_return(acting_user=world.filler, answer_id=first.pk, channel="web", values=Values(GOOD), now=at(1, 9))
    submit_return(
        acting_user=world.other_filler, answer_id=second.pk, channel="web", values=Values(GOOD), now=at(1, 10)
    )
    assert len(told("waiting", world.lead)) == 1
    pass_stage(acting_user=world.lead, answer_id=first.pk, now=at(1, 11))
    assert len(unread(world.lead)) == 1, "the other still waits"
    pass_stage(acting_user=world.lead, answer_id=second.pk, now=at(1, 12))
    assert unread(world.lead) == []
    reopen_return(acting_user=world.lead, answer_id=second.pk, reason="补正", now=at(1, 13))
    more = Values({**GOOD, "s.firm.n": "11", "s.all.n": "31"})
    submit_return(acting_user=world.other_filler, answer_id=second.pk, channel="web", values=more, now=at(1, 14))
    assert len(unread(world.lead)) == 1, "called again"
    assert len(told("waiting", world.lead)) == 1


def test_a_return_sent_back_is_told_to_its_unit(world) -> None:
    world.form(stages=("lead",))
    answer = world.opened(at(25, month=8))
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(1))
    send_back(acting_user=world.lead, answer_id=answer.pk, reason="请核对企业户数", now=at(1, 10))
    [notice] = Notice.objects.filter(kind="reporting-returned", recipient=world.filler)
    assert "请核对企业户数" in notice.text
    assert notice.url == f"/returns/{answer.pk}"
    assert unread(world.lead) == []
    # Sent back and not corrected, it is chased again.
    assert Return.objects.get(pk=answer.pk).state == "sent-back"
    remind(hours(-24))
    assert len(told("reminder", world.filler)) == 1
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(3))
    assert "reporting-returned" not in {notice.kind for notice in unread(world.filler)}


def test_a_failed_round_leaves_no_message(world) -> None:
    """Messages are written in the transaction of the act: what is rolled back tells nobody."""
    from django.db import transaction

    world.form()
    with pytest.raises(RuntimeError), transaction.atomic():
        world.opened(at(25, month=8))
        raise RuntimeError
    assert not Round.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (DUE, "9月3日24时"),
        (dt.datetime(2026, 9, 4, tzinfo=SHANGHAI), "9月3日24时"),
        (dt.datetime(2026, 9, 3, 17, 30, tzinfo=SHANGHAI), "9月3日 17:30"),
        (dt.datetime(2026, 9, 3, 16, 30, tzinfo=dt.UTC), "9月4日 00:30"),
    ],
)
def test_moments_in_words(moment: dt.datetime, words: str) -> None:
    assert moment_in_words(moment) == words
