"""The catalogue of indicators, and observations: bitemporal, never overwritten.

An observation is about a period (when it was so) and was recorded at a moment (since when it is known). What was known
at moment T are the rows with ``recorded_at <= T`` and no ``superseded_at`` up to T.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target


class IndicatorKind(models.TextChoices):
    """What a value of the indicator measures."""

    STOCK = "stock", "期末数"
    FLOW = "flow", "当期数"
    CUMULATIVE = "cumulative", "累计数"
    RATE = "rate", "比率"
    RANK = "rank", "位次"


class Direction(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher", "越高越好"
    LOWER = "lower", "越低越好"
    NONE = "none", "不论高低"


class UnitAggregation(models.TextChoices):
    """How the values of units become that of all of them; rates are never summed."""

    SUM = "sum", "合计"
    WEIGHTED_MEAN = "weighted-mean", "加权平均"
    RATIO_OF_SUMS = "ratio-of-sums", "分子分母分别合计后相比"
    LAST = "last", "取上级填报数"
    NONE = "none", "不汇总"


class TimeAggregation(models.TextChoices):
    """How the values of shorter periods become that of a longer one."""

    SUM = "sum", "合计"
    LAST = "last", "取期末"
    MEAN = "mean", "平均"
    NONE = "none", "不汇总"


class CadenceChoice(models.TextChoices):
    """The length of a period; values of ``luoshi.periods.Cadence``."""

    YEARLY = "yearly", "年"
    HALF_YEARLY = "half-yearly", "半年"
    QUARTERLY = "quarterly", "季"
    MONTHLY = "monthly", "月"
    TEN_DAILY = "ten-daily", "旬"
    WEEKLY = "weekly", "周"


class Indicator(models.Model):
    """What is measured. ``formula`` of a derived one is

    ``{"kind": "ratio", "numerator": key, "denominator": key, "scale": "100"}`` or
    ``{"kind": "growth", "of": key, "scale": "100"}`` (on the same period of last year).
    """

    key = models.SlugField("代码", max_length=64, unique=True)
    name = models.CharField("名称", max_length=200)
    unit_of_measure = models.CharField("计量单位", max_length=20, blank=True)
    kind = models.CharField("性质", max_length=10, choices=IndicatorKind.choices)
    direction = models.CharField("方向", max_length=6, choices=Direction.choices, default=Direction.HIGHER)
    unit_aggregation = models.CharField("单位间汇总", max_length=14, choices=UnitAggregation.choices)
    time_aggregation = models.CharField("时间上汇总", max_length=4, choices=TimeAggregation.choices)
    decimals = models.PositiveSmallIntegerField("小数位数", default=2)
    formula = models.JSONField("公式", null=True, blank=True)
    weight = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="权数指标")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="indicators", verbose_name="主管单位")
    data_source = models.CharField("数据来源", max_length=200, blank=True)
    definition = models.TextField("口径", blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, verbose_name="并入"
    )
    merged_at = models.DateTimeField("并入时间", null=True, blank=True)
    # The only cadence at which values are taken; blank takes any.
    cadence = models.CharField("周期", max_length=11, choices=CadenceChoice.choices, blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("name", "unit_of_measure", "kind"),
                condition=models.Q(merged_into=None),
                name="indicator_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=("rate", "rank")) | ~models.Q(unit_aggregation="sum"),
                name="indicator_rate_not_summed",
            ),
            models.CheckConstraint(
                condition=~models.Q(unit_aggregation="weighted-mean") | models.Q(weight__isnull=False),
                name="indicator_weight_given",
            ),
        )

    def __str__(self) -> str:
        return self.name


class IndicatorVersion(models.Model):
    """What an indicator said from a moment on: a full snapshot of its fields, with the reason for the change."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="versions")
    ordinal = models.PositiveSmallIntegerField("版次")
    data = models.JSONField("内容")
    reason = models.CharField("原因", max_length=300, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "指标版次"
        ordering = ("indicator", "ordinal")
        constraints = (models.UniqueConstraint(fields=("indicator", "ordinal"), name="indicator_version_once"),)

    def __str__(self) -> str:
        return f"{self.indicator} 第{self.ordinal}版"


class TargetIndicator(models.Model):
    """Which indicator tells whether a plan's target is reached; several targets (tiers, years, plans) share one."""

    target = models.OneToOneField(Target, models.CASCADE, related_name="measured_by")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measures_targets")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标所用指标"

    def __str__(self) -> str:
        return f"{self.target} ← {self.indicator}"


class ObservationSource(models.TextChoices):
    """Where a value comes from, the most trusted last; of what is known the most trusted counts."""

    SELF_REPORTED = "self-reported", "自报"
    STATISTICS = "statistics", "统计"
    VERIFIED = "verified", "认定"


class Observation(models.Model):
    """A value of an indicator for a unit and a period, as one source gives it.

    ``origin`` names what brought it (``return``, ``import``, ``verification``, ``demo``), ``origin_id`` and
    ``origin_cell`` the place in it, so that every figure leads back to the cell where it was typed.
    """

    # The indexes below begin with both; one more for each would only make every lot slower to record.
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="observations", db_index=False)
    period = models.CharField("期别", max_length=10)
    first_day = models.DateField("起")
    last_day = models.DateField("止")
    value = models.DecimalField("数值", max_digits=24, decimal_places=6)
    source = models.CharField("来源", max_length=13, choices=ObservationSource.choices)
    recorded_at = models.DateTimeField("记入时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    superseded_at = models.DateTimeField("被取代时间", null=True, blank=True)
    origin = models.CharField("出处", max_length=12)
    origin_id = models.BigIntegerField(null=True, blank=True)
    origin_cell = models.CharField("出处单元格", max_length=120, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据"
        ordering = ("indicator", "first_day", "unit", "id")
        indexes = (
            models.Index(fields=("indicator", "unit", "first_day"), name="observation_series_idx"),
            models.Index(fields=("unit", "period", "indicator"), name="observation_unit_idx"),
            models.Index(fields=("origin", "origin_id"), name="observation_origin_idx"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("indicator", "unit", "period", "source"),
                condition=models.Q(superseded_at=None),
                name="observation_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_at=None) | models.Q(superseded_at__gte=models.F("recorded_at")),
                name="observation_time_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.unit} {self.period}"


class ColumnMapping(models.Model):
    """How the columns of a statistics file are read; saved by name, used again next month.

    ``mapping``: ``{"header_row": n, "unit": column, "period": column or null, "fixed_period": bool,
    "columns": {column heading: indicator key}}`` for wide files, or
    ``{"unit", "period", "indicator", "value": column}`` for long ones.
    """

    name = models.CharField("名称", max_length=100)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    mapping = models.JSONField("列对应")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "列对应"
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="mapping_name_once"),)

    def __str__(self) -> str:
        return self.name


class StatisticsImport(models.Model):
    """A file of official statistics that was taken in as a whole, or refused as a whole."""

    name = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to="statistics/%Y/")
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField("列对应")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    # {"added": n, "changed": n, "unchanged": n}
    summary = models.JSONField("结果", default=dict)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "统计数据导入"
        ordering = ("-imported_at", "-id")

    def __str__(self) -> str:
        return self.name
