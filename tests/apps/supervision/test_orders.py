"""Orders from draft to closed: numbers, stages, who may do what, sub-orders, extensions, evidence, notices, journal."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.http import Http404

from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.models import Notice
from luoshi.apps.plans.models import Instruction
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.errors import NotNow, Stale
from luoshi.apps.supervision.models import Clock, Extension, Order, OrderEvidence, OrderStage, OrderState, OrderStep
from luoshi.apps.supervision.policies import may_assign_below, may_review, may_work, visible_orders
from luoshi.periods import local_date
from tests.apps.supervision.making import at, day, pdf

pytestmark = pytest.mark.django_db


def unread(user) -> list[str]:
    return list(Notice.objects.filter(recipient=user, read_at=None).order_by("pk").values_list("kind", flat=True))


def steps(order) -> list[str]:
    return list(OrderStep.objects.filter(order=order).values_list("action", flat=True))


def test_from_draft_to_closed(world):
    order = actions.draft_order(
        acting_user=world.office, owner=world.root, unit=world.county, wanted=world.wanted(), now=at(1)
    )
    assert (order.state, order.number) == (OrderState.DRAFT, "")
    assert not visible_orders(world.worker).exists(), "nobody but the office sees a draft"
    order = actions.assign_order(acting_user=world.office, order_id=order.pk, revision=0, now=at(1))
    assert order.number == "督〔2026〕1号"
    assert local_date(order.due_at) == day(15), "ten working days after 1 September"
    assert local_date(order.accept_by) == day(2)
    assert unread(world.worker) == unread(world.chief) == ["supervision-assigned"]
    assert not unread(world.other_worker)
    actions.accept_order(acting_user=world.worker, order_id=order.pk, handler="李平", now=at(1, 10))
    assert not unread(world.chief), "who was asked to accept need not any more"
    actions.report_on_order(acting_user=world.worker, order_id=order.pk, text="已开工12个。", files=[pdf()], now=at(3))
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已全部开工。", stage=1, now=at(7))
    assert unread(world.office) == unread(world.second_office) == ["supervision-waiting"]
    order = actions.close_order(acting_user=world.office, order_id=order.pk, text="属实", now=at(8))
    assert (order.state, order.closed_at) == (OrderState.CLOSED, at(8))
    assert not unread(world.second_office)
    assert steps(order) == ["assign", "accept", "report", "answer", "close"]
    stage = order.stages.get()
    assert (stage.answered_at, stage.passed_at) == (at(7), at(8))
    assert verify().ok
    assert Entry.objects.filter(object_type="supervision.order", object_id=str(order.pk)).count() == 6


def test_two_stages_are_passed_one_after_the_other(world):
    order = world.in_work(clock=Clock.objects.get(key="congress"), origin="congress")
    first, second = order.stages.all()
    assert (local_date(first.due_at), local_date(second.due_at)) == (day(16), day(1, month=12))
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="方案如下。", now=at(9))
    with pytest.raises(NotNow, match="后面还有环节"):
        actions.close_order(acting_user=world.office, order_id=order.pk, now=at(10))
    order = actions.pass_stage(acting_user=world.office, order_id=order.pk, now=at(10))
    assert (order.state, order.stage, order.due_at) == (OrderState.IN_WORK, 2, second.due_at)
    with pytest.raises(Stale):
        actions.answer_order(acting_user=world.worker, order_id=order.pk, text="再报。", stage=1, now=at(11))
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已办结。", stage=2, now=at(12))
    with pytest.raises(NotNow, match="最后一个环节"):
        actions.pass_stage(acting_user=world.office, order_id=order.pk, now=at(13))
    order = actions.close_order(acting_user=world.office, order_id=order.pk, now=at(13))
    assert order.state == OrderState.CLOSED


def test_who_saw_an_earlier_answer_passes_no_later_one(world):
    order = world.answered()
    seen = order.revision
    actions.send_order_back(acting_user=world.second_office, order_id=order.pk, reason="数字不符", now=at(8))
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已更正。", now=at(9))
    with pytest.raises(Stale, match="刚刚有人办理过"):
        actions.close_order(acting_user=world.office, order_id=order.pk, revision=seen, now=at(9))


def test_sent_back_with_another_day_and_the_first_answer_counts(world):
    order = world.answered()
    order = actions.send_order_back(
        acting_user=world.office, order_id=order.pk, reason="缺证明", until=day(19), now=at(8)
    )
    assert order.state == OrderState.SENT_BACK
    assert local_date(order.due_at) == day(19)
    assert "是休息日" in order.stages.get().note  # a Saturday
    assert "supervision-returned" in unread(world.worker)
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已补。", files=[pdf()], now=at(18))
    assert order.stages.get().answered_at == at(7)
    with pytest.raises(ValidationError, match="退回的理由"):
        actions.send_order_back(acting_user=world.office, order_id=order.pk, reason=" ", now=at(18))


def test_who_answered_does_not_review(world):
    """The county's coordinator hands on to a township, answers for it, and must leave the review to somebody else."""
    order = world.in_work()
    (child,) = actions.assign_below(
        acting_user=world.chief,
        order_id=order.pk,
        units=[world.bureau],
        wanted=world.wanted(due_on=day(10)),
        now=at(2),
    )
    actions.accept_order(acting_user=world.bureau_worker, order_id=child.pk, now=at(2))
    second = world.person("both", world.bureau, "reporter")
    from luoshi.apps.organisations.models import Membership

    Membership.objects.create(user=second, unit=world.county, role="coordinator")
    actions.answer_order(acting_user=second, order_id=child.pk, text="办完了。", now=at(3))
    child.refresh_from_db()
    assert not may_review(second, child)
    with pytest.raises(PermissionDenied, match="须由他人审核"):
        actions.close_order(acting_user=second, order_id=child.pk, now=at(4))
    actions.close_order(acting_user=world.chief, order_id=child.pk, now=at(4))


def test_a_parent_is_closed_only_after_its_children(world):
    order = world.in_work()
    wanted = world.wanted(title="河川镇开工", due_on=day(10))
    (child,) = actions.assign_below(
        acting_user=world.chief, order_id=order.pk, units=[world.township], wanted=wanted, now=at(2)
    )
    assert (child.owner, child.parent, child.number) == (world.county, order, "督〔2026〕1号")
    assert steps(order)[-1] == "assign-below"
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已办。", now=at(7))
    with pytest.raises(NotNow, match="分交的事项还没有销号：河川镇"):
        actions.close_order(acting_user=world.office, order_id=order.pk, now=at(8))
    actions.accept_order(acting_user=world.town_worker, order_id=child.pk, now=at(8))
    actions.answer_order(acting_user=world.town_worker, order_id=child.pk, text="已开工。", now=at(8))
    actions.close_order(acting_user=world.chief, order_id=child.pk, now=at(8))
    actions.close_order(acting_user=world.office, order_id=order.pk, now=at(9))
    with pytest.raises(NotNow, match="上级事项督〔2026〕1号已销号"):
        actions.reopen_order(acting_user=world.chief, order_id=child.pk, reason="反弹", until=day(30), now=at(10))
    actions.reopen_order(acting_user=world.office, order_id=order.pk, reason="反弹", until=day(30), now=at(10))
    actions.reopen_order(acting_user=world.chief, order_id=child.pk, reason="反弹", until=day(29), now=at(10))


@pytest.mark.parametrize(
    ("unit", "due", "message"),
    [
        ("county", 10, "是本件的承办单位或其上级"),
        ("root", 10, "是本件的承办单位或其上级"),
        ("township", 16, "不能晚于本件的期限2026-09-15"),
        ("township", None, "完成期限"),
    ],
)
def test_what_cannot_be_handed_on(world, unit, due, message):
    order = world.in_work()
    wanted = world.wanted(due_on=day(due) if due else None)
    with pytest.raises(ValidationError, match=message):
        actions.assign_below(
            acting_user=world.chief, order_id=order.pk, units=[getattr(world, unit)], wanted=wanted, now=at(2)
        )
    assert Order.objects.count() == 1


def test_withdrawing_takes_back_what_was_handed_on(world):
    order = world.in_work()
    (child,) = actions.assign_below(
        acting_user=world.chief,
        order_id=order.pk,
        units=[world.township],
        wanted=world.wanted(due_on=day(10)),
        now=at(2),
    )
    actions.ask_extension(acting_user=world.worker, order_id=order.pk, until=day(25), reason="雨季", now=at(3))
    actions.withdraw_order(acting_user=world.office, order_id=order.pk, reason="合并办理", now=at(4))
    child.refresh_from_db()
    assert child.state == OrderState.WITHDRAWN
    assert child.steps.last().text == "随上级事项撤销：合并办理"
    assert Extension.objects.get().granted is False
    assert steps(order)[-2:] == ["refuse-extension", "withdraw"]
    with pytest.raises(NotNow, match="已撤销，不能签收"):
        actions.accept_order(acting_user=world.town_worker, order_id=child.pk, now=at(5))


def test_extension_asked_granted_and_refused(world):
    order = world.in_work()
    with pytest.raises(ValidationError, match="须晚于现在的期限2026-09-15"):
        actions.ask_extension(acting_user=world.worker, order_id=order.pk, until=day(15), reason="雨季", now=at(3))
    first = actions.ask_extension(acting_user=world.worker, order_id=order.pk, until=day(25), reason="雨季", now=at(3))
    with pytest.raises(NotNow, match="等待审批"):
        actions.ask_extension(acting_user=world.chief, order_id=order.pk, until=day(28), reason="雨季", now=at(3))
    with pytest.raises(PermissionDenied):
        actions.extend(acting_user=world.worker, extension_id=first.pk, now=at(4))
    actions.extend(acting_user=world.office, extension_id=first.pk, until=day(19), remark="从快", now=at(4))
    order.refresh_from_db()
    stage = order.stages.get()
    assert local_date(order.due_at) == local_date(stage.due_at) == day(19)
    assert local_date(stage.first_due_at) == day(15), "what was first asked stays"
    assert "是休息日" in stage.note  # a Saturday
    with pytest.raises(NotNow, match="已经同意"):
        actions.refuse_extension(acting_user=world.office, extension_id=first.pk, remark="否", now=at(4))
    second = actions.ask_extension(acting_user=world.worker, order_id=order.pk, until=day(27), reason="仍雨", now=at(5))
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="办完了。", now=at(6))
    actions.refuse_extension(acting_user=world.office, extension_id=second.pk, remark="已经够了", now=at(6))
    assert "supervision-waiting" in unread(world.office), "the answer still waits"
    order.refresh_from_db()
    assert (order.state, local_date(order.due_at)) == (OrderState.ANSWERED, day(19))


def test_later_stages_move_where_an_extension_reaches_beyond_them(world):
    order = world.in_work(clock=Clock.objects.get(key="congress"))
    found = actions.ask_extension(
        acting_user=world.worker, order_id=order.pk, until=day(15, month=12), reason="调研", now=at(3)
    )
    actions.extend(acting_user=world.office, extension_id=found.pk, now=at(4))
    assert [local_date(stage.due_at) for stage in order.stages.all()] == [day(15, month=12)] * 2
    assert order.stages.last().note == "随前一环节延至2026-12-15"


def test_numbers_are_counted_by_owner_and_year(world):
    two = actions.issue_orders(
        acting_user=world.office,
        owner=world.root,
        units=[world.county, world.other, world.county],
        wanted=world.wanted(),
        now=at(1),
    )
    assert [order.serial for order in two] == [1, 2], "the same unit twice is one order"
    third = actions.issue_orders(
        acting_user=world.lead, owner=world.department, units=[world.county], wanted=world.wanted(), now=at(2)
    )
    assert third[0].number == "督〔2026〕1号"
    actions.withdraw_order(acting_user=world.office, order_id=two[1].pk, reason="重复", now=at(3))
    assert world.assigned(now=at(4)).serial == 3, "no number is given twice"
    assert world.assigned(now=at(4, month=1, year=2027)).number == "督〔2027〕1号"


def test_who_sees_and_does_what(world):
    order = world.assigned(supporting=[world.other])
    seen = [
        name
        for name in ("office", "leader", "lead", "worker", "chief", "bureau_worker", "town_worker", "other_worker")
        if visible_orders(getattr(world, name)).exists()
    ]
    assert seen == ["office", "leader", "worker", "chief", "bureau_worker", "other_worker"]
    works = [name for name in (*seen, "lead", "town_worker", "stranger") if may_work(getattr(world, name), order)]
    assert works == ["worker", "chief", "bureau_worker"], "the county's departments speak for it, townships do not"
    assert [name for name in seen if may_assign_below(getattr(world, name), order)] == ["chief"]
    with pytest.raises(PermissionDenied, match="承办单位"):
        actions.accept_order(acting_user=world.office, order_id=order.pk, now=at(1))
    with pytest.raises(Http404):
        actions.accept_order(acting_user=world.town_worker, order_id=order.pk, now=at(1))
    actions.accept_order(acting_user=world.bureau_worker, order_id=order.pk, now=at(1))
    step = actions.report_on_order(acting_user=world.other_worker, order_id=order.pk, text="已配合。", now=at(2))
    assert step.for_unit == world.other
    with pytest.raises(PermissionDenied):
        actions.answer_order(acting_user=world.other_worker, order_id=order.pk, text="办完。", now=at(2))
    for act in (actions.chase_order, actions.close_order):
        with pytest.raises(PermissionDenied):
            act(acting_user=world.worker, order_id=order.pk, now=at(2))
    with pytest.raises(PermissionDenied):
        actions.draft_order(
            acting_user=world.worker, owner=world.county, unit=world.township, wanted=world.wanted(), now=at(2)
        )


def test_where_it_came_from(world):
    plan = world.plan()
    measure, target = plan.measures.get(), plan.targets.get()
    remark = Instruction.objects.create(plan=plan, measure=measure, author=world.leader, text="抓紧办理。")
    order = world.assigned(origin="instruction", instruction=remark, origin_text="州领导批示")
    assert (order.plan, order.measure, order.target) == (plan, measure, None)
    assert world.assigned(origin="plan", target=target).plan == plan


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"title": " "}, "请写明事项"),
        ({"title": "字" * 201}, "事项不能超过200字，现有201字"),
        ({"text": "\x00"}, "不能保存的字符"),
        ({"origin": "rumour"}, "请选择来源"),
        ({"due_on": day(31, month=8)}, "已经过去"),
        ({"due_on": day(1, year=2036)}, "最多三年"),
        ({"clock": None, "due_on": None}, "请选择办理时限"),
    ],
)
def test_what_is_refused(world, wanted, message):
    with pytest.raises(ValidationError, match=message):
        world.assigned(**wanted)
    assert not Order.objects.exists()


def test_a_draft_is_changed_until_it_is_given_out(world):
    order = actions.draft_order(
        acting_user=world.office, owner=world.root, unit=world.county, wanted=world.wanted(), now=at(1)
    )
    more = {"acting_user": world.office, "order_id": order.pk, "now": at(1)}
    actions.edit_draft(**more, unit=world.other, wanted=world.wanted(title="改过", due_on=day(9)), revision=0)
    with pytest.raises(Stale):
        actions.edit_draft(**more, unit=world.other, wanted=world.wanted(), revision=0)
    order = actions.assign_order(acting_user=world.office, order_id=order.pk, now=at(2))
    assert (order.unit, order.title, local_date(order.due_at)) == (world.other, "改过", day(9))
    with pytest.raises(NotNow, match="已经交办"):
        actions.edit_draft(**more, unit=world.other, wanted=world.wanted())


def test_chasing(world):
    order = world.assigned()
    step = actions.chase_order(acting_user=world.office, order_id=order.pk, text="请尽快签收", now=at(3))
    assert step.to_state == OrderState.ASSIGNED
    assert unread(world.worker) == ["supervision-assigned", "supervision-chased"]
    with pytest.raises(NotNow, match="一小时内"):
        actions.chase_order(acting_user=world.second_office, order_id=order.pk, now=at(3))


def test_the_program_reminds(world):
    order = world.assigned()
    assert list(actions.remind_orders(now=at(2))) == []
    assert list(actions.remind_orders(now=at(3))), "not accepted by the end of the 2nd"
    assert list(actions.remind_orders(now=at(3))) == []
    actions.accept_order(acting_user=world.worker, order_id=order.pk, now=at(3))
    told = [len(list(actions.remind_orders(now=at(number)))) for number in range(11, 25)]
    # Three days and a day before the 15th, on the day; a day overdue, and after seven.
    assert [number for number, some in zip(range(11, 25), told, strict=True) if some] == [12, 14, 15, 16, 22]
    assert Notice.objects.filter(recipient=world.office, kind="supervision-chased").count() == 1
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已办。", now=at(24))
    assert not Notice.objects.filter(recipient=world.worker, read_at=None).exists()
    assert verify().ok


def test_evidence(world):
    order = world.in_work()
    step = actions.report_on_order(
        acting_user=world.worker, order_id=order.pk, text="见附件。", files=[pdf("a.pdf"), pdf("b.pdf")], now=at(2)
    )
    actions.attach_order_evidence(acting_user=world.worker, step_id=step.pk, file=pdf("c.pdf"))
    assert [row.name for row in step.evidence.all()] == ["a.pdf", "b.pdf", "c.pdf"]
    assert len(OrderEvidence.objects.first().sha256) == 64
    with pytest.raises(PermissionDenied, match="自己写的"):
        actions.attach_order_evidence(acting_user=world.chief, step_id=step.pk, file=pdf())
    bad = SimpleUploadedFile("x.exe", b"MZ")
    for files in ([bad], [SimpleUploadedFile("x.pdf", b"MZ")], [SimpleUploadedFile("x.pdf", b"")], [pdf()] * 11):
        with pytest.raises(ValidationError):
            actions.answer_order(acting_user=world.worker, order_id=order.pk, text="见附件。", files=files, now=at(2))
    assert not order.steps.filter(action="answer").exists(), "all or nothing"


def test_steps_can_be_neither_changed_nor_deleted(world):
    order = world.assigned()
    step = order.steps.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        OrderStep.objects.filter(pk=step.pk).update(text="别的")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        OrderStep.objects.filter(pk=step.pk).delete()
    assert OrderStage.objects.filter(order=order).count() == 1
