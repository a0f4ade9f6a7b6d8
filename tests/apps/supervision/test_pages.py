"""The pages: what they show to whom, what is kept of what was typed, how few queries thousands of orders take."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.plans.models import Instruction
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.models import Clock, Interview, Order, OrderStage, OrderState, OrderStep, Proposal
from luoshi.periods import end_of_day
from tests.apps.supervision.making import World, day, pdf
from tests.apps.supervision.test_escalation import laddered

pytestmark = pytest.mark.django_db
BUDGET = 15


def client(user: Any) -> Client:
    made = Client()
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def text_of(response: Any) -> str:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.parts: list[str] = []

        def handle_data(self, data: str) -> None:
            self.parts.append(data)

    reader = Reader()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.parts).split())


def now_order(world: World, **more: Any) -> Order:
    """An order given out today, ten working days from now."""
    return world.assigned(now=timezone.now(), **more)


def test_the_whole_way_on_pages(world):
    office, worker = client(world.office), client(world.worker)
    plan = world.plan()
    form = {
        "owner": "ylz",
        "units": "qsx",
        "title": "加快项目开工",
        "text": "请限期开工。",
        "origin": "plan",
        "clock": "ordinary",
        "measure": str(plan.measures.get().pk),
        "give": "yes",
    }
    response = office.post("/orders/new", form)
    order = Order.objects.get()
    assert response.headers["Location"] == f"/orders/{order.pk}"
    assert (order.state, order.measure, order.plan) == (OrderState.ASSIGNED, plan.measures.get(), plan)
    page = f"/orders/{order.pk}"
    assert "签收" in text_of(worker.get(page))
    worker.post(f"{page}/accept", {"handler": "李平", "revision": order.revision})
    assert worker.post(f"{page}/report", {"text": "已开工一半。", "files": [pdf()]}).status_code == 302
    assert (
        worker.post(f"{page}/answer", {"text": "已全部开工。", "stage": "1", "files": [pdf("证明.pdf")]}).status_code
        == 302
    )
    shown = text_of(office.get(page))
    for said in ("已全部开工。", "证明.pdf", "属实，销号", "退回重办", "李平", "督〔"):
        assert said in shown
    order.refresh_from_db()
    assert office.post(f"{page}/close", {"revision": order.revision}).status_code == 302
    shown = text_of(worker.get(page))
    assert "已销号" in shown and "属实，销号" not in shown
    evidence = order.steps.get(action="answer").evidence.get()
    file = worker.get(f"{page}/evidence/{evidence.pk}")
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert client(world.other_worker).get(f"{page}/evidence/{evidence.pk}").status_code == 404


def test_what_is_refused_is_said_and_what_was_typed_is_kept(world):
    office, worker = client(world.office), client(world.worker)
    response = office.post(
        "/orders/new", {"owner": "ylz", "units": "qsx;没有的单位", "title": "催开工", "text": "我写的要求"}
    )
    assert response.status_code == 422
    assert "我写的要求" in response.content.decode()
    assert "没有找到单位" in text_of(response)
    order = now_order(world)
    page = f"/orders/{order.pk}"
    response = worker.post(f"{page}/answer", {"text": "我写的结果", "stage": "1"})
    assert response.status_code == 409
    assert "此件还没有签收，不能报结；请先签收。" in text_of(response)
    worker.post(f"{page}/accept")
    response = worker.post(f"{page}/extension", {"until": "1999-13-40", "text": "雨季"})
    assert response.status_code == 422
    assert "日期有误" in text_of(response) and "雨季" in response.content.decode()
    response = worker.post(f"{page}/answer", {"text": "我写的结果", "stage": "7"})
    assert response.status_code == 409
    assert "我写的结果" in response.content.decode()
    assert worker.post(f"{page}/close").status_code == 403
    assert client(world.town_worker).get(page).status_code == 404
    assert client(world.other_worker).post(f"{page}/accept").status_code == 404


def test_the_form_begins_with_what_it_comes_from(world):
    office = client(world.office)
    plan = world.plan()
    remark = Instruction.objects.create(plan=plan, author=world.leader, text="抓紧开工。")
    shown = office.get(f"/orders/new?instruction={remark.pk}").content.decode()
    assert "leader同志批示：抓紧开工。" in shown
    assert '<option value="instruction" selected>' in shown
    assert '<option value="urgent" selected>' in shown
    target = plan.targets.get()
    shown = office.get(f"/orders/new?target={target.pk}&units=qsx,bsx").content.decode()
    assert "加快完成“开工项目”目标" in shown or "加快完成&ldquo;" in shown
    assert "青石县" in shown and "白水县" in shown
    assert "原文" in shown
    assert "出处" not in text_of(office.get("/orders/new?target=999999"))
    assert '<option value="congress" selected>' in office.get("/orders/new?origin=congress").content.decode()
    assert client(world.worker).get("/orders/new").status_code == 403


def test_due_days_are_shown_with_what_they_rest_on(world):
    office = client(world.office)
    shown = text_of(office.get("/orders/due", {"clock": "congress"}))
    assert "研究处理方案" in shown and "3个月内" in shown
    shown = text_of(office.get("/orders/due", {"due_on": "2031-06-02"}))
    assert "2031年放假安排未收录" in shown
    shown = text_of(office.get("/orders/due", {"due_on": "2026-10-02"}))
    assert "是休息日，不顺延" in shown


def test_the_page_of_the_day(world):
    order = now_order(world)
    office, worker = client(world.office), client(world.worker)
    assert "新交办待签收" in text_of(office.get("/orders"))
    assert "待我单位签收" in text_of(worker.get("/orders"))
    actions.accept_order(acting_user=world.worker, order_id=order.pk)
    actions.ask_extension(
        acting_user=world.worker,
        order_id=order.pk,
        until=timezone.localdate() + dt.timedelta(days=40),
        reason="雨季",
    )
    assert "待批延期" in text_of(office.get("/orders"))
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已办。")
    assert "待我审核" in text_of(office.get("/orders"))
    assert "待我审核" not in text_of(worker.get("/orders"))
    assert "去审核" in text_of(office.get("/orders/bench")) or "审核" in text_of(office.get("/orders/bench"))
    assert text_of(client(world.stranger).get("/orders/bench")) == ""


def test_the_list_is_narrowed_by_its_address(world):
    first = now_order(world, title="甲事项", origin="congress")
    now_order(world, title="乙事项", unit=world.other)
    Order.objects.filter(pk=first.pk).update(due_at=timezone.now() - dt.timedelta(days=3))
    office = client(world.office)

    def listed(query: str) -> list[str]:
        shown = text_of(office.get(f"/orders/all?{query}"))
        return [title for title in ("甲事项", "乙事项") if title in shown]

    assert listed("") == ["甲事项", "乙事项"]
    assert listed("due=overdue") == listed("origin=congress") == listed("text=甲") == listed("unit=qsx") == ["甲事项"]
    assert listed("state=assigned") == ["甲事项", "乙事项"]
    assert listed("text=督〔2026〕2号".replace("督〔2026〕", "")) == ["乙事项"]
    assert listed("state=closed") == []
    assert listed("state=nonsense&due=x&plan=x&page=99999999999") == ["甲事项", "乙事项"]
    assert "逾期 3 天" in text_of(office.get("/orders/all"))
    book = office.get("/orders/all.xlsx?due=overdue")
    content = b"".join(book.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        strings = b"".join(package.read(name) for name in package.namelist() if name.endswith(".xml")).decode()
    assert "甲事项" in strings and "乙事项" not in strings


def test_the_printed_order(world):
    order = now_order(world, supporting=[world.other], is_urgent=True)
    first = client(world.worker).get(f"/orders/{order.pk}/print.docx")
    assert first.headers["Content-Disposition"].startswith("attachment")
    from luoshi.publishing import contents

    assert first.content == client(world.office).get(f"/orders/{order.pk}/print.docx").content, "the same bytes"
    said = "\n".join(line.text if hasattr(line, "text") else str(line) for line in contents(first.content).blocks)
    for part in ("督办单", order.number, "加快项目开工", "白水县", "特急", "10个工作日内"):
        assert part in said, part
    draft = actions.draft_order(acting_user=world.office, owner=world.root, unit=world.county, wanted=world.wanted())
    assert client(world.office).get(f"/orders/{draft.pk}/print.docx").status_code == 404


def test_proposals_on_pages(world):
    laddered(world)
    order = world.in_work(plan=world.plan())
    Order.objects.filter(pk=order.pk).update(due_at=timezone.now() - dt.timedelta(days=3))
    past = timezone.now() - dt.timedelta(days=3)
    OrderStage.objects.filter(order=order).update(due_at=past)
    list(actions.propose_escalations(lights=False))
    proposal = Proposal.objects.get()
    office = client(world.office)
    assert "没有报结" in text_of(office.get("/escalations"))
    assert "没有报结" not in text_of(client(world.worker).get("/escalations"))
    response = office.post(f"/escalations/{proposal.pk}/take", {"rung": "bulletin", "reason": ""})
    assert response.status_code == 422
    assert "改为通报须写明理由" in text_of(response)
    response = office.post(f"/escalations/{proposal.pk}/take", {"rung": "interview", "reason": "屡次"})
    assert response.headers["Location"].startswith("/interviews/new?proposal=")
    shown = office.get(response.headers["Location"]).content.decode()
    assert "青石县主要负责人" in shown and "屡次" in shown
    data = {
        "proposal": proposal.pk,
        "owner": "ylz",
        "unit": "qsx",
        "subject": "督办逾期",
        "persons": "主要负责人",
        "interviewers": "分管领导",
        "held_at": "2026-12-01T09:00",
        "reason": "屡次",
    }
    response = office.post("/interviews/new", data)
    interview = Interview.objects.get()
    assert response.headers["Location"] == f"/interviews/{interview.pk}"
    page = response.headers["Location"]
    assert client(world.worker).get(page).status_code == 200
    assert client(world.town_worker).get(page).status_code == 404
    assert "办理" not in text_of(client(world.worker).get(page))
    assert office.post(f"{page}/record", {"text": "", "revision": "0"}).status_code == 422
    assert (
        office.post(f"{page}/record", {"text": "谈话", "demands": "整改", "rectify_by": "2026-12-20"}).status_code
        == 302
    )
    assert office.post(f"{page}/close", {"text": "到位"}).status_code == 302
    assert "督办逾期" in text_of(office.get("/interviews?state=closed"))
    assert office.post(f"/escalations/{proposal.pk}/dismiss", {"reason": "否"}).status_code == 409


def test_ladders_on_pages(world):
    office, plan = client(world.office), world.plan()
    assert "再次迟报" in text_of(office.get("/ladders"))
    assert client(world.worker).get("/ladders").status_code == 403
    assert client(world.worker).get(f"/plans/{plan.pk}/ladder").status_code == 404
    ladder = world.ladder("late-returns")
    response = office.post(
        f"/plans/{plan.pk}/ladder",
        {"ladder": ladder.pk, "triggers": ["late-again"], "since": "2026-01-01", "revision": "none"},
    )
    assert response.status_code == 302
    assert plan.ladder.triggers == ["late-again"]
    assert "报送纪律" in text_of(office.get(f"/plans/{plan.pk}/ladder"))
    data = {"owner": "ylz", "name": "从严", "light-red-1": "interview", "light-red-2": "accountability"}
    assert office.post("/ladders/new", data).status_code == 302
    response = office.post("/ladders/new", {"owner": "ylz", "name": "空的"})
    assert response.status_code == 422 and "空的" in response.content.decode()
    assert office.post(f"/plans/{plan.pk}/ladder/stop").status_code == 302


def test_the_ladder_of_an_office_on_pages(world):
    office = client(world.office)
    page = f"/ladders/office/{world.root.pk}"
    assert "云岭州不属方案的事项还没有选定阶梯" in text_of(office.get(page))
    assert "亮红灯 " not in text_of(office.get(page)), "lights belong to plans"
    assert client(world.chief).get(page).status_code == 404
    data = {"ladder": world.ladder().pk, "triggers": ["order-overdue"], "since": "2026-01-01", "revision": "none"}
    assert office.post(page, data).status_code == 302
    assert office.post(page, data).status_code == 409, "somebody has chosen since"
    assert "云岭州不属方案的事项 自 2026-01-01" in text_of(office.get("/ladders"))
    order = world.in_work()
    Proposal.objects.create(
        office=world.root,
        ladder=world.ladder(),
        unit=world.county,
        trigger="order-overdue",
        count=2,
        rung="bulletin",
        sentence="督办事项逾期两次。",
        event=f"order:{order.pk}:1:20260915",
        order=order,
        proposed_at=timezone.now(),
    )
    shown = text_of(office.get("/escalations?plan=none"))
    assert "督办事项逾期两次" in shown and "云岭州不属方案的事项" in shown
    assert "督办事项逾期两次" not in text_of(office.get(f"/escalations?plan={world.plan().pk}"))
    assert "督办事项逾期两次" in text_of(office.get("/orders"))
    proposal = Proposal.objects.get()
    assert "云岭州不属方案的事项督办事项逾期" in office.get(f"/interviews/new?proposal={proposal.pk}").content.decode()
    drawn = office.post(f"/escalations/{proposal.pk}/take", {"rung": "bulletin", "revision": "0"})
    assert drawn.headers["Location"] == f"/bulletins/new?kind=supervision&proposals={proposal.pk}"
    assert office.post(f"{page}/stop").status_code == 302
    assert not world.root.proposals_decided.filter(state="proposed").exists()


def test_clocks_on_pages(world):
    office, chief = client(world.office), client(world.chief)
    shown = text_of(office.get("/clocks"))
    assert "研究处理方案15日内，办理结果3个月内" in shown and "预置" in shown
    assert client(world.worker).get("/clocks").status_code == 403
    ordinary = Clock.objects.get(key="ordinary")
    assert office.get(f"/clocks/{ordinary.pk}").status_code == 403, "what ships is copied, not changed"
    assert 'value="一般督办事项（调整）"' in office.get(f"/clocks/new?from={ordinary.pk}").content.decode()
    data = {
        "owner": "ylz",
        "name": "重点项目",
        "accept_days": "2",
        "title-1": "办理方案",
        "length-1": "5",
        "counting-1": "working",
        "title-3": "办理结果",
        "length-3": "2",
        "counting-3": "months",
        "shift-3": "on",
    }
    refused = office.post("/clocks/new", data | {"length-3": "两"})
    assert refused.status_code == 422 and "办理结果" in text_of(refused)
    assert 'value="两"' in refused.content.decode(), "what was typed is kept"
    assert office.post("/clocks/new", data).status_code == 302
    clock = Clock.objects.get(name="重点项目")
    assert clock.stages == [
        {"title": "办理方案", "days": 5, "working": True},
        {"title": "办理结果", "months": 2, "shift": "next-working-day"},
    ]
    # It stands beside the shipped ones, is counted by, and is another office's no business.
    assert "重点项目" in office.get("/orders/new").content.decode()
    assert "重点项目" not in chief.get("/orders/new").content.decode()
    assert chief.get(f"/clocks/{clock.pk}").status_code == 404
    order = world.assigned(clock=clock)
    assert [stage.due_at.date() for stage in order.stages.all()] == [day(8), day(2, month=11)]
    changed = data | {"length-1": "3", "revision": "0"}
    assert office.post(f"/clocks/{clock.pk}", changed).status_code == 302
    assert office.post(f"/clocks/{clock.pk}", changed).status_code == 409, "somebody has changed it since"
    assert order.stages.get(ordinal=1).due_at.date() == day(8), "what was given out keeps its due days"
    assert office.post(f"/clocks/{clock.pk}/stop").status_code == 302
    assert f'value="{clock.key}"' not in office.get("/orders/new").content.decode()
    assert "重点项目" in text_of(office.get("/clocks")), "among those stopped"
    assert office.post(f"/clocks/{clock.pk}/stop", {"active": "1"}).status_code == 302
    assert Clock.objects.get(pk=clock.pk).is_active


def test_laggards_from_slow_to_fast(world):
    """Classes by the plan's lights, the slowest first; the slow ones are ticked, but those already supervised."""
    target = world.measured(
        {world.county: {7: 12, 8: 3}, world.other: {7: 12, 8: 14}, world.township: {7: 3, 8: 4}, world.bureau: {7: 12}}
    )
    world.assigned(unit=world.county, target=target, plan=world.plan())
    office = client(world.office)
    page = office.get(f"/orders/laggards?target={target.pk}&period=2026-08")
    shown = text_of(page)
    places = [shown.index(word) for word in ("未报 1", "明显滞后 2", "达到时序 1")]
    assert places == sorted(places)
    assert shown.index("青石县", places[1]) < shown.index("河川镇", places[1]) < shown.index("白水县", places[2])
    html = page.content.decode()
    assert 'data-unit="qsx-hcz" aria-label="选择河川镇" checked' in html
    assert 'data-unit="qsx" aria-label="选择青石县">' in html, "there is an order about it already"
    assert "督〔2026〕1号" in shown
    july = text_of(office.get(f"/orders/laggards?target={target.pk}&period=2026-07"))
    assert "达到时序 3" in july and "明显滞后 1" in july and "未报 " not in july
    # A lead sees it of its own plans; who reports does not; what is nobody's is empty, not an error.
    assert client(world.worker).get("/orders/laggards").status_code == 403
    assert "没有可以排序的目标" in text_of(office.get("/orders/laggards?target=999999"))
    assert "督办勾选的单位" not in text_of(client(world.leader).get(f"/orders/laggards?target={target.pk}"))


def test_duties_on_pages(world):
    office, worker = client(world.office), client(world.worker)
    assert "深入一线推动工作" in text_of(office.get("/duties"))
    shown = office.get("/duties/new?from=research-90").content.decode()
    assert 'value="90"' in shown
    data = {"owner": "ylz", "name": "一线", "cadence": "monthly", "count": "3", "measure_word": "次"}
    page = office.post("/duties/new", data).headers["Location"]
    people = {"unit": "qsx", "people": "何敏 县长\n苏岚 副县长 1", "first_day": "2026-01-01"}
    assert office.post(f"{page}/holders", people).status_code == 302
    response = office.post(f"{page}/holders", people)
    assert response.status_code == 422 and "已在名单里" in text_of(response)
    holder = world.county.duty_holders.get(name="何敏")
    today = timezone.localdate().isoformat()
    entry = {"holder": holder.pk, "day": today, "amount": "1", "text": "到工地", "file": pdf()}
    assert worker.post(f"{page}/entries", entry).status_code == 302
    assert "到工地" in text_of(worker.get(page))
    response = worker.post(f"{page}/entries", entry | {"day": "2999-01-01"})
    assert response.status_code == 422
    assert client(world.other_worker).get(page).status_code == 404
    row = holder.entries.get()
    assert b"".join(worker.get(f"/duties/entries/{row.pk}/file").streaming_content).startswith(b"%PDF")
    assert worker.post(f"/duties/entries/{row.pk}/withdraw", {"reason": "重复"}).status_code == 302
    assert "已撤销：重复" in text_of(worker.get(page))
    assert "何敏" in text_of(office.get("/duties/board"))
    assert office.get(f"{page}/board.xlsx").status_code == 200


# Query budgets -----------------------------------------------------------------------------------------------------


@pytest.fixture
def crowded(world: World) -> World:
    """The world with 3,000 orders of all states, half of them overdue, and 200 proposals."""
    now = timezone.now()
    plan = world.plan()
    ladder = world.ladder()
    units = (world.county, world.other, world.township, world.bureau)
    states = [state for state in OrderState if state != OrderState.WITHDRAWN]
    orders = [
        Order(
            owner=world.root,
            unit=units[number // 6 % 4],
            title=f"事项{number}",
            text="要求",
            origin="hand",
            plan=plan,
            state=states[number % len(states)],
            year=2026,
            serial=number + 1,
            due_at=now + dt.timedelta(days=number % 40 - 20),
            assigned_at=now - dt.timedelta(hours=number % 100),
            created_by=world.office,
        )
        for number in range(3000)
    ]
    Order.objects.bulk_create(orders, batch_size=500)
    OrderStage.objects.bulk_create(
        [
            OrderStage(order=order, ordinal=1, title="办理结果", first_due_at=order.due_at, due_at=order.due_at)
            for order in orders
        ],
        batch_size=500,
    )
    OrderStep.objects.bulk_create(
        [
            OrderStep(order=order, action="answer", from_state="in-work", to_state="answered", by=world.worker, at=now)
            for order in orders
        ],
        batch_size=500,
    )
    Proposal.objects.bulk_create(
        Proposal(
            plan=plan,
            ladder=ladder,
            unit=units[number % 4],
            trigger="order-overdue",
            count=1,
            rung="reminder",
            sentence="逾期",
            event=f"order:{orders[number].pk}:1",
            order=orders[number],
            proposed_at=now,
        )
        for number in range(200)
    )
    return world


PAGES = (
    "/orders",
    "/orders/all",
    "/orders/all?due=overdue&sort=unit",
    "/orders/bench",
    "/orders/about?plan={plan}",
    "/orders/{order}",
    "/escalations",
    "/interviews",
    "/accountabilities",
    "/duties",
    "/duties/board",
    "/ladders",
    "/clocks",
    "/orders/laggards",
    "/orders/laggards?target={target}&period=2026-08",
)


@pytest.mark.parametrize("person", ["office", "worker", "leader"])
def test_few_queries_at_thousands_of_orders(crowded, person):
    order = Order.objects.filter(unit=crowded.county, state=OrderState.ANSWERED).first()
    target = crowded.measured({unit: {7: 12, 8: 3} for unit in (crowded.county, crowded.other, crowded.township)})
    browser = client(getattr(crowded, person))
    too_many = []
    for page in PAGES:
        address = page.format(plan=crowded.plan().pk, order=order.pk, target=target.pk)
        if browser.get(address).status_code == 403 and person == "worker":  # also reads what a process keeps
            continue
        with CaptureQueriesContext(connection) as asked:
            response = browser.get(address)
        assert response.status_code == 200, address
        if len(asked) > BUDGET:
            said = "\n".join(query["sql"][:300] for query in asked)
            too_many.append(f"{len(asked)} queries for {address}:\n{said}")
    assert not too_many, "\n\n".join(too_many)


def test_few_queries_to_write_a_new_order(crowded):
    browser = client(crowded.office)
    target = crowded.plan().targets.get()
    browser.get(f"/orders/new?target={target.pk}")
    with CaptureQueriesContext(connection) as asked:
        browser.get(f"/orders/new?target={target.pk}")
    assert len(asked) <= BUDGET, "\n".join(query["sql"][:200] for query in asked)


def test_results_of_a_month(world):
    """What bulletins ask for: closed, in time, overdue, as it stood at the end of the month."""
    from luoshi.apps.supervision.queries import results
    from luoshi.periods import Period
    from tests.apps.supervision.making import at

    closed = world.answered()
    actions.close_order(acting_user=world.office, order_id=closed.pk, now=at(8))
    late = world.in_work()
    world.assigned(now=at(20), unit=world.other)
    actions.answer_order(acting_user=world.worker, order_id=late.pk, text="迟了", now=at(3, month=10))
    found = results(world.root, Period.parse("2026-09"), as_of=at(5, month=10))
    rows = {row.unit.key: row for row in found.units}
    county = rows["qsx"]
    assert (county.given, county.closed, county.closed_in_time, county.open, county.overdue) == (2, 1, 1, 1, 1)
    assert (rows["bsx"].given, rows["bsx"].overdue) == (1, 0)
    october = results(world.root, Period.parse("2026-10"), as_of=at(5, month=10))
    assert {row.unit.key: (row.given, row.closed, row.open) for row in october.units} == {
        "qsx": (0, 0, 1),
        "bsx": (0, 0, 1),
    }
    assert found.as_of == end_of_day(day(30))
    forget_directory()
