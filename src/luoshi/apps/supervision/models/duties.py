"""Counted duties of leaders: so many times (or days) in a month, quarter or year, with a log."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan

PERSON = settings.AUTH_USER_MODEL


class Duty(models.Model):
    """一线调研每月3次, 全年调研60天, …: ``count`` is the least number in one period of ``cadence``."""

    key = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="duties", verbose_name="督办单位")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="duties", null=True, blank=True, verbose_name="依据")
    cadence = models.CharField("周期", max_length=11, choices=CadenceChoice.choices)
    count = models.PositiveSmallIntegerField("至少")
    measure_word = models.CharField("量词", max_length=4, default="次")
    rule = models.CharField("说明", max_length=300, blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "领导履职事项"
        ordering = ("name", "id")
        constraints = (models.CheckConstraint(condition=models.Q(count__gt=0), name="duty_count_positive"),)

    def __str__(self) -> str:
        return self.name


class DutyHolder(models.Model):
    """Who owes a duty: a person by name and post in a unit; ``count`` overrides that of the duty (90 days for some)."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="holders")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty_holders", verbose_name="单位")
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=60, blank=True)
    count = models.PositiveSmallIntegerField("至少", null=True, blank=True)
    first_day = models.DateField("自")
    last_day = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "履职人"
        ordering = ("duty", "unit__path", "name")
        constraints = (
            models.UniqueConstraint(fields=("duty", "unit", "name", "first_day"), name="duty_holder_once"),
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")),
                name="duty_holder_days",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.duty}"


class DutyEntry(models.Model):
    """One time that a duty was done; withdrawn ones stay, with the reason, and count no more."""

    holder = models.ForeignKey(DutyHolder, models.PROTECT, related_name="entries")
    day = models.DateField("日期")
    amount = models.PositiveSmallIntegerField("数量", default=1)
    place = models.CharField("地点", max_length=120, blank=True)
    text = models.CharField("内容", max_length=500)
    file = models.FileField("佐证", upload_to="duties/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_for = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "履职记录"
        ordering = ("holder", "day", "id")
        indexes = (models.Index(fields=("holder", "day"), name="duty_entry_idx"),)

    def __str__(self) -> str:
        return f"{self.holder} {self.day}"
