"""What has to happen from time to time; safe to repeat, catches up after a pause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from luoshi.apps.intake.actions import requeue_stalled
from luoshi.apps.notices.actions import deliver_due
from luoshi.apps.reporting.actions import open_rounds
from luoshi.apps.reporting.reminders import remind_due
from luoshi.apps.targets.actions import resume_jobs
from luoshi.periods import Period

#: Results of finished jobs are of interest for some days only.
KEEP_RESULTS = dt.timedelta(days=14)


def tick() -> Iterator[str]:
    """Do what is due; one Chinese line for each thing done."""
    if requeued := requeue_stalled():
        yield f"接续了 {requeued} 份中断的读取。"
    if resumed := resume_jobs():
        yield f"接续了 {resumed} 次中断的责任书生成。"
    # Before reminders and messages: what is opened late is chased at once.
    for opened in open_rounds():
        yield f"开放了《{opened.form.title}》{Period.parse(opened.period).label}的填报。"
    yield from remind_due()
    sent, failed = deliver_due()
    if sent or failed:
        yield f"发出 {sent} 条消息" + (f"，{failed} 条未送达，稍后再试。" if failed else "。")
    removed, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    if removed:
        yield f"清理了 {removed} 个过期会话。"
    finished, _ = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()
    if finished:
        yield f"清理了 {finished} 条旧的任务结果。"
