"""From an uploaded file to a confirmed plan: uploads, drafts, and the items that people confirm."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, PlanVersion, SourceDocument


class UploadState(models.TextChoices):
    """How far a file has come."""

    QUEUED = "queued", "等待读取"
    READING = "reading", "正在读取"
    EXTRACTING = "extracting", "正在识别"
    STORING = "storing", "正在保存"
    DONE = "done", "已完成"
    FAILED = "failed", "未能读取"


class Upload(models.Model):
    """A file on its way in; what went wrong is kept, so that the page can say it after the browser was closed."""

    name = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to="uploads/%Y/%m/")
    size = models.PositiveBigIntegerField("字节数")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发文单位")
    state = models.CharField("状态", max_length=10, choices=UploadState.choices, default=UploadState.QUEUED)
    progress = models.PositiveSmallIntegerField("进度", default=0, help_text="百分之几")
    error_code = models.CharField(max_length=30, blank=True)
    message = models.TextField("说明", blank=True)
    document = models.ForeignKey(SourceDocument, models.PROTECT, related_name="uploads", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads", null=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    # The claim of the job that reads the file: a job whose number is no longer this one has lost its claim.
    attempts = models.PositiveSmallIntegerField("读取次数", default=0)
    touched_at = models.DateTimeField("最近进展", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "上传"
        ordering = ("-created_at", "-id")
        constraints = (models.CheckConstraint(condition=models.Q(progress__lte=100), name="upload_progress_max"),)

    def __str__(self) -> str:
        return self.name


class DraftState(models.TextChoices):
    """Whether a draft still waits for people."""

    OPEN = "open", "待确认"
    PUBLISHED = "published", "已发布"
    DISCARDED = "discarded", "已弃用"


class Draft(models.Model):
    """One titled document of a file, as read; confirming it publishes a plan, or the next version of ``supersedes``."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="drafts")
    document = models.ForeignKey(SourceDocument, models.PROTECT, related_name="drafts")
    ordinal = models.PositiveSmallIntegerField("序号")
    title = models.CharField("标题", max_length=300)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("末年", null=True, blank=True)
    first_line = models.PositiveIntegerField("首行")
    last_line = models.PositiveIntegerField("末行")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发文单位")
    supersedes = models.ForeignKey(
        Plan, models.SET_NULL, related_name="drafts", null=True, blank=True, verbose_name="是此方案的新版"
    )
    state = models.CharField("状态", max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    version = models.OneToOneField(PlanVersion, models.PROTECT, related_name="draft", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        ordering = ("upload", "ordinal")
        indexes = (models.Index(fields=("state", "owner"), name="draft_state_idx"),)
        constraints = (
            models.UniqueConstraint(fields=("upload", "ordinal"), name="draft_ordinal_once"),
            models.CheckConstraint(
                condition=models.Q(state="published", version__isnull=False)
                | (~models.Q(state="published") & models.Q(version__isnull=True)),
                name="draft_published_version",
            ),
        )

    def __str__(self) -> str:
        return self.title


class ItemKind(models.TextChoices):
    """What was found."""

    MEASURE = "measure", "措施"
    TARGET = "target", "目标"
    RESPONSIBILITY = "responsibility", "责任"
    DEADLINE = "deadline", "时限"
    TABLE = "table", "附表"


class ItemState(models.TextChoices):
    """What people said of an item."""

    PENDING = "pending", "待确认"
    ACCEPTED = "accepted", "已确认"
    CORRECTED = "corrected", "已更正"
    REJECTED = "rejected", "已剔除"
    ADDED = "added", "已添加"


class DraftItem(models.Model):
    """One found object. ``data`` is what will be published, ``original`` what was read (``None`` when added by hand).

    The fields of ``data`` by kind:

    * measure: ``key``, ``labels``, ``title``, ``is_task``, ``last_line``
    * target: ``indicator``, ``comparator``, ``value``, ``value_max`` (decimal strings), ``unit``, ``change``,
      ``direction``, ``year``, ``tier``
    * responsibility: ``lead``, ``responsible``, ``supporting``: lists of ``{"name": printed, "units": [unit keys]}``,
      with ``"open": True`` for a group whose members the plans leave open (有关部门)
    * deadline: ``rule``, ``date``, ``day``, ``days``, ``working``
    * table: ``title``, ``header``, ``rows``, ``line_end``

    ``measure_key`` is the ``key`` of the measure below which it stands. ``revision`` grows with every decision; a
    decision that was made on an older revision is refused, so that two people do not overwrite one another.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="items")
    kind = models.CharField("类别", max_length=14, choices=ItemKind.choices)
    position = models.PositiveIntegerField("次序")
    measure_key = models.CharField(max_length=80, blank=True)
    line = models.PositiveIntegerField("行")
    text = models.TextField("原句")
    spans = models.JSONField("位置", default=list)
    data = models.JSONField("内容")
    original = models.JSONField("识别结果", null=True)
    rule = models.CharField("规则", max_length=60, blank=True)
    certainty = models.FloatField("把握", null=True, blank=True)
    reason = models.CharField("依据", max_length=300, blank=True)
    # How many printed names in ``data`` mean no known unit: counted in SQL over many drafts.
    unknown_names = models.PositiveSmallIntegerField("单位不明", default=0)
    state = models.CharField("状态", max_length=9, choices=ItemState.choices, default=ItemState.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "待确认项"
        ordering = ("draft", "position", "id")
        indexes = (
            models.Index(fields=("draft", "position"), name="item_position_idx"),
            models.Index(fields=("draft", "state"), name="item_state_idx"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:40]}"
