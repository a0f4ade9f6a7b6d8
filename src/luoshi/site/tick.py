"""What has to happen from time to time; safe to repeat, catches up after a pause.

Each step stands alone: one that fails is logged and said, and the others are done all the same.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from luoshi.apps.dispatch.ticking import run as run_dispatch
from luoshi.apps.intake.actions import requeue_stalled
from luoshi.apps.investment.actions import remind_leads
from luoshi.apps.notices.actions import deliver_due
from luoshi.apps.projects.actions import read_returns
from luoshi.apps.reporting.actions import open_rounds
from luoshi.apps.reporting.reminders import remind_due
from luoshi.apps.supervision.actions import propose_escalations, remind_orders
from luoshi.apps.targets.actions import resume_jobs
from luoshi.periods import Period

logger = logging.getLogger(__name__)

#: Results of finished jobs are of interest for some days only.
KEEP_RESULTS = dt.timedelta(days=14)


def _readings() -> Iterator[str]:
    if requeued := requeue_stalled():
        yield f"接续了 {requeued} 份中断的读取。"


def _letters() -> Iterator[str]:
    if resumed := resume_jobs():
        yield f"接续了 {resumed} 次中断的责任书生成。"


def _rounds() -> Iterator[str]:
    for opened in open_rounds():
        yield f"开放了《{opened.form.title}》{Period.parse(opened.period).label}的填报。"


def _leads() -> Iterator[str]:
    if told := remind_leads(timezone.now()):
        yield f"提醒了 {told} 人联系投资方。"


def _months() -> Iterator[str]:
    if taken := read_returns():
        yield f"从报表读出 {taken} 条项目进展。"


def _messages() -> Iterator[str]:
    sent, failed = deliver_due()
    if sent or failed:
        yield f"发出 {sent} 条消息" + (f"，{failed} 条未送达，稍后再试。" if failed else "。")


def _sessions() -> Iterator[str]:
    removed, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    if removed:
        yield f"清理了 {removed} 个过期会话。"


def _results() -> Iterator[str]:
    finished, _ = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()
    if finished:
        yield f"清理了 {finished} 条旧的任务结果。"


#: In this order: what is opened late is chased at once, and what is chased leaves the site at once.
STEPS: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
    ("接续读取", _readings),
    ("接续责任书", _letters),
    ("开放报期", _rounds),
    ("催报", remind_due),
    ("预警和调度", run_dispatch),
    ("项目进展", _months),
    ("督办提醒", remind_orders),
    ("升级建议", propose_escalations),
    ("招商线索提醒", _leads),
    ("发送消息", _messages),
    ("清理会话", _sessions),
    ("清理任务", _results),
)


def tick() -> Iterator[str]:
    """Do what is due; one Chinese line for each thing done, and for each step that failed."""
    for name, step in STEPS:
        try:
            yield from step()
        except Exception:
            logger.exception("tick: %s", name)
            yield f"“{name}”没有做完，原因已记入日志；下次再试。"
