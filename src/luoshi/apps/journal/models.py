"""The journal: one row an act, never changed, each row sealed with the hash of the one before."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """One act. Database triggers refuse UPDATE, DELETE, REPLACE and TRUNCATE (``engine.py``)."""

    sequence = models.PositiveBigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人"
    )
    # The name as it was: people are renamed, and the system itself acts too (“系统”).
    actor_name = models.CharField("操作人姓名", max_length=150)
    action = models.CharField("操作", max_length=60)
    object_type = models.CharField("对象类型", max_length=60)
    object_id = models.CharField("对象编号", max_length=64)
    object_label = models.CharField("对象", max_length=300)
    before = models.JSONField("之前", null=True)
    after = models.JSONField("之后", null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering = ("-sequence",)
        indexes = (
            models.Index(fields=("object_type", "object_id"), name="journal_object_idx"),
            models.Index(fields=("actor", "sequence"), name="journal_actor_idx"),
            models.Index(fields=("at",), name="journal_at_idx"),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.actor_name} {self.action} {self.object_label}"


class ChainHead(models.Model):
    """The last link of the chain: a single row, locked while an entry is added so that no two share a predecessor."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="journal_one_head"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"
