"""Confirmed plans and what stands in them, every object tied to the characters that it was read from."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit


class SourceDocument(models.Model):
    """A file that was read: its bytes as uploaded, and its text as lines (positions in spans count from these)."""

    name = models.CharField("文件名", max_length=200)
    format = models.CharField("格式", max_length=8)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节数")
    file = models.FileField("文件", upload_to="documents/%Y/")
    text = models.TextField("文本", help_text="各行以换行符相接")
    line_count = models.PositiveIntegerField("行数")
    page_count = models.PositiveIntegerField("页数", null=True, blank=True)
    # [{"first_line", "last_line", "width", "cells": [[row, column, text, row_span, column_span], …]}, …]
    tables = models.JSONField("表格", default=list, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "原文"

    def __str__(self) -> str:
        return self.name

    def lines(self, first: int = 1, last: int | None = None) -> list[str]:
        """The texts of the lines ``first`` to ``last``, both 1-based and included."""
        return self.text.split("\n")[first - 1 : last]


class Plan(models.Model):
    """A plan whose ledger is in force; ``owner`` is the unit that issued it and oversees it."""

    title = models.CharField("标题", max_length=300)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("末年", null=True, blank=True)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name="发文单位")
    is_public = models.BooleanField("对外公开", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "方案"
        ordering = ("-year", "-id")
        indexes = (models.Index(fields=("year",), name="plan_year_idx"),)

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """One published reading of a plan: which lines of which document, by whom, when."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    ordinal = models.PositiveSmallIntegerField("版次")
    document = models.ForeignKey(SourceDocument, models.PROTECT, related_name="versions")
    first_line = models.PositiveIntegerField("首行")
    last_line = models.PositiveIntegerField("末行")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField("发布时间")
    # {"added": n, "changed": n, "kept": n, "retired": n}
    summary = models.JSONField("变化", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "版次"
        ordering = ("plan", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("plan", "ordinal"), name="version_ordinal_once"),
            models.CheckConstraint(
                condition=models.Q(last_line__gte=models.F("first_line")), name="version_lines_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan} 第{self.ordinal}版"


class Origin(models.TextChoices):
    """How an object came to be as it is."""

    EXTRACTED = "extracted", "识别"
    CORRECTED = "corrected", "人工更正"
    MANUAL = "manual", "人工添加"


class Provenance(models.Model):
    """What every object of a plan carries: where it stands, how it was read, and whether it is still in force.

    ``spans`` is ``[[line, start, end], …]`` in the document of ``version``, the latest version in which it stands.
    ``retired_in`` is the version that no longer holds it; the object itself is never deleted.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="%(class)ss")
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    retired_in = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", null=True, blank=True)
    text = models.TextField("原句")
    line = models.PositiveIntegerField("行")
    spans = models.JSONField("位置", default=list)
    origin = models.CharField("来源", max_length=10, choices=Origin.choices, default=Origin.EXTRACTED)
    rule = models.CharField("规则", max_length=60, blank=True)
    certainty = models.FloatField("把握", null=True, blank=True)
    reason = models.CharField("依据", max_length=300, blank=True)

    class Meta:
        abstract = True


class Measure(Provenance):
    """A node of the plan's outline. ``is_task`` tells a measure that someone must carry out from a mere heading.

    ``position`` (``0002.0001``) sorts in document order and begins with the parent's.
    """

    parent = models.ForeignKey("self", models.CASCADE, related_name="children", null=True, blank=True)
    position = models.CharField("次序", max_length=80)
    depth = models.PositiveSmallIntegerField("层级")
    label = models.CharField("编号", max_length=120, blank=True, help_text="自上而下的编号，如 二、（一）1.")
    title = models.CharField("标题", max_length=300, blank=True)
    is_task = models.BooleanField("任务", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "措施"
        ordering = ("plan", "position")
        indexes = (
            models.Index(fields=("plan", "position"), name="measure_position_idx"),
            models.Index(fields=("plan", "retired_in", "is_task"), name="measure_force_idx"),
        )

    def __str__(self) -> str:
        return f"{self.label}{self.title or self.text[:40]}"


class ResponsibilityRole(models.TextChoices):
    """How a unit is responsible."""

    LEAD = "lead", "牵头"
    RESPONSIBLE = "responsible", "责任"
    SUPPORTING = "supporting", "配合"


class Responsibility(Provenance):
    """One printed name with its role under one measure; a group name (各县市人民政府) means several units."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="responsibilities", null=True, blank=True)
    role = models.CharField("角色", max_length=11, choices=ResponsibilityRole.choices)
    name = models.CharField("单位（原文）", max_length=120)
    units = models.ManyToManyField(Unit, related_name="responsibilities", blank=True, verbose_name="单位")

    class Meta:
        verbose_name = verbose_name_plural = "责任"
        ordering = ("plan", "line", "id")
        indexes = (
            models.Index(fields=("measure", "role"), name="responsibility_role_idx"),
            # Counting tasks by unit reads this index alone, not the rows with their sentences.
            models.Index(fields=("retired_in", "measure", "role"), name="responsibility_force_idx"),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}：{self.name}"


class ComparatorChoice(models.TextChoices):
    """How a value is to be met."""

    AT_LEAST = ">=", "≥"
    MORE = ">", "＞"
    AT_MOST = "<=", "≤"
    LESS = "<", "＜"
    EQUAL = "=", "＝"
    ABOUT = "~", "约"


class Tier(models.TextChoices):
    """Which of several targets for one indicator this is."""

    CONGRESS = "congress", "人代会目标"
    WORK = "work", "工作目标"
    STRETCH = "stretch", "奋斗目标"
    BASIC = "basic", "基本目标"
    INCENTIVE = "incentive", "激励目标"


class Target(Provenance):
    """A quantified commitment; ``value`` stands in ``unit_of_measure``, a base unit (1.5万户 → 15000 户)."""

    measure = models.ForeignKey(Measure, models.SET_NULL, related_name="targets", null=True, blank=True)
    indicator = models.CharField("指标", max_length=200)
    comparator = models.CharField("比较", max_length=2, choices=ComparatorChoice.choices)
    value = models.DecimalField("数值", max_digits=24, decimal_places=6)
    value_max = models.DecimalField("上限", max_digits=24, decimal_places=6, null=True, blank=True)
    unit_of_measure = models.CharField("计量单位", max_length=20, blank=True)
    change = models.BooleanField("变化量", default=False, help_text="增长、净增、下降等")
    falling = models.BooleanField("下降", default=False)
    year = models.PositiveSmallIntegerField("完成年度", null=True, blank=True)
    tier = models.CharField("档次", max_length=10, choices=Tier.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ("plan", "line", "id")
        indexes = (models.Index(fields=("plan", "year"), name="target_year_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(value_max=None) | models.Q(value_max__gte=models.F("value")),
                name="target_range_order",
            ),
        )

    def __str__(self) -> str:
        return self.indicator


class DeadlineRuleChoice(models.TextChoices):
    """When something is due."""

    DATE = "date", "限期"
    WEEKLY = "weekly", "每周"
    TEN_DAILY = "ten-daily", "每旬"
    HALF_MONTHLY = "half-monthly", "每半月"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half-yearly", "每半年"
    YEARLY = "yearly", "每年"
    DAYS_AFTER = "days-after", "若干日内"


class Deadline(Provenance):
    """When something is due: a date, a cadence (``day`` of the month for monthly ones), or days after an event."""

    measure = models.ForeignKey(Measure, models.SET_NULL, related_name="deadlines", null=True, blank=True)
    rule_kind = models.CharField("规则", max_length=12, choices=DeadlineRuleChoice.choices)
    date = models.DateField("日期", null=True, blank=True)
    day = models.PositiveSmallIntegerField("日", null=True, blank=True)
    days = models.PositiveSmallIntegerField("天数", null=True, blank=True)
    working = models.BooleanField("工作日", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        ordering = ("plan", "line", "id")
        indexes = (models.Index(fields=("date",), name="deadline_date_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(rule_kind="date") | models.Q(date__isnull=False), name="deadline_date_given"
            ),
            models.CheckConstraint(
                condition=~models.Q(rule_kind="days-after") | models.Q(days__isnull=False), name="deadline_days_given"
            ),
        )

    def __str__(self) -> str:
        return self.text


class PlanTable(Provenance):
    """An annex table as printed."""

    measure = None
    title = models.CharField("表名", max_length=300)
    header = models.JSONField("表头", default=list)
    rows = models.JSONField("表体", default=list)
    line_end = models.PositiveIntegerField("末行")

    class Meta:
        verbose_name = verbose_name_plural = "附表"
        ordering = ("plan", "line")

    def __str__(self) -> str:
        return self.title


class RewardState(models.TextChoices):
    """What a person said of a rule of reward."""

    DRAFT = "draft", "待确认"
    CONFIRMED = "confirmed", "已确认"
    REJECTED = "rejected", "不是奖补"


class Recurrence(models.TextChoices):
    """How often a reward is given to the same receiver."""

    UNSAID = "", "未写明"
    ONCE = "once", "一次性"
    YEARLY = "yearly", "每年"


class RewardRule(Provenance):
    """A rule of reward (奖补): who gets how much for what. ``amount`` in base units or a share (``%`` of ``basis``).

    Read from the plan as a draft; nothing is paid by it before a person has confirmed it. ``cap`` is the most that
    anybody gets, in 元; ``amount`` is blank where only a cap is printed.
    """

    condition = models.CharField("条件", max_length=300, blank=True)
    word = models.CharField("方式", max_length=10)
    amount = models.DecimalField("标准", max_digits=24, decimal_places=6, null=True, blank=True)
    amount_max = models.DecimalField("标准上限", max_digits=24, decimal_places=6, null=True, blank=True)
    unit_of_measure = models.CharField("计量单位", max_length=20, blank=True)
    basis = models.CharField("比例的基数", max_length=60, blank=True)
    cap = models.DecimalField("最高", max_digits=24, decimal_places=6, null=True, blank=True)
    recurrence = models.CharField("频次", max_length=6, choices=Recurrence.choices, blank=True)
    state = models.CharField("状态", max_length=9, choices=RewardState.choices, default=RewardState.DRAFT)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "奖补规则"
        ordering = ("plan", "line", "id")
        indexes = (models.Index(fields=("plan", "retired_in", "line"), name="reward_place_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount__isnull=False) | models.Q(cap__isnull=False) | models.Q(state="rejected"),
                name="reward_has_figure",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(decided_at__isnull=False), name="reward_decided_when"
            ),
        )

    def __str__(self) -> str:
        return self.text


class Instruction(models.Model):
    """A leader's remark (批示) on a plan or one of its measures; shown to all who see the object."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="instructions")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="instructions", null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="批示人")
    text = models.TextField("批示")
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "批示"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.text[:60]
