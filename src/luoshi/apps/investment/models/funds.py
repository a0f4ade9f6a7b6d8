"""到位资金: as the statistics have them or as units report them, and what was recognised (认定)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from luoshi.apps.investment.models.leads import Lead
from luoshi.apps.organisations.models import Unit

PERSON = settings.AUTH_USER_MODEL


class FundsKind(models.TextChoices):
    """What kind of money; domestic ones in 元, foreign ones in 美元."""

    OUTSIDE_PREFECTURE = "prefecture", "州外到位资金"
    OUTSIDE_PROVINCE = "province", "省外到位资金"
    FOREIGN = "foreign", "实际利用外资"


class FundsSource(models.TextChoices):
    """Who says so."""

    STATISTICS = "statistics", "统计"
    SELF_REPORTED = "self-reported", "自行申报"


class Checked(models.TextChoices):
    """What became of a self-reported amount."""

    WAITING = "waiting", "待认定"
    VERIFIED = "verified", "已认定"
    REFUSED = "refused", "不予认定"


class Funds(models.Model):
    """Money that arrived in one month (``period`` ``2026-05``) for one unit, of one project where it is known.

    Statistics count as they are; of what units report only ``recognised`` counts, once it is verified. A later row of
    the same (unit, lead, kind, source, period) supersedes the one before.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="investment_funds", verbose_name="单位")
    scope = models.CharField("类别", max_length=9, choices=(("territory", "县市、园区"), ("group", "招商组、平台")))
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="funds", null=True, blank=True, verbose_name="项目")
    kind = models.CharField("资金", max_length=10, choices=FundsKind.choices)
    source = models.CharField("来源", max_length=13, choices=FundsSource.choices)
    period = models.CharField("月份", max_length=7)
    first_day = models.DateField()
    amount = models.DecimalField("到位资金", max_digits=18, decimal_places=2)
    checked = models.CharField("认定", max_length=8, choices=Checked.choices)
    recognised = models.DecimalField("认定数", max_digits=18, decimal_places=2, null=True, blank=True)
    remark = models.CharField("认定意见", max_length=300, blank=True)
    checked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, blank=True)
    checked_at = models.DateTimeField("认定时间", null=True, blank=True)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField("登记时间")
    superseded_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "到位资金"
        ordering = ("-first_day", "unit__path", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "kind", "source", "period"),
                condition=Q(superseded_at=None, lead=None),
                name="funds_unit_once",
            ),
            models.UniqueConstraint(
                fields=("unit", "lead", "kind", "source", "period"),
                condition=Q(superseded_at=None, lead__isnull=False),
                name="funds_lead_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="funds_not_negative"),
            models.CheckConstraint(
                condition=~Q(checked="verified") | Q(recognised__isnull=False), name="funds_recognised"
            ),
        )
        indexes = (models.Index(fields=("first_day", "unit"), name="funds_time_idx"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.period} {self.get_kind_display()}"
