"""What dispatch does from time to time; safe to repeat and to run twice at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from luoshi.apps.dispatch.actions import (
    chase_answers,
    convene_meetings,
    follow_warnings,
    raise_warnings,
    refresh_agendas,
    remind_decisions,
    take_problems,
)
from luoshi.apps.dispatch.actions.reading import has_problem_columns
from luoshi.apps.dispatch.models import Watch
from luoshi.apps.indicators.models import Observation
from luoshi.apps.reporting.models import FormVersion, Submission

#: So many submissions are gone over at once.
BATCH = 2000


def run(*, now: dt.datetime | None = None, whole: bool = False) -> Iterator[str]:
    """Do what is due; one Chinese line for each thing done.

    Problems are read from what was submitted since the last run. Warnings are followed and raised when a figure has
    come in since, and once a day (rounds fall due without any figure); ``whole`` looks anew whatever was seen.
    """
    today = timezone.localtime(now or timezone.now()).date()
    yield from _problems(now)
    watch, _ = Watch.objects.get_or_create(pk=1)
    last = Observation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if whole or watch.day != today or watch.observation < last:
        yield from _warnings(now)
        # What came in meanwhile has a higher number: it is looked at the next time.
        Watch.objects.filter(pk=1).update(day=today, observation=last)
    if late := chase_answers(now=now):
        yield f"提醒了 {late} 项逾期未应策的预警。"
    for meeting in convene_meetings(now=now):
        yield f"排定会议：{meeting.title}。"
    if drawn := refresh_agendas(now=now):
        yield f"更新了 {drawn} 次会议的议程。"
    if reminded := remind_decisions(now=now):
        yield f"提醒了 {reminded} 条到期的议定事项。"


def _warnings(now: dt.datetime | None) -> Iterator[str]:
    # What is right again is closed first: then it may be warned of anew if it is not.
    if closed := follow_warnings(now=now):
        yield f"{len(closed)} 项预警转好，已销警。"
    if raised := raise_warnings(now=now):
        yield f"新发 {len(raised)} 项预警。"


def _problems(now: dt.datetime | None) -> Iterator[str]:
    """Read what was submitted since the last time, of forms that ask for problems."""
    watch, _ = Watch.objects.get_or_create(pk=1)
    versions = FormVersion.objects.filter(published_at__isnull=False).select_related("form")
    asking = [version.pk for version in versions if has_problem_columns(version)]
    taken, seen = 0, watch.submission
    while True:
        rows = list(
            Submission.objects.filter(pk__gt=seen)
            .order_by("pk")
            .values_list("pk", "answer_id", "answer__round__version_id")[:BATCH]
        )
        if not rows:
            break
        for answer in dict.fromkeys(answer for _, answer, version in rows if version in asking):
            taken += len(take_problems(answer_id=answer, now=now))
        seen = rows[-1][0]
        Watch.objects.filter(pk=1, submission__lt=seen).update(submission=seen)
    if taken:
        yield f"从报表读出 {taken} 个需协同事项。"
