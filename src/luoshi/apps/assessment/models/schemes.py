"""Schemes (评分办法): versions of their text, and where they are in force."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.indicators.models import CadenceChoice, Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, PlanTable

PERSON = settings.AUTH_USER_MODEL


class SchemeOrigin(models.TextChoices):
    """Where a scheme came from."""

    SHIPPED = "shipped", "随软件提供"
    TABLE = "table", "由方案评分表起草"
    FILE = "file", "导入文件"
    HAND = "hand", "手工新建"
    COPY = "copy", "复制"


class Scheme(models.Model):
    """A scheme of assessment; what it says stands in its versions. ``key`` is the key inside the text as well."""

    key = models.SlugField("代码", max_length=80, unique=True)
    title = models.CharField("名称", max_length=200)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="schemes", verbose_name="考核单位")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="schemes", null=True, blank=True, verbose_name="方案")
    origin = models.CharField("来源", max_length=7, choices=SchemeOrigin.choices)
    stopped_at = models.DateTimeField("停用时间", null=True, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "评分办法"
        ordering = ("owner__path", "title", "id")

    def __str__(self) -> str:
        return self.title


class VersionState(models.TextChoices):
    """A draft may be edited, an issued version never; a later issue replaces it."""

    DRAFT = "draft", "草稿"
    ISSUED = "issued", "已发布"
    DROPPED = "dropped", "已放弃"


class SchemeVersion(models.Model):
    """The text of a scheme: YAML of ``luoshi.scoring``. A draft may be wrong, an issued one loads without a problem.

    ``provenance`` of a draft from a plan's scoring table: for each item's key, the lines and cells it was read from,
    and the assumptions made in reading.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions")
    ordinal = models.PositiveSmallIntegerField("版次")
    state = models.CharField("状态", max_length=7, choices=VersionState.choices, default=VersionState.DRAFT)
    text = models.TextField("内容")
    sha256 = models.CharField(max_length=64)
    reason = models.CharField("修改原因", max_length=300, blank=True)
    table = models.ForeignKey(PlanTable, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="评分表")
    provenance = models.JSONField("出处", default=dict, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    issued_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    issued_at = models.DateTimeField("发布时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "评分办法版次"
        ordering = ("scheme", "-ordinal")
        constraints = (
            models.UniqueConstraint(fields=("scheme", "ordinal"), name="scheme_version_once"),
            # One draft at a time: two editors meet each other, not each other's loss.
            models.UniqueConstraint(fields=("scheme",), condition=models.Q(state="draft"), name="scheme_draft_once"),
            models.CheckConstraint(
                condition=~models.Q(state="issued") | models.Q(issued_at__isnull=False), name="scheme_issued_when"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme} 第{self.ordinal}版"


class Adoption(models.Model):
    """A scheme in force for some units, from a period on (and up to one): every period of the cadence has a run.

    ``choices``: the reading chosen of each of the scheme's assumptions (key → choice); missing ones stand as default.
    ``objection_days``: working days that a preview is open for objections.
    """

    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="adoptions")
    name = models.CharField("名称", max_length=200)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="adoptions", verbose_name="考核单位")
    cadence = models.CharField("周期", max_length=11, choices=CadenceChoice.choices, default=CadenceChoice.QUARTERLY)
    first_period = models.CharField("自", max_length=10)
    last_period = models.CharField("至", max_length=10, blank=True)
    choices = models.JSONField("采用的理解", default=dict, blank=True)
    objection_days = models.PositiveSmallIntegerField("公示工作日", default=5)
    is_active = models.BooleanField("启用", default=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "考核安排"
        ordering = ("owner__path", "name", "id")

    def __str__(self) -> str:
        return self.name


class AdoptionUnit(models.Model):
    """A unit that is scored; ``group`` is the key of the unit group of the scheme in which it is ranked apart."""

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assessed_in")
    group = models.CharField("组别", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "被考核单位"
        ordering = ("adoption", "unit__path")
        constraints = (models.UniqueConstraint(fields=("adoption", "unit"), name="adoption_unit_once"),)

    def __str__(self) -> str:
        return f"{self.adoption} {self.unit}"


class SourceKind(models.TextChoices):
    """How the figures of an item come in."""

    HAND = "hand", "手工录入"
    INDICATOR = "indicator", "指标"
    PUNCTUALITY = "punctuality", "报送情况"
    RUN = "run", "其他考核结果"
    INVESTMENT = "investment", "招商台账"
    PROJECTS = "projects", "项目台账"


class ItemSource(models.Model):
    """Where an item's values and targets come from; an item without a row is typed by hand.

    ``parameters`` by kind. ``indicator``: ``{"tier": …, "target_share": "25"}``; ``punctuality``: ``{"figure": …}``;
    ``run``: none (``adoption`` says whose); ``investment`` and ``projects``: ``{"figure": key}`` of their queries.
    ``checked_by``: the lead unit that looks at the evidence and the figures of this item.
    """

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="sources")
    item = models.CharField("项", max_length=60)
    kind = models.CharField("来源", max_length=11, choices=SourceKind.choices)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", null=True, blank=True)
    takes = models.ForeignKey(Adoption, models.PROTECT, related_name="taken_by", null=True, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    checked_by = models.ForeignKey(
        Unit, models.PROTECT, related_name="checks_items", null=True, blank=True, verbose_name="审核单位"
    )

    class Meta:
        verbose_name = verbose_name_plural = "数据来源"
        ordering = ("adoption", "id")
        constraints = (
            models.UniqueConstraint(fields=("adoption", "item"), name="item_source_once"),
            models.CheckConstraint(
                condition=~models.Q(kind="indicator") | models.Q(indicator__isnull=False), name="item_source_indicator"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="run") | models.Q(takes__isnull=False), name="item_source_run"
            ),
        )

    def __str__(self) -> str:
        return f"{self.adoption} 第{self.item}项"
