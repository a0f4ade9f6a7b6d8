"""What a check-up (方案体检) found on a draft, and what people decided about it.

Findings hang on the draft; once it is published the plan's version leads to them through ``Draft.version``. Who
decided what before stands in the journal.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.checkup.kinds import kind_advice, kind_name, sets_readings_against
from luoshi.apps.intake.models import Draft


class FindingSeverity(models.TextChoices):
    """How much a finding matters; in this order on the page."""

    ERROR = "error", "矛盾"
    WARNING = "warning", "存疑"
    NOTE = "note", "提示"


class Decision(models.TextChoices):
    """What a person said of a finding."""

    OPEN = "open", "待处理"
    KEEP_FIRST = "keep_first", "保留甲"
    KEEP_SECOND = "keep_second", "保留乙"
    VERIFIED = "verified", "已向发文单位核实"
    DISMISSED = "dismissed", "不是问题"


class CheckUp(models.Model):
    """That a draft was checked, and when; a draft without findings has one too."""

    draft = models.OneToOneField(Draft, models.CASCADE, related_name="check_up")
    checked_at = models.DateTimeField("体检时间")

    class Meta:
        verbose_name = verbose_name_plural = "体检"

    def __str__(self) -> str:
        return f"体检 {self.draft_id}"


class Finding(models.Model):
    """One contradiction or gap (``luoshi.checks.Finding``) and its decision.

    ``places`` are ``{"line", "text", "spans": [[line, start, end]]}`` of the draft's document; ``readings`` the values
    that stand against each other: 甲, 乙. ``fingerprint`` is the same when the same is found again, so that decisions
    outlive a second check-up. ``changed_items`` are the draft's items that the decision changed, as they were before:
    ``{"item", "revision", "state", "data"}``. ``revision`` grows with every decision.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="findings")
    position = models.PositiveIntegerField("次序")
    kind = models.CharField("类别", max_length=30)
    severity = models.CharField("程度", max_length=7, choices=FindingSeverity.choices)
    message = models.TextField("所见")
    detail = models.TextField("算式", blank=True)
    places = models.JSONField("位置", default=list)
    readings = models.JSONField("读数", default=list)
    fingerprint = models.CharField(max_length=64)
    decision = models.CharField("处理", max_length=11, choices=Decision.choices, default=Decision.OPEN)
    note = models.CharField("说明", max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    changed_items = models.JSONField("一并更正", default=list)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "体检所见"
        ordering = ("draft", "position", "id")
        indexes = (models.Index(fields=("draft", "severity", "decision"), name="finding_draft_idx"),)
        constraints = (
            models.UniqueConstraint(fields=("draft", "fingerprint"), name="finding_once"),
            models.CheckConstraint(
                condition=models.Q(decision="open", decided_at=None)
                | (~models.Q(decision="open") & models.Q(decided_at__isnull=False)),
                name="finding_decided_at",
            ),
        )

    def __str__(self) -> str:
        return self.message[:80]

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return kind_name(self.kind)

    @property
    def advice(self) -> str:
        """What a clerk can do about findings of this kind."""
        return kind_advice(self.kind)

    @property
    def may_keep(self) -> bool:
        """Whether there are two readings of which one can be kept."""
        return len(self.readings) >= 2 and all(self.readings[:2]) and sets_readings_against(self.kind)
