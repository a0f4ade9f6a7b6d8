"""Links of the chains (产业链 of ``projects``): upstream to downstream, where weak, who stands there or is wanted."""

from __future__ import annotations

from django.db import models

from luoshi.apps.projects.models import Chain


class Tier(models.TextChoices):
    """Where a link stands in its chain."""

    UPSTREAM = "upstream", "上游"
    MIDSTREAM = "midstream", "中游"
    DOWNSTREAM = "downstream", "下游"


class Gap(models.TextChoices):
    """How a link is filled."""

    STRONG = "strong", "较强"
    WEAK = "weak", "薄弱"
    MISSING = "missing", "缺失"


class ChainLink(models.Model):
    """One link (环节), in order within its tier."""

    chain = models.ForeignKey(Chain, models.CASCADE, related_name="links", verbose_name="产业链")
    tier = models.CharField("位置", max_length=10, choices=Tier.choices)
    ordinal = models.PositiveSmallIntegerField("序", default=1)
    name = models.CharField("环节", max_length=80)
    gap = models.CharField("状况", max_length=7, choices=Gap.choices, default=Gap.WEAK)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "产业链环节"
        ordering = ("chain", "ordinal", "id")
        constraints = (models.UniqueConstraint(fields=("chain", "name"), name="chain_link_once"),)

    def __str__(self) -> str:
        return f"{self.chain} · {self.name}"


class Standing(models.TextChoices):
    """How an enterprise stands to a link."""

    PRESENT = "present", "现有企业"
    WANTED = "wanted", "重点招引目标"


class ChainPlace(models.Model):
    """An enterprise in a link: here already, or wanted."""

    link = models.ForeignKey(ChainLink, models.CASCADE, related_name="places", verbose_name="环节")
    enterprise = models.ForeignKey("Enterprise", models.PROTECT, related_name="places", verbose_name="企业")
    standing = models.CharField("情况", max_length=7, choices=Standing.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "产业链企业"
        ordering = ("link", "standing", "id")
        constraints = (models.UniqueConstraint(fields=("link", "enterprise"), name="chain_place_once"),)

    def __str__(self) -> str:
        return f"{self.link} {self.enterprise}"
