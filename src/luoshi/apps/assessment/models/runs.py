"""Runs: one period's figures scored, shown to those concerned, disputed, corrected, made final."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.assessment.models.schemes import Adoption, SchemeVersion
from luoshi.apps.organisations.models import Unit

PERSON = settings.AUTH_USER_MODEL


class RunState(models.TextChoices):
    """Where a run stands."""

    DRAFT = "draft", "计算中"
    PREVIEW = "preview", "公示中"
    FINAL = "final", "已定稿"
    REPLACED = "replaced", "已被更正"
    WITHDRAWN = "withdrawn", "已撤回"


class Run(models.Model):
    """One scoring of one period. From ``preview`` on its facts and result are frozen in ``snapshot``.

    ``snapshot``: ``{"scheme": YAML, "choices": …, "facts": [...], "result": records(details=True)}``; ``digest`` its
    SHA-256 as canonical JSON: scored again from it the result is the same. A correction is a new run that ``corrects``
    the old one, which then is ``replaced`` and stays readable.
    """

    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="runs")
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="runs")
    period = models.CharField("期别", max_length=10)
    ordinal = models.PositiveSmallIntegerField("次", default=1)
    state = models.CharField("状态", max_length=9, choices=RunState.choices, default=RunState.DRAFT)
    as_of = models.DateTimeField("数据截至")
    choices = models.JSONField("采用的理解", default=dict, blank=True)
    snapshot = models.JSONField("冻结的数据", null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, related_name="corrections", null=True, blank=True)
    reason = models.CharField("更正原因", max_length=300, blank=True)
    previewed_at = models.DateTimeField("公示时间", null=True, blank=True)
    objections_until = models.DateTimeField("异议截止", null=True, blank=True)
    final_at = models.DateTimeField("定稿时间", null=True, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "考核"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("adoption", "period", "ordinal"), name="run_once"),
            models.UniqueConstraint(
                fields=("adoption", "period"), condition=models.Q(state="final"), name="run_final_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "withdrawn")) | models.Q(snapshot__isnull=False),
                name="run_frozen",
            ),
        )
        indexes = (models.Index(fields=("state", "period"), name="run_state_idx"),)

    def __str__(self) -> str:
        return f"{self.adoption} {self.period}"


class RunFact(models.Model):
    """One figure of a draft run: drawn from the ledgers or typed. A typed one beats a drawn one and says why.

    ``judge`` names whose mark it is, for items that several people mark. ``reference`` leads back: observation,
    target, form, project or run ids.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="facts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    item = models.CharField("项", max_length=60)
    judge = models.CharField("评委", max_length=60, blank=True)
    value = models.DecimalField("实际", max_digits=24, decimal_places=6, null=True, blank=True)
    target = models.DecimalField("目标", max_digits=24, decimal_places=6, null=True, blank=True)
    previous = models.DecimalField("上期", max_digits=24, decimal_places=6, null=True, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)
    date = models.DateField("日期", null=True, blank=True)
    reference = models.JSONField("出处", default=dict, blank=True)
    is_typed = models.BooleanField("手工", default=False)
    reason = models.CharField("说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    entered_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "考核数据"
        ordering = ("run", "item", "unit__path", "judge")
        constraints = (
            models.UniqueConstraint(fields=("run", "unit", "item", "judge", "is_typed"), name="run_fact_once"),
        )

    def __str__(self) -> str:
        return f"{self.run} {self.unit} 第{self.item}项"


class EvidenceState(models.TextChoices):
    """What the lead unit said of a piece of evidence."""

    OFFERED = "offered", "待审核"
    ACCEPTED = "accepted", "认可"
    REFUSED = "refused", "不认可"


class Evidence(models.Model):
    """A file that shows how a unit came to an item's figure, and what the unit that checks the item says of it."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="evidence")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    item = models.CharField("项", max_length=60)
    file = models.FileField("文件", upload_to="assessment/%Y/")
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    note = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField("审核", max_length=8, choices=EvidenceState.choices, default=EvidenceState.OFFERED)
    answer = models.CharField("审核意见", max_length=300, blank=True)
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    checked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    checked_at = models.DateTimeField("审核时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "佐证"
        ordering = ("run", "item", "unit__path", "id")

    def __str__(self) -> str:
        return self.name


class ObjectionState(models.TextChoices):
    """Where an objection stands."""

    OPEN = "open", "待答复"
    UPHELD = "upheld", "采纳"
    REJECTED = "rejected", "不采纳"
    WITHDRAWN = "withdrawn", "已撤回"


class Objection(models.Model):
    """What a unit disputes of a previewed run; ``wanted`` is the value it says is right, where it names one.

    An upheld one leads to a correction: a new run in which the value is put right.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="objections")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="objections")
    item = models.CharField("项", max_length=60, blank=True)
    about = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="涉及单位")
    text = models.TextField("异议")
    wanted = models.DecimalField("认为应为", max_digits=24, decimal_places=6, null=True, blank=True)
    file = models.FileField("材料", upload_to="assessment/%Y/", blank=True)
    name = models.CharField("文件名", max_length=200, blank=True)
    state = models.CharField("状态", max_length=9, choices=ObjectionState.choices, default=ObjectionState.OPEN)
    answer = models.TextField("答复", blank=True)
    filed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField("提出时间")
    answered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "异议"
        ordering = ("run", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("open", "withdrawn")) | ~models.Q(answer=""), name="objection_answered"
            ),
        )

    def __str__(self) -> str:
        return f"{self.run} {self.unit}"


class RunAction(models.TextChoices):
    """One step of a run."""

    DRAW = "draw", "取数"
    ENTER = "enter", "录入"
    PREVIEW = "preview", "公示"
    EXTEND = "extend", "延长异议期"
    CORRECT = "correct", "更正"
    FINALISE = "finalise", "定稿"
    WITHDRAW = "withdraw", "撤回"


class RunStep(models.Model):
    """What was done with a run."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="steps")
    action = models.CharField("操作", max_length=8, choices=RunAction.choices)
    text = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "考核办理"
        ordering = ("run", "id")

    def __str__(self) -> str:
        return f"{self.run} {self.get_action_display()}"
