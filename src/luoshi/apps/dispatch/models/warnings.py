"""Early warnings and the problems that units raise; what was done is a row in ``…Step``, appended, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.reporting.models import Form, Return

PERSON = settings.AUTH_USER_MODEL


class WarningKind(models.TextChoices):
    """What sets a warning off."""

    RED_AGAIN = "red-again", "连续亮红灯"
    FORECAST = "forecast", "预测完不成"
    MISSING_AGAIN = "missing-again", "连续未报"
    BELOW_MARK = "below-mark", "低于节点要求"


class WarningRule(models.Model):
    """When a unit is warned, about the targets of one plan or of all plans of ``owner``.

    ``parameters``: ``{"periods": 2}`` (red-again, missing-again), ``{"below": "0.95"}`` (forecast under that part of
    the target), ``{"indicator": key, "marks": {"04": "40", "06": "60", …}}`` (below-mark: month → least value at its
    end). The unit answers within ``answer_days``, working days where ``working``.
    """

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="warning_rules", verbose_name="单位")
    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="warning_rules", null=True, blank=True, verbose_name="方案"
    )
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("条件", max_length=13, choices=WarningKind.choices)
    parameters = models.JSONField("参数", default=dict, blank=True)
    answer_days = models.PositiveSmallIntegerField("几日内应策", default=5)
    working = models.BooleanField("按工作日", default=True)
    is_active = models.BooleanField("启用", default=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "预警规则"
        ordering = ("owner__path", "kind", "id")

    def __str__(self) -> str:
        return self.name


class WarningState(models.TextChoices):
    """Where a warning stands."""

    OPEN = "open", "待应策"
    ANSWERED = "answered", "推动中"
    CLOSED = "closed", "已销警"
    WAIVED = "waived", "已撤销"


class EarlyWarning(models.Model):
    """One unit warned about one target (or one form that it does not report).

    ``snapshot`` holds the figures that set it off, ``sentence`` says them in words. While it is open no second one is
    raised for the same rule, unit and subject. ``turned_green`` is the period in which the light was right again.
    """

    rule = models.ForeignKey(WarningRule, models.PROTECT, related_name="warnings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="warnings", verbose_name="单位")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="warnings", null=True, blank=True)
    target = models.ForeignKey(Target, models.PROTECT, related_name="warnings", null=True, blank=True)
    form = models.ForeignKey(Form, models.PROTECT, related_name="warnings", null=True, blank=True)
    # What the warning is about, as text: "target:12", "form:3", "indicator:start-rate".
    subject = models.CharField(max_length=90)
    period = models.CharField("期别", max_length=10)
    state = models.CharField("状态", max_length=8, choices=WarningState.choices, default=WarningState.OPEN)
    sentence = models.CharField("情况", max_length=400)
    snapshot = models.JSONField("当时的数", default=dict)
    raised_at = models.DateTimeField("预警时间")
    due_at = models.DateTimeField("应策期限")
    answered_at = models.DateTimeField("应策时间", null=True, blank=True)
    closed_at = models.DateTimeField("销警时间", null=True, blank=True)
    turned_green = models.CharField("转好的期别", max_length=10, blank=True)
    # The last period at which progress was looked at since, and the light it had.
    followed_period = models.CharField(max_length=10, blank=True)
    light = models.CharField("现在的灯", max_length=6, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "预警"
        ordering = ("-raised_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "unit", "subject"),
                condition=models.Q(state__in=("open", "answered")),
                name="warning_open_once",
            ),
            models.UniqueConstraint(fields=("rule", "unit", "subject", "period"), name="warning_period_once"),
        )
        indexes = (
            models.Index(fields=("unit", "state"), name="warning_unit_idx"),
            models.Index(fields=("state", "due_at"), name="warning_due_idx"),
        )

    def __str__(self) -> str:
        return self.sentence


class WarningAction(models.TextChoices):
    """One step of a warning: 预警、应策、推动、问效."""

    RAISE = "raise", "预警"
    ANSWER = "answer", "应策"
    SEND_BACK = "send-back", "退回重报措施"
    PUSH = "push", "推动"
    FOLLOW = "follow", "跟踪"
    CLOSE = "close", "销警"
    WAIVE = "waive", "撤销"


class WarningStep(models.Model):
    """What was done about a warning; ``snapshot`` the figures at that moment, where it is a look at progress."""

    warning = models.ForeignKey(EarlyWarning, models.PROTECT, related_name="steps")
    action = models.CharField("操作", max_length=9, choices=WarningAction.choices)
    text = models.TextField("内容", blank=True)
    until = models.DateField("承诺完成日", null=True, blank=True)
    period = models.CharField(max_length=10, blank=True)
    snapshot = models.JSONField(null=True, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "预警办理"
        ordering = ("warning", "id")

    def __str__(self) -> str:
        return f"{self.warning} {self.get_action_display()}"


class ProblemState(models.TextChoices):
    """Where a problem stands."""

    OPEN = "open", "待协调"
    IN_HAND = "in-hand", "协调中"
    SETTLED = "settled", "已解决"
    DROPPED = "dropped", "不再协调"


class Problem(models.Model):
    """需协同事项: what a unit cannot solve alone, whom it asks, and by when; raised by hand or read from a return."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="problems", verbose_name="提出单位")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="problems", null=True, blank=True, verbose_name="方案")
    text = models.TextField("问题")
    asked = models.ForeignKey(
        Unit, models.PROTECT, related_name="problems_asked", null=True, blank=True, verbose_name="请协同单位"
    )
    asked_text = models.CharField("请协同单位（原文）", max_length=200, blank=True)
    due_on = models.DateField("希望解决日期", null=True, blank=True)
    state = models.CharField("状态", max_length=7, choices=ProblemState.choices, default=ProblemState.OPEN)
    outcome = models.TextField("结果", blank=True)
    answer = models.ForeignKey(Return, models.PROTECT, related_name="problems", null=True, blank=True)
    # Section and row of the return that it was read from, "section.row"; the same one is taken once.
    place = models.CharField(max_length=120, blank=True)
    raised_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    raised_at = models.DateTimeField("提出时间")
    settled_at = models.DateTimeField("解决时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "需协同事项"
        ordering = ("-raised_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("answer", "place"), condition=models.Q(answer__isnull=False), name="problem_read_once"
            ),
        )
        indexes = (models.Index(fields=("unit", "state"), name="problem_unit_idx"),)

    def __str__(self) -> str:
        return self.text[:60]


class Watch(models.Model):
    """How far the site has looked: a single row, so that nothing is computed anew while nothing has changed.

    ``day`` is the last day on which all rules were gone over, ``observation`` and ``submission`` the last rows seen.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    day = models.DateField(null=True)
    observation = models.BigIntegerField(default=0)
    submission = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "预警进度"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="dispatch_one_watch"),)

    def __str__(self) -> str:
        return "预警进度"
