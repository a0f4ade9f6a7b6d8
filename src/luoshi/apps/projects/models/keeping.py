"""What stands beside a project: problems, documents, possible twins, imports, meetings of the race."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.dispatch.models import Meeting, Problem
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.projects.models.course import Milestone
from luoshi.apps.projects.models.projects import Project

PERSON = settings.AUTH_USER_MODEL


class HoldKind(models.TextChoices):
    """What a project lacks (要素保障)."""

    LAND = "land", "用地"
    FOREST = "forest", "用林"
    ENERGY = "energy", "用能"
    POWER = "power", "用电"
    FINANCE = "finance", "资金"
    OTHER = "other", "其他"


class ProjectProblem(models.Model):
    """That a problem of dispatch is a project's, what it is about, and how much investment it holds up (yuan)."""

    problem = models.OneToOneField(Problem, models.CASCADE, related_name="project_link")
    project = models.ForeignKey(Project, models.PROTECT, related_name="problems")
    kind = models.CharField("要素", max_length=7, choices=HoldKind.choices)
    held = models.DecimalField("影响投资", max_digits=20, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目问题"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(held=None) | models.Q(held__gte=0), name="project_held_positive"),
        )
        indexes = (models.Index(fields=("kind",), name="project_problem_kind_idx"),)

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"


class FileKind(models.TextChoices):
    """What a file is."""

    DOCUMENT = "document", "文件"
    PHOTO = "photo", "照片"


class ProjectFile(models.Model):
    """A document or photo of a project; removing it hides it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="files")
    kind = models.CharField("类别", max_length=8, choices=FileKind.choices)
    milestone = models.ForeignKey(Milestone, models.SET_NULL, related_name="files", null=True, blank=True)
    file = models.FileField("文件", upload_to="projects/%Y/%m/")
    name = models.CharField("文件名", max_length=200)
    caption = models.CharField("说明", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目资料"
        ordering = ("project", "id")

    def __str__(self) -> str:
        return self.name


class TwinState(models.TextChoices):
    """What was said of two projects that look alike."""

    OPEN = "open", "待核对"
    SAME = "same", "同一项目"
    DIFFERENT = "different", "不同项目"


class Twin(models.Model):
    """Two projects that may be one (``first`` is the older row): how alike, why, and what a person said."""

    first = models.ForeignKey(Project, models.CASCADE, related_name="twins_after")
    second = models.ForeignKey(Project, models.CASCADE, related_name="twins_before")
    score = models.DecimalField("相似度", max_digits=5, decimal_places=2)
    reason = models.CharField("依据", max_length=200)
    state = models.CharField("状态", max_length=9, choices=TwinState.choices, default=TwinState.OPEN)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("核对时间", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复项目"
        ordering = ("-score", "id")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="project_twin_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="project_twin_order"),
        )
        indexes = (models.Index(fields=("state",), name="project_twin_idx"),)

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class ColumnMapping(models.Model):
    """How the columns of a unit's own workbook stand to a project's facts: ``{"项目名称": "name", …}``."""

    owner = models.ForeignKey(Unit, models.CASCADE, related_name="project_mappings")
    name = models.CharField("名称", max_length=80)
    columns = models.JSONField("对应", default=dict)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "列对应"
        ordering = ("owner", "name")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="project_mapping_once"),)

    def __str__(self) -> str:
        return self.name


class ImportState(models.TextChoices):
    """Where an import stands."""

    PREVIEW = "preview", "待确认"
    TAKEN = "taken", "已入库"
    DROPPED = "dropped", "已放弃"


class ProjectImport(models.Model):
    """Rows read from a file or a plan's table, shown before they are taken over as a whole or not at all.

    ``rows``: ``[{"ordinal", "values": {fact: text}, "errors": [text], "readings": [...], "twins": [...], …}, …]``.
    """

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="project_imports", verbose_name="单位")
    name = models.CharField("来源", max_length=200)
    table = models.ForeignKey(PlanTable, models.PROTECT, related_name="+", null=True, blank=True)
    header = models.JSONField("表头", default=list, blank=True)
    mapping = models.JSONField("对应", default=dict, blank=True)
    raw = models.JSONField("原行", default=list, blank=True)
    rows = models.JSONField("读出的行", default=list, blank=True)
    state = models.CharField("状态", max_length=7, choices=ImportState.choices, default=ImportState.PREVIEW)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    taken_at = models.DateTimeField("入库时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "项目导入"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class RaceMeeting(models.Model):
    """The meeting of one quarter of the start race (开工竞赛): 集中评述 in quarters 1 and 3, 现场观摩 in 2 and 4."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="race_meetings")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="race")
    # The projects that are visited or told of, in the order of the route: [project id, …].
    route = models.JSONField("路线", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "开工竞赛会"
        ordering = ("-year", "-quarter")
        constraints = (
            models.UniqueConstraint(fields=("owner", "year", "quarter"), name="race_meeting_once"),
            models.CheckConstraint(condition=models.Q(quarter__gte=1, quarter__lte=4), name="race_meeting_quarter"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.quarter}"


class Watch(models.Model):
    """How far accepted returns were read for the months of projects: a single row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "项目读取进度"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="projects_one_watch"),)

    def __str__(self) -> str:
        return "项目读取进度"
