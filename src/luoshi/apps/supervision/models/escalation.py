"""What follows when a unit stays behind: ladders as data, proposals, interviews and accountability.

Luoshi proposes, a person decides; nothing here is public.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import models

from luoshi.apps.dispatch.models import EarlyWarning
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan
from luoshi.apps.reporting.models import Return
from luoshi.apps.supervision.models.orders import Order

PERSON = settings.AUTH_USER_MODEL


class Rung(models.TextChoices):
    """One rung of a ladder, the mildest first."""

    REMINDER = "reminder", "提醒"
    BULLETIN = "bulletin", "通报"
    INTERVIEW = "interview", "约谈"
    ACCOUNTABILITY = "accountability", "问责"


class Trigger(models.TextChoices):
    """What moves a unit up a ladder."""

    NOT_REPORTED = "not-reported", "到期未报"
    LATE_AGAIN = "late-again", "再次迟报"
    LIGHT_RED = "light-red", "亮红灯"
    WARNING_UNANSWERED = "warning-unanswered", "预警逾期未应策"
    ORDER_OVERDUE = "order-overdue", "督办事项逾期"
    RECTIFICATION_FAILED = "rectification-failed", "整改后仍不达标"


class Ladder(models.Model):
    """Which rung follows which trigger at which time of its happening.

    ``steps``: ``[{"trigger": "late-again", "count": 1, "rung": "reminder"}, {"trigger": "late-again", "count": 2,
    "rung": "bulletin"}, …]``: the count-th time within the year. Shipped ladders have no owner.
    """

    key = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="ladders", null=True, blank=True, verbose_name="单位")
    steps = models.JSONField("阶梯")
    note = models.CharField("依据", max_length=300, blank=True)
    is_active = models.BooleanField("启用", default=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "问责阶梯"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ChosenLadder(models.Model):
    """The ladder that a plan goes by, and which of its triggers apply.

    Without a plan: the one by which an office's own orders, forms and interviews go that belong to no plan.
    """

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="ladder", null=True, blank=True)
    office = models.OneToOneField(Unit, models.PROTECT, related_name="ladder_beside_plans", null=True, blank=True)
    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="chosen")
    triggers = models.JSONField("适用的情形", default=list)
    since = models.DateField("自")
    set_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    set_at = models.DateTimeField(auto_now=True)
    # When the lights were last looked at: once a day is enough.
    checked_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "选定的问责阶梯"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(plan__isnull=False, office=None) | models.Q(plan=None, office__isnull=False),
                name="ladder_plan_or_office",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.ladder}"

    @property
    def subject(self) -> str:
        """What goes by the ladder."""
        return subject_of(self.plan, self.office)

    @property
    def scope(self) -> Scope:
        """The same as a key."""
        return Scope(self.plan_id, self.office_id)


class Scope(NamedTuple):
    """What an event counts for: a plan, else the office whose matter it is (numbers; one of them is ``None``)."""

    plan_id: int | None
    office_id: int | None


def subject_of(plan: Plan | None, office: Unit | None) -> str:
    """``《方案》``, or whose matters outside any plan."""
    return f"《{plan}》" if plan is not None else f"{office}不属方案的事项"


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    PROPOSED = "proposed", "待定"
    TAKEN = "taken", "已采取"
    DISMISSED = "dismissed", "不采取"


class Proposal(models.Model):
    """Luoshi proposes a rung for a unit, and says why in one sentence; a person takes it or not, with a reason."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="proposals", null=True, blank=True)
    # Who decides where it is about no plan; the plan's owner decides else.
    office = models.ForeignKey(Unit, models.PROTECT, related_name="proposals_decided", null=True, blank=True)
    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="proposals")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="proposals", verbose_name="单位")
    trigger = models.CharField("情形", max_length=20, choices=Trigger.choices)
    count = models.PositiveSmallIntegerField("第几次")
    rung = models.CharField("建议", max_length=14, choices=Rung.choices)
    sentence = models.CharField("理由", max_length=400)
    # The event, as text ("return:4", "order:7:2"), so that it is proposed once.
    event = models.CharField(max_length=90)
    snapshot = models.JSONField("当时的数", default=dict)
    order = models.ForeignKey(Order, models.PROTECT, related_name="proposals", null=True, blank=True)
    warning = models.ForeignKey(EarlyWarning, models.PROTECT, related_name="proposals", null=True, blank=True)
    answer = models.ForeignKey(Return, models.PROTECT, related_name="proposals", null=True, blank=True)
    state = models.CharField("状态", max_length=9, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    reason = models.CharField("决定的理由", max_length=300, blank=True)
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "升级建议"
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("plan", "unit", "trigger", "event"), name="proposal_once"),
            models.UniqueConstraint(
                fields=("office", "unit", "trigger", "event"),
                condition=models.Q(plan=None),
                name="proposal_office_once",
            ),
            models.CheckConstraint(
                condition=models.Q(plan__isnull=False, office=None) | models.Q(plan=None, office__isnull=False),
                name="proposal_plan_or_office",
            ),
            models.CheckConstraint(condition=~models.Q(state="dismissed", reason=""), name="proposal_dismissed_why"),
        )
        indexes = (models.Index(fields=("state", "unit"), name="proposal_state_idx"),)

    def __str__(self) -> str:
        return self.sentence

    @property
    def decider(self) -> Unit:
        """The unit whose coordinators and leads decide."""
        owner = self.plan.owner if self.plan is not None else self.office
        assert owner is not None  # by constraint
        return owner

    @property
    def subject(self) -> str:
        """What it is about: the plan, or the office's matters outside any plan."""
        return subject_of(self.plan, self.office)

    @property
    def scope(self) -> Scope:
        """The same as a key."""
        return Scope(self.plan_id, self.office_id)


class InterviewState(models.TextChoices):
    """Where an interview stands."""

    PLANNED = "planned", "已通知"
    HELD = "held", "已约谈"
    CLOSED = "closed", "整改到位"
    CANCELLED = "cancelled", "已取消"


class Interview(models.Model):
    """约谈: who was asked in, by whom, what was said, what shall be put right by when, and whether it was."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="interviews", verbose_name="约谈单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="interviewed", verbose_name="被约谈单位")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="interviews", null=True, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="interviews", null=True, blank=True)
    subject = models.CharField("事由", max_length=300)
    persons = models.CharField("被约谈人", max_length=200)
    interviewers = models.CharField("约谈人", max_length=200)
    held_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=120, blank=True)
    record = models.TextField("记录", blank=True)
    demands = models.TextField("整改要求", blank=True)
    rectify_by = models.DateField("整改期限", null=True, blank=True)
    result = models.TextField("结果", blank=True)
    state = models.CharField("状态", max_length=9, choices=InterviewState.choices, default=InterviewState.PLANNED)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "约谈"
        ordering = ("-held_at", "-id")

    def __str__(self) -> str:
        return f"{self.unit} {self.subject}"


class Accountability(models.Model):
    """问责: what was decided, by which body, about whom."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="accountabilities", verbose_name="单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="held_accountable", verbose_name="被问责单位")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="accountabilities", null=True, blank=True)
    interview = models.ForeignKey(Interview, models.PROTECT, related_name="accountabilities", null=True, blank=True)
    persons = models.CharField("问责对象", max_length=200, blank=True)
    form = models.CharField("方式", max_length=80)
    basis = models.CharField("依据", max_length=300)
    decided_by = models.CharField("决定机关", max_length=120)
    decided_on = models.DateField("决定日期")
    text = models.TextField("内容", blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "问责"
        ordering = ("-decided_on", "-id")

    def __str__(self) -> str:
        return f"{self.unit} {self.form}"
