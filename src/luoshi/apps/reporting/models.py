"""Forms and their versions, rounds (one form in one period), returns, and what became of them.

Nothing is overwritten: what was submitted stays in ``Submission``, what happened in ``ReturnStep``; the return's row
holds what is being typed and the present state.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, PlanTable


class Form(models.Model):
    """A form that ``owner`` (the lead unit) collects."""

    key = models.SlugField("代码", max_length=64, unique=True)
    title = models.CharField("名称", max_length=200)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="forms", verbose_name="收表单位")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="forms", null=True, blank=True, verbose_name="依据方案")
    table = models.ForeignKey(PlanTable, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="附表")
    purpose = models.CharField("用途", max_length=300, blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "报表"
        ordering = ("title", "id")

    def __str__(self) -> str:
        return self.title


class DueKindChoice(models.TextChoices):
    """From where the due day counts; values of ``luoshi.periods.DueKind``."""

    DAY_AFTER = "day-after", "次月（次周、次旬）第几日"
    DAY_IN = "day-in", "当月（当周、当旬）第几日"
    LAST_DAY = "last-day", "期末当日"
    DAYS_AFTER = "days-after", "期后几日内"
    WORKING_DAYS_AFTER = "working-days-after", "期后几个工作日内"


class ShiftChoice(models.TextChoices):
    """What becomes of a due date on a rest day; values of ``luoshi.periods.Shift``."""

    NONE = "none", "不顺延"
    NEXT = "next-working-day", "顺延到下一工作日"
    PREVIOUS = "previous-working-day", "提前到上一工作日"


class ReviewStage(models.TextChoices):
    """Who looks at a return; a form names the stages that its returns pass, in this order."""

    UNIT = "unit", "本单位审核"
    COUNTY = "county", "县级审核"
    LEAD = "lead", "收表单位审核"


def _reminders() -> list[int]:
    """Hours from the due moment: three days, a day and three hours before it, a day and three days after."""
    return [-72, -24, -3, 24, 72]


def _stages() -> list[str]:
    return [ReviewStage.UNIT, ReviewStage.LEAD]


class FormVersion(models.Model):
    """What a form asks, of whom and by when, from ``first_period`` on; a draft until it is published.

    ``definition`` is ``luoshi.forms.to_json(FormDefinition)``.
    """

    form = models.ForeignKey(Form, models.CASCADE, related_name="versions")
    ordinal = models.PositiveSmallIntegerField("版次")
    definition = models.JSONField("内容")
    cadence = models.CharField("周期", max_length=11, choices=CadenceChoice.choices)
    due_kind = models.CharField("截止", max_length=18, choices=DueKindChoice.choices)
    due_day = models.PositiveSmallIntegerField("日", default=0)
    shift = models.CharField("遇休息日", max_length=20, choices=ShiftChoice.choices, default=ShiftChoice.NONE)
    open_days = models.PositiveSmallIntegerField("提前几日开放", default=10)
    late_days = models.PositiveSmallIntegerField("迟报几日内仍收", default=10)
    reminders = models.JSONField("催报（小时）", default=_reminders)
    review_stages = models.JSONField("审核环节", default=_stages)
    reporters = models.ManyToManyField(Unit, related_name="forms_to_fill", blank=True, verbose_name="填报单位")
    minutes_a_cell = models.DecimalField("每格分钟", max_digits=4, decimal_places=1, default=1)
    first_period = models.CharField("启用期别", max_length=10, blank=True)
    first_day = models.DateField("启用日", null=True, blank=True)
    reason = models.CharField("变更原因", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "报表版次"
        ordering = ("form", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("form", "ordinal"), name="form_version_once"),
            models.UniqueConstraint(fields=("form",), condition=models.Q(published_at=None), name="form_one_draft"),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(first_day__isnull=False),
                name="form_version_first_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.form} 第{self.ordinal}版"


class Round(models.Model):
    """One form in one period: open, then frozen. ``assumption`` is what the due date rests on beyond the calendar."""

    form = models.ForeignKey(Form, models.PROTECT, related_name="rounds")
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="rounds")
    period = models.CharField("期别", max_length=10)
    first_day = models.DateField("起")
    last_day = models.DateField("止")
    opened_at = models.DateTimeField("开放时间")
    due_at = models.DateTimeField("截止时间")
    late_until = models.DateTimeField("迟报止于")
    frozen_at = models.DateTimeField("封存时间", null=True, blank=True)
    assumption = models.CharField("假定", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报期"
        ordering = ("form", "-first_day")
        constraints = (
            models.UniqueConstraint(fields=("form", "period"), name="round_once"),
            models.CheckConstraint(condition=models.Q(late_until__gte=models.F("due_at")), name="round_time_order"),
        )
        indexes = (models.Index(fields=("due_at",), name="round_due_idx"),)

    def __str__(self) -> str:
        return f"{self.form} {self.period}"


class ReturnState(models.TextChoices):
    """Where a return stands."""

    OPEN = "open", "待填报"
    IN_REVIEW = "in-review", "待审核"
    SENT_BACK = "sent-back", "已退回"
    ACCEPTED = "accepted", "已通过"
    EXEMPT = "exempt", "免报"


class Return(models.Model):
    """What one unit answers in one round. ``cells`` and ``rows`` are ``luoshi.forms.Values``, as typed so far.

    ``reasons`` are what the unit says to soft rules, by cell address. ``stage`` is the review stage that a return in
    review waits for. ``reopened`` lets it be changed though the round is frozen. ``revision`` grows with every change;
    ``marks`` holds for each cell (and for the rows of each section, under its key) the revision that last changed it,
    so that what two people type at once is brought together, and only what both changed is refused.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="returns", verbose_name="填报单位")
    state = models.CharField("状态", max_length=9, choices=ReturnState.choices, default=ReturnState.OPEN)
    stage = models.CharField("环节", max_length=6, choices=ReviewStage.choices, blank=True)
    reopened = models.BooleanField("封存后重开", default=False)
    cells = models.JSONField("内容", default=dict, blank=True)
    rows = models.JSONField("行", default=dict, blank=True)
    reasons = models.JSONField("说明", default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
    marks = models.JSONField(default=dict, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    updated_at = models.DateTimeField("最近保存", null=True, blank=True)
    # The first submission decides whether the unit was on time; a later one after being sent back does not undo it.
    submitted_at = models.DateTimeField("首次报送", null=True, blank=True)
    accepted_at = models.DateTimeField("通过时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报送"
        ordering = ("round", "unit__path")
        constraints = (
            models.UniqueConstraint(fields=("round", "unit"), name="return_once"),
            models.CheckConstraint(
                condition=models.Q(state="in-review", stage__gt="")
                | (~models.Q(state="in-review") & models.Q(stage="")),
                name="return_stage_in_review",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "state"), name="return_unit_idx"),
            models.Index(fields=("state", "stage"), name="return_state_idx"),
        )

    def __str__(self) -> str:
        return f"{self.round} {self.unit}"


class Channel(models.TextChoices):
    """How a submission came in."""

    WEB = "web", "网页"
    WORKBOOK = "workbook", "表格"
    API = "api", "接口"


class Submission(models.Model):
    """What was submitted, as it was; never changed. ``key`` is the caller's own: the same one is taken once."""

    answer = models.ForeignKey(Return, models.PROTECT, related_name="submissions")
    ordinal = models.PositiveSmallIntegerField("次")
    cells = models.JSONField("内容")
    rows = models.JSONField("行", default=dict)
    reasons = models.JSONField("说明", default=dict)
    channel = models.CharField("方式", max_length=8, choices=Channel.choices)
    key = models.CharField(max_length=80, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("报送时间")

    class Meta:
        verbose_name = verbose_name_plural = "报送内容"
        ordering = ("answer", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("answer", "ordinal"), name="submission_once"),
            models.UniqueConstraint(fields=("answer", "key"), condition=~models.Q(key=""), name="submission_key_once"),
        )

    def __str__(self) -> str:
        return f"{self.answer} 第{self.ordinal}次"


class StepAction(models.TextChoices):
    """What was done to a return."""

    SUBMIT = "submit", "报送"
    RECALL = "recall", "撤回"
    PASS = "pass", "审核通过"
    SKIP = "skip", "无审核人，略过"
    ACCEPT = "accept", "通过"
    SEND_BACK = "send-back", "退回"
    REOPEN = "reopen", "重开"
    EXEMPT = "exempt", "免报"
    END_EXEMPTION = "end-exemption", "取消免报"


class ReturnStep(models.Model):
    """One step of a return, appended and never changed."""

    answer = models.ForeignKey(Return, models.PROTECT, related_name="steps")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="steps", null=True, blank=True)
    action = models.CharField("操作", max_length=13, choices=StepAction.choices)
    from_state = models.CharField("原状态", max_length=9, choices=ReturnState.choices)
    to_state = models.CharField("新状态", max_length=9, choices=ReturnState.choices)
    stage = models.CharField("环节", max_length=6, choices=ReviewStage.choices, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "办理经过"
        ordering = ("answer", "id")

    def __str__(self) -> str:
        return f"{self.answer} {self.get_action_display()}"


class CellRemark(models.Model):
    """What a reviewer says of a cell when sending a return back; settled when the unit submits again."""

    answer = models.ForeignKey(Return, models.PROTECT, related_name="remarks")
    step = models.ForeignKey(ReturnStep, models.PROTECT, related_name="remarks")
    address = models.CharField("单元格", max_length=120, blank=True)
    value = models.CharField("当时的值", max_length=300, blank=True)
    text = models.CharField("意见", max_length=300)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单元格意见"
        ordering = ("answer", "id")

    def __str__(self) -> str:
        return f"{self.address} {self.text}"


class Evidence(models.Model):
    """A file that a cell names; removing it hides it from the return, submissions keep it."""

    answer = models.ForeignKey(Return, models.PROTECT, related_name="evidence")
    address = models.CharField("单元格", max_length=120)
    file = models.FileField("文件", upload_to="evidence/%Y/%m/")
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ("answer", "id")

    def __str__(self) -> str:
        return self.name


class Exemption(models.Model):
    """That a unit need not report a form for some periods (both included; open without a last one), and why."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="exemptions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="exemptions")
    first_period = models.CharField("起", max_length=10)
    last_period = models.CharField("止", max_length=10, blank=True)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    reason = models.CharField("理由", max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField("取消时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "免报"
        ordering = ("form", "unit__path", "first_day")
        constraints = (models.CheckConstraint(condition=~models.Q(reason=""), name="exemption_reason_given"),)

    def __str__(self) -> str:
        return f"{self.form} {self.unit} 免报"
