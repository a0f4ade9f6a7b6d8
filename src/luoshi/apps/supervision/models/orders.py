"""Supervision orders (督办单): what must be done by whom by when, and every step until it is closed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.dispatch.models import Decision, EarlyWarning
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Instruction, Measure, Plan, Target

PERSON = settings.AUTH_USER_MODEL


class Origin(models.TextChoices):
    """What an order comes from."""

    WARNING = "warning", "预警"
    DECISION = "decision", "会议议定"
    INSTRUCTION = "instruction", "领导批示"
    AUDIT = "audit", "审计问题"
    CONGRESS = "congress", "代表建议、委员提案"
    PETITION = "petition", "信访事项"
    PLAN = "plan", "方案任务"
    HAND = "hand", "其他交办"


class Clock(models.Model):
    """How long an order may take, stage by stage; shipped ones have a key and are copied, not changed.

    ``stages``: ``[{"title": "办理方案", "days": 15}, {"title": "办理结果", "months": 3}, …]``, each counted from the
    day of assignment; ``days`` with ``"working": true`` in working days.
    """

    key = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="clocks", null=True, blank=True, verbose_name="单位")
    origin = models.CharField("用于", max_length=11, choices=Origin.choices, blank=True)
    stages = models.JSONField("环节")
    accept_days = models.PositiveSmallIntegerField("几个工作日内签收", default=1)
    is_active = models.BooleanField("启用", default=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "办理时限"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class OrderState(models.TextChoices):
    """Where an order stands."""

    DRAFT = "draft", "拟办"
    ASSIGNED = "assigned", "待签收"
    IN_WORK = "in-work", "办理中"
    ANSWERED = "answered", "待审核"
    SENT_BACK = "sent-back", "退回重办"
    CLOSED = "closed", "已销号"
    WITHDRAWN = "withdrawn", "已撤销"


class Order(models.Model):
    """One order. ``unit`` leads (承办), others of ``units`` support; a sub-order has a ``parent``.

    ``number`` is given on assignment: 督〔2026〕12号, counted by owner and year. ``stage`` is the number of the stage
    in work, from 1.
    """

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="orders", verbose_name="交办单位")
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    serial = models.PositiveIntegerField("序号", null=True, blank=True)
    title = models.CharField("事项", max_length=200)
    text = models.TextField("要求")
    origin = models.CharField("来源", max_length=11, choices=Origin.choices)
    origin_text = models.CharField("来源说明", max_length=300, blank=True)
    warning = models.ForeignKey(EarlyWarning, models.PROTECT, related_name="orders", null=True, blank=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="orders", null=True, blank=True)
    instruction = models.ForeignKey(Instruction, models.PROTECT, related_name="orders", null=True, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="orders", null=True, blank=True, verbose_name="方案")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="orders", null=True, blank=True)
    target = models.ForeignKey(Target, models.PROTECT, related_name="orders", null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, related_name="children", null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="orders_to_do", verbose_name="承办单位")
    supporting = models.ManyToManyField(Unit, related_name="orders_supported", blank=True, verbose_name="协办单位")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="orders", null=True, blank=True)
    state = models.CharField("状态", max_length=9, choices=OrderState.choices, default=OrderState.DRAFT)
    stage = models.PositiveSmallIntegerField("环节", default=1)
    # The due moment of the stage in work, kept here so that lists can sort by it.
    due_at = models.DateTimeField("期限", null=True, blank=True)
    accept_by = models.DateTimeField("签收期限", null=True, blank=True)
    is_urgent = models.BooleanField("急件", default=False)
    handler = models.CharField("承办人", max_length=60, blank=True)
    assigned_at = models.DateTimeField("交办时间", null=True, blank=True)
    accepted_at = models.DateTimeField("签收时间", null=True, blank=True)
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "year", "serial"),
                condition=models.Q(serial__isnull=False),
                name="order_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(state="withdrawn")
                | models.Q(serial__isnull=False, due_at__isnull=False),
                name="order_assigned_whole",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "state"), name="order_unit_idx"),
            models.Index(fields=("state", "due_at"), name="order_due_idx"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """督〔2026〕12号, empty before it is assigned."""
        return f"督〔{self.year}〕{self.serial}号" if self.serial else ""


class OrderStage(models.Model):
    """One dated stage of an order (办理方案, 办理结果); ``first_due_at`` stays when an extension moves ``due_at``."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="stages")
    ordinal = models.PositiveSmallIntegerField("序")
    title = models.CharField("环节", max_length=60)
    first_due_at = models.DateTimeField("原期限")
    due_at = models.DateTimeField("期限")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    passed_at = models.DateTimeField("通过时间", null=True, blank=True)
    # How the due day was counted: moved off a rest day, or assumed for a year whose days off are not published yet.
    note = models.CharField("期限说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办环节"
        ordering = ("order", "ordinal")
        constraints = (models.UniqueConstraint(fields=("order", "ordinal"), name="order_stage_once"),)

    def __str__(self) -> str:
        return f"{self.order} {self.title}"


class OrderAction(models.TextChoices):
    """One step: 交办、承办、督办、问效."""

    ASSIGN = "assign", "交办"
    ACCEPT = "accept", "签收"
    REPORT = "report", "报告进展"
    ANSWER = "answer", "报结"
    SEND_BACK = "send-back", "退回"
    PASS = "pass", "环节通过"
    CLOSE = "close", "销号"
    REOPEN = "reopen", "重新交办"
    CHASE = "chase", "催办"
    ASK_EXTENSION = "ask-extension", "申请延期"
    EXTEND = "extend", "同意延期"
    REFUSE_EXTENSION = "refuse-extension", "不同意延期"
    ASSIGN_BELOW = "assign-below", "分交下级"
    WITHDRAW = "withdraw", "撤销"


class OrderStep(models.Model):
    """What was done about an order, appended and never changed; ``for_unit`` says for which unit it was done."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="steps")
    stage = models.PositiveSmallIntegerField("环节", default=1)
    action = models.CharField("操作", max_length=16, choices=OrderAction.choices)
    from_state = models.CharField("原状态", max_length=9, choices=OrderState.choices)
    to_state = models.CharField("新状态", max_length=9, choices=OrderState.choices)
    text = models.TextField("内容", blank=True)
    for_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "督办经过"
        ordering = ("order", "id")

    def __str__(self) -> str:
        return f"{self.order} {self.get_action_display()}"


class OrderEvidence(models.Model):
    """A file that goes with a step."""

    step = models.ForeignKey(OrderStep, models.PROTECT, related_name="evidence")
    file = models.FileField("文件", upload_to="orders/%Y/%m/")
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办佐证"
        ordering = ("step", "id")

    def __str__(self) -> str:
        return self.name


class Extension(models.Model):
    """A unit asks for more time for a stage; one request at a time waits."""

    stage = models.ForeignKey(OrderStage, models.PROTECT, related_name="extensions")
    until = models.DateField("延至")
    reason = models.CharField("理由", max_length=500)
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    granted = models.BooleanField("同意", null=True)
    remark = models.CharField("意见", max_length=300, blank=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ("stage", "id")
        constraints = (
            models.UniqueConstraint(fields=("stage",), condition=models.Q(granted=None), name="extension_one_waits"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="extension_reason_given"),
        )

    def __str__(self) -> str:
        return f"{self.stage} 延至{self.until}"
