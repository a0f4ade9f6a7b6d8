"""Bulletins (通报): templates that an office edits in Word, and documents drawn from frozen figures."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan
from luoshi.apps.supervision.models import Proposal

PERSON = settings.AUTH_USER_MODEL


class BulletinKind(models.TextChoices):
    """What a bulletin is about."""

    PROGRESS = "progress", "月度进展通报"
    COMMENTARY = "commentary", "季度评述"
    LATENESS = "lateness", "未报迟报通报"
    SUPERVISION = "supervision", "督查结果通报"
    RANKING = "ranking", "排名通报"


class BulletinTemplate(models.Model):
    """A .docx with fields, as an office edited it; each upload is a new row, the last active one is used."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="bulletin_templates", verbose_name="单位")
    kind = models.CharField("类别", max_length=11, choices=BulletinKind.choices)
    ordinal = models.PositiveSmallIntegerField("版次")
    file = models.FileField("文件", upload_to="templates/%Y/")
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    is_active = models.BooleanField("启用", default=True)
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "通报模板"
        ordering = ("owner__path", "kind", "-ordinal")
        constraints = (models.UniqueConstraint(fields=("owner", "kind", "ordinal"), name="bulletin_template_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} 第{self.ordinal}版"


class BulletinState(models.TextChoices):
    """Where a bulletin stands."""

    DRAFT = "draft", "拟稿"
    CHECKED = "checked", "已核"
    SIGNED = "signed", "已签发"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已撤回"


class Bulletin(models.Model):
    """One bulletin. ``snapshot`` holds every figure with its reference, as known at ``as_of``; ``digest`` its SHA-256.

    ``texts`` are the blocks that people may word otherwise (by key), ``file`` the document made of template, snapshot
    and texts: made again from the same three it is the same byte for byte.
    """

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="bulletins", verbose_name="印发单位")
    kind = models.CharField("类别", max_length=11, choices=BulletinKind.choices)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    plans = models.ManyToManyField(Plan, related_name="bulletins", blank=True, verbose_name="方案")
    period = models.CharField("期别", max_length=10)
    as_of = models.DateTimeField("数据截至")
    snapshot = models.JSONField("数据")
    digest = models.CharField(max_length=64)
    template = models.ForeignKey(
        BulletinTemplate, models.PROTECT, related_name="bulletins", null=True, blank=True, verbose_name="模板"
    )
    template_sha256 = models.CharField(max_length=64)
    # The version of the maker, of whose output the bytes are.
    maker = models.CharField(max_length=20)
    texts = models.JSONField("文字", default=dict, blank=True)
    file = models.FileField("文件", upload_to="bulletins/%Y/", blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField("状态", max_length=9, choices=BulletinState.choices, default=BulletinState.DRAFT)
    signatory = models.CharField("签发人", max_length=60, blank=True)
    dated = models.DateField("成文日期", null=True, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    is_public = models.BooleanField("公开", default=False)
    replaces = models.ForeignKey("self", models.PROTECT, related_name="replaced_by", null=True, blank=True)
    proposals = models.ManyToManyField(Proposal, related_name="bulletins", blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "number"), condition=~models.Q(number=""), name="bulletin_number_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="issued") | models.Q(issued_at__isnull=False), name="bulletin_issued_when"
            ),
            models.CheckConstraint(
                condition=models.Q(is_public=False) | models.Q(state="issued"), name="bulletin_public_issued"
            ),
        )
        indexes = (models.Index(fields=("state", "owner"), name="bulletin_state_idx"),)

    def __str__(self) -> str:
        return self.title


class BulletinAction(models.TextChoices):
    """One step of a bulletin."""

    DRAW = "draw", "拟稿"
    REDRAW = "redraw", "重新取数"
    EDIT = "edit", "改文字"
    CHECK = "check", "核稿"
    SEND_BACK = "send-back", "退回"
    SIGN = "sign", "签发"
    ISSUE = "issue", "印发"
    PUBLISH = "publish", "公开"
    UNPUBLISH = "unpublish", "取消公开"
    WITHDRAW = "withdraw", "撤回"


class BulletinStep(models.Model):
    """What was done with a bulletin; ``file`` keeps the document as it was then."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="steps")
    action = models.CharField("操作", max_length=9, choices=BulletinAction.choices)
    text = models.CharField("说明", max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    file = models.FileField("文件", upload_to="bulletins/%Y/", blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "通报办理"
        ordering = ("bulletin", "id")

    def __str__(self) -> str:
        return f"{self.bulletin} {self.get_action_display()}"


class Recipient(models.Model):
    """A unit that a bulletin is sent to; ``is_main`` for 主送, else 抄送."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="recipients")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bulletins_received")
    is_main = models.BooleanField("主送", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "发送单位"
        ordering = ("bulletin", "-is_main", "unit__path")
        constraints = (models.UniqueConstraint(fields=("bulletin", "unit"), name="bulletin_recipient_once"),)

    def __str__(self) -> str:
        return f"{self.bulletin} {self.unit}"


class Receipt(models.Model):
    """Who read an issued bulletin for which unit, and when: the first time counts."""

    recipient = models.ForeignKey(Recipient, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    read_at = models.DateTimeField("阅读时间")

    class Meta:
        verbose_name = verbose_name_plural = "阅读回执"
        ordering = ("recipient", "read_at")
        constraints = (models.UniqueConstraint(fields=("recipient", "user"), name="bulletin_receipt_once"),)

    def __str__(self) -> str:
        return f"{self.recipient} {self.user}"
