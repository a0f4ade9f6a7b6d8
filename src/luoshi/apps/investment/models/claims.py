"""Who says that a lead is its own, what was decided between several, and which target of a plan a figure has."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.investment.models.leads import Lead
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target

PERSON = settings.AUTH_USER_MODEL
SCOPES = (("territory", "县市、园区"), ("group", "招商组、平台"))


class LeadClaim(models.Model):
    """A unit (a territory or a group) claims a lead. ``withdrawn_at``: it gave the claim up."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="claims")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="lead_claims", verbose_name="认领单位")
    scope = models.CharField("类别", max_length=9, choices=SCOPES)
    on = models.DateField("认领日期")
    text = models.CharField("理由", max_length=300, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    claimed_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("放弃时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目认领"
        ordering = ("lead", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("lead", "unit"), condition=models.Q(withdrawn_at=None), name="lead_claim_once"
            ),
        )
        indexes = (models.Index(fields=("unit", "lead"), name="lead_claim_unit_idx"),)

    def __str__(self) -> str:
        return f"{self.lead} {self.unit}"


class ClaimDecision(models.Model):
    """What the coordinating office decided: ``parts`` are ``{unit id: share of 1 as decimal text}``, 1 together."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="decisions")
    scope = models.CharField("类别", max_length=9, choices=SCOPES)
    parts = models.JSONField("份额")
    reason = models.CharField("依据", max_length=300)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("认定时间")

    class Meta:
        verbose_name = verbose_name_plural = "归属认定"
        ordering = ("lead", "id")
        constraints = (models.CheckConstraint(condition=~models.Q(reason=""), name="claim_decision_reason"),)

    def __str__(self) -> str:
        return f"{self.lead} {self.get_scope_display()}"


class FigureTarget(models.Model):
    """Which target of a plan is that of a figure: its shares in force are what units have to reach."""

    scope = models.CharField("类别", max_length=9, choices=SCOPES)
    figure = models.CharField("指标", max_length=24)
    target = models.ForeignKey(Target, models.CASCADE, related_name="investment_figures", verbose_name="方案目标")
    year = models.PositiveSmallIntegerField("年度")

    class Meta:
        verbose_name = verbose_name_plural = "招商目标"
        ordering = ("year", "scope", "figure")
        constraints = (
            models.UniqueConstraint(fields=("scope", "figure", "target", "year"), name="figure_target_once"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.figure}"
