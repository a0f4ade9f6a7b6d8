"""Dispatch meetings (调度会) and joint meetings (联席会): series, agenda, decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.dispatch.models.warnings import EarlyWarning, Problem
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.reporting.models import ShiftChoice

PERSON = settings.AUTH_USER_MODEL


class MeetingKind(models.TextChoices):
    """What sort of meeting."""

    DISPATCH = "dispatch", "调度会"
    JOINT = "joint", "联席会"
    STOCKTAKE = "stocktake", "评述会"
    VISIT = "visit", "现场观摩"


class MeetingSeries(models.Model):
    """Meetings that come again: monthly on the 25th, in the first month of each quarter on the 10th, …

    ``day`` counts from 1 in the month (or week); 31 means the last day. ``month`` is the month within a quarter, half
    year or year (1 the first).
    """

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="meeting_series", verbose_name="召集单位")
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=9, choices=MeetingKind.choices, default=MeetingKind.DISPATCH)
    plans = models.ManyToManyField(Plan, related_name="meeting_series", blank=True, verbose_name="方案")
    units = models.ManyToManyField(Unit, related_name="attends_series", blank=True, verbose_name="参会单位")
    cadence = models.CharField("周期", max_length=11, choices=CadenceChoice.choices, default=CadenceChoice.MONTHLY)
    month = models.PositiveSmallIntegerField("第几月", default=1)
    day = models.PositiveSmallIntegerField("日", default=25)
    time = models.TimeField("时间")
    shift = models.CharField("遇休息日", max_length=20, choices=ShiftChoice.choices, default=ShiftChoice.NEXT)
    ahead_days = models.PositiveSmallIntegerField("提前几日排会", default=10)
    place = models.CharField("地点", max_length=120, blank=True)
    chair = models.CharField("主持人", max_length=60, blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "会议安排"
        ordering = ("owner__path", "name")

    def __str__(self) -> str:
        return self.name


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", "筹备中"
    READY = "ready", "议程已定"
    HELD = "held", "已召开"
    CLOSED = "closed", "纪要已印发"
    CANCELLED = "cancelled", "已取消"


class Meeting(models.Model):
    """One meeting. When its agenda is fixed (``ready``) all figures shown are frozen in its items' ``snapshot``."""

    series = models.ForeignKey(MeetingSeries, models.PROTECT, related_name="meetings", null=True, blank=True)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="meetings", verbose_name="召集单位")
    kind = models.CharField("类别", max_length=9, choices=MeetingKind.choices, default=MeetingKind.DISPATCH)
    title = models.CharField("名称", max_length=160)
    period = models.CharField("期别", max_length=10)
    plans = models.ManyToManyField(Plan, related_name="meetings", blank=True, verbose_name="方案")
    held_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=120, blank=True)
    chair = models.CharField("主持人", max_length=60, blank=True)
    state = models.CharField("状态", max_length=9, choices=MeetingState.choices, default=MeetingState.PLANNED)
    minutes = models.TextField("纪要", blank=True)
    frozen_at = models.DateTimeField("议程确定时间", null=True, blank=True)
    # When the figures of a planned agenda were last drawn.
    drawn_at = models.DateTimeField("数据时间", null=True, blank=True)
    # SHA-256 of the frozen items, so that anybody can see that they are the ones that were shown.
    digest = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField("印发时间", null=True, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        ordering = ("-held_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("series", "period"), condition=models.Q(series__isnull=False), name="meeting_once"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """A unit called to a meeting, who came for it, and why nobody did."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="attendance")
    attended = models.BooleanField("到会", null=True)
    persons = models.CharField("参会人", max_length=120, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参会单位"
        ordering = ("meeting", "unit__path")
        constraints = (models.UniqueConstraint(fields=("meeting", "unit"), name="attendance_once"),)

    def __str__(self) -> str:
        return f"{self.meeting} {self.unit}"


class AgendaKind(models.TextChoices):
    """Why something stands on the agenda."""

    CARRIED = "carried", "上次议定事项"
    BEHIND = "behind", "进度滞后"
    WARNING = "warning", "预警"
    PROBLEM = "problem", "需协同事项"
    MISSING = "missing", "未报"
    TOPIC = "topic", "议题"


class AgendaItem(models.Model):
    """One item; written by Luoshi or by hand, taken off only with a reason. ``snapshot`` is what the meeting saw."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    ordinal = models.PositiveSmallIntegerField("序")
    kind = models.CharField("类别", max_length=7, choices=AgendaKind.choices)
    title = models.CharField("议题", max_length=200)
    text = models.TextField("情况", blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="汇报单位")
    target = models.ForeignKey(Target, models.PROTECT, related_name="+", null=True, blank=True)
    warning = models.ForeignKey(EarlyWarning, models.PROTECT, related_name="agenda_items", null=True, blank=True)
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="agenda_items", null=True, blank=True)
    decision = models.ForeignKey("Decision", models.PROTECT, related_name="carried_to", null=True, blank=True)
    # Who wrote the item: the same key never stands twice on an agenda ("target:12:unit:4"); by hand it is empty.
    key = models.CharField(max_length=90, blank=True)
    snapshot = models.JSONField("会上的数", default=dict, blank=True)
    removed_for = models.CharField("不上会的原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议程"
        ordering = ("meeting", "ordinal", "id")
        constraints = (
            models.UniqueConstraint(fields=("meeting", "key"), condition=~models.Q(key=""), name="agenda_item_once"),
        )

    def __str__(self) -> str:
        return self.title


class DecisionState(models.TextChoices):
    """Where an action item stands."""

    DRAFT = "draft", "记录中"
    OPEN = "open", "办理中"
    REPORTED = "reported", "已报完成"
    CLOSED = "closed", "已办结"
    DROPPED = "dropped", "已取消"


class Decision(models.Model):
    """议定事项: what a meeting decided, who does it by when; not closed ones are carried into the next agenda.

    While the meeting sits a decision is a draft, stored as it is typed, without a unit or date if need be; with the
    minutes it takes effect. ``key`` is the page's own: the same row sent twice is stored once.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="decisions", null=True, blank=True)
    ordinal = models.PositiveSmallIntegerField("序")
    text = models.TextField("议定事项")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="decisions", null=True, blank=True, verbose_name="承办单位"
    )
    supporting = models.ManyToManyField(Unit, related_name="decisions_supported", blank=True, verbose_name="配合单位")
    due_on = models.DateField("期限", null=True, blank=True)
    key = models.CharField(max_length=40, blank=True)
    state = models.CharField("状态", max_length=8, choices=DecisionState.choices, default=DecisionState.OPEN)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "议定事项"
        ordering = ("meeting", "ordinal", "id")
        indexes = (models.Index(fields=("unit", "state"), name="decision_unit_idx"),)
        constraints = (
            models.UniqueConstraint(fields=("meeting", "key"), condition=~models.Q(key=""), name="decision_key_once"),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(unit__isnull=False, due_on__isnull=False),
                name="decision_complete",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


class DecisionAction(models.TextChoices):
    """One step of an action item."""

    DECIDE = "decide", "议定"
    REPORT = "report", "报告进展"
    FINISH = "finish", "报完成"
    SEND_BACK = "send-back", "退回"
    CLOSE = "close", "办结"
    MOVE = "move", "调整期限"
    DROP = "drop", "取消"


class DecisionStep(models.Model):
    """What was done about a decision."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="steps")
    action = models.CharField("操作", max_length=9, choices=DecisionAction.choices)
    text = models.TextField("内容", blank=True)
    due_on = models.DateField("新期限", null=True, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "议定事项办理"
        ordering = ("decision", "id")

    def __str__(self) -> str:
        return f"{self.decision} {self.get_action_display()}"
