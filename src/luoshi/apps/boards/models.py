"""What boards are drawn on, and what a meeting room's screen shows in turn."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit

PERSON = settings.AUTH_USER_MODEL


class Boundaries(models.Model):
    """GeoJSON boundaries of the units below one; the last row of a unit is used, tiles where there is none.

    ``geojson`` is a FeatureCollection whose features carry ``properties.unit``, the key of a unit.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="boundaries", verbose_name="单位")
    name = models.CharField("名称", max_length=120)
    geojson = models.JSONField("边界")
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "边界"
        ordering = ("unit__path", "-id")

    def __str__(self) -> str:
        return self.name


class Display(models.Model):
    """挂图作战: boards that a meeting room's screen shows one after another. ``pages``: site addresses of boards."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="displays", verbose_name="单位")
    name = models.CharField("名称", max_length=80)
    pages = models.JSONField("页面", default=list)
    seconds = models.PositiveSmallIntegerField("每页秒数", default=20)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "轮播"
        ordering = ("owner__path", "name")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(seconds__gte=5) & models.Q(seconds__lte=600), name="display_seconds"
            ),
        )

    def __str__(self) -> str:
        return self.name
