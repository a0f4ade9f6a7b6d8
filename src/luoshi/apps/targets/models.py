"""How a target is shared out over units and periods, by when how much of it is expected, and who signed for it."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models

from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, PlanTable, Target


class AllocationMethod(models.TextChoices):
    """How the shares came about."""

    TYPED = "typed", "手工填写"
    PASTED = "pasted", "从表格粘贴"
    ANNEX = "annex", "方案附表"
    EQUAL = "equal", "平均"
    LAST_YEAR = "last-year", "按上年占比"
    WEIGHTS = "weights", "按权数"
    TRAJECTORY = "trajectory", "按时序进度"


class Allocation(models.Model):
    """The sharing out of one target by one unit: by the plan's owner, or by a county of what it was given.

    ``revision`` grows with every change of its draft; a change made on an older one is refused.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="allocations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="allocations", verbose_name="分解单位")
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标分解"
        constraints = (models.UniqueConstraint(fields=("target", "unit"), name="allocation_once"),)

    def __str__(self) -> str:
        return f"{self.target}（{self.unit}）"


class AllocationVersion(models.Model):
    """One state of an allocation: at most one draft, any number adopted; the last adopted one is in force.

    ``cumulative`` says that a share of a later period contains those before it within the year (20、60、85、100).
    ``total`` is what was to be shared out when it was adopted; ``printed_total`` what the annex itself prints, kept
    though it may contradict the sum of the shares.
    """

    allocation = models.ForeignKey(Allocation, models.CASCADE, related_name="versions")
    ordinal = models.PositiveSmallIntegerField("版次")
    method = models.CharField("办法", max_length=10, choices=AllocationMethod.choices)
    cadence = models.CharField("周期", max_length=11, choices=CadenceChoice.choices, default=CadenceChoice.YEARLY)
    cumulative = models.BooleanField("累计", default=True)
    total = models.DecimalField("总数", max_digits=24, decimal_places=6, null=True, blank=True)
    printed_total = models.DecimalField("附表合计", max_digits=24, decimal_places=6, null=True, blank=True)
    table = models.ForeignKey(PlanTable, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="附表")
    reason = models.CharField("原因", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    adopted_at = models.DateTimeField("下达时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分解版次"
        ordering = ("allocation", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("allocation", "ordinal"), name="allocation_version_once"),
            models.UniqueConstraint(
                fields=("allocation",), condition=models.Q(adopted_at=None), name="allocation_one_draft"
            ),
        )

    def __str__(self) -> str:
        return f"{self.allocation} 第{self.ordinal}版"


class Share(models.Model):
    """What one unit carries in one period. ``value`` ``None`` is a blank, which is no zero.

    Units that carry one number together (a merged cell) have the same ``joint``; the first of them holds the value and
    the number counts once.
    """

    version = models.ForeignKey(AllocationVersion, models.CASCADE, related_name="shares")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shares")
    period = models.CharField("期别", max_length=10)
    value = models.DecimalField("数值", max_digits=24, decimal_places=6, null=True, blank=True)
    joint = models.CharField("合并", max_length=40, blank=True)
    # [line, row, column] of the annex's document, where the share was printed.
    cell = models.JSONField("出处", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "份额"
        ordering = ("version", "unit__path", "period")
        constraints = (models.UniqueConstraint(fields=("version", "unit", "period"), name="share_once"),)
        indexes = (models.Index(fields=("unit", "version"), name="share_unit_idx"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.period} {self.value}"


class TrajectoryKind(models.TextChoices):
    """Where the expected progress comes from."""

    PRINTED = "printed", "方案所列"
    TABLE = "table", "计划表"
    LINEAR = "linear", "均匀"
    LAST_YEAR = "last-year", "按上年进度"


class Trajectory(models.Model):
    """The share of a target that is expected by the end of each period; the latest row is in force.

    ``points`` are ``[[period, share], …]``: shares of 1 as decimal text, cumulative, in order, the last one 1.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="trajectories")
    ordinal = models.PositiveSmallIntegerField("版次")
    kind = models.CharField("依据", max_length=9, choices=TrajectoryKind.choices)
    cadence = models.CharField("周期", max_length=11, choices=CadenceChoice.choices)
    points = models.JSONField("时序")
    reason = models.CharField("原因", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "时序进度"
        ordering = ("target", "ordinal")
        constraints = (models.UniqueConstraint(fields=("target", "ordinal"), name="trajectory_once"),)

    def __str__(self) -> str:
        return f"{self.target} 时序 第{self.ordinal}版"


class ProgressRule(models.Model):
    """From which schedule ratio on the lights of a plan are green and yellow; without a row the assumed ones count.

    ``earlier`` keeps the states before, the oldest first, as ``[[since (ISO), green, yellow], …]``: what was judged at
    a moment can be judged alike again.
    """

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="progress_rule", verbose_name="方案")
    green = models.DecimalField("绿灯下限", max_digits=5, decimal_places=4, default=Decimal("1"))
    yellow = models.DecimalField("黄灯下限", max_digits=5, decimal_places=4, default=Decimal("0.9"))
    reason = models.CharField("原因", max_length=300, blank=True)
    earlier = models.JSONField(default=list)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    set_at = models.DateTimeField("设定时间")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "亮灯标准"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(yellow__gt=0, yellow__lt=models.F("green")), name="progress_rule_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan} 亮灯标准"


class LetterState(models.TextChoices):
    """How far a commitment letter has come."""

    DRAWN_UP = "drawn-up", "已生成"
    ISSUED = "issued", "已发出"
    SIGNED = "signed", "已签订"
    WITHDRAWN = "withdrawn", "已作废"


class CommitmentLetter(models.Model):
    """目标责任书 of one unit for one plan and year. ``content`` is what the .docx says, to make it again alike."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="letters")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="letters")
    year = models.PositiveSmallIntegerField("年度")
    ordinal = models.PositiveSmallIntegerField("版次")
    state = models.CharField("状态", max_length=9, choices=LetterState.choices, default=LetterState.DRAWN_UP)
    content = models.JSONField("内容")
    file = models.FileField("文件", upload_to="letters/%Y/")
    drawn_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField("生成时间", auto_now_add=True)
    issued_at = models.DateTimeField("发出时间", null=True, blank=True)
    signed_on = models.DateField("签订日期", null=True, blank=True)
    signatory = models.CharField("签订人", max_length=60, blank=True)
    scan = models.FileField("签字页", upload_to="letters/%Y/", blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "目标责任书"
        ordering = ("plan", "unit__path", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("plan", "unit", "year", "ordinal"), name="letter_once"),
            models.CheckConstraint(
                condition=~models.Q(state="signed") | models.Q(signed_on__isnull=False), name="letter_signed_on"
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.year}年目标责任书"


class LetterJobState(models.TextChoices):
    """How far a job has come."""

    QUEUED = "queued", "等待生成"
    RUNNING = "running", "正在生成"
    DONE = "done", "生成完毕"
    FAILED = "failed", "已停止"


class LetterJob(models.Model):
    """Letters being drawn up for many units in the background; ``done`` counts the units of ``unit_ids`` gone over."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="letter_jobs")
    year = models.PositiveSmallIntegerField("年度")
    unit_ids = models.JSONField("单位")
    done = models.PositiveIntegerField("已处理", default=0)
    drawn_up = models.PositiveIntegerField("已生成", default=0)
    state = models.CharField("状态", max_length=7, choices=LetterJobState.choices, default=LetterJobState.QUEUED)
    problem = models.CharField("停止的原因", max_length=100, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任书生成任务"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.plan} {self.year}年目标责任书"

    @property
    def percent(self) -> int:
        """How much of it is done, 0 to 100."""
        return 100 * self.done // max(len(self.unit_ids), 1)
