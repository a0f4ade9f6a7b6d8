"""How a project goes: milestones, moves between libraries, monthly progress, the ladder of linkage-fund projects."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.projects.models.projects import LadderStage, Project, State
from luoshi.apps.reporting.models import Return

PERSON = settings.AUTH_USER_MODEL


class MilestoneKind(models.TextChoices):
    """What a project passes on its way, in the usual order; values of ``luoshi.pipeline.Mark``."""

    IDEA = "idea", "谋划"
    SIGNED = "signed", "签约"
    PERFORMED = "performed", "履约"
    FEASIBILITY = "feasibility", "可研"
    ENVIRONMENT = "environment", "环评"
    LAND = "land", "用地"
    FOREST = "forest", "用林"
    ENERGY = "energy", "能评"
    PERMIT = "permit", "施工许可"
    START = "start", "开工"
    FINISH = "finish", "竣工"
    PRODUCTION = "production", "投产"
    CAPACITY = "capacity", "达产"


class Milestone(models.Model):
    """One milestone: when it was to be passed, when it was; ``waived_for`` says why the project does not need it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    kind = models.CharField("节点", max_length=11, choices=MilestoneKind.choices)
    planned_on = models.DateField("计划", null=True, blank=True)
    actual_on = models.DateField("实际", null=True, blank=True)
    evidence = models.CharField("依据", max_length=200, blank=True, help_text="批复文号、证照编号等")
    waived_for = models.CharField("不需办理的理由", max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "项目节点"
        ordering = ("project", "id")
        constraints = (
            models.UniqueConstraint(fields=("project", "kind"), name="project_milestone_once"),
            models.CheckConstraint(
                condition=models.Q(actual_on=None) | models.Q(waived_for=""), name="milestone_done_or_waived"
            ),
        )
        indexes = (models.Index(fields=("kind", "actual_on", "project"), name="project_passed_idx"),)

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"


class Move(models.Model):
    """A project enters, changes or leaves a library; appended, never changed.

    ``on`` is the day from which it counts and never lies before that of the project's last move, ``recorded_at`` when
    it was written. ``skipped`` lists the conditions that were not met and were overridden for ``reason``:
    ``[{"key": "environment", "text": "环评未批复"}, …]``. The first move of a project comes from ``""``.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="moves")
    from_state = models.CharField("原库", max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField("新库", max_length=12, choices=State.choices)
    on = models.DateField("生效日期")
    reason = models.CharField("理由", max_length=300, blank=True)
    skipped = models.JSONField("未满足的条件", default=list, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "出入库记录"
        ordering = ("project", "id")
        indexes = (
            models.Index(fields=("project", "on", "id"), name="project_move_idx"),
            models.Index(fields=("on", "to_state"), name="project_move_day_idx"),
        )

    def __str__(self) -> str:
        return f"{self.project} {self.get_to_state_display()}"


class ProgressSource(models.TextChoices):
    """How a month's progress came in."""

    TYPED = "typed", "登记"
    RETURN = "return", "报表"
    IMPORT = "import", "导入"


class Progress(models.Model):
    """What a project says of one month; a later one for the month supersedes it, none is deleted. Amounts in yuan."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="progress")
    period = models.CharField("期别", max_length=10)
    last_day = models.DateField("期末")
    month = models.DecimalField("本月完成投资", max_digits=20, decimal_places=2, null=True, blank=True)
    so_far = models.DecimalField("累计完成投资", max_digits=20, decimal_places=2, null=True, blank=True)
    image = models.DecimalField("形象进度", max_digits=5, decimal_places=2, null=True, blank=True)
    image_text = models.CharField("形象进度说明", max_length=300, blank=True)
    funds = models.DecimalField("累计到位资金", max_digits=20, decimal_places=2, null=True, blank=True)
    problem = models.CharField("存在问题", max_length=500, blank=True)
    need = models.CharField("需要协调", max_length=500, blank=True)
    source = models.CharField("来源", max_length=6, choices=ProgressSource.choices, default=ProgressSource.TYPED)
    answer = models.ForeignKey(Return, models.PROTECT, related_name="project_progress", null=True, blank=True)
    place = models.CharField("报表位置", max_length=120, blank=True)
    is_current = models.BooleanField("有效", default=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "月度进展"
        ordering = ("project", "last_day", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("project", "period"), condition=models.Q(is_current=True), name="project_progress_once"
            ),
            models.CheckConstraint(
                condition=models.Q(image=None) | models.Q(image__gte=0, image__lte=100), name="project_image_percent"
            ),
        )
        # All that the year's sums read, project by project.
        indexes = (
            models.Index(fields=("is_current", "last_day"), name="project_progress_day_idx"),
            models.Index(fields=("project", "is_current", "last_day", "month"), name="project_invested_idx"),
        )

    def __str__(self) -> str:
        return f"{self.project} {self.period}"


class LadderStep(models.Model):
    """One step of a linkage-fund project: applied for, reviewed, approved, sent back or refused."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="ladder_steps")
    from_stage = models.CharField("原环节", max_length=8, choices=LadderStage.choices, blank=True)
    to_stage = models.CharField("新环节", max_length=8, choices=LadderStage.choices)
    text = models.CharField("意见", max_length=300, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "衔接资金项目审核"
        ordering = ("project", "id")

    def __str__(self) -> str:
        return f"{self.project} {self.get_to_stage_display()}"
