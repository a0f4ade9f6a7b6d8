"""A project as it is: what, where, whose, how much money; its names over time, its years, its funds."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import PlanTable

PERSON = settings.AUTH_USER_MODEL


class State(models.TextChoices):
    """The library (库) a project stands in; values of ``luoshi.pipeline.State``."""

    RESERVE = "reserve", "谋划储备"
    PREPARATION = "preparation", "前期"
    STARTED = "started", "新开工"
    CONSTRUCTION = "construction", "在建"
    COMPLETED = "completed", "竣工投产"
    LEFT = "left", "已退出"


class Nature(models.TextChoices):
    """Whose money builds it."""

    GOVERNMENT = "government", "政府投资"
    PRIVATE = "private", "民间投资"
    FOREIGN = "foreign", "外商投资"


class Sort(models.TextChoices):
    """What sort of project."""

    INDUSTRY = "industry", "产业"
    INFRASTRUCTURE = "infrastructure", "基础设施"


class LadderStage(models.TextChoices):
    """Where a project for linkage funds (衔接资金) stands: 村申报 → 乡审核 → 县审定."""

    NONE = "", "不适用"
    VILLAGE = "village", "待申报"
    TOWNSHIP = "township", "待乡镇审核"
    COUNTY = "county", "待县级审定"
    APPROVED = "approved", "已审定入库"
    REFUSED = "refused", "未通过"


class Industry(models.Model):
    """An industry (重点产业) with a list of projects of its own."""

    name = models.CharField("产业", max_length=40, unique=True)
    ordinal = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "产业"
        ordering = ("ordinal", "id")

    def __str__(self) -> str:
        return self.name


class Chain(models.Model):
    """An industrial chain (产业链) of an industry, its leader (链长) and the unit that pushes it."""

    name = models.CharField("产业链", max_length=40, unique=True)
    industry = models.ForeignKey(
        Industry, models.PROTECT, related_name="chains", null=True, blank=True, verbose_name="产业"
    )
    leader = models.CharField("链长", max_length=40, blank=True)
    lead = models.ForeignKey(
        Unit, models.PROTECT, related_name="chains_led", null=True, blank=True, verbose_name="牵头单位"
    )
    ordinal = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "产业链"
        ordering = ("ordinal", "id")

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """A project, entered once and followed until it produces.

    Amounts are in yuan (元). ``state`` and ``state_since`` are the last ``Move``; ``done``, ``image`` and
    ``funds_received`` the last ``Progress``: kept here so that lists of many projects need no join. ``unit`` is where
    it stands (a county or zone; the prefecture where it crosses counties), ``place`` what was printed. A project that
    was merged into another keeps its row, its moves and names, and points to it by ``merged_into``.
    """

    name = models.CharField("项目名称", max_length=200)
    code = models.CharField("项目代码", max_length=24, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="projects", verbose_name="建设地点")
    place = models.CharField("地点（原文）", max_length=120, blank=True)
    lead = models.ForeignKey(
        Unit, models.PROTECT, related_name="projects_led", null=True, blank=True, verbose_name="牵头单位"
    )
    serving = models.ManyToManyField(Unit, related_name="projects_served", blank=True, verbose_name="服务单位")
    owner = models.CharField("项目业主", max_length=120, blank=True)
    leader = models.CharField("包保领导", max_length=60, blank=True)
    industry = models.ForeignKey(
        Industry, models.PROTECT, related_name="projects", null=True, blank=True, verbose_name="产业"
    )
    chain = models.ForeignKey(
        Chain, models.PROTECT, related_name="projects", null=True, blank=True, verbose_name="产业链"
    )
    nature = models.CharField("投资性质", max_length=10, choices=Nature.choices, blank=True)
    sort = models.CharField("项目类别", max_length=14, choices=Sort.choices, default=Sort.INDUSTRY)
    major = models.BooleanField("重大项目", default=False)
    total = models.DecimalField("总投资", max_digits=20, decimal_places=2, default=Decimal(0))
    content = models.TextField("建设内容", blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    state = models.CharField("所在库", max_length=12, choices=State.choices, default=State.RESERVE)
    state_since = models.DateField("入库日期")
    ladder = models.CharField("衔接资金项目", max_length=8, choices=LadderStage.choices, blank=True, default="")
    done = models.DecimalField("累计完成投资", max_digits=20, decimal_places=2, null=True, blank=True)
    image = models.DecimalField("形象进度", max_digits=5, decimal_places=2, null=True, blank=True)
    funds_received = models.DecimalField("累计到位资金", max_digits=20, decimal_places=2, null=True, blank=True)
    progress_period = models.CharField("最近一期", max_length=10, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, related_name="merged", null=True, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("code",),
                condition=models.Q(merged_into=None) & ~models.Q(code=""),
                name="project_code_once",
            ),
            models.CheckConstraint(condition=models.Q(total__gte=0), name="project_total_positive"),
            models.CheckConstraint(
                condition=models.Q(longitude=None, latitude=None)
                | models.Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="project_on_earth",
            ),
        )
        indexes = (
            models.Index(fields=("merged_into", "unit", "state"), name="project_unit_idx"),
            models.Index(fields=("merged_into", "state", "state_since"), name="project_state_idx"),
            models.Index(fields=("merged_into", "industry", "state"), name="project_industry_idx"),
            models.Index(fields=("name",), name="project_name_idx"),
        )

    def __str__(self) -> str:
        return self.name


class ProjectName(models.Model):
    """A name that a project had, from ``since`` to ``until`` (both included; the present one has no end)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="names")
    name = models.CharField("名称", max_length=200)
    since = models.DateField("启用")
    until = models.DateField("停用", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目名称"
        ordering = ("project", "id")
        indexes = (models.Index(fields=("name",), name="project_names_idx"),)

    def __str__(self) -> str:
        return self.name


class ProjectOrigin(models.Model):
    """A row of a plan's table from which a project was entered: ``row`` counts the printed body rows from 0.

    ``readings`` keeps what the row could also mean: ``[{"total": "106000000", "text": …}, …]``; the first was taken.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="origins")
    table = models.ForeignKey(PlanTable, models.PROTECT, related_name="projects")
    row = models.PositiveIntegerField("行")
    label = models.CharField("序号", max_length=20, blank=True)
    text = models.CharField("原文", max_length=500, blank=True)
    readings = models.JSONField("读法", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目出处"
        ordering = ("table", "row")
        constraints = (models.UniqueConstraint(fields=("table", "row"), name="project_origin_once"),)

    def __str__(self) -> str:
        return f"{self.table} {self.label}"


class YearPlan(models.Model):
    """What a year asks of a project: investment in yuan, when it is to start and finish.

    ``listed`` tells a project on the year's plan (年度计划项目) from one merely held in reserve with a figure.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField("年度")
    investment = models.DecimalField("年度计划投资", max_digits=20, decimal_places=2, null=True, blank=True)
    start_on = models.DateField("计划开工", null=True, blank=True)
    finish_on = models.DateField("计划竣工", null=True, blank=True)
    listed = models.BooleanField("列入年度计划", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度计划"
        ordering = ("project", "year")
        constraints = (
            models.UniqueConstraint(fields=("project", "year"), name="project_year_once"),
            models.CheckConstraint(
                condition=models.Q(start_on=None)
                | models.Q(finish_on=None)
                | models.Q(finish_on__gte=models.F("start_on")),
                name="project_year_order",
            ),
        )
        indexes = (models.Index(fields=("year", "listed"), name="project_year_idx"),)

    def __str__(self) -> str:
        return f"{self.project} {self.year}"


class FundSource(models.TextChoices):
    """Where money comes from."""

    CENTRAL = "central", "中央资金"
    PROVINCE = "province", "省级资金"
    LOCAL = "local", "州县资金"
    BOND = "bond", "专项债券"
    LINKAGE = "linkage", "衔接资金"
    BANK = "bank", "银行贷款"
    ENTERPRISE = "enterprise", "企业自筹"
    FOREIGN = "foreign", "外资"
    OTHER = "other", "其他"


class Funding(models.Model):
    """The part of a project's money that comes from one source, planned and received so far, in yuan."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="funds")
    source = models.CharField("来源", max_length=10, choices=FundSource.choices)
    amount = models.DecimalField("计划", max_digits=20, decimal_places=2)
    received = models.DecimalField("到位", max_digits=20, decimal_places=2, default=Decimal(0))
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金来源"
        ordering = ("project", "id")
        constraints = (
            models.UniqueConstraint(fields=("project", "source"), name="project_fund_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0, received__gte=0), name="project_fund_positive"),
        )

    def __str__(self) -> str:
        return f"{self.project} {self.get_source_display()}"
