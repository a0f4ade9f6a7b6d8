"""Messages to people, and the outbox through which they leave the site."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from luoshi.apps.organisations.models import Unit


class Notice(models.Model):
    """A message to one person, read in the site. ``key`` is given by the sender: the same one is never sent twice."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120)
    kind = models.CharField("类别", max_length=30)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", blank=True)
    url = models.CharField("地址", max_length=300, blank=True, help_text="站内路径")
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("recipient", "read_at"), name="notice_unread_idx"),
            models.Index(fields=("key",), name="notice_key_idx"),
        )
        constraints = (models.UniqueConstraint(fields=("recipient", "key"), name="notice_once"),)

    def __str__(self) -> str:
        return self.title


class NoticeSetting(models.Model):
    """What a person wants by e-mail; without a row: everything, where an address is known."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_setting")
    by_mail = models.BooleanField("同时发邮件", default=True)
    muted = models.JSONField("不发邮件的类别", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息设置"

    def __str__(self) -> str:
        return f"{self.user}"


class WebhookStyle(models.TextChoices):
    """How the body is written and signed."""

    GENERIC = "generic", "通用（JSON，请求头签名）"
    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"
    FEISHU = "feishu", "飞书群机器人"


class Webhook(models.Model):
    """An address (a chat robot) told what concerns a unit and its subtree; the body is signed with ``secret``."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="webhooks", verbose_name="单位")
    name = models.CharField("名称", max_length=60)
    url = models.URLField("地址", max_length=500)
    style = models.CharField("格式", max_length=8, choices=WebhookStyle.choices, default=WebhookStyle.GENERIC)
    secret = models.CharField("密钥", max_length=120, blank=True)
    kinds = models.JSONField("类别", default=list, blank=True, help_text="空为全部")
    is_active = models.BooleanField("启用", default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "机器人"
        ordering = ("unit", "name")

    def __str__(self) -> str:
        return self.name


class Channel(models.TextChoices):
    """How a delivery leaves the site."""

    MAIL = "mail", "邮件"
    WEBHOOK = "webhook", "机器人"


class Delivery(models.Model):
    """One message on its way out; tried again with growing pauses, given up after the last (``attempts`` stays)."""

    channel = models.CharField("方式", max_length=7, choices=Channel.choices)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", null=True, blank=True)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", null=True, blank=True)
    key = models.CharField(max_length=160, unique=True)
    payload = models.JSONField("内容")
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_attempt_at = models.DateTimeField("下次", null=True, blank=True)
    delivered_at = models.DateTimeField("送达", null=True, blank=True)
    error = models.CharField("未送达的原因", max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "发送"
        ordering = ("id",)
        indexes = (models.Index(fields=("next_attempt_at",), name="delivery_next_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(channel="mail", notice__isnull=False, webhook=None)
                | models.Q(channel="webhook", webhook__isnull=False),
                name="delivery_has_address",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.key}"
