"""Investment groups (招商组) and the market platform: each stands on a unit of the register."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit

PERSON = settings.AUTH_USER_MODEL


class FundsRule(models.TextChoices):
    """Where a group's 到位资金 come from."""

    STATISTICS = "statistics", "国内合作统计中本产业的到位资金"
    ENCLAVE = "enclave", "自行申报：飞地合作项目的到位资金"
    PLATFORM = "platform", "自行申报：平台促成项目的到位资金"


class Group(models.Model):
    """A group: the unit under whose name it has targets and reports, who leads it, who belongs to it."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="investment_group", verbose_name="招商组")
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="牵头单位"
    )
    members = models.ManyToManyField(Unit, related_name="investment_groups", blank=True, verbose_name="成员单位")
    leader = models.CharField("组长", max_length=60, blank=True)
    scope_text = models.CharField("产业范围", max_length=300, blank=True)
    funds_rule = models.CharField(
        "到位资金来源", max_length=10, choices=FundsRule.choices, default=FundsRule.STATISTICS
    )
    is_active = models.BooleanField("启用", default=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "招商组"
        ordering = ("unit__path",)

    def __str__(self) -> str:
        return str(self.unit)
