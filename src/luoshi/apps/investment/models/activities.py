"""走出去、请进来: where, when, with whom, held by whom, shown by what."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit

PERSON = settings.AUTH_USER_MODEL


class Activity(models.Model):
    """One activity. ``places``: ``[{"name": "上海", "where": "country"}, …]``, all cities that it touched; ``where`` is
    one of the library's. ``firms``: the list of enterprises as text, one a line. A withdrawn one counts nowhere.
    """

    title = models.CharField("活动名称", max_length=200)
    begin = models.DateField("开始日期")
    end = models.DateField("结束日期")
    places = models.JSONField("活动地点")
    outside_firms = models.PositiveIntegerField("州外企业", null=True, blank=True)
    firms = models.TextField("企业名单", blank=True)
    units_text = models.CharField("参加单位", max_length=500, blank=True)
    talks = models.CharField("洽谈情况", max_length=2000, blank=True)
    signed_text = models.CharField("签约项目", max_length=1000, blank=True)
    is_own = models.BooleanField("自行组织", default=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="activities", verbose_name="填报单位")
    hosts = models.ManyToManyField(Unit, through="ActivityHost", related_name="activities_held")
    withdrawn_for = models.CharField("撤销理由", max_length=300, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField("登记时间")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "招商活动"
        ordering = ("-end", "-id")
        constraints = (
            models.CheckConstraint(condition=models.Q(end__gte=models.F("begin")), name="activity_in_order"),
        )
        indexes = (models.Index(fields=("end",), name="activity_end_idx"),)

    def __str__(self) -> str:
        return self.title


class ActivityHost(models.Model):
    """A unit that held the activity; the first one leads."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="host_rows")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办单位")
    scope = models.CharField(
        "类别", max_length=9, choices=(("territory", "县市、园区"), ("group", "招商组、平台"), ("", "其他")), blank=True
    )
    ordinal = models.PositiveSmallIntegerField("序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "主办单位"
        ordering = ("activity", "ordinal")
        constraints = (models.UniqueConstraint(fields=("activity", "unit"), name="activity_host_once"),)

    def __str__(self) -> str:
        return f"{self.activity} {self.unit}"


class LeaderRank(models.TextChoices):
    """The library's ``Rank``."""

    OTHER = "other", "其他领导"
    HEAD = "head", "县市（园区）党政“一把手”"
    STATE = "state", "州级领导"
    TOP = "top", "州级党政“一把手”"


class ActivityLeader(models.Model):
    """A leader who took part; ``unit`` is whose head a head is."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="leaders")
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=80, blank=True)
    rank = models.CharField("级别", max_length=5, choices=LeaderRank.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="所在单位")

    class Meta:
        verbose_name = verbose_name_plural = "参加领导"
        ordering = ("activity", "id")

    def __str__(self) -> str:
        return f"{self.name} {self.post}".strip()


class ActivityEvidenceKind(models.TextChoices):
    """What shows that it took place."""

    PLAN = "plan", "招商方案"
    SUMMARY = "summary", "活动总结"
    NEWS = "news", "信息报道"
    FILING = "filing", "外出报备表"
    OTHER = "other", "其他"


class ActivityEvidence(models.Model):
    """A file that shows that it took place."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="evidence")
    kind = models.CharField("材料", max_length=7, choices=ActivityEvidenceKind.choices)
    file = models.FileField("文件", upload_to="investment/%Y/%m/")
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "活动佐证"
        ordering = ("activity", "id")

    def __str__(self) -> str:
        return self.name
